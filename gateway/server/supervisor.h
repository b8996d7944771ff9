// What systemd is told of this process: it serves, it lives, it stops.
#ifndef PASSERELLE_GATEWAY_SERVER_SUPERVISOR_H_
#define PASSERELLE_GATEWAY_SERVER_SUPERVISOR_H_

#include <cstddef>
#include <cstdint>

namespace passerelle::gateway::server {

// Speaks to the socket of $NOTIFY_SOCKET; without one, to nobody. Thread-compatible.
class Supervisor {
 public:
  // Reads what systemd wants to hear.
  Supervisor();

  // How often Alive has to be called, milliseconds: half of what systemd bears; 0: never.
  int64_t interval_ms() const { return interval_ms_; }

  // Calls are answered, for so many conventions.
  void Ready(size_t conventions) const;
  void Alive() const;
  void Stopping() const;

 private:
  int64_t interval_ms_ = 0;
};

}  // namespace passerelle::gateway::server

#endif  // PASSERELLE_GATEWAY_SERVER_SUPERVISOR_H_
