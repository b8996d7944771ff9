#include "audit/checkpoint/submission.h"

#include <gtest/gtest.h>

#include <string>

#include "audit/checkpoint/note.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"

namespace passerelle::audit::checkpoint {
namespace {

using gateway::base::Digest;
using gateway::base::ReasonOf;
using gateway::base::Secret;

std::string Note() {
  return *NoteSigner::FromSeed("example.org/log", Secret(std::string(32, 'l')))
              ->Sign("example.org/log\n3\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n");
}

Digest Filled(unsigned char byte) {
  Digest digest;
  digest.fill(byte);
  return digest;
}

std::string HashLine(char byte) { return gateway::base::ToBase64(std::string(32, byte)) + "\n"; }

TEST(Submission, IsWrittenAsTheWitnessApiHasIt) {
  EXPECT_EQ(ToText(Submission{2, {Filled('a'), Filled('b')}, Note()}),
            "old 2\n" + HashLine('a') + HashLine('b') + "\n" + Note());
  EXPECT_EQ(ToText(Submission{0, {}, Note()}), "old 0\n\n" + Note());
}

TEST(Submission, IsReadAsItWasWritten) {
  const absl::StatusOr<Submission> read =
      SubmissionFromText("old 2\n" + HashLine('a') + "\n" + Note());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->old_size, 2u);
  ASSERT_EQ(read->proof.size(), 1u);
  EXPECT_EQ(read->proof[0], Filled('a'));
  EXPECT_EQ(read->checkpoint, Note());
}

TEST(Submission, RefusesEveryByteOutOfPlace) {
  std::string many = "old 1\n";
  for (int i = 0; i < 64; ++i) many += HashLine('a');
  for (const std::string& text :
       {std::string(), std::string("old"), "old \n\n" + Note(), "old 01\n\n" + Note(),
        "old -1\n\n" + Note(), "Old 1\n\n" + Note(), "old 1\n" + Note(), "old 1\r\n\n" + Note(),
        "old 9223372036854775808\n\n" + Note(), "old 1\nAAAA\n\n" + Note(), many + "\n" + Note(),
        "old 1\n" + HashLine('a') + "\n" + Note() + "more", std::string("old 1\n\n")})
    EXPECT_FALSE(SubmissionFromText(text).ok()) << text;
  EXPECT_EQ(ReasonOf(SubmissionFromText(std::string(70000, 'o')).status()), "SUBMISSION_TOO_LONG");
}

}  // namespace
}  // namespace passerelle::audit::checkpoint
