// SIGTERM and SIGINT, for a process that serves until one comes.
#ifndef PASSERELLE_GATEWAY_BASE_STOP_SIGNALS_H_
#define PASSERELLE_GATEWAY_BASE_STOP_SIGNALS_H_

#include <csignal>

namespace passerelle::gateway::base {

// Blocks both in this thread and every one that is started later, so that whoever waits gets them.
class StopSignals {
 public:
  StopSignals();

  // Whether one comes within a second.
  bool Wait();

 private:
  sigset_t signals_;
};

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_STOP_SIGNALS_H_
