// Words that are right run their verb; words that are wrong are named, with what would be right.
#include "gateway/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/base/status.h"
#include "gateway/cli/messages.h"

namespace passerelle::gateway::cli {
namespace {

using base::PathOf;
using base::ReasonOf;
using policy::rules::Language;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CommandLineTest : public ::testing::Test {
 protected:
  CommandLineTest() {
    line_.Describe("essai", "trial");
    line_.Everywhere().Add("--profile", profile_, "Profil", "Profile");
    const Command noun = line_.AddNoun("transfer", "Envois", "Transfers");
    const Command send = line_.AddVerb(noun, "send", "Envoyer", "Send", [this] {
      ran_ += "send";
      return absl::StatusOr<int>(7);
    });
    send.Add("file", file_, "Fichier", "File").Required();
    send.Add("--party", party_, "Partie", "Party").Required();
    send.Add("--kind", kind_, "Nature", "Kind").OneOf({"person", "service"});
    send.Add("--days", days_, "Jours", "Days").Between(1, 30);
    send.Add("--signers", signers_, "Signataires", "Signers").SplitAtCommas();
    send.AddFlag("--deputy", deputy_, "Suppléant", "Deputy");
    line_.AddVerb(noun, "list", "Lister", "List",
                  [] { return absl::StatusOr<int>(absl::NotFoundError("nothing")); });
    line_.AddVerb(line_.AddNoun("party", "Parties", "Parties"), "list", "Lister", "List",
                  [] { return absl::StatusOr<int>(0); });
    line_.AddVerb("sign", "Signer", "Sign", [] { return absl::StatusOr<int>(1); });
  }

  absl::StatusOr<int> Run(std::vector<const char*> words) {
    words.insert(words.begin(), "passerelle");
    return line_.Run(static_cast<int>(words.size()), words.data());
  }

  // Reason, word and message of what is said of wrong words.
  std::vector<std::string> Said(const std::vector<const char*>& words) {
    const absl::Status status = Run(words).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_EQ(ran_, "");
    return {ReasonOf(status), PathOf(status), std::string(status.message())};
  }

  CommandLine line_{Language::kEnglish};
  std::string profile_, file_, party_, kind_ = "person", ran_;
  std::vector<std::string> signers_;
  int days_ = 10;
  bool deputy_ = false;
};

TEST_F(CommandLineTest, RunsTheVerbOnceWithItsOptions) {
  const absl::StatusOr<int> code = Run({"transfer", "send", "a.csv", "--party=x", "--days", "30",
                                        "--signers", "a,b", "--deputy", "--profile", "p.json"});
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(*code, 7);
  EXPECT_EQ(ran_, "send");
  EXPECT_EQ(file_, "a.csv");
  EXPECT_EQ(party_, "x");
  EXPECT_EQ(kind_, "person");
  EXPECT_EQ(days_, 30);
  EXPECT_THAT(signers_, ElementsAre("a", "b"));
  EXPECT_TRUE(deputy_);
  EXPECT_EQ(profile_, "p.json");
}

TEST_F(CommandLineTest, GivesTheVerbsOwnError) {
  EXPECT_EQ(Run({"transfer", "list"}).status(), absl::NotFoundError("nothing"));
}

TEST_F(CommandLineTest, RunsAVerbThatStandsAlone) {
  const absl::StatusOr<int> code = Run({"sign"});
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(*code, 1);
}

TEST_F(CommandLineTest, RunsAVerbOrTheVerbBelowIt) {
  std::string note;
  const Command settings = line_.AddVerb(line_.AddNoun("convention", "Convention", "Convention"),
                                         "settings", "Montrer", "Show", [this] {
                                           ran_ += "show";
                                           return absl::StatusOr<int>(2);
                                         });
  settings.Add("--out", note, "Fichier", "File");
  line_.AddVerb(settings, "enact", "Remplacer", "Replace", [this] {
    ran_ += "enact";
    return absl::StatusOr<int>(3);
  });
  EXPECT_EQ(*Run({"convention", "settings", "enact", "--out", "x"}), 3);
  EXPECT_EQ(ran_, "enact");
  EXPECT_EQ(note, "x");
}

TEST_F(CommandLineTest, RunsAVerbWhoseVerbIsNotTyped) {
  const Command inbox = line_.AddVerb("inbox", "Voir", "See", [this] {
    ran_ += "inbox";
    return absl::StatusOr<int>(4);
  });
  line_.AddVerb(inbox, "list", "Lister", "List", [] { return absl::StatusOr<int>(5); });
  EXPECT_EQ(*Run({"inbox"}), 4);
  EXPECT_EQ(ran_, "inbox");
}

TEST_F(CommandLineTest, SaysWhichCommandsThereAreWhereNoneIsTyped) {
  EXPECT_THAT(Said({}), ElementsAre("COMMAND_MISSING", "", "transfer, party, sign"));
  EXPECT_THAT(Said({"transfer"}),
              ElementsAre("COMMAND_MISSING", "transfer", "transfer send, transfer list"));
}

TEST_F(CommandLineTest, NamesAnUnknownCommandAndTheNearest) {
  EXPECT_THAT(Said({"nothing"}),
              ElementsAre("COMMAND_UNKNOWN", "nothing", "transfer, party, sign"));
  EXPECT_THAT(Said({"trasnfer"}), ElementsAre("COMMAND_UNKNOWN", "trasnfer", "transfer"));
  EXPECT_THAT(Said({"transfer", "sned"}),
              ElementsAre("COMMAND_UNKNOWN", "sned", "transfer send, transfer list"));
  EXPECT_THAT(Said({"transfer", "sent"}), ElementsAre("COMMAND_UNKNOWN", "sent", "transfer send"));
  EXPECT_THAT(Said({"--profile", "p.json", "parti"}),
              ElementsAre("COMMAND_UNKNOWN", "parti", "party"));
}

TEST_F(CommandLineTest, FindsAVerbWhoseNounWasForgotten) {
  EXPECT_THAT(Said({"send"}), ElementsAre("COMMAND_UNKNOWN", "send", "transfer send"));
  EXPECT_THAT(Said({"list"}), ElementsAre("COMMAND_UNKNOWN", "list", "transfer list, party list"));
}

TEST_F(CommandLineTest, NamesTheOptionThatIsMissing) {
  EXPECT_EQ(Said({"transfer", "send", "a.csv"})[0], "OPTION_MISSING");
  EXPECT_EQ(Said({"transfer", "send", "a.csv"})[1], "--party");
  EXPECT_EQ(Said({"transfer", "send", "--party", "x"})[1], "file");
}

TEST_F(CommandLineTest, NamesTheWordThatIsNotExpected) {
  EXPECT_EQ(Said({"transfer", "list", "--what"})[0], "OPTION_UNKNOWN");
  EXPECT_EQ(Said({"transfer", "list", "--what"})[1], "--what");
  EXPECT_EQ(Said({"transfer", "list", "more"})[1], "more");
}

TEST_F(CommandLineTest, NamesTheOptionWhoseValueDoesNotFit) {
  const std::vector<std::pair<std::vector<const char*>, const char*>> cases = {
      {{"--kind", "robot"}, "{person,service}"},
      {{"--days", "0"}, "1 … 30"},
      {{"--days", "31"}, "1 … 30"},
      {{"--days", "soon"}, "1 … 30"},
      {{"--days", "99999999999999999999"}, "1 … 30"},
      {{"--kind"}, "{person,service}"}};
  for (const auto& [typed, detail] : cases) {
    std::vector<const char*> words = {"transfer", "send", "a.csv", "--party", "x"};
    words.insert(words.end(), typed.begin(), typed.end());
    const std::vector<std::string> said = Said(words);
    EXPECT_EQ(said[0], "OPTION_VALUE") << typed[0];
    EXPECT_EQ(said[1], typed[0]);
    EXPECT_EQ(said[2], detail) << typed[0];
  }
}

TEST_F(CommandLineTest, PrintsHelpAndRunsNothing) {
  ::testing::internal::CaptureStdout();
  const absl::StatusOr<int> code = Run({"transfer", "send", "--help"});
  const std::string help = ::testing::internal::GetCapturedStdout();
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(*code, 0);
  EXPECT_EQ(ran_, "");
  EXPECT_THAT(help, HasSubstr("--party TEXT REQUIRED"));
  EXPECT_THAT(help, HasSubstr("Kind"));
}

TEST_F(CommandLineTest, TellsItsWordsForTheShells) {
  const std::vector<CommandWords> all = line_.Words();
  std::vector<std::string> paths;
  for (const CommandWords& each : all) paths.push_back(each.path);
  EXPECT_THAT(paths, ElementsAre("", "transfer", "transfer send", "transfer list", "party",
                                 "party list", "sign"));
  const CommandWords& send = all[2];
  EXPECT_EQ(send.help, "Send");
  EXPECT_TRUE(send.takes_words);
  EXPECT_FALSE(all[3].takes_words);
  const auto option = [&](const std::string& name) {
    for (const OptionWords& each : send.options)
      if (!each.names.empty() && each.names.back() == name) return each;
    return OptionWords();
  };
  EXPECT_EQ(option("--party").help, "Party");
  EXPECT_TRUE(option("--party").takes_value);
  EXPECT_THAT(option("--party").values, ElementsAre());
  EXPECT_THAT(option("--kind").values, ElementsAre("person", "service"));
  EXPECT_FALSE(option("--deputy").takes_value);
  EXPECT_THAT(option("--help").names, ElementsAre("-h", "--help"));
  EXPECT_EQ(all[0].options.back().names.back(), "--profile");
}

TEST(Configuration, IsReadByName) {
  const auto values =
      ConfigurationOf("# comment\nlisten = \"127.0.0.1:8443\"\ndrain-ms = 10\n\ndata='a b'\n");
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_EQ(values->at("listen"), "127.0.0.1:8443");
  EXPECT_EQ(values->at("drain-ms"), "10");
  EXPECT_EQ(values->at("data"), "a b");
  EXPECT_EQ(values->size(), 3u);
  EXPECT_TRUE(ConfigurationOf("")->empty());
}

TEST(CommandLineLanguageTest, HelpsInFrench) {
  CommandLine line(Language::kFrench);
  std::string party;
  line.AddVerb("sign", "Signer", "Sign", [] { return absl::StatusOr<int>(0); })
      .Add("--party", party, "Partie", "Party")
      .Required();
  const char* const words[] = {"passerelle", "sign", "--help"};
  ::testing::internal::CaptureStdout();
  const absl::StatusOr<int> code = line.Run(3, words);
  const std::string help = ::testing::internal::GetCapturedStdout();
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_THAT(help, HasSubstr("Signer"));
  EXPECT_THAT(help, HasSubstr("--party TEXTE OBLIGATOIRE"));
  EXPECT_THAT(help, HasSubstr("Montrer cette aide"));
}

}  // namespace
}  // namespace passerelle::gateway::cli
