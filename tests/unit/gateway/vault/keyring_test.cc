#include "gateway/vault/keyring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "tests/unit/gateway/vault/fixture.h"

namespace passerelle::gateway::vault {
namespace {

class KeyringTest : public testing::Test {
 protected:
  KeyringTest() { EXPECT_TRUE(Keyring::Create(folder_.path(), random_).ok()); }

  std::unique_ptr<Keyring> Open() {
    auto ring = Keyring::Open(folder_.path(), random_);
    EXPECT_TRUE(ring.ok()) << ring.status();
    return *std::move(ring);
  }
  absl::Status OpenStatus() { return Keyring::Open(folder_.path(), random_).status(); }
  void Write(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(base::WriteFile(folder_.File(name), bytes, base::FileMode::kPrivate).ok());
  }

  Folder folder_;
  tests::SeededRandom random_{1};
};

TEST_F(KeyringTest, MakesTheFirstEpochPrivateAndKeepsIt) {
  const auto ring = Open();
  EXPECT_EQ(ring->current_epoch(), 1u);
  EXPECT_EQ(*base::PermissionsOf(folder_.File("kek-1")), 0600);
  const base::Secret key(random_.Bytes(32));
  const std::string wrapped = *ring->Wrap(key, "context", random_);
  const auto again = Open();
  EXPECT_EQ(again->current_epoch(), 1u);
  EXPECT_EQ(again->Unwrap(1, wrapped, "context")->RevealSecret(), key.RevealSecret());
}

TEST_F(KeyringTest, IsMadeOnce) {
  const std::string key = *base::ReadFile(folder_.File("kek-1"), 100);
  EXPECT_EQ(base::ReasonOf(Keyring::Create(folder_.path(), random_)), "FILE_EXISTS");
  EXPECT_EQ(*base::ReadFile(folder_.File("kek-1"), 100), key);
}

TEST_F(KeyringTest, IsNotMadeInPlaceOfOneThatIsMissing) {
  ASSERT_EQ(unlink(folder_.File("kek-1").c_str()), 0);
  EXPECT_EQ(OpenStatus().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::ReasonOf(OpenStatus()), "KEK_EPOCH");
  EXPECT_FALSE(base::Exists(folder_.File("kek-1")));
}

TEST_F(KeyringTest, WrapsWithoutShowingTheKey) {
  const auto ring = Open();
  const std::string key = random_.Bytes(32);
  const std::string wrapped = *ring->Wrap(base::Secret(std::string(key)), "context", random_);
  EXPECT_EQ(wrapped.size(), 60u);
  EXPECT_EQ(wrapped.find(key.substr(0, 8)), std::string::npos);
}

TEST_F(KeyringTest, UnwrapsUnderTheSameContextAndEpochOnly) {
  Open();
  const auto first = Open();
  const std::string wrapped = *first->Wrap(base::Secret(random_.Bytes(32)), "context", random_);
  Write("kek-2", random_.Bytes(32));
  const auto ring = Open();
  EXPECT_TRUE(ring->Unwrap(1, wrapped, "context").ok());
  EXPECT_EQ(ring->Unwrap(1, wrapped, "contexT").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ring->Unwrap(2, wrapped, "context").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(base::ReasonOf(ring->Unwrap(3, wrapped, "context").status()), "KEK_EPOCH");
}

TEST_F(KeyringTest, RefusesAWrappedKeyOfAnotherLength) {
  const auto ring = Open();
  const std::string wrapped = *ring->Wrap(base::Secret(random_.Bytes(16)), "context", random_);
  EXPECT_EQ(ring->Unwrap(1, wrapped, "context").status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(KeyringTest, TakesTheHighestEpochByNumber) {
  for (const char* name : {"kek-2", "kek-10", "kek-9"}) Write(name, random_.Bytes(32));
  EXPECT_EQ(Open()->current_epoch(), 10u);
}

TEST_F(KeyringTest, NeverGivesADestroyedNumberAgain) {
  Open();
  Write("kek-1", "");
  const auto ring = Open();
  EXPECT_EQ(ring->current_epoch(), 2u);
  EXPECT_EQ(base::ReasonOf(ring->Unwrap(1, "", "").status()), "KEK_EPOCH");
}

TEST_F(KeyringTest, LooksAtNoOtherFile) {
  for (const char* name : {"kek-", "kek-0", "kek-01", "kek-5.new", "kek-x", "kek-4294967296", "a"})
    Write(name, "not a key");
  EXPECT_EQ(Open()->current_epoch(), 1u);
}

TEST_F(KeyringTest, RefusesAKeyOfAnotherLength) {
  for (const size_t size : {1, 31, 33}) {
    Write("kek-1", std::string(size, 'k'));
    EXPECT_EQ(OpenStatus().code(), absl::StatusCode::kDataLoss) << size;
  }
}

TEST_F(KeyringTest, RefusesAKeyOthersMayRead) {
  Open();
  ASSERT_EQ(chmod(folder_.File("kek-1").c_str(), 0604), 0);
  EXPECT_EQ(base::ReasonOf(OpenStatus()), "KEK_PERMISSIONS");
}

}  // namespace
}  // namespace passerelle::gateway::vault
