#include "gateway/server/supervisor.h"

#include <systemd/sd-daemon.h>

#include "absl/strings/str_cat.h"

namespace passerelle::gateway::server {

void Supervisor::Ready(size_t conventions) const {
  sd_notify(0, absl::StrCat("READY=1\nSTATUS=", conventions, " convention(s)").c_str());
}

void Supervisor::Alive() const { sd_notify(0, "WATCHDOG=1"); }

void Supervisor::Stopping() const { sd_notify(0, "STOPPING=1"); }

}  // namespace passerelle::gateway::server
