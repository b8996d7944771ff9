#include "gateway/verify/signatures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/keys/dsse.h"

namespace passerelle::gateway::verify {
namespace {

using certs::keys::PrivateKey;
using testing::HasSubstr;
using testing::StartsWith;

// More than may wait at a time.
constexpr uint64_t kMany = 3 * Signatures::kMostWaiting;

class SignaturesTest : public testing::TestWithParam<size_t> {
 protected:
  Signed Good(uint64_t index) const {
    Signed made;
    made.index = index;
    made.time_ms = 1000 * static_cast<int64_t>(index);
    made.envelope = certs::keys::SignStatement(absl::StrCat("statement ", index), {&key_});
    made.keys = {key_.public_key()};
    return made;
  }

  Signed Bad(uint64_t index) const {
    Signed made = Good(index);
    made.envelope.set_payload("another statement");
    return made;
  }

  const PrivateKey key_ = *PrivateKey::FromEd25519Seed(std::string(32, 's'));
  Signatures signatures_{GetParam()};
};

TEST_P(SignaturesTest, AcceptsWhatIsSigned) {
  for (uint64_t index = 0; index < kMany; ++index) signatures_.Add(Good(index));
  EXPECT_FALSE(signatures_.Settle().has_value());
  EXPECT_FALSE(signatures_.failed());
}

TEST_P(SignaturesTest, NamesTheLowestEntryAtFault) {
  for (uint64_t index = 0; index < kMany; ++index)
    signatures_.Add(index == 70 || index == 71 || index >= 400 ? Bad(index) : Good(index));
  const Check fault = signatures_.Settle();
  ASSERT_TRUE(fault.has_value());
  EXPECT_TRUE(signatures_.failed());
  EXPECT_EQ(fault->index, 70u);
  EXPECT_THAT(fault->en, StartsWith("Entry 70 (recorded at 1970-01-01T00:01:10"));
  EXPECT_THAT(fault->en, HasSubstr("a signature of its statement is missing"));
  EXPECT_THAT(fault->fr, HasSubstr("une signature de sa déclaration manque"));
  EXPECT_THAT(fault->en, HasSubstr("signatures[0]"));
}

TEST_P(SignaturesTest, NamesTheLastOne) {
  for (uint64_t index = 0; index < kMany; ++index)
    signatures_.Add(index + 1 == kMany ? Bad(index) : Good(index));
  EXPECT_EQ(signatures_.Settle()->index, kMany - 1);
}

TEST_P(SignaturesTest, SaysAFaultAgain) {
  signatures_.Add(Bad(3));
  EXPECT_EQ(signatures_.Settle()->index, 3u);
  signatures_.Add(Bad(4));
  EXPECT_EQ(signatures_.Settle()->index, 3u);
}

TEST_P(SignaturesTest, GoesWithoutVerifyingWhatWaits) {
  for (uint64_t index = 0; index < Signatures::kMostWaiting; ++index) signatures_.Add(Good(index));
}

INSTANTIATE_TEST_SUITE_P(Threads, SignaturesTest, testing::Values(0, 1, 3));

}  // namespace
}  // namespace passerelle::gateway::verify
