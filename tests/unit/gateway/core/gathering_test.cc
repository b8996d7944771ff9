#include "gateway/core/gathering.h"

#include <gtest/gtest.h>

#include <vector>

namespace passerelle::gateway::core {
namespace {

std::vector<Gathering::Call> CallsOf(Gathering& gathering, size_t count) {
  std::vector<Gathering::Call> calls;
  while (calls.size() < count) calls.push_back(gathering.Begin());
  return calls;
}

TEST(GatheringTest, WaitsForNobodyWhereCallsComeAlone) {
  Gathering gathering;
  EXPECT_EQ(gathering.Target(), 0u);
  for (int i = 0; i < 100; ++i) {
    const Gathering::Call call = gathering.Begin();
    EXPECT_EQ(gathering.Target(), 0u);
  }
}

TEST(GatheringTest, IsWorthAThirdOfThoseUnderWay) {
  Gathering gathering;
  const std::vector<Gathering::Call> calls = CallsOf(gathering, 64);
  EXPECT_EQ(gathering.Target(), 22u);
  EXPECT_EQ(gathering.Target(), 22u);
}

TEST(GatheringTest, RemembersThoseThatWereAnsweredLately) {
  Gathering gathering;
  CallsOf(gathering, 64);
  EXPECT_EQ(gathering.Target(), 0u) << "nobody looked while they were under way";
  std::vector<Gathering::Call> calls = CallsOf(gathering, 64);
  EXPECT_EQ(gathering.Target(), 22u);
  calls.clear();
  size_t last = 22;
  for (int i = 0; i < 32; ++i) {
    const size_t target = gathering.Target();
    EXPECT_LE(target, last);
    last = target;
  }
  EXPECT_EQ(last, 0u) << "and forgets them";
}

}  // namespace
}  // namespace passerelle::gateway::core
