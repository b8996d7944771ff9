// The connection that a profile describes.
#ifndef PASSERELLE_GATEWAY_CLIENT_CONNECT_H_
#define PASSERELLE_GATEWAY_CLIENT_CONNECT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "certs/keys/key.h"
#include "gateway/client/channel.h"
#include "gateway/client/profile.h"

namespace passerelle::gateway::client {

// A channel, and the key under which it calls.
struct Connected {
  std::shared_ptr<Channel> channel;
  certs::keys::PrivateKey key;
};

// Reads the files of a profile; connects at the first call. Errors as those of the files, LoadKey
// and ListFromPem; FAILED_PRECONDITION (KEY_MISMATCH). REQUIRES: certs::x509::RequireTls13
// succeeded in this process.
absl::StatusOr<Connected> Connect(const Profile& profile);

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_CONNECT_H_
