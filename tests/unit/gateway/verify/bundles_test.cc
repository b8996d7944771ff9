#include "gateway/verify/bundles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/files.h"
#include "gateway/verify/tree.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/gateway/verify/written_log.h"

namespace passerelle::gateway::verify {
namespace {

using testing::HasSubstr;

// More than may be read ahead, and the last one partial.
constexpr uint64_t kCount = 2 * Bundles::kMostAhead + 1;
constexpr uint64_t kSize = kTileWidth * (kCount - 1) + 3;

class BundlesTest : public testing::TestWithParam<size_t> {
 protected:
  BundlesTest() {
    std::vector<std::string> entries;
    for (uint64_t index = 0; index < kSize; ++index) entries.push_back(EntryOf(index));
    tests::WrittenLog().Export(folder(), entries);
  }

  static std::string EntryOf(uint64_t index) { return absl::StrCat("synthetic entry ", index); }
  std::string folder() const { return folder_ / "export"; }

  tests::TempFolder folder_;
};

TEST_P(BundlesTest, ComeInTheOrderOfTheLogWithTheHashesOfTheirEntries) {
  Bundles bundles(folder(), kSize, GetParam());
  uint64_t index = 0;
  for (uint64_t number = 0; number < kCount; ++number) {
    const Bundle bundle = bundles.Take();
    ASSERT_FALSE(bundle.fault.has_value()) << bundle.fault->en;
    EXPECT_TRUE(base::Exists(absl::StrCat(folder(), "/", bundle.path)));
    ASSERT_EQ(bundle.content.entries.size(), std::min(kTileWidth, kSize - index));
    ASSERT_EQ(bundle.leaves.size(), bundle.content.entries.size());
    for (size_t i = 0; i < bundle.content.entries.size(); ++i, ++index) {
      ASSERT_EQ(bundle.content.entries[i], EntryOf(index));
      ASSERT_EQ(bundle.leaves[i], audit::merkle::LeafHash(bundle.content.entries[i]));
    }
  }
  EXPECT_EQ(index, kSize);
}

TEST_P(BundlesTest, NameOneThatIsMissingWhereItIs) {
  const std::string path = "tile/entries/005";
  std::filesystem::remove(folder() + "/" + path);
  Bundles bundles(folder(), kSize, GetParam());
  for (uint64_t number = 0; number < kCount; ++number) {
    const Bundle bundle = bundles.Take();
    ASSERT_EQ(bundle.fault.has_value(), number == 5) << number;
    if (number != 5) continue;
    EXPECT_EQ(bundle.fault->index, 5 * kTileWidth);
    EXPECT_THAT(bundle.fault->en, HasSubstr(path + " with the entries 1280 to 1535 is missing"));
    EXPECT_THAT(bundle.fault->fr, HasSubstr(path + " des entrées 1280 à 1535 manque"));
  }
}

TEST_P(BundlesTest, GoWithoutReadingTheRest) {
  Bundles bundles(folder(), kSize, GetParam());
  EXPECT_FALSE(bundles.Take().fault.has_value());
}

TEST_P(BundlesTest, GoWhereNoneWasTaken) { const Bundles bundles(folder(), kSize, GetParam()); }

INSTANTIATE_TEST_SUITE_P(Threads, BundlesTest, testing::Values(0, 1, 3));

}  // namespace
}  // namespace passerelle::gateway::verify
