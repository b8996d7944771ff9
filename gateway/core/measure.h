// What a convention's work looks like from outside, for whoever watches the process.
#ifndef PASSERELLE_GATEWAY_CORE_MEASURE_H_
#define PASSERELLE_GATEWAY_CORE_MEASURE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace passerelle::gateway::core {

// What one group of statements did.
struct Carried {
  // Statements by what became of them; a repeated one has its entry already.
  uint64_t accepted = 0;
  uint64_t noted = 0;
  uint64_t repeated = 0;
  // The first rule in the way of each refused statement.
  std::vector<std::string> refused;
  // Bytes that the group added to the log and, encrypted, to the vault.
  uint64_t log_bytes = 0;
  uint64_t vault_bytes = 0;
  // How long deciding and the two commits took, microseconds.
  int64_t micros = 0;
};

// Hears of every group once it is durable. Thread-safe; must not block.
using Measure = std::function<void(const std::string& convention, const Carried& carried)>;

// How far behind a convention is at one moment.
struct Vitals {
  // Statements that wait before the sequencer, and how long the oldest has, milliseconds.
  uint64_t queued = 0;
  int64_t oldest_ms = 0;
  // Entries in the log, and those that the guard has not seen yet.
  uint64_t entries = 0;
  uint64_t unguarded = 0;
  // Payloads kept, and those of them whose retention is over or whose destruction is ordered.
  uint64_t payloads = 0;
  uint64_t erasures_due = 0;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_MEASURE_H_
