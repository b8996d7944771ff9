// Revocation lists of a test authority.
#include "certs/x509/revocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "tests/support/fakes.h"
#include "tests/support/stamp_authority.h"

namespace passerelle::certs::x509 {
namespace {

using gateway::base::ReasonOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::FakeClock;
using tests::StampAuthority;

constexpr int64_t kNow = FakeClock::kStartMs;
constexpr int64_t kDayMs = int64_t{86400} * 1000;

class RevocationTest : public ::testing::Test {
 protected:
  absl::Status Check(const std::vector<std::string>& lists, int64_t at_ms = kNow) {
    std::vector<RevocationList> parsed;
    for (const std::string& list : lists) parsed.push_back(*RevocationList::FromText(list));
    return CheckRevocation({authority_.signer(), authority_.intermediate(), authority_.root()},
                           parsed, at_ms);
  }

  StampAuthority authority_;
};

TEST_F(RevocationTest, NamesWhereAListIsPublished) {
  EXPECT_THAT(RevocationUrls(authority_.signer()), ElementsAre("http://tsa.example/signer.crl"));
  EXPECT_THAT(RevocationUrls(authority_.root()), IsEmpty());
}

TEST_F(RevocationTest, AcceptsAChainThatIsOnNoList) {
  EXPECT_TRUE(Check({authority_.SignerList(kNow), authority_.IntermediateList(kNow)}).ok());
}

TEST_F(RevocationTest, RefusesWhatIsOnAList) {
  EXPECT_EQ(ReasonOf(Check({authority_.SignerList(kNow, true), authority_.IntermediateList(kNow)})),
            "CERTIFICATE_REVOKED");
  EXPECT_EQ(ReasonOf(Check({authority_.SignerList(kNow), authority_.IntermediateList(kNow, true)})),
            "CERTIFICATE_REVOKED");
}

TEST_F(RevocationTest, NeedsAListForEveryCertificateThatNamesAPlaceForOne) {
  EXPECT_EQ(ReasonOf(Check({authority_.SignerList(kNow)})), "REVOCATION_MISSING");
  EXPECT_EQ(ReasonOf(Check({authority_.IntermediateList(kNow)})), "REVOCATION_MISSING");
  StampAuthority::Options options;
  options.signer_list_url = options.intermediate_list_url = "";
  const StampAuthority silent(options);
  EXPECT_TRUE(
      CheckRevocation({silent.signer(), silent.intermediate(), silent.root()}, {}, kNow).ok());
}

TEST_F(RevocationTest, DoesNotCountAListOfAnotherIssuerOrOneOutOfDate) {
  const StampAuthority other;
  EXPECT_EQ(ReasonOf(Check({other.SignerList(kNow), authority_.IntermediateList(kNow)})),
            "REVOCATION_MISSING");
  EXPECT_EQ(ReasonOf(Check(
                {authority_.SignerList(kNow - 8 * kDayMs), authority_.IntermediateList(kNow)})),
            "REVOCATION_MISSING");
}

TEST_F(RevocationTest, ReadsDerAndPem) {
  const auto list = RevocationList::FromText(authority_.SignerList(kNow));
  ASSERT_TRUE(list.ok()) << list.status();
  const auto again = RevocationList::FromText(list->ToPem());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->ToPem(), list->ToPem());
  const auto several = RevocationList::ListFromPem(
      absl::StrCat(authority_.root().ToPem(), list->ToPem(), list->ToPem()));
  ASSERT_TRUE(several.ok()) << several.status();
  EXPECT_EQ(several->size(), 2u);
}

TEST_F(RevocationTest, RefusesWhatIsNoList) {
  EXPECT_EQ(ReasonOf(RevocationList::FromText("").status()), "REVOCATION_FORM");
  EXPECT_EQ(ReasonOf(RevocationList::FromText(authority_.SignerList(kNow) + "x").status()),
            "REVOCATION_FORM");
  EXPECT_EQ(
      ReasonOf(RevocationList::ListFromPem("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----"
                                           "\n")
                   .status()),
      "REVOCATION_FORM");
}

}  // namespace
}  // namespace passerelle::certs::x509
