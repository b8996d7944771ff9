#include "gateway/base/passphrase.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "tests/support/temp_folder.h"

namespace passerelle::gateway::base {
namespace {

class PassphraseTest : public ::testing::Test {
 protected:
  std::string File(const std::string& text, FileMode mode = FileMode::kPrivate) {
    EXPECT_TRUE(WriteFile(folder_ / "passphrase", text, mode).ok());
    return folder_ / "passphrase";
  }
  tests::TempFolder folder_;
};

TEST_F(PassphraseTest, IsTheLineWithoutItsEnd) {
  for (const char* text : {"correct horse", "correct horse\n"})
    EXPECT_EQ(ReadPassphrase(File(text))->RevealSecret(), "correct horse");
  EXPECT_EQ(ReadPassphrase(File(" é \n"))->RevealSecret(), " é ");
  EXPECT_TRUE(ReadPassphrase(File(std::string(1024, 'x') + "\n")).ok());
}

TEST_F(PassphraseTest, IsRefusedWhenItIsNone) {
  EXPECT_EQ(ReasonOf(ReadPassphrase(File("")).status()), "PASSPHRASE_EMPTY");
  EXPECT_EQ(ReasonOf(ReadPassphrase(File("\n")).status()), "PASSPHRASE_EMPTY");
  EXPECT_EQ(ReasonOf(ReadPassphrase(File("one\ntwo\n")).status()), "PASSPHRASE_FORM");
  EXPECT_EQ(ReasonOf(ReadPassphrase(File(std::string(1025, 'x'))).status()), "PASSPHRASE_FORM");
  EXPECT_EQ(ReasonOf(ReadPassphrase(folder_ / "none").status()), "FILE_MISSING");
}

TEST_F(PassphraseTest, IsEmptyWhereNoFileIsNamed) {
  EXPECT_TRUE(ReadPassphraseIfAny("")->empty());
  EXPECT_EQ(ReadPassphraseIfAny(File("correct horse"))->RevealSecret(), "correct horse");
  EXPECT_EQ(ReadPassphraseIfAny(folder_ / "none").status(),
            ReadPassphrase(folder_ / "none").status());
}

TEST_F(PassphraseTest, IsRefusedWhenOthersCanReadIt) {
  EXPECT_EQ(ReasonOf(ReadPassphrase(File("open", FileMode::kPublic)).status()),
            "PASSPHRASE_PERMISSIONS");
}

TEST_F(PassphraseTest, ComesFromADescriptorOnce) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "piped\n", 6), 6);
  close(ends[1]);
  EXPECT_EQ(ReadPassphrase(FileOfDescriptor(ends[0]))->RevealSecret(), "piped");
  EXPECT_EQ(ReasonOf(ReadPassphrase(FileOfDescriptor(ends[0])).status()), "PASSPHRASE_EMPTY");
  close(ends[0]);
}

}  // namespace
}  // namespace passerelle::gateway::base
