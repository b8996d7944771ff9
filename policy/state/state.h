// The projection of the log that decisions need. The log alone rebuilds it, byte for byte.
#ifndef PASSERELLE_POLICY_STATE_STATE_H_
#define PASSERELLE_POLICY_STATE_STATE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

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

// A table of a state: read as any table, changed by its state alone, so that the indexes keep pace.
template <typename Row>
class StateTable : public Table<Row> {
 private:
  friend class State;
  using Table<Row>::Put;
  using Table<Row>::Reserve;
  using Table<Row>::Erase;
  using Table<Row>::Fork;
  using Table<Row>::Absorb;
  void BecomeForkOf(const StateTable& below) { Table<Row>::operator=(below.Fork()); }
};

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

  // Sets, or removes, the row of a key in the table of its kind, and its places in the indexes.
  template <typename Row>
  void Put(std::string_view key, Row row);
  template <typename Row>
  void Erase(std::string_view key);
  // Fills an empty state with rows that are known beforehand.
  class Filler;

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

  StateTable<record::v1::HeadRow> heads;          // key: ""
  StateTable<record::v1::FoundingRow> foundings;  // key: ""
  StateTable<record::v1::ChainRow> chains;
  StateTable<record::v1::AdhesionRow> adhesions;
  StateTable<record::v1::DeedRow> deeds;
  StateTable<record::v1::AgentRow> agents;
  StateTable<record::v1::KeyRow> keys;
  StateTable<record::v1::MandateRow> mandates;
  StateTable<record::v1::DatasetRow> datasets;
  StateTable<record::v1::SlugRow> slugs;
  StateTable<record::v1::ExchangeRow> exchanges;
  StateTable<record::v1::FreezeRow> freezes;
  StateTable<record::v1::TransferRow> transfers;
  StateTable<record::v1::RatifiedRow> ratified;
  StateTable<record::v1::StatementRow> statements;
  StateTable<record::v1::StatedHeadsRow> stated_heads;  // key: ""
  StateTable<record::v1::StampedRow> stamped;           // key: ""
  StateTable<record::v1::ShardRow> shards;              // key: index, 8 bytes
  StateTable<record::v1::PresentedRow> presented;

  // Calls `f(name, table...)` for every table above, in this order, with that table of each state.
  template <typename F, typename... States>
  static void ForEachTable(F f, States&... states);

  // Indexes: they follow from the rows above, which Put and Erase see to, and are in neither Dump
  // nor snapshots. policy/state/indexes.h walks them.
  struct Mark {};
  StateTable<Mark> mandates_by_agent;      // agent16 ‖ key of the mandate
  StateTable<Mark> mandates_by_party;      // party ‖ NUL ‖ key of the mandate
  StateTable<Mark> transfers_by_exchange;  // key of the exchange ‖ index BE64 ‖ key of the transfer
  StateTable<Mark> freezes_by_target;      // key of the exchange or transfer ‖ key of the freeze
  // Transfers whose payloads are neither erased nor to be: last day of the retention BE64 ‖ key;
  // those with an instant of destruction also: that instant BE64 ‖ key.
  StateTable<Mark> transfers_by_last_day;
  StateTable<Mark> transfers_by_destruction;
  StateTable<Mark> transfers_to_erase;    // key of a transfer with a ground of erasure, until then
  StateTable<Mark> statements_by_expiry;  // not_after BE64 ‖ digest

  // The same for every index.
  template <typename F, typename... States>
  static void ForEachIndex(F f, States&... states);

 private:
  // Where a row stands in the indexes; indexes.cc alone makes their keys.
  using Places = std::vector<std::pair<StateTable<Mark> State::*, std::string>>;
  static Places PlacesOf(std::string_view key, const record::v1::MandateRow& row);
  static Places PlacesOf(std::string_view key, const record::v1::FreezeRow& row);
  static Places PlacesOf(std::string_view key, const record::v1::TransferRow& row);
  static Places PlacesOf(std::string_view key, const record::v1::StatementRow& row);
  // No index lists the other kinds.
  template <typename Row>
  static Places PlacesOf(std::string_view, const Row&) {
    return {};
  }
  template <typename Row>
  static Places PlacesIfAny(std::string_view key, const Row* row) {
    return row == nullptr ? Places() : PlacesOf(key, *row);
  }
  void Move(const Places& from, const Places& to);

  // The one table of a kind of row.
  template <typename Row>
  StateTable<Row>& TableOf();
};

template <typename F, typename... States>
void State::ForEachTable(F f, States&... states) {
  f("heads", states.heads...);
  f("foundings", states.foundings...);
  f("chains", states.chains...);
  f("adhesions", states.adhesions...);
  f("deeds", states.deeds...);
  f("agents", states.agents...);
  f("keys", states.keys...);
  f("mandates", states.mandates...);
  f("datasets", states.datasets...);
  f("slugs", states.slugs...);
  f("exchanges", states.exchanges...);
  f("freezes", states.freezes...);
  f("transfers", states.transfers...);
  f("ratified", states.ratified...);
  f("statements", states.statements...);
  f("stated_heads", states.stated_heads...);
  f("stamped", states.stamped...);
  f("shards", states.shards...);
  f("presented", states.presented...);
}

template <typename F, typename... States>
void State::ForEachIndex(F f, States&... states) {
  f("mandates_by_agent", states.mandates_by_agent...);
  f("mandates_by_party", states.mandates_by_party...);
  f("transfers_by_exchange", states.transfers_by_exchange...);
  f("freezes_by_target", states.freezes_by_target...);
  f("transfers_by_last_day", states.transfers_by_last_day...);
  f("transfers_by_destruction", states.transfers_by_destruction...);
  f("transfers_to_erase", states.transfers_to_erase...);
  f("statements_by_expiry", states.statements_by_expiry...);
}

template <typename Row>
StateTable<Row>& State::TableOf() {
  StateTable<Row>* found = nullptr;
  const auto take = [&found](std::string_view, auto& table) {
    if constexpr (std::is_same_v<decltype(table), StateTable<Row>&>) found = &table;
  };
  ForEachTable(take, *this);
  return *found;
}

template <typename Row>
void State::Put(std::string_view key, Row row) {
  StateTable<Row>& table = TableOf<Row>();
  Move(PlacesIfAny(key, table.Find(key)), PlacesOf(key, row));
  table.Put(key, std::move(row));
}

template <typename Row>
void State::Erase(std::string_view key) {
  StateTable<Row>& table = TableOf<Row>();
  Move(PlacesIfAny(key, table.Find(key)), {});
  table.Erase(key);
}

// Rows go to their tables at once, their places to the indexes at the end and in order: one after
// the other a million of them, which come in no order, would take longer than the rows.
class State::Filler {
 public:
  // Fills `state`, which must be empty, no draft, and outlive this.
  explicit Filler(State& state) : state_(state) {}

  // Makes room for so many rows of a kind.
  template <typename Row>
  void Reserve(size_t rows) {
    state_.TableOf<Row>().Reserve(rows);
  }
  // Sets the row of a key that has none. Fastest behind the last key of its kind.
  template <typename Row>
  void Put(std::string_view key, Row row) {
    for (auto& [index, place] : PlacesOf(key, row)) PlacesIn(index).push_back(std::move(place));
    state_.TableOf<Row>().Put(key, std::move(row));
  }
  // Fills the indexes. To be called once, behind the last row.
  void Finish();

 private:
  using Index = StateTable<Mark> State::*;
  std::vector<std::string>& PlacesIn(Index index);

  State& state_;
  std::vector<std::pair<Index, std::vector<std::string>>> places_;
};

}  // namespace passerelle::policy::state

#endif  // PASSERELLE_POLICY_STATE_STATE_H_
