#include "policy/state/indexes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/state/query.h"

namespace passerelle::policy::state {
namespace {

using record::v1::TransferRow;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

TransferRow Kept(uint32_t day, int64_t destroy_after_ms = 0) {
  TransferRow row;
  row.set_phase(record::v1::TRANSFER_PHASE_KEPT);
  row.mutable_retain_until()->set_year(2026);
  row.mutable_retain_until()->set_month(5);
  row.mutable_retain_until()->set_day(day);
  row.set_destroy_after_ms(destroy_after_ms);
  return row;
}

TransferRow WithGround(TransferRow row) {
  row.set_phase(record::v1::TRANSFER_PHASE_ERASURE_DUE);
  row.mutable_ground()->set_statement("ground");
  return row;
}

TransferRow Erased(TransferRow row) {
  row = WithGround(std::move(row));
  row.set_phase(record::v1::TRANSFER_PHASE_ERASED);
  return row;
}

// The keys that a walk tells, in its order.
template <typename Walk>
std::vector<std::string> KeysOf(const State& state, Walk walk) {
  std::vector<std::string> keys;
  walk(state, [&](std::string_view key, const TransferRow&) {
    keys.emplace_back(key);
    return true;
  });
  return keys;
}

TEST(Indexes, ListKeptTransfersByWhatEndsThem) {
  State state;
  state.Put("a", Kept(9));
  state.Put("b", Kept(2, 700));
  state.Put("c", Kept(5, 30));
  state.Put("d", WithGround(Kept(1, 1)));
  state.Put("e", Erased(Kept(1, 1)));
  EXPECT_THAT(KeysOf(state, VisitTransfersByLastDay), ElementsAre("b", "c", "a"));
  EXPECT_THAT(KeysOf(state, VisitTransfersByDestruction), ElementsAre("c", "b"));
  EXPECT_THAT(TransfersToErase(state), ElementsAre("d"));
  EXPECT_EQ(CountPayloads(state), 4u);
}

TEST(Indexes, ForgetATransferOnceItIsErased) {
  State state;
  state.Put("a", Kept(9, 5));
  state.Put("a", WithGround(Kept(9, 5)));
  EXPECT_THAT(KeysOf(state, VisitTransfersByLastDay), IsEmpty());
  EXPECT_THAT(KeysOf(state, VisitTransfersByDestruction), IsEmpty());
  EXPECT_EQ(CountPayloads(state), 1u);
  state.Put("a", Erased(Kept(9, 5)));
  EXPECT_THAT(TransfersToErase(state), IsEmpty());
  EXPECT_EQ(CountPayloads(state), 0u);
}

TEST(Indexes, AWalkEndsWhereItsVisitorWantsNoMore) {
  State state;
  for (const char* key : {"a", "b", "c"}) state.Put(key, Kept(3, 8));
  int heard = 0;
  VisitTransfersByLastDay(state, [&](std::string_view, const TransferRow&) {
    ++heard;
    return false;
  });
  EXPECT_EQ(heard, 1);
}

// Against a look through all rows, after random changes, straight and through forks.
TEST(Indexes, SayWhatALookThroughAllRowsSays) {
  std::mt19937 random(7);
  State state;
  for (int round = 0; round < 200; ++round) {
    State draft = state.Fork();
    for (int change = 0; change < 4; ++change) {
      const std::string key(1, static_cast<char>('a' + random() % 12));
      TransferRow row = Kept(1 + random() % 5, static_cast<int64_t>(random() % 4));
      if (random() % 3 == 0) row = random() % 2 == 0 ? WithGround(row) : Erased(row);
      draft.Put(key, row);
    }
    if (random() % 4 != 0) state.Absorb(draft);
    const State seen = state.Fork();
    std::vector<std::pair<int64_t, std::string>> by_day, by_instant;
    std::vector<std::string> to_erase;
    state.transfers.Scan("", [&](const std::string& key, const TransferRow& row) {
      if (row.phase() == record::v1::TRANSFER_PHASE_ERASURE_DUE) to_erase.push_back(key);
      if (row.phase() != record::v1::TRANSFER_PHASE_KEPT) return true;
      by_day.emplace_back(NumberOf(row.retain_until()), key);
      if (row.destroy_after_ms() != 0) by_instant.emplace_back(row.destroy_after_ms(), key);
      return true;
    });
    const auto keys = [](std::vector<std::pair<int64_t, std::string>> places) {
      std::sort(places.begin(), places.end());
      std::vector<std::string> sorted;
      for (auto& place : places) sorted.push_back(std::move(place.second));
      return sorted;
    };
    for (const State* one : {&std::as_const(state), &seen}) {
      EXPECT_THAT(KeysOf(*one, VisitTransfersByLastDay), ElementsAreArray(keys(by_day)));
      EXPECT_THAT(KeysOf(*one, VisitTransfersByDestruction), ElementsAreArray(keys(by_instant)));
      EXPECT_THAT(TransfersToErase(*one), ElementsAreArray(to_erase));
    }
    EXPECT_EQ(CountPayloads(state), by_day.size() + to_erase.size());
  }
}

}  // namespace
}  // namespace passerelle::policy::state
