// A C2SP tlog-witness (c2sp.org/tlog-witness): cosigns a log's checkpoint once it continues the
// last one that it cosigned, and so lets no log show two histories. Pure but for its store, clock
// and key.
#ifndef PASSERELLE_AUDIT_WITNESS_WITNESS_H_
#define PASSERELLE_AUDIT_WITNESS_WITNESS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/cosignature.h"
#include "audit/checkpoint/note.h"
#include "gateway/base/digest.h"

namespace passerelle::audit::witness {

// The last checkpoint of a log that was cosigned.
struct Witnessed {
  uint64_t size = 0;
  gateway::base::Digest root{};
  // The log's note with our cosignature, verbatim.
  std::string note;
  bool operator==(const Witnessed&) const = default;
};

// Keeps one row a log. Thread-safe.
class WitnessStore {
 public:
  virtual ~WitnessStore() = default;

  // Nothing for a log that was never witnessed.
  virtual absl::StatusOr<std::optional<Witnessed>> Find(std::string_view origin) = 0;

  // Replaces the row durably, before it returns, if its size still is `old_size` (0: there is
  // none). Returns whether it was. An error leaves in doubt whether it was replaced.
  virtual absl::StatusOr<bool> Replace(std::string_view origin, uint64_t old_size,
                                       const Witnessed& next) = 0;
};

// A log that is witnessed: its key, and its origin, which is the key's name unless it says another.
struct WitnessedLog {
  std::string origin;
  checkpoint::NoteVerifier verifier;
};

// An HTTP answer.
struct WitnessAnswer {
  int code = 500;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// Thread-safe.
class Witness {
 public:
  // `store` must outlive the witness. `now_s` tells seconds since 1970.
  Witness(std::vector<WitnessedLog> logs, checkpoint::CosignatureSigner signer, WitnessStore& store,
          std::function<int64_t()> now_s)
      : logs_(std::move(logs)),
        signer_(std::move(signer)),
        store_(store),
        now_s_(std::move(now_s)) {}

  // POST add-checkpoint: 200 with our cosignature line, durable before it is returned; 400
  // malformed or older than it says; 403 not signed by the log's key; 404 an unknown origin; 409
  // with our size (text/x.tlog.size) when `old` is not it; 422 a proof that does not hold, or
  // another root at the same size; 500 when the store fails.
  WitnessAnswer AddCheckpoint(std::string_view body);

  // GET <hex sha256(origin)>/checkpoint: the last cosigned one; 404 when there is none.
  WitnessAnswer GetCheckpoint(std::string_view origin_hash);

  const checkpoint::CosignatureVerifier& verifier() const { return signer_.verifier(); }

 private:
  const WitnessedLog* FindLog(std::string_view origin) const;

  const std::vector<WitnessedLog> logs_;
  const checkpoint::CosignatureSigner signer_;
  WitnessStore& store_;
  const std::function<int64_t()> now_s_;
};

}  // namespace passerelle::audit::witness

#endif  // PASSERELLE_AUDIT_WITNESS_WITNESS_H_
