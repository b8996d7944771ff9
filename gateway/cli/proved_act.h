// An act by its name, from its receipt.
#ifndef PASSERELLE_GATEWAY_CLI_PROVED_ACT_H_
#define PASSERELLE_GATEWAY_CLI_PROVED_ACT_H_

#include <cstdint>
#include <optional>

#include "gateway/client/session.h"
#include "passerelle/statement/v1/common.pb.h"
#include "passerelle/statement/v1/statement.pb.h"

namespace passerelle::gateway::cli {

// An act and when it was recorded, as its receipt proves them.
struct ProvedAct {
  statement::v1::Act act;
  int64_t time_ms = 0;
};

// The act of a name; nothing where we may not see its receipt, or it holds no such act.
std::optional<ProvedAct> FindProvedAct(client::Session& session, const statement::v1::ActRef& name);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_PROVED_ACT_H_
