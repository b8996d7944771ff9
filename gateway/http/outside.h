// Asks others over HTTPS.
#ifndef PASSERELLE_GATEWAY_HTTP_OUTSIDE_H_
#define PASSERELLE_GATEWAY_HTTP_OUTSIDE_H_

#include "gateway/base/clock.h"
#include "gateway/base/others.h"

namespace passerelle::gateway::http {

// Asks as Ask (client.h) does, and waits for five seconds at most. `clock` must outlive it.
base::AskOthers AsksOthers(const base::Clock& clock);

}  // namespace passerelle::gateway::http

#endif  // PASSERELLE_GATEWAY_HTTP_OUTSIDE_H_
