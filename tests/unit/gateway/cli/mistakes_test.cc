// Mistakes that are found before anything is signed or sent, how they are said, and with what exit
// code.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "tests/unit/gateway/cli/cli_fixture.h"

namespace passerelle::tests {
namespace {

namespace base = gateway::base;

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class MistakesTest : public CliTest {
 protected:
  MistakesTest() {
    *gateway.exchanges.emplace_back().mutable_exchange()->mutable_name() = Ref('\xa1');
    *gateway.transfers.emplace_back().mutable_transfer()->mutable_name() = Ref('\xc1');
    api::Dataset& dataset = gateway.datasets.emplace_back();
    *dataset.mutable_name() = Ref('\xd1');
    dataset.mutable_row()->mutable_declared()->set_slug("p001/a");
  }

  std::vector<std::string> RegisterRecord(const std::string& sheet) const {
    return {"register", "record",        "a1",          "--party",     "p001",       "--reference",
            "ref",      "--legal-basis", "public_task", "--review-on", "2027-12-31", "--sheet",
            sheet};
  }
};

// ---- documents --------------------------------------------------------------------------------

TEST_F(MistakesTest, AnEmptyDocumentIsRefusedUnderItsOption) {
  const std::string good = File("good.txt", "why"), textproto = File("d.textproto", "version: 1");
  for (const char* text : {"", " \n\t\n"}) {
    const std::string empty = File("empty.txt", text);
    const std::vector<std::vector<std::string>> commands = {
        {"--reasons", "exchange", "opinion", "a1", "--party", "p001", "--opinion", "favourable"},
        {"--reasons", "exchange", "decide", "a1", "--party", "p001", "--verdict", "approved"},
        {"--reasons", "exchange", "propose", "--party", "p001", "--dataset", "p001/a", "--to",
         "p002", "--purpose", "I-1", "--unit", "u", "--from", "2024-01-01", "--until", "2024-12-31",
         "--retain-until", "2024-12-31"},
        {"--reasons", "exchange", "answer", "a1", "--party", "p001", "--recommendation", "1",
         "--answer", "rejected"},
        {"--reasons", "exchange", "freeze", "a1", "--party", "p001"},
        {"--reasons", "transfer", "rule", "c1", "--party", "p001", "--ruling", "refused"},
        {"--document", "deed", "record", "--party", "p001", "--kind", "mandate", "--dated",
         "2024-01-01"},
        {"--title", "dataset", "declare", textproto, "--party", "p001"},
        {"--person", "mandate", "give", "--party", "p001", "--agent", std::string(32, 'a'),
         "--role", "dpo", "--from", "2024-01-01"},
        {"--agreement", "mandate", "give", "--party", "p001", "--agent", std::string(32, 'a'),
         "--role", "reader", "--from", "2024-01-01", "--agreement-on", "2024-01-01"},
    };
    for (std::vector<std::string> words : commands) {
      const std::string option = words[0];
      words.erase(words.begin());
      words.insert(words.end(), {option, empty});
      EXPECT_EQ(Run(words), 2) << words[0] << " " << words[1];
      EXPECT_THAT(err, AllOf(HasSubstr("DOCUMENT_EMPTY " + option + ": "), HasSubstr(empty)));
    }
    EXPECT_EQ(Run(RegisterRecord(empty)), 2);
    EXPECT_THAT(err, HasSubstr("DOCUMENT_EMPTY --sheet"));
    EXPECT_EQ(Run({"exchange", "opinion", "a1", "--party", "p001", "--opinion", "favourable",
                   "--reasons", good, "--recommend", "advice:" + empty}),
              2);
    EXPECT_THAT(err, HasSubstr("DOCUMENT_EMPTY --recommend"));
  }
  EXPECT_THAT(gateway.submitted, IsEmpty());
}

TEST_F(MistakesTest, ASheetIsOneJsonObjectAndTheLineAtFaultIsNamed) {
  const std::string csv = File("figures.csv", "{\"name\": \"x\",\nannee;enfants\n2024;12\n}");
  EXPECT_EQ(Run(RegisterRecord(csv)), 2);
  EXPECT_THAT(err, AllOf(HasSubstr("SHEET_FORM --sheet: "), HasSubstr(csv + " line 2"),
                         HasSubstr("register.md")));
  EXPECT_EQ(RunIn("fr", RegisterRecord(csv)), 2);
  EXPECT_THAT(err, HasSubstr(csv + " ligne 2"));
  for (const char* text : {"[1]", "12", "\"text\""}) {
    EXPECT_EQ(Run(RegisterRecord(File("sheet.json", text))), 2) << text;
    EXPECT_THAT(err, HasSubstr("SHEET_FORM")) << text;
  }
  EXPECT_THAT(gateway.submitted, IsEmpty());
  const std::string sheet = "{\"name\": \"Enfants\"}";
  const statement::v1::Act act = Submitted(RegisterRecord(File("sheet.json", sheet)));
  EXPECT_TRUE(Attached(act.register_entry_recorded().sheet().digest(), sheet));
}

// ---- exit codes and JSON ----------------------------------------------------------------------

TEST_F(MistakesTest, WhatIsWrongOnThisMachineExitsTwo) {
  const std::string missing = folder / "nothing.txt";
  EXPECT_EQ(Run({"exchange", "freeze", "a1", "--party", "p001", "--reasons", missing}), 2);
  EXPECT_THAT(err, AllOf(HasSubstr("FILE_MISSING --reasons"), HasSubstr(missing)));
  EXPECT_EQ(Run({"pki", "init", folder / "pki"}), 0) << err;
  EXPECT_EQ(Run({"pki", "init", folder / "pki"}), 2);
  EXPECT_THAT(err, HasSubstr("FILE_EXISTS"));
  EXPECT_EQ(Run({"sign", File("acts.json", "{"), "--key", folder / "none.key"}), 2);
  EXPECT_THAT(err, HasSubstr("JSON"));
  EXPECT_EQ(Run({"convention", "settings", "--out", folder / "no/such/s.textproto"}), 2);
  EXPECT_THAT(err, AllOf(HasSubstr("FOLDER_MISSING"), HasSubstr(folder / "no/such"),
                         Not(HasSubstr(".new"))));
}

TEST_F(MistakesTest, WhatIsNotInTheLogExitsOneHoweverItIsNamed) {
  EXPECT_EQ(Run({"exchange", "show", "ff"}), 1);
  EXPECT_THAT(err, HasSubstr("NAME_UNKNOWN exchange"));
  EXPECT_EQ(Run({"exchange", "show", std::string(64, 'f')}), 1);
  gateway.reads_fail = base::Error(absl::StatusCode::kUnavailable, "DRAINING", "", "it stops");
  EXPECT_EQ(Run({"exchange", "list"}), 3);
  // Nobody knows what became of it, whatever broke.
  gateway.reads_fail = base::Error(absl::StatusCode::kInternal, "OUTCOME_UNKNOWN", "ab12", "x");
  EXPECT_EQ(Run({"exchange", "list"}), 3);
  EXPECT_THAT(err, HasSubstr("OUTCOME_UNKNOWN ab12: "));
}

TEST_F(MistakesTest, UnderJsonAnErrorIsOneObject) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"exchange", "show", "ff", "--json"},
        {"--json", "exchange", "show", "ff"}}) {
    EXPECT_EQ(RunIn("fr", words), 1);
    const json error = json::parse(out)["error"];
    EXPECT_EQ(error["code"], "NAME_UNKNOWN");
    EXPECT_EQ(error["path"], "exchange");
    EXPECT_EQ(error["message"], "rien de ce que vous pouvez voir ne porte ce nom");
    EXPECT_EQ(error["exit"], 1);
  }
  EXPECT_EQ(Run({"exchange", "--json", "shew"}), 2);
  EXPECT_EQ(json::parse(out)["error"]["code"], "COMMAND_UNKNOWN");
}

TEST_F(MistakesTest, UnderJsonEveryAnswerIsOneValue) {
  const std::string csv = File("a.csv", "a;b\n");
  gateway.report.warnings = {"odd"};
  ASSERT_EQ(Run({"transfer", "check", "a1", csv, "--json"}), 0) << err;
  EXPECT_EQ(json::parse(out)["fit"], true);
  gateway.report.refusals = {"line 2"};
  EXPECT_EQ(Run({"transfer", "send", "a1", csv, "--party", "p001", "--period", "2024", "--json"}),
            1);
  EXPECT_EQ(json::parse(out)["refusals"][0], "line 2");
  gateway.fetched.findings.emplace_back().set_rule("IX.5d");
  EXPECT_EQ(Run({"transfer", "fetch", "c1", "--out", folder / "none", "--json"}), 1);
  EXPECT_EQ(json::parse(out)["findings"][0]["rule"], "IX.5d");
  EXPECT_FALSE(base::Exists(folder / "none"));
  ASSERT_EQ(Run({"pki", "init", folder / "pki", "--json"}), 0) << err;
  EXPECT_EQ(json::parse(out)["certificate"], folder / "pki/ca.pem");
}

TEST_F(MistakesTest, SaysThatWhatIsAddedIsToBeSignedThenSubmitted) {
  const std::string file = folder / "acts.json";
  const std::vector<std::string> words = {"exchange", "freeze",   "a1", "--party",
                                          "p001",     "--add-to", file};
  ASSERT_EQ(Run(words), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("nothing is sent yet"), HasSubstr("passerelle sign"),
                         HasSubstr("passerelle submit"), HasSubstr(file)));
  std::vector<std::string> as_json = words;
  as_json.push_back("--json");
  ASSERT_EQ(Run(as_json), 0) << err;
  EXPECT_EQ(json::parse(out)["file"], file);
  EXPECT_THAT(gateway.submitted, IsEmpty());
}

TEST_F(MistakesTest, FetchesNothingThatCouldNotBeWritten) {
  EXPECT_EQ(Run({"transfer", "fetch", "c1", "--out", folder / "no/such.csv"}), 2);
  EXPECT_THAT(err, AllOf(HasSubstr("FOLDER_MISSING --out"), HasSubstr(folder / "no")));
  EXPECT_EQ(gateway.fetches, 0);
}

// ---- profiles and keys ------------------------------------------------------------------------

TEST_F(MistakesTest, AProfileThatIsMissingOrWrongIsNamed) {
  const std::string here = std::filesystem::current_path().string();
  std::filesystem::current_path(folder.path());
  EXPECT_EQ(RunAlone("en", {"exchange", "list"}), 2);
  std::filesystem::current_path(here);
  EXPECT_THAT(err, AllOf(HasSubstr("PROFILE_NONE --profile"), HasSubstr("PASSERELLE_PROFILE")));
  const std::string wrong = File("wrong.json", "{\"target\": \"x\"}");
  for (const char* language : {"en", "fr"}) {
    EXPECT_EQ(RunAlone(language, {"exchange", "list", "--profile", wrong}), 2);
    EXPECT_THAT(err, AllOf(HasSubstr("JSON_MISSING"), HasSubstr(wrong)));
  }
}

TEST_F(MistakesTest, IssuesIntoAFolderThatIsNotThereYet) {
  ASSERT_EQ(Run({"pki", "init", folder / "pki"}), 0) << err;
  ASSERT_EQ(Run({"pki", "issue", "--ca", folder / "pki", "--out", folder / "ids/new/sender",
                 "--convention", "ctg-essai"}),
            0)
      << err;
  EXPECT_EQ(*base::PermissionsOf(folder / "ids/new"), 0700);
  EXPECT_TRUE(base::Exists(folder / "ids/new/sender.pem"));
}

}  // namespace
}  // namespace passerelle::tests
