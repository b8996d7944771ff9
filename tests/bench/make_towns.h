// Makes a data directory of many conventions, through the real hall, and keeps what is known of it.
#ifndef PASSERELLE_TESTS_BENCH_MAKE_TOWNS_H_
#define PASSERELLE_TESTS_BENCH_MAKE_TOWNS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/clock.h"
#include "gateway/base/random.h"
#include "gateway/core/host.h"
#include "gateway/core/surroundings.h"
#include "tests/bench/town.h"

namespace passerelle::tests {

// What to make. Each convention is founded, has the adhesions of all its parties and one approved
// exchange; the first `full` ones have an entry an adhesion, and exchanges and transfers up to the
// rest of these figures.
struct TownsPlan {
  int conventions = 1;
  int full = 1;
  int exchanges = 100;
  uint64_t entries = 1000;
};

// A data directory and what is known of it.
struct Towns {
  // The instant at which it was left, by its own clock.
  int64_t wall_ms = 0;
  // Whether whoever had it open last came to its end.
  bool left_well = true;
  // What was made, and what it cost.
  nlohmann::json making;
  // The full ones first.
  std::vector<TownNotes> notes;
};

// Its clock begins at this instant, inside the window of every convention (2024-06-03).
inline constexpr int64_t kTownsBeginMs = 1717408800000;

// Where the conventions of a folder are.
gateway::core::HostPaths TownsPaths(const std::string& folder);

// Makes them in an empty folder; tells standard error how far it is.
absl::StatusOr<Towns> MakeTowns(const std::string& folder, const TownsPlan& plan,
                                const gateway::core::Surroundings& surroundings);

// Reads and replaces what is known of a folder. NOT_FOUND when it was not made to its end, or by
// another version of this program.
absl::StatusOr<Towns> ReadTowns(const std::string& folder);
absl::Status WriteTowns(const std::string& folder, const Towns& towns);

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_BENCH_MAKE_TOWNS_H_
