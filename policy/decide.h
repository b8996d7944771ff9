// Decide and Apply: pure, total, reproducible from the log (DESIGN section 2, steps 3 and 5).
#ifndef PASSERELLE_POLICY_DECIDE_H_
#define PASSERELLE_POLICY_DECIDE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "gateway/base/digest.h"
#include "passerelle/convention/v1/date.pb.h"
#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/record/v1/observed.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/state/state.h"

namespace passerelle::policy {

// The version of the rules, written into every entry: re-deciding compares under the same version.
inline constexpr std::string_view kEngineVersion = "1";

// The minor version of the format of the entries that DecideSet makes (audit/entry knows the same).
inline constexpr uint32_t kEntryFormatMinor = 1;

// The record time, and its civil date in the convention's zone.
struct Now {
  int64_t time_ms = 0;
  convention::v1::Date civil_date;
};

// What Decide sees of a statement. REQUIRES: the signature of every key of
// `statement.header.signers` verified over the bytes whose digest is `digest`; `observed` has one
// ActObserved an act.
struct Submission {
  const statement::v1::Statement& statement;
  gateway::base::Digest digest;
  // Size of the envelope as received, which the entry will hold.
  size_t envelope_bytes = 0;
  const record::v1::Observed& observed;
};

// Decides a statement on a state: the header and the set, then each act, in order, each seeing the
// earlier ones, all or nothing. The result is the entry to append, complete but for `salt`,
// `recorded.envelope` and `refused.salted_digest`: time, civil date, versions, settings, observed,
// links of every party concerned, and either one decision an act or the refused frame.
// REQUIRES: `now` is not before the state's last record time. Total: never fails, never throws.
// Thread-safe.
record::v1::Entry DecideSet(const state::State& state, const Submission& submission,
                            const Now& now);

// An entry on its way into the state.
struct AppliedEntry {
  const record::v1::Entry& entry;
  // Position in the log and leaf hash.
  uint64_t index = 0;
  gateway::base::Digest leaf{};
  // The recorded statement and its digest; null for a refused one.
  const statement::v1::Statement* statement = nullptr;
  gateway::base::Digest digest{};
};

// Copies the outcome of an entry into the state; never re-decides. Total. DATA_LOSS, and a state
// that is unchanged, when the entry contradicts the state: a foreign log, a repeated statement
// digest, a time before the last or past `not_after`, a broken party chain, a missing outcome, a
// reference to nothing.
absl::Status Apply(state::State& state, const AppliedEntry& applied);

// The answer to "may this agent fetch this transfer now?" (WIRE 22).
struct Handover {
  // Why not; empty when it may.
  std::vector<record::v1::Finding> findings;
  // What Observed will say of the reader.
  record::v1::ReaderObserved reader;
};

// Judges a handover. Pure and total. Thread-safe.
Handover JudgeHandover(const state::State& state, std::string_view agent,
                       const statement::v1::ActRef& transfer, const Now& now);

// Keys (state::KeyOf) of the transfers whose retention is reached at `now` and not yet recorded so.
std::vector<std::string> RetentionsReached(const state::State& state, const Now& now);

// When payloads are to be destroyed next. Absent: none is kept, or none of that kind.
struct RetentionAhead {
  // The first instant that ends a retention.
  std::optional<int64_t> destroy_after_ms;
  // The first civil day after which one is over.
  std::optional<convention::v1::Date> retain_until;
};
RetentionAhead NextRetention(const state::State& state);

}  // namespace passerelle::policy

#endif  // PASSERELLE_POLICY_DECIDE_H_
