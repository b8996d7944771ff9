// Streams that nothing but their caller, their key or the gateway's shutdown ends.
#ifndef PASSERELLE_GATEWAY_RPC_WATCH_H_
#define PASSERELLE_GATEWAY_RPC_WATCH_H_

#include <functional>
#include <memory>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/mutex.h"
#include "gateway/rpc/call.h"

namespace passerelle::gateway::rpc {

// The watches of one server, so that a drain can end them. Thread-safe.
class OpenWatches {
 public:
  // Something that ends when it is told to. Called from any thread; must not block.
  class Endable {
   public:
    virtual ~Endable() = default;
    virtual void End(const absl::Status& why) = 0;
  };

  // Adds a watch, which removes itself before it goes. UNAVAILABLE (reason DRAINING) once EndAll
  // was called.
  absl::Status Add(Endable& watch) EXCLUDES_LOCK(mutex_);
  void Remove(Endable& watch) EXCLUDES_LOCK(mutex_);

  // Ends every watch, and refuses new ones.
  void EndAll() EXCLUDES_LOCK(mutex_);

 private:
  base::Mutex mutex_;
  bool closed_ GUARDED_BY(mutex_) = false;
  std::set<Endable*> watches_ GUARDED_BY(mutex_);
};

// Writes each state of a watch. While a message is on its way the states that come and go are not
// written: the next message tells them together.
template <typename Response>
class WatchReactor final : public grpc::ServerWriteReactor<Response>, public OpenWatches::Endable {
 public:
  // Begins a watch under the wake that it is given.
  using Begin = std::function<absl::StatusOr<service::Watched<Response>>(std::function<void()>)>;

  WatchReactor(Call call, OpenWatches& open, const Begin& begin)
      : call_(std::move(call)), open_(open) {
    const absl::Status open_status = open_.Add(*this);
    absl::StatusOr<service::Watched<Response>> watched =
        open_status.ok() ? begin([this] { Wake(); })
                         : absl::StatusOr<service::Watched<Response>>(open_status);
    base::MutexLock lock(mutex_);
    if (watched.ok())
      watched_ = *std::move(watched);
    else
      ended_ = watched.status();
    Pump();
  }

  void End(const absl::Status& why) override EXCLUDES_LOCK(mutex_) {
    base::MutexLock lock(mutex_);
    if (ended_.ok()) ended_ = why;
    Pump();
  }

  void OnWriteDone(bool ok) override EXCLUDES_LOCK(mutex_) {
    base::MutexLock lock(mutex_);
    writing_ = false;
    if (!ok && ended_.ok()) ended_ = Gone();
    Pump();
  }

  void OnCancel() override EXCLUDES_LOCK(mutex_) { End(Gone()); }

  void OnDone() override {
    open_.Remove(*this);
    service::Watched<Response> watched;
    {
      base::MutexLock lock(mutex_);
      watched = std::move(watched_);
    }
    // Waits for a wake under way, which takes the lock; none comes after.
    watched.subscription.reset();
    delete this;
  }

 private:
  static absl::Status Gone() { return absl::CancelledError("the caller has gone"); }

  void Wake() EXCLUDES_LOCK(mutex_) {
    base::MutexLock lock(mutex_);
    Pump();
  }

  // Does what comes next: nothing while a message is on its way, then ends or tells what changed.
  void Pump() REQUIRES_LOCK(mutex_) {
    if (writing_ || finished_) return;
    if (ended_.ok()) {
      // A wake may come before the watch has begun.
      if (!watched_.next) return;
      absl::StatusOr<std::optional<Response>> state = watched_.next();
      if (state.ok() && !state->has_value()) return;
      if (state.ok()) {
        state_ = **std::move(state);
        writing_ = true;
        this->StartWrite(&state_);
        return;
      }
      ended_ = state.status();
    }
    finished_ = true;
    this->Finish(call_.End(ended_));
  }

  const Call call_;
  OpenWatches& open_;
  base::Mutex mutex_;
  service::Watched<Response> watched_ GUARDED_BY(mutex_);
  // Why to end; OK as long as nothing says so.
  absl::Status ended_ GUARDED_BY(mutex_);
  bool writing_ GUARDED_BY(mutex_) = false;
  bool finished_ GUARDED_BY(mutex_) = false;
  Response state_;
};

// Serves a watch.
template <typename Request, typename Response>
grpc::ServerWriteReactor<Response>* ServeWatch(
    const Desk& desk, OpenWatches& open, grpc::CallbackServerContext* context,
    std::string_view method, const Request* request,
    absl::StatusOr<service::Watched<Response>> (*handler)(const service::Caller&, const Request&,
                                                          std::function<void()>)) {
  Call call(desk, *context, method);
  const absl::StatusOr<service::Caller> caller =
      call.Identify(*request, service::Access::kEverything);
  return new WatchReactor<Response>(
      std::move(call), open,
      [&](std::function<void()> wake) -> absl::StatusOr<service::Watched<Response>> {
        if (!caller.ok()) return caller.status();
        return handler(*caller, *request, std::move(wake));
      });
}

}  // namespace passerelle::gateway::rpc

#endif  // PASSERELLE_GATEWAY_RPC_WATCH_H_
