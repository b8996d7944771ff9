// The gateway's structured log: one line of JSON a record, for the operator.
//
// The operator is itself a party and logs are copied freely, so nothing personal may get in. The
// interface makes free text hard: events and keys are closed lists, values are numbers, codes of a
// narrow alphabet, and short prefixes of public digests. What a caller may have written (titles,
// names, messages) has no type here.
#ifndef PASSERELLE_GATEWAY_LOG_LOGGER_H_
#define PASSERELLE_GATEWAY_LOG_LOGGER_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gateway/base/clock.h"

namespace passerelle::gateway::log {

enum class Level { kDebug, kInfo, kWarning, kError };

// What happened. The name in the log is the constant's, in snake case and without its k.
enum class Event {
  // The process and its doors.
  kServerStarting,
  kServerReady,
  kMetricsReady,
  kTilesReady,
  kServerDraining,
  kServerStopped,
  kServerFailed,
  kCertificateReloaded,
  // A call from outside.
  kCallFinished,
  kCallRefused,
  kCallFailed,
  // The actor of one convention.
  kConventionOpened,
  kConventionStopped,
  kGroupCommitted,
  kCommitFailed,
  kQueueFull,
  kClockBehind,
  kGuardFailed,
  kIndexFailed,
  kSnapshotFailed,
  kCardFailed,
  kHeadsFailed,
  kWitnessFailed,
  kStampFailed,
  // The vault.
  kSweepDone,
  kErasureDone,
  kErasureFailed,
  kExpiryFailed,
  kHandoverLogged,
};

// Keys whose values are numbers.
enum class NumberKey {
  kIndex,
  kOrdinal,
  kSize,
  kCount,
  kEntries,
  kBytes,
  kMillis,
  kPort,
  kProcess,
  kFindings,
  kEpoch,
  kWaiting,
};

// Keys whose values are codes: at most 96 characters of A-Z a-z 0-9 and . _ / : + - [ ]. Anything
// else is logged as `?`, for it is no code.
enum class CodeKey {
  kReason,
  kStatus,
  kMethod,
  kField,
  kConvention,
  kEnvironment,
  kVersion,
  kAddress,
  kPath,
  kSignal,
  kRule,
  kAct,
  kLane,
  kRequest,
};

// Keys whose values are the first six bytes of a digest, in hexadecimal. Only digests that are
// public and not guessable: never of a refused statement, a document or a person.
enum class HexKey { kLog, kRoot, kEntry };

// One key and its value. Cheap to copy; the bytes of a code or digest must outlive the record's
// call.
class Field {
 public:
  Field(NumberKey key, int64_t value);
  Field(CodeKey key, std::string_view code);
  Field(HexKey key, std::string_view digest);

 private:
  friend class Logger;
  enum class Kind { kNumber, kCode, kHex };
  std::string_view name_;
  Kind kind_;
  int64_t number_ = 0;
  std::string_view bytes_;
};

// Takes finished lines, each without its newline, one at a time.
using Sink = std::function<void(std::string_view line)>;

// Writes to standard error, as systemd expects it.
Sink StandardError();

// Writes records. Thread-safe. Never fails: a sink that throws loses its line.
class Logger {
 public:
  // Records below `lowest` are dropped. `clock` must outlive it.
  Logger(const base::Clock& clock, Level lowest, Sink sink);
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  // Writes `{"time":…,"level":…,"event":…, fields in the order given}`.
  void Write(Level level, Event event, std::initializer_list<Field> fields = {});

  // Writes an error's code and machine reason, and the path of its field, before the fields. Its
  // message stays out.
  void WriteError(Level level, Event event, const absl::Status& error,
                  std::initializer_list<Field> fields = {});

  // Whether a record of this level would be written.
  bool Takes(Level level) const;

 private:
  class Backend;
  void Emit(Level level, Event event, std::initializer_list<Field> first,
            std::initializer_list<Field> rest);

  const base::Clock& clock_;
  const std::unique_ptr<Backend> backend_;
};

}  // namespace passerelle::gateway::log

#endif  // PASSERELLE_GATEWAY_LOG_LOGGER_H_
