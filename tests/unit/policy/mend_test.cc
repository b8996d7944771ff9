// Who mends a finding: whose mandate it takes, in which party.
#include "policy/mend.h"

#include <gtest/gtest.h>

#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

policy::Mend MendOf(const World& world, std::string_view rule, std::string_view code) {
  record::v1::Finding finding;
  finding.set_rule(std::string(rule));
  finding.set_code(std::string(code));
  return policy::MendOf(world.state(), finding, "p003", nullptr);
}

TEST(MendTest, SendsEachMissingSignatureOfADeedToItsOwnParty) {
  const World world(Stage::kFounded);
  const policy::Mend secretary = MendOf(world, "deed.signatures", "secretary-missing");
  EXPECT_EQ(secretary.party, "p002");
  EXPECT_EQ(secretary.role, statement::v1::ROLE_SECRETARIAT);
  EXPECT_TRUE(secretary.missing);
  const policy::Mend countersigner = MendOf(world, "deed.signatures", "countersigner-missing");
  EXPECT_EQ(countersigner.party, "p001");
  EXPECT_EQ(countersigner.role, statement::v1::ROLE_COUNTERSIGNER);
}

TEST(MendTest, LeavesWhatNobodyInParticularMendsToTheReader) {
  const World world(Stage::kFounded);
  EXPECT_EQ(MendOf(world, "wire.time", "expired").party, "");
  EXPECT_EQ(MendOf(world, "mandate.role", "steward-missing").party, "p003");
}

}  // namespace
}  // namespace passerelle::tests
