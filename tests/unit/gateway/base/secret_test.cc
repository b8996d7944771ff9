#include "gateway/base/secret.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <type_traits>

namespace passerelle::gateway::base {
namespace {

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);

// Short enough to lie inside the object, and long enough to lie on the heap.
const std::string kShort = "fifteen bytes!!";
const std::string kLong(100, 'k');

bool IsZero(const char* bytes, size_t size) {
  return std::all_of(bytes, bytes + size, [](char byte) { return byte == 0; });
}

TEST(Wipe, OverwritesTheWholeCapacity) {
  for (const std::string& original : {kShort, kLong}) {
    std::string bytes = original;
    const char* const at = bytes.data();
    const size_t capacity = bytes.capacity();
    Wipe(bytes);
    EXPECT_TRUE(bytes.empty());
    EXPECT_EQ(bytes.data(), at);
    EXPECT_TRUE(IsZero(at, capacity));
  }
}

TEST(Secret, WipesWhatItTakesOver) {
  for (const std::string& original : {kShort, kLong}) {
    std::string bytes = original;
    const char* const at = bytes.data();
    const Secret secret(std::move(bytes));
    EXPECT_TRUE(IsZero(at, original.size()));
    EXPECT_EQ(secret.RevealSecret(), original);
  }
}

TEST(Secret, LeavesNothingInTheObjectItIsMovedFrom) {
  for (const std::string& original : {kShort, kLong}) {
    Secret first{std::string(original)};
    const char* const at = first.RevealSecret().data();
    const Secret second(std::move(first));
    EXPECT_TRUE(IsZero(at, original.size()));
    EXPECT_EQ(second.RevealSecret(), original);
    EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that it is empty is the point.
  }
}

TEST(Secret, WipesWhatAssignmentReplaces) {
  Secret target{std::string(kLong)};
  const char* const at = target.RevealSecret().data();
  target = Secret{std::string(kShort)};
  EXPECT_EQ(target.RevealSecret(), kShort);
  // The string keeps its buffer: only the new bytes and zeros are in it.
  EXPECT_EQ(target.RevealSecret().data(), at);
  EXPECT_TRUE(IsZero(at + kShort.size(), kLong.size() - kShort.size()));
  Secret& itself = target;
  target = std::move(itself);
  EXPECT_EQ(target.RevealSecret(), kShort);
}

TEST(Secret, LeavesNothingBehindWhenItGoes) {
  alignas(Secret) unsigned char memory[sizeof(Secret)];
  auto* const secret = new (memory) Secret{std::string(kShort)};
  ASSERT_NE(memmem(memory, sizeof memory, kShort.data(), kShort.size()), nullptr);
  secret->~Secret();
  EXPECT_EQ(memmem(memory, sizeof memory, kShort.data(), 4), nullptr);
}

TEST(Secret, CloneIsACopyOfItsOwn) {
  Secret first{std::string(kLong)};
  const Secret copy = first.Clone();
  first = Secret();
  EXPECT_EQ(copy.RevealSecret(), kLong);
  EXPECT_TRUE(first.empty());
}

TEST(ConstantTimeEquals, ComparesLengthAndEveryByte) {
  EXPECT_TRUE(ConstantTimeEquals("", ""));
  EXPECT_TRUE(ConstantTimeEquals(kLong, std::string(kLong)));
  EXPECT_FALSE(ConstantTimeEquals("a", ""));
  EXPECT_FALSE(ConstantTimeEquals("a", "ab"));
  for (size_t i = 0; i < kLong.size(); ++i) {
    std::string other = kLong;
    other[i] ^= 1;
    EXPECT_FALSE(ConstantTimeEquals(kLong, other)) << i;
  }
}

}  // namespace
}  // namespace passerelle::gateway::base
