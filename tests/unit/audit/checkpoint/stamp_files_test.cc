// What is kept of time stamps, as files.
#include "audit/checkpoint/stamp_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/base/files.h"
#include "tests/support/temp_folder.h"

namespace passerelle::audit::checkpoint {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StampFilesTest : public testing::Test {
 protected:
  const tests::TempFolder folder_;
  const std::string stamps_ = folder_ / "stamps";
};

TEST_F(StampFilesTest, AreReadAsTheyWereWritten) {
  ASSERT_TRUE(WriteStamp(stamps_, {7, "note", std::string("\0der", 4), "pem", ""}).ok());
  ASSERT_TRUE(WriteStamp(stamps_, {12, "note 12", "der 12", "pem 12", "note 12, cosigned"}).ok());
  const absl::StatusOr<KeptStamp> first = ReadStamp(stamps_, 7);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->checkpoint, "note");
  EXPECT_EQ(first->time_stamp, std::string("\0der", 4));
  EXPECT_EQ(first->chain, "pem");
  EXPECT_THAT(first->cosigned, IsEmpty());
  EXPECT_EQ(ReadStamp(stamps_, 12)->cosigned, "note 12, cosigned");
  EXPECT_TRUE(absl::IsNotFound(ReadStamp(stamps_, 8).status()));
}

TEST_F(StampFilesTest, AreListedByNumber) {
  EXPECT_THAT(*ListStamps(stamps_), IsEmpty());
  for (const uint64_t size : {100u, 9u, 20u})
    ASSERT_TRUE(WriteStamp(stamps_, {size, "note", "der", "pem", ""}).ok());
  EXPECT_THAT(*ListStamps(stamps_), ElementsAre(9, 20, 100));
}

// A stamp whose writing was interrupted is none: its response comes last.
TEST_F(StampFilesTest, CountOnceTheyAreWhole) {
  ASSERT_TRUE(WriteStamp(stamps_, {7, "note", "der", "pem", ""}).ok());
  for (const char* name : {"8.checkpoint", "8.chain.pem", "07.tsr", "x.tsr", "9.tsr.new", ".tsr"})
    ASSERT_TRUE(gateway::base::WriteFile(stamps_ + "/" + name, "synthetic",
                                         gateway::base::FileMode::kPrivate)
                    .ok());
  EXPECT_THAT(*ListStamps(stamps_), ElementsAre(7));
}

}  // namespace
}  // namespace passerelle::audit::checkpoint
