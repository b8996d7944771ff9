// The first wrong thing, in words.
#ifndef PASSERELLE_GATEWAY_VERIFY_FAULT_H_
#define PASSERELLE_GATEWAY_VERIFY_FAULT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace passerelle::gateway::verify {

// Why verification stops. Either a sentence about what is wrong, or an error that says why the
// folder cannot be read.
struct Fault {
  // Not OK: nothing is known to be wrong, the folder is unreadable; the rest is empty.
  absl::Status unreadable;
  std::optional<uint64_t> index;
  std::string en, fr;
};

// What a check returns: nothing when all is well.
using Check = std::optional<Fault>;

// A fault of the export as a whole. Both texts are whole sentences.
Fault FaultOfExport(std::string_view en, std::string_view fr);

// A fault of one entry; the texts are clauses that follow "Entry 7 (recorded at …):". `time_ms` is
// its record time, nothing when the entry could not be decoded.
Fault FaultOfEntry(uint64_t index, std::optional<int64_t> time_ms, std::string_view en,
                   std::string_view fr);

// The same, for an error of a decoder or of Apply, whose English message is quoted in both.
Fault FaultOfEntry(uint64_t index, int64_t time_ms, std::string_view en, std::string_view fr,
                   const absl::Status& status);

// Text of a log without control characters: an operator could have put anything there, and a
// terminal would obey it.
std::string Shown(std::string_view text);

// The folder cannot be read.
Fault Unreadable(const absl::Status& status);

}  // namespace passerelle::gateway::verify

#endif  // PASSERELLE_GATEWAY_VERIFY_FAULT_H_
