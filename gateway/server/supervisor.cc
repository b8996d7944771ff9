#include "gateway/server/supervisor.h"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace passerelle::gateway::server {

Supervisor::Supervisor() {
  uint64_t patience_us = 0;
  if (sd_watchdog_enabled(0, &patience_us) > 0)
    interval_ms_ = std::max<int64_t>(1, static_cast<int64_t>(patience_us / 2000));
}

void Supervisor::Ready(size_t conventions) const {
  sd_notify(0, absl::StrCat("READY=1\nSTATUS=", conventions, " convention(s)").c_str());
}

void Supervisor::Alive() const { sd_notify(0, "WATCHDOG=1"); }

void Supervisor::Stopping() const { sd_notify(0, "STOPPING=1"); }

}  // namespace passerelle::gateway::server
