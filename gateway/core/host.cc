#include "gateway/core/host.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::core {
namespace {

// The guard is written this often (PERFORMANCE), and what is due is looked for.
constexpr int64_t kTickMs = 100;

// A `production` log is served only once every gate of its lane is built (WIRE 29); none may be
// skipped silently.
absl::Status CheckGates(const Convention& convention) {
  bool production = false;
  convention.Read([&](const policy::state::State& state) {
    production = state.founding()->environment() == statement::v1::ENVIRONMENT_PRODUCTION;
  });
  if (!production) return absl::OkStatus();
  return base::Error(absl::StatusCode::kFailedPrecondition, "GATES_MISSING", "",
                     "a production log is not served yet: the disclosure audit of aggregates, the "
                     "witness and the time stamp are not built in this version; use a test log");
}

absl::StatusOr<std::unique_ptr<Convention>> OpenOne(const StoragePaths& paths,
                                                    const Surroundings& surroundings) {
  ASSIGN_OR_RETURN(std::unique_ptr<Convention> convention, Convention::Open(paths, surroundings));
  RETURN_IF_ERROR(CheckGates(*convention));
  return convention;
}

}  // namespace

std::string DefaultGuards(const std::string& data) {
  std::error_code error;
  std::filesystem::path path = std::filesystem::absolute(data, error).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  return path.string() + ".guards";
}

StoragePaths PathsOf(const HostPaths& paths, std::string_view name) {
  return {absl::StrCat(paths.data, "/conventions/", std::string(name)),
          absl::StrCat(paths.guards, "/", std::string(name), ".guard")};
}

absl::StatusOr<base::FileLock> LockData(const HostPaths& paths) {
  RETURN_IF_ERROR(base::MakeFolder(paths.data, base::FileMode::kPrivate));
  RETURN_IF_ERROR(base::MakeFolder(paths.guards, base::FileMode::kPrivate));
  return base::FileLock::Acquire(paths.data + "/lock");
}

absl::StatusOr<std::unique_ptr<Host>> Host::Open(const HostPaths& paths,
                                                 const Surroundings& surroundings) {
  ASSIGN_OR_RETURN(base::FileLock lock, LockData(paths));
  std::unique_ptr<Host> host(new Host(std::move(lock)));
  absl::StatusOr<std::vector<std::string>> names = base::ListFolder(paths.data + "/conventions");
  absl::Status last = names.status();
  if (names.ok())
    for (const std::string& name : *names) {
      absl::StatusOr<std::unique_ptr<Convention>> convention =
          OpenOne(PathsOf(paths, name), surroundings);
      if (!convention.ok()) {
        last = base::InContext(convention.status(), name);
        surroundings.report(Fault::kConventionRefused, last);
        continue;
      }
      std::string log_name((*convention)->log_name());
      host->conventions_.emplace_back(std::move(log_name), *std::move(convention));
    }
  if (host->conventions_.empty())
    return last.ok() || last.code() == absl::StatusCode::kNotFound
               ? base::Error(absl::StatusCode::kFailedPrecondition, "NO_CONVENTION", "",
                             "the data directory holds no convention; begin with `passerelle init`")
               : last;
  host->ticker_ = std::thread([&host = *host] { host.TickUntilStopped(); });
  return host;
}

Host::~Host() {
  {
    base::MutexLock lock(mutex_);
    stop_ = true;
  }
  stopping_.NotifyAll();
  if (ticker_.joinable()) ticker_.join();
}

void Host::TickUntilStopped() {
  while (true) {
    for (const auto& [name, convention] : conventions_) convention->Tick();
    base::MutexLock lock(mutex_);
    if (stop_) return;
    stopping_.WaitFor(mutex_, kTickMs);
    if (stop_) return;
  }
}

Convention* Host::Find(std::string_view log_name) const {
  for (const auto& [name, convention] : conventions_)
    if (name == log_name) return convention.get();
  return nullptr;
}

std::vector<Convention*> Host::All() const {
  std::vector<Convention*> all;
  for (const auto& [name, convention] : conventions_) all.push_back(convention.get());
  return all;
}

void Host::Drain() {
  for (const auto& [name, convention] : conventions_) convention->Drain();
}

}  // namespace passerelle::gateway::core
