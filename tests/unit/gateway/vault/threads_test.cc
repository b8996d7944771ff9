// Readers and sealers while one thread commits and erases; run under ThreadSanitizer too.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "gateway/base/status.h"
#include "tests/unit/gateway/vault/fixture.h"

namespace passerelle::gateway::vault {
namespace {

using base::CommitmentKind;

constexpr uint64_t kGroups = 60;
constexpr uint64_t kReads = 500;

bool IsShredded(uint64_t index) { return index % 3 == 0; }

TEST_F(VaultTest, ServesReadersWhileCommittingAndErasing) {
  std::vector<record::v1::Attachment> contents;
  for (uint64_t index = 0; index < kGroups; ++index)
    contents.push_back(Content(CommitmentKind::kDocument, "document " + std::to_string(index)));
  std::atomic<uint64_t> committed{0};
  std::atomic<uint64_t> wrong{0};

  const auto read = [&](uint64_t offset) {
    for (uint64_t i = offset; committed < kGroups || i < kReads; ++i) {
      while (committed == 0) std::this_thread::yield();
      const uint64_t size = committed;
      const uint64_t index = i % size;
      const base::Digest commitment = CommitmentOf(contents[index]);
      const auto content = vault_->Read({index, 0, 0}, commitment);
      const bool right =
          content.ok() ? content->content() == contents[index].content()
                       : IsShredded(index) && base::ReasonOf(content.status()) == "CONTENT_ERASED";
      const auto place = vault_->FindDocument(commitment);
      const bool found = place.ok() ? *place == Position{index, 0, 0} : IsShredded(index);
      const auto refused = vault_->FindRefused(base::Sha256(std::to_string(index)));
      const bool kept = refused.ok() && refused->has_value() && (*refused)->index == index;
      if (!right || !found || !kept) ++wrong;
    }
  };
  const auto seal = [&] {
    while (committed < kGroups)
      if (!vault_->Seal(RecordClass::kDecisionFile, contents[0]).ok()) ++wrong;
  };
  std::vector<std::thread> threads;
  for (uint64_t offset : {0, 7, 31}) threads.emplace_back(read, offset);
  threads.emplace_back(seal);
  for (uint64_t index = 0; index < kGroups; ++index) {
    Store({Place({index, 0, 0}, contents[index], RecordClass::kDecisionFile)},
          {{base::Sha256(std::to_string(index)), index, "salt", "envelope", 1000}});
    committed = index + 1;
    if (IsShredded(index)) {
      EXPECT_TRUE(vault_->Shred(index, 0).ok());
    }
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0u);
}

}  // namespace
}  // namespace passerelle::gateway::vault
