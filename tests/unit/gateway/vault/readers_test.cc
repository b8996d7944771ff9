#include "gateway/vault/readers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "tests/unit/gateway/vault/fixture.h"

namespace passerelle::gateway::vault {
namespace {

// Gives another thread every chance to do what it must not.
void YieldLong() {
  for (int i = 0; i < 2000; ++i) std::this_thread::yield();
}

class ReadersTest : public VaultTest {
 protected:
  ReaderPool pool_{data_.File("vault.db")};
  std::atomic<bool> started_{false};
  std::atomic<bool> allowed_{false};
};

TEST_F(ReadersTest, AnExclusionWaitsForEveryLease) {
  std::optional<ReaderPool::Lease> lease(*pool_.Borrow());
  std::optional<ReaderPool::Lease> second(*pool_.Borrow());
  bool was_allowed = false;
  std::thread excluder([&] {
    started_ = true;
    const ReaderPool::Exclusion exclusion(pool_);
    was_allowed = allowed_;
  });
  while (!started_) std::this_thread::yield();
  lease.reset();
  YieldLong();
  allowed_ = true;
  second.reset();
  excluder.join();
  EXPECT_TRUE(was_allowed);
}

TEST_F(ReadersTest, NobodyBorrowsDuringAnExclusion) {
  std::optional<ReaderPool::Exclusion> exclusion(std::in_place, pool_);
  bool was_allowed = false;
  std::thread borrower([&] {
    started_ = true;
    const auto lease = pool_.Borrow();
    was_allowed = allowed_ && lease.ok();
  });
  while (!started_) std::this_thread::yield();
  YieldLong();
  allowed_ = true;
  exclusion.reset();
  borrower.join();
  EXPECT_TRUE(was_allowed);
}

TEST_F(ReadersTest, AFailedLoanLeavesThePoolUsable) {
  ReaderPool missing(data_.File("missing.db"));
  EXPECT_FALSE(missing.Borrow().ok());
  // Waits for ever if the failed loan still counts.
  const ReaderPool::Exclusion exclusion(missing);
}

}  // namespace
}  // namespace passerelle::gateway::vault
