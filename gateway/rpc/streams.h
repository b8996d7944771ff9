// Bounds of streams: how many, how slow, how long. A peer that stalls must not keep memory, files
// and a place for ever.
#ifndef PASSERELLE_GATEWAY_RPC_STREAMS_H_
#define PASSERELLE_GATEWAY_RPC_STREAMS_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/clock.h"
#include "gateway/base/mutex.h"

namespace passerelle::gateway::rpc {

// The streams of one server. Thread-safe.
class OpenStreams {
 public:
  // The clock must outlive it.
  explicit OpenStreams(const base::Clock& clock) : clock_(clock) {}

  // A stream that can be ended. End is called from any thread; it must not block, and must not let
  // its ticket go.
  class Stream {
   public:
    virtual ~Stream() = default;
    virtual void End(const absl::Status& why) = 0;
  };

  // A stream's place, given back when it goes. Must go before the streams.
  class Ticket {
   public:
    ~Ticket() { streams_.Remove(*this); }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    // The peer is waited for, until it has moved so many bytes: only then does time count.
    void Wait();
    void Moved(uint64_t bytes);

   private:
    friend class OpenStreams;
    Ticket(OpenStreams& streams, Stream& stream, std::string agent, int64_t now_ms)
        : streams_(streams), stream_(stream), agent_(std::move(agent)), opened_ms_(now_ms) {}

    OpenStreams& streams_;
    Stream& stream_;
    const std::string agent_;
    const int64_t opened_ms_;
    // Guarded by the streams' mutex. -1: nobody is waited for.
    int64_t waiting_since_ms_ = -1;
    int64_t waited_ms_ = 0;
    uint64_t bytes_ = 0;
  };

  // Opens a stream of an agent. RESOURCE_EXHAUSTED (STREAMS_FULL) when there are too many already,
  // or too many of this agent's.
  absl::StatusOr<std::unique_ptr<Ticket>> Open(Stream& stream, const std::string& agent)
      EXCLUDES_LOCK(mutex_);

  // Ends what is too slow (STREAM_SLOW: while kStreamLookMs were spent on waiting for the peer,
  // fewer than kMinStreamBytes moved) or too old (STREAM_LONG). Called about once a second.
  void Look() EXCLUDES_LOCK(mutex_);

 private:
  void Remove(Ticket& ticket) EXCLUDES_LOCK(mutex_);
  static absl::Status Judge(Ticket& ticket, int64_t now_ms);

  const base::Clock& clock_;
  base::Mutex mutex_;
  std::set<Ticket*> tickets_ GUARDED_BY(mutex_);
};

}  // namespace passerelle::gateway::rpc

#endif  // PASSERELLE_GATEWAY_RPC_STREAMS_H_
