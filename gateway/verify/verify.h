// The offline verdict over an export or a receipt: no gateway, no network, nothing but the log's
// own bytes and a pinned name or key.
#ifndef PASSERELLE_GATEWAY_VERIFY_VERIFY_H_
#define PASSERELLE_GATEWAY_VERIFY_VERIFY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "gateway/base/digest.h"
#include "passerelle/record/v1/entry.pb.h"

namespace passerelle::gateway::verify {

// What was verified, or the first thing that is wrong.
struct Verdict {
  bool accepted = false;
  // One sentence: which entry, what, since when; empty when accepted.
  std::string fault_en, fault_fr;
  // Index of the entry at fault, if it is one entry's.
  std::optional<uint64_t> index;
  // Entries verified, and of these those of a higher format minor, hashed but not interpreted.
  uint64_t entries = 0;
  uint64_t not_interpreted = 0;
  uint64_t signatures = 0;
  // Name of the log, root and record times of the first and last entry.
  base::Digest log{};
  base::Digest root{};
  int64_t first_ms = 0;
  int64_t last_ms = 0;
  // Canonical dump of the state that the log rebuilds.
  std::string dump;
};

// Verifies an export folder: every bundle and tile, root, checkpoint, the log's name and key
// against entry 0, every statement signature against the log alone, `seen`, party chains, times.
// `pinned_log` is the name the auditor knows (notice of transcription), or null. Errors are for a
// folder that cannot be read at all.
absl::StatusOr<Verdict> VerifyExport(
    const std::string& folder, const base::Digest* pinned_log,
    absl::FunctionRef<void(uint64_t done, uint64_t total)> progress);

// What a receipt proves.
struct ReceiptVerdict {
  bool accepted = false;
  std::string fault_en, fault_fr;
  record::v1::Entry entry;
  uint64_t index = 0;
  // Digest of the recorded statement; zeros for a refusal.
  base::Digest statement{};
};

// Verifies one tlog-proof file under a pinned checkpoint key (its origin is the key's name).
ReceiptVerdict VerifyReceiptFile(std::string_view text, std::string_view vkey);

}  // namespace passerelle::gateway::verify

#endif  // PASSERELLE_GATEWAY_VERIFY_VERIFY_H_
