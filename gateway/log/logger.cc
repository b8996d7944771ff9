#include "gateway/log/logger.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::gateway::log {
namespace {

constexpr size_t kMaxCodeBytes = 96;
constexpr size_t kHexPrefixBytes = 6;

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string_view NameOf(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

std::string_view NameOf(Event event) {
  switch (event) {
    case Event::kServerStarting:
      return "server_starting";
    case Event::kServerReady:
      return "server_ready";
    case Event::kTilesReady:
      return "tiles_ready";
    case Event::kMetricsReady:
      return "metrics_ready";
    case Event::kServerDraining:
      return "server_draining";
    case Event::kServerStopped:
      return "server_stopped";
    case Event::kServerFailed:
      return "server_failed";
    case Event::kCertificateReloaded:
      return "certificate_reloaded";
    case Event::kCallFinished:
      return "call_finished";
    case Event::kCallRefused:
      return "call_refused";
    case Event::kCallFailed:
      return "call_failed";
    case Event::kConventionOpened:
      return "convention_opened";
    case Event::kConventionStopped:
      return "convention_stopped";
    case Event::kGroupCommitted:
      return "group_committed";
    case Event::kCommitFailed:
      return "commit_failed";
    case Event::kQueueFull:
      return "queue_full";
    case Event::kClockBehind:
      return "clock_behind";
    case Event::kGuardFailed:
      return "guard_failed";
    case Event::kSweepDone:
      return "sweep_done";
    case Event::kErasureDone:
      return "erasure_done";
    case Event::kIndexFailed:
      return "index_failed";
    case Event::kSnapshotFailed:
      return "snapshot_failed";
    case Event::kCardFailed:
      return "card_failed";
    case Event::kHeadsFailed:
      return "heads_failed";
    case Event::kWitnessFailed:
      return "witness_failed";
    case Event::kStampFailed:
      return "stamp_failed";
    case Event::kExpiryFailed:
      return "expiry_failed";
    case Event::kErasureFailed:
      return "erasure_failed";
    case Event::kHandoverLogged:
      return "handover_logged";
  }
  return "unknown";
}

std::string_view NameOf(NumberKey key) {
  switch (key) {
    case NumberKey::kIndex:
      return "index";
    case NumberKey::kOrdinal:
      return "ordinal";
    case NumberKey::kSize:
      return "size";
    case NumberKey::kCount:
      return "count";
    case NumberKey::kEntries:
      return "entries";
    case NumberKey::kBytes:
      return "bytes";
    case NumberKey::kMillis:
      return "millis";
    case NumberKey::kPort:
      return "port";
    case NumberKey::kProcess:
      return "process";
    case NumberKey::kFindings:
      return "findings";
    case NumberKey::kEpoch:
      return "epoch";
    case NumberKey::kWaiting:
      return "waiting";
  }
  return "unknown";
}

std::string_view NameOf(CodeKey key) {
  switch (key) {
    case CodeKey::kReason:
      return "reason";
    case CodeKey::kStatus:
      return "status";
    case CodeKey::kMethod:
      return "method";
    case CodeKey::kField:
      return "field";
    case CodeKey::kConvention:
      return "convention";
    case CodeKey::kEnvironment:
      return "environment";
    case CodeKey::kVersion:
      return "version";
    case CodeKey::kAddress:
      return "address";
    case CodeKey::kPath:
      return "path";
    case CodeKey::kSignal:
      return "signal";
    case CodeKey::kRule:
      return "rule";
    case CodeKey::kAct:
      return "act";
    case CodeKey::kRequest:
      return "request";
    case CodeKey::kLane:
      return "lane";
  }
  return "unknown";
}

std::string_view NameOf(HexKey key) {
  switch (key) {
    case HexKey::kLog:
      return "log";
    case HexKey::kRoot:
      return "root";
    case HexKey::kEntry:
      return "entry";
  }
  return "unknown";
}

// No character of a code needs escaping in JSON, so a code cannot end its string or its line.
bool IsCode(std::string_view text) {
  if (text.empty() || text.size() > kMaxCodeBytes) return false;
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!plain && std::string_view("._/:+-[]").find(c) == std::string_view::npos) return false;
  }
  return true;
}

// Hands each record's text to a function, one at a time.
class FunctionSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FunctionSink(Sink sink) : sink_(std::move(sink)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    sink_({message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

  const Sink sink_;
};

}  // namespace

Field::Field(NumberKey key, int64_t value)
    : name_(NameOf(key)), kind_(Kind::kNumber), number_(value) {}

Field::Field(CodeKey key, std::string_view code)
    : name_(NameOf(key)), kind_(Kind::kCode), bytes_(code) {}

Field::Field(HexKey key, std::string_view digest)
    : name_(NameOf(key)), kind_(Kind::kHex), bytes_(digest.substr(0, kHexPrefixBytes)) {}

Sink StandardError() {
  return [](std::string_view line) {
    // One write, so that lines of several processes on one terminal do not mix.
    const std::string text = absl::StrCat(base::Absl(line), "\n");
    std::string_view rest = text;
    while (!rest.empty()) {
      const ssize_t written = write(STDERR_FILENO, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;
      rest.remove_prefix(static_cast<size_t>(written));
    }
  };
}

class Logger::Backend {
 public:
  Backend(Level lowest, Sink sink)
      : logger("passerelle", std::make_shared<FunctionSink>(std::move(sink))) {
    logger.set_level(ToSpdlog(lowest));
    // By default spdlog prints what an exception says, which may quote anything.
    logger.set_error_handler([](const std::string&) {});
  }

  spdlog::logger logger;
};

Logger::Logger(const base::Clock& clock, Level lowest, Sink sink)
    : clock_(clock), backend_(std::make_unique<Backend>(lowest, std::move(sink))) {}

Logger::~Logger() = default;

bool Logger::Takes(Level level) const { return backend_->logger.should_log(ToSpdlog(level)); }

void Logger::Write(Level level, Event event, std::initializer_list<Field> fields) {
  Emit(level, event, {}, fields);
}

void Logger::WriteError(Level level, Event event, const absl::Status& error,
                        std::initializer_list<Field> fields) {
  const std::string code = absl::StatusCodeToString(error.code());
  const std::string reason = base::ReasonOf(error);
  const std::string path = base::PathOf(error);
  if (path.empty())
    Emit(level, event, {{CodeKey::kStatus, code}, {CodeKey::kReason, reason}}, fields);
  else
    Emit(level, event,
         {{CodeKey::kStatus, code}, {CodeKey::kReason, reason}, {CodeKey::kField, path}}, fields);
}

void Logger::Emit(Level level, Event event, std::initializer_list<Field> first,
                  std::initializer_list<Field> rest) {
  if (!Takes(level)) return;
  std::string line =
      absl::StrCat(R"({"time":")", base::ToIsoInstant(clock_.WallMs()), R"(","level":")",
                   base::Absl(NameOf(level)), R"(","event":")", base::Absl(NameOf(event)), R"(")");
  for (const auto& fields : {first, rest}) {
    for (const Field& field : fields) {
      absl::StrAppend(&line, R"(,")", base::Absl(field.name_), R"(":)");
      switch (field.kind_) {
        case Field::Kind::kNumber:
          absl::StrAppend(&line, field.number_);
          break;
        case Field::Kind::kCode:
          absl::StrAppend(&line, R"(")", IsCode(field.bytes_) ? base::Absl(field.bytes_) : "?",
                          R"(")");
          break;
        case Field::Kind::kHex:
          absl::StrAppend(&line, R"(")", base::ToHex(field.bytes_), R"(")");
          break;
      }
    }
  }
  line += "}";
  backend_->logger.log(ToSpdlog(level), line);
}

}  // namespace passerelle::gateway::log
