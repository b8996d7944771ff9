// The gRPC services: each handler names its service function and nothing more.
#ifndef PASSERELLE_GATEWAY_RPC_SERVICES_H_
#define PASSERELLE_GATEWAY_RPC_SERVICES_H_

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <vector>

#include "gateway/rpc/call.h"
#include "gateway/rpc/streams.h"
#include "gateway/rpc/watch.h"

namespace passerelle::gateway::rpc {

// Every service of DESIGN section 5, to be registered with one server. Everything must outlive
// them.
std::vector<std::unique_ptr<grpc::Service>> MakeServices(const Desk& desk, OpenWatches& watches,
                                                         OpenStreams& streams);

}  // namespace passerelle::gateway::rpc

#endif  // PASSERELLE_GATEWAY_RPC_SERVICES_H_
