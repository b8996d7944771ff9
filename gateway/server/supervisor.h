// What systemd is told of this process: it serves, it lives, it stops.
#ifndef PASSERELLE_GATEWAY_SERVER_SUPERVISOR_H_
#define PASSERELLE_GATEWAY_SERVER_SUPERVISOR_H_

#include <cstddef>

namespace passerelle::gateway::server {

// Speaks to the socket of $NOTIFY_SOCKET; without one, to nobody. Thread-safe.
class Supervisor {
 public:
  // Calls are answered, for so many conventions.
  void Ready(size_t conventions) const;
  // To be called each second: systemd waits for it no longer than WatchdogSec.
  void Alive() const;
  void Stopping() const;
};

}  // namespace passerelle::gateway::server

#endif  // PASSERELLE_GATEWAY_SERVER_SUPERVISOR_H_
