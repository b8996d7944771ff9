// How a convention asks servers of others.
#ifndef PASSERELLE_GATEWAY_CORE_OUTSIDE_H_
#define PASSERELLE_GATEWAY_CORE_OUTSIDE_H_

#include "gateway/base/others.h"
#include "gateway/core/pool.h"

namespace passerelle::gateway::core {

// Both must outlive every convention.
struct Outside {
  // Threads that may wait for others: those of the conventions' pool may not.
  Pool& couriers;
  base::AskOthers ask;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_OUTSIDE_H_
