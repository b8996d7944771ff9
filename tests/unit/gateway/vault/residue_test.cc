#include "gateway/vault/residue.h"

#include <gtest/gtest.h>

#include "gateway/base/files.h"
#include "tests/unit/gateway/vault/fixture.h"

namespace passerelle::gateway::vault {
namespace {

class ResidueTest : public testing::Test {
 protected:
  bool Finds(const Residue& residue, const std::string& bytes) {
    EXPECT_TRUE(base::WriteFile(folder_.File("f"), bytes, base::FileMode::kPrivate).ok());
    return *residue.IsIn(folder_.File("f"));
  }

  Folder folder_;
  tests::SeededRandom random_{5};
};

TEST_F(ResidueTest, FindsASampleWhereverItLies) {
  const std::string erased = random_.Bytes(60);
  Residue residue;
  residue.Add(erased);
  constexpr size_t kChunk = 1024 * 1024;
  const std::string other = random_.Bytes(2 * kChunk + 100);
  EXPECT_FALSE(Finds(residue, other));
  for (const size_t at : {size_t{0}, size_t{1}, kChunk - 16, kChunk - 15, kChunk - 8, kChunk - 1,
                          kChunk, 2 * kChunk - 7, other.size() - 16}) {
    std::string file = other;
    file.replace(at, 16, erased, 0, 16);
    EXPECT_TRUE(Finds(residue, file)) << at;
    file = other;
    file.replace(at, 16, erased, erased.size() - 16, 16);
    EXPECT_TRUE(Finds(residue, file)) << at;
    file.replace(at, 1, 1, static_cast<char>(file[at] ^ 1));
    EXPECT_FALSE(Finds(residue, file)) << at;
  }
}

TEST_F(ResidueTest, FindsAPagesPartOfALongString) {
  const std::string erased = random_.Bytes(5000);
  Residue residue;
  residue.Add(erased);
  for (size_t at = 0; at + 300 <= erased.size(); at += 97)
    EXPECT_TRUE(Finds(residue, erased.substr(at, 300))) << at;
}

TEST_F(ResidueTest, FindsNothingInMissingAndEmptyFiles) {
  Residue residue;
  EXPECT_TRUE(residue.empty());
  residue.Add(random_.Bytes(16));
  EXPECT_FALSE(residue.empty());
  EXPECT_FALSE(*residue.IsIn(folder_.File("missing")));
  EXPECT_FALSE(Finds(residue, ""));
  EXPECT_FALSE(Finds(residue, "short"));
}

TEST_F(ResidueTest, SaysWhenAFileCannotBeRead) {
  Residue residue;
  residue.Add(random_.Bytes(16));
  EXPECT_EQ(residue.IsIn(folder_.path()).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace passerelle::gateway::vault
