#include "policy/state/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace passerelle::policy::state {
namespace {

using testing::ElementsAre;

// The rows of a table, as Scan tells them.
std::vector<std::pair<std::string, int>> Rows(const Table<int>& table, std::string_view prefix = "",
                                              std::string_view from = "") {
  std::vector<std::pair<std::string, int>> rows;
  table.Scan(prefix, from.empty() ? prefix : from, [&](const std::string& key, const int& row) {
    rows.emplace_back(key, row);
    return true;
  });
  return rows;
}

TEST(Table, SeesThroughAForkAndKeepsItsChangesApart) {
  Table<int> below;
  below.Put("a", 1);
  below.Put("b", 2);
  Table<int> fork = below.Fork();
  fork.Put("b", 20);
  fork.Erase("a");
  fork.Put("c", 30);
  EXPECT_EQ(fork.Find("a"), nullptr);
  EXPECT_EQ(*fork.Find("b"), 20);
  EXPECT_THAT(Rows(fork), ElementsAre(std::pair("b", 20), std::pair("c", 30)));
  EXPECT_THAT(Rows(below), ElementsAre(std::pair("a", 1), std::pair("b", 2)));
}

TEST(Table, AbsorbsAForkAndEmptiesIt) {
  Table<int> below;
  below.Put("a", 1);
  Table<int> fork = below.Fork();
  fork.Erase("a");
  fork.Put("b", 2);
  below.Absorb(fork);
  EXPECT_THAT(Rows(below), ElementsAre(std::pair("b", 2)));
  below.Erase("b");
  EXPECT_EQ(fork.Find("b"), nullptr);
}

TEST(Table, ScansAPrefixFromAKeyUntilTold) {
  Table<int> table;
  for (const char* key : {"a/1", "a/2", "a/3", "b/1"}) table.Put(key, 0);
  EXPECT_EQ(Rows(table, "a/").size(), 3u);
  EXPECT_EQ(Rows(table, "a/", "a/2").size(), 2u);
  EXPECT_EQ(Rows(table, "c").size(), 0u);
  int visited = 0;
  table.Scan("", [&](const std::string&, const int&) { return ++visited < 2; });
  EXPECT_EQ(visited, 2);
}

TEST(Table, EqualsAMapWhateverIsForkedAbsorbedAndDropped) {
  std::mt19937 random(7);
  Table<int> table;
  std::map<std::string, int> twin;
  for (int round = 0; round < 500; ++round) {
    Table<int> lower = table.Fork();
    Table<int> upper = lower.Fork();
    std::map<std::string, int> changed = twin;
    for (int i = 0; i < 10; ++i) {
      const std::string key(1, static_cast<char>('a' + random() % 8));
      const int value = static_cast<int>(random() % 100);
      if (random() % 3 == 0) {
        upper.Erase(key);
        changed.erase(key);
      } else {
        upper.Put(key, value);
        changed[key] = value;
      }
      if (random() % 4 == 0) lower.Absorb(upper);
    }
    EXPECT_EQ(Rows(upper),
              (std::vector<std::pair<std::string, int>>(changed.begin(), changed.end())));
    if (random() % 2 == 0) continue;  // dropped
    lower.Absorb(upper);
    table.Absorb(lower);
    twin = changed;
  }
  EXPECT_EQ(Rows(table), (std::vector<std::pair<std::string, int>>(twin.begin(), twin.end())));
}

}  // namespace
}  // namespace passerelle::policy::state
