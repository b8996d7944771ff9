#include "policy/state/indexes.h"

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/strings.h"
#include "policy/state/query.h"

namespace passerelle::policy::state {
namespace {

using gateway::base::Absl;
using record::v1::FreezeRow;
using record::v1::MandateRow;
using record::v1::StatementRow;
using record::v1::TransferRow;

constexpr size_t kAgentBytes = 16;
constexpr size_t kNumberBytes = 8;

std::string Number(uint64_t number) {
  std::string bytes;
  gateway::base::AppendBigEndian64(bytes, number);
  return bytes;
}

// A party's id is a slug, so that NUL ends it.
std::string OfParty(std::string_view party) {
  return absl::StrCat(Absl(party), absl::string_view("\0", 1));
}

// Tells `visit` the rows whose places in an index begin with `prefix`; what follows the prefix,
// less `skipped` bytes, is the row's key.
template <typename Row>
void VisitIndex(const Table<State::Mark>& index, const Table<Row>& table, std::string_view prefix,
                size_t skipped, Visit<Row> visit) {
  index.Scan(prefix, [&](const std::string& place, const State::Mark&) {
    const std::string_view key = std::string_view(place).substr(prefix.size() + skipped);
    const Row* row = table.Find(key);
    return row == nullptr || visit(key, *row);
  });
}

}  // namespace

State::Places State::PlacesOf(std::string_view key, const MandateRow& row) {
  return {{&State::mandates_by_agent, absl::StrCat(row.agent(), Absl(key))},
          {&State::mandates_by_party, absl::StrCat(OfParty(row.party()), Absl(key))}};
}

State::Places State::PlacesOf(std::string_view key, const FreezeRow& row) {
  const std::string target = KeyOf(row.has_transfer() ? row.transfer() : row.exchange());
  return {{&State::freezes_by_target, absl::StrCat(target, Absl(key))}};
}

State::Places State::PlacesOf(std::string_view key, const TransferRow& row) {
  Places places = {{&State::transfers_by_exchange,
                    absl::StrCat(KeyOf(row.exchange()), Number(row.index()), Absl(key))}};
  if (row.phase() == record::v1::TRANSFER_PHASE_ERASED) return places;
  if (row.has_ground()) {
    places.emplace_back(&State::transfers_to_erase, key);
    return places;
  }
  const auto last_day = static_cast<uint64_t>(NumberOf(row.retain_until()));
  places.emplace_back(&State::transfers_by_last_day, absl::StrCat(Number(last_day), Absl(key)));
  const auto destruction = static_cast<uint64_t>(row.destroy_after_ms());
  if (destruction != 0)
    places.emplace_back(&State::transfers_by_destruction,
                        absl::StrCat(Number(destruction), Absl(key)));
  return places;
}

State::Places State::PlacesOf(std::string_view key, const StatementRow& row) {
  const auto end = static_cast<uint64_t>(row.not_after_ms());
  return {{&State::statements_by_expiry, absl::StrCat(Number(end), Absl(key))}};
}

void VisitMandatesOfAgent(const State& state, std::string_view agent, Visit<MandateRow> visit) {
  if (agent.size() != kAgentBytes) return;
  VisitIndex(state.mandates_by_agent, state.mandates, agent, 0, visit);
}

void VisitMandatesOfParty(const State& state, std::string_view party, Visit<MandateRow> visit) {
  VisitIndex(state.mandates_by_party, state.mandates, OfParty(party), 0, visit);
}

void VisitTransfersOf(const State& state, std::string_view exchange, Visit<TransferRow> visit) {
  VisitIndex(state.transfers_by_exchange, state.transfers, exchange, kNumberBytes, visit);
}

void VisitTransfersByLastDay(const State& state, Visit<TransferRow> visit) {
  VisitIndex(state.transfers_by_last_day, state.transfers, "", kNumberBytes, visit);
}

void VisitTransfersByDestruction(const State& state, Visit<TransferRow> visit) {
  VisitIndex(state.transfers_by_destruction, state.transfers, "", kNumberBytes, visit);
}

std::vector<std::string> TransfersToErase(const State& state) {
  std::vector<std::string> keys;
  state.transfers_to_erase.Scan("", [&](const std::string& key, const State::Mark&) {
    keys.push_back(key);
    return true;
  });
  return keys;
}

size_t CountPayloads(const State& state) {
  return state.transfers_by_last_day.size() + state.transfers_to_erase.size();
}

void VisitFreezesOf(const State& state, std::string_view target, Visit<FreezeRow> visit) {
  VisitIndex(state.freezes_by_target, state.freezes, target, 0, visit);
}

std::vector<std::string> StatementsOver(const State& state, int64_t time_ms) {
  std::vector<std::string> over;
  state.statements_by_expiry.Scan("", [&](const std::string& place, const State::Mark&) {
    if (gateway::base::ReadBigEndian64(place) >= static_cast<uint64_t>(time_ms)) return false;
    over.push_back(place.substr(kNumberBytes));
    return true;
  });
  return over;
}

}  // namespace passerelle::policy::state
