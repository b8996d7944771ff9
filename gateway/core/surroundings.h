// What a process gives to its conventions, and hears of them.
#ifndef PASSERELLE_GATEWAY_CORE_SURROUNDINGS_H_
#define PASSERELLE_GATEWAY_CORE_SURROUNDINGS_H_

#include <functional>

#include "absl/status/status.h"
#include "gateway/base/clock.h"
#include "gateway/base/machine.h"
#include "gateway/base/random.h"
#include "gateway/core/measure.h"
#include "gateway/core/outside.h"
#include "gateway/core/pool.h"
#include "gateway/core/room.h"

namespace passerelle::gateway::core {

class Convention;

// Work that no caller waits for, and that can fail.
enum class Fault {
  kConventionRefused,
  kGuard,
  kIndex,
  kErasure,
  kExpiry,
  kSnapshot,
  kCard,
  kHeads,
  kWitness,
  kStamp
};

// What every convention of a process shares; all must outlive it.
struct Surroundings {
  const base::Clock& clock;
  base::Random& random;
  Pool& pool;
  // Ends the process: called when nobody can say whether something is durable. Must not return in
  // production; when it does (tests), the convention serves nothing more.
  std::function<void(const absl::Status&)> end_process;
  // Hears of faults in the work that no caller waits for.
  std::function<void(Fault, const absl::Status&)> report;
  SpaceTeller space = base::SpaceAt;
  // Both may be empty. `opened` hears of every convention that was opened.
  Measure measure = nullptr;
  std::function<void(const Convention&)> opened = nullptr;
  // Null: nobody else is asked for anything.
  const Outside* outside = nullptr;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_SURROUNDINGS_H_
