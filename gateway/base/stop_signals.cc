#include "gateway/base/stop_signals.h"

#include <ctime>

namespace passerelle::gateway::base {

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

bool StopSignals::Wait() {
  const timespec second{1, 0};
  return sigtimedwait(&signals_, nullptr, &second) > 0;
}

}  // namespace passerelle::gateway::base
