// Who is called: the gateway through the partners' library, or the baseline's echo. Both carry the
// same bytes over mutual TLS, and their clients sign.
#ifndef PASSERELLE_TESTS_BENCH_PEER_H_
#define PASSERELLE_TESTS_BENCH_PEER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace passerelle::tests {

// How to call.
struct PeerOptions {
  // A profile: target, certificate, key, and what is pinned of the log.
  std::string profile;
  // `host:port` instead of the profile's; empty: the profile's.
  std::string target;
  // Connections that the workers share.
  int channels = 1;
  int workers = 1;
  // A folder for what clients keep.
  std::string scratch;
  // Gateway: name of the exchange, hexadecimal, and the transfers of one statement.
  std::string exchange;
  int acts = 1;
  // Gateway: name of the statement whose transfer is fetched, hexadecimal.
  std::string transfer;
  // Gateway: documents that will be carried of each load.
  uint64_t documents = 0;
  // Echo: whether the client signs and the server verifies.
  bool sign = false;
};

// Content to carry.
struct Load {
  std::string path;
  // Its bytes; empty when there are more than one request carries.
  std::string content;
  uint64_t length = 0;
};

// Thread-safe where the workers differ.
class Peer {
 public:
  virtual ~Peer() = default;

  // Carries a load to the peer, as a stream when one request does not hold it, and verifies all
  // that comes back. The gateway's is one statement of `acts` transfers of that load.
  virtual absl::Status Carry(int worker, const Load& load) = 0;

  // Carries it as a stream of which nobody looks at the content: a document, of the gateway.
  virtual absl::Status CarryOpaque(int worker, const Load& load) = 0;

  // Fetches a stream: the gateway's transfer into a file, verified; the echo's is as long as the
  // load, and dropped.
  virtual absl::Status Fetch(int worker, const Load& load) = 0;

  // Name of the statement that the first worker carried last, hexadecimal; empty: none.
  virtual std::string last() const = 0;
};

// `loads` are prepared here: what a client commits to it has read before it calls. REQUIRES:
// certs::x509::RequireTls13 succeeded.
absl::StatusOr<std::unique_ptr<Peer>> MakeGatewayPeer(const PeerOptions& options,
                                                      const std::vector<Load>& loads);
absl::StatusOr<std::unique_ptr<Peer>> MakeEchoPeer(const PeerOptions& options);

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_BENCH_PEER_H_
