// Looks for erased bytes in files. SQLite's secure_delete overwrites what it deletes, yet a page
// that was rebuilt when its neighbours were split or merged may keep a stale copy of a cell between
// its pointers and its content (measured: one erasure in some hundred).
#ifndef PASSERELLE_GATEWAY_VAULT_RESIDUE_H_
#define PASSERELLE_GATEWAY_VAULT_RESIDUE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "absl/status/statusor.h"

namespace passerelle::gateway::vault {

// Samples of byte strings that must be nowhere. Thread-compatible.
class Residue {
 public:
  // Bytes of one sample.
  static constexpr size_t kSampleBytes = 16;

  Residue();

  // Remembers the first and last bytes of an erased string, and some every 256 bytes between: a
  // stale copy is a page's part of it, and may have been overwritten in part. Strings shorter than
  // a sample are ignored.
  void Add(std::string_view erased);

  bool empty() const { return samples_.empty(); }

  // Whether a chunk of a file holds any sample. `window` keeps the end of one chunk before the
  // next, since a sample may lie across both; empty before the first.
  bool IsInChunk(std::string_view chunk, std::string& window) const;

  // Whether a file holds any sample. A file that does not exist holds none. UNAVAILABLE when it
  // cannot be read.
  absl::StatusOr<bool> IsIn(const std::string& path) const;

 private:
  void AddSample(std::string_view sample);
  bool IsAnyIn(std::string_view bytes) const;

  std::unordered_set<std::string> samples_;
  // Which hashes of a sample's first four bytes occur, so that scanning looks up next to nothing.
  std::vector<bool> starts_;
};

}  // namespace passerelle::gateway::vault

#endif  // PASSERELLE_GATEWAY_VAULT_RESIDUE_H_
