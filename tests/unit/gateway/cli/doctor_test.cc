// What the doctor says, and of what. What is wrong for real is in tests/integration/doctor.sh.
#include "gateway/cli/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/unit/gateway/cli/cli_fixture.h"

namespace passerelle::gateway::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(DoctorWords, EveryAilmentHasACodeOfItsOwnAndAMendInBothLanguages) {
  std::set<std::string_view> codes;
  for (const Ailment& each : AllAilments()) {
    EXPECT_TRUE(codes.insert(each.code).second) << each.code;
    EXPECT_NE(each.health, Health::kFine) << each.code;
    for (const std::string_view text : {each.fr, each.en, each.mend_fr, each.mend_en})
      EXPECT_GT(text.size(), 8u) << each.code;
    EXPECT_NE(each.fr, each.en) << each.code;
  }
}

using DoctorTest = tests::CliTest;

TEST_F(DoctorTest, NeedsAProfileOrADataDirectory) {
  EXPECT_EQ(RunAlone("en", {"doctor"}), 1);
  EXPECT_THAT(out, StartsWith("fail\tprofile\t"));
  EXPECT_THAT(out, HasSubstr("1 checks, 1 failed"));
  EXPECT_EQ(RunAlone("fr", {"doctor"}), 1);
  EXPECT_THAT(out, HasSubstr("à corriger"));
}

TEST_F(DoctorTest, TellsOneCheckALineWithItsMend) {
  EXPECT_EQ(RunAlone("en", {"doctor", "--data", folder / "none"}), 1);
  EXPECT_THAT(out, HasSubstr("fail\tdisk\t"));
  EXPECT_THAT(out, HasSubstr("fail\tconvention\tno convention in this directory (" +
                             (folder / "none") + ") → begin with `passerelle init`\n"));
}

TEST_F(DoctorTest, TellsTheSameAsJson) {
  EXPECT_EQ(RunAlone("en", {"doctor", "--data", folder / "none", "--json"}), 1);
  const nlohmann::json told = nlohmann::json::parse(out);
  EXPECT_GE(told["failures"].get<int>(), 1);
  const nlohmann::json& last = told["checks"].back();
  EXPECT_EQ(last["area"], "convention");
  EXPECT_EQ(last["state"], "fail");
  EXPECT_EQ(last["code"], "convention-none");
  EXPECT_EQ(last["detail"], folder / "none");
}

TEST_F(DoctorTest, ReadsTheGatewaysConfiguration) {
  const std::string file =
      File("gateway.toml", "data = \"" + (folder / "none") + "\"\n# a comment\ndrain-ms = 5\n");
  EXPECT_EQ(RunAlone("en", {"doctor", "--config", file}), 1);
  EXPECT_THAT(out, HasSubstr("ok\tconfiguration\t" + file));
  EXPECT_THAT(out, HasSubstr("no convention in this directory"));
  EXPECT_EQ(RunAlone("en", {"doctor", "--config", folder / "missing.toml"}), 1);
  EXPECT_THAT(out, HasSubstr("fail\tconfiguration\t"));
  EXPECT_THAT(out, Not(HasSubstr("convention in")));
}

}  // namespace
}  // namespace passerelle::gateway::cli
