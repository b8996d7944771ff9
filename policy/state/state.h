// The projection of the log that decisions need. The log alone rebuilds it, byte for byte.
#ifndef PASSERELLE_POLICY_STATE_STATE_H_
#define PASSERELLE_POLICY_STATE_STATE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/digest.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/common.pb.h"
#include "policy/state/table.h"

namespace passerelle::policy::state {

// The chain of what every party may read (WIRE 4).
inline constexpr std::string_view kEveryone = "all";

// Key of a reference: the statement's digest and the ordinal in big-endian order, 36 bytes.
std::string KeyOf(const statement::v1::ActRef& ref);

// The reference of a key. REQUIRES: `key` was made by KeyOf.
statement::v1::ActRef RefOf(std::string_view key);

// A reference with an empty digest ("in this set") made absolute; any other as it is.
statement::v1::ActRef Absolute(const statement::v1::ActRef& ref,
                               const gateway::base::Digest& statement);

// Tables of rows (passerelle/record/v1/state.proto says each key). Thread-compatible: many readers
// or one writer. Movable only while nothing is forked from it.
class State {
 public:
  State() = default;
  State(State&&) = default;
  State& operator=(State&&) = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // A draft above this state, which must outlive it and not change meanwhile save by Absorb.
  State Fork() const;

  // Takes a draft's changes over and empties it. REQUIRES: `draft` was forked from this state.
  void Absorb(State& draft);

  // Canonical text: one line a row, `table hex-key {text}`, tables in the order below, keys sorted.
  // Two states are equal iff their dumps are.
  std::string Dump() const;

  // SHA-256("passerelle/state/v1\n" ‖ SHA-256(Dump())).
  gateway::base::Digest DumpDigest() const;

  // Before entry 0 there is no founding row.
  const record::v1::FoundingRow* founding() const { return foundings.Find(""); }
  // Number of entries applied, and the last record time; zeros before entry 0.
  uint64_t size() const;
  int64_t time_ms() const;

  Table<record::v1::HeadRow> heads;          // key: ""
  Table<record::v1::FoundingRow> foundings;  // key: ""
  Table<record::v1::ChainRow> chains;
  Table<record::v1::AdhesionRow> adhesions;
  Table<record::v1::DeedRow> deeds;
  Table<record::v1::AgentRow> agents;
  Table<record::v1::KeyRow> keys;
  Table<record::v1::MandateRow> mandates;
  Table<record::v1::DatasetRow> datasets;
  Table<record::v1::SlugRow> slugs;
  Table<record::v1::ExchangeRow> exchanges;
  Table<record::v1::FreezeRow> freezes;
  Table<record::v1::TransferRow> transfers;
  Table<record::v1::RatifiedRow> ratified;
  Table<record::v1::StatementRow> statements;

  // Indexes, derived from the rows above by Apply and left out of Dump.
  struct Mark {};
  Table<Mark> mandates_by_agent;  // agent16 ‖ key of the mandate
  Table<Mark> mandates_by_party;  // party ‖ NUL ‖ key of the mandate
  Table<Mark>
      transfers_by_exchange;  // key of the exchange ‖ index big-endian ‖ key of the transfer
  Table<Mark> freezes_by_target;     // key of the exchange or transfer ‖ key of the freeze
  Table<Mark> transfers_kept;        // key of a transfer whose payload is not erased
  Table<Mark> statements_by_expiry;  // not_after big-endian ‖ digest

 private:
  // Calls `f(mine, theirs)` for every table.
  template <typename Mine, typename Theirs, typename F>
  static void ForEachTable(Mine& mine, Theirs& theirs, F f);
};

}  // namespace passerelle::policy::state

#endif  // PASSERELLE_POLICY_STATE_STATE_H_
