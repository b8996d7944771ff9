// Errors in the language of the user. That no reason of the sources lacks a text is held by the
// lint `reasons`.
#include "gateway/cli/messages.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_split.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::gateway::cli {
namespace {

using policy::rules::Language;

TEST(MessagesTest, EveryTextSpeaksBothLanguagesAndDiffers) {
  for (const ErrorText& text : AllErrorTexts()) {
    EXPECT_FALSE(text.fr.empty()) << text.reasons;
    EXPECT_FALSE(text.en.empty()) << text.reasons;
    EXPECT_NE(text.fr, text.en) << text.reasons;
  }
}

TEST(MessagesTest, NoReasonHasTwoTexts) {
  std::set<std::string> seen;
  for (const ErrorText& text : AllErrorTexts())
    for (const absl::string_view listed : absl::StrSplit(base::Absl(text.reasons), ' ')) {
      const std::string reason(listed);
      EXPECT_TRUE(seen.insert(reason).second) << reason;
      EXPECT_EQ(FindErrorText(reason), &text) << reason;
    }
}

TEST(MessagesTest, EveryCodeWithoutReasonHasAText) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "x");
    EXPECT_NE(FindErrorText(base::ReasonOf(status)), nullptr) << base::ReasonOf(status);
  }
}

TEST(MessagesTest, SpeaksTheLanguageAndKeepsWhatTheRaiserSaysInIt) {
  const absl::Status status = base::Error(absl::StatusCode::kNotFound, "FILE_MISSING", "",
                                          "ids/nobody.json: No such file or directory");
  EXPECT_EQ(DescribeError(status, Language::kFrench),
            "FILE_MISSING: ce fichier n'existe pas :\n  ids/nobody.json");
  EXPECT_EQ(DescribeError(status, Language::kEnglish),
            "FILE_MISSING: there is no such file:\n  ids/nobody.json: No such file or directory");
}

TEST(MessagesTest, MixesNoEnglishIntoFrench) {
  EXPECT_EQ(DescribeError(base::Corrupt("FOUNDING", "what the gateway says is not so"),
                          Language::kFrench),
            "FOUNDING: la passerelle montre autre chose que ce que le journal prouve ; prévenez un "
            "auditeur");
  EXPECT_EQ(DescribeError(base::Error(absl::StatusCode::kInternal, "INTERNAL", "",
                                      "it failed (request 12ab)"),
                          Language::kFrench),
            "INTERNAL: la passerelle a un incident ; donnez à l'exploitant le numéro de la "
            "demande\n  demande 12ab");
  EXPECT_EQ(
      DescribeError(Usage("VALUE_UNKNOWN", "--ruling", "released, refused"), Language::kFrench),
      "VALUE_UNKNOWN --ruling: cette valeur n'existe pas ; possibles :\n  released, refused");
  EXPECT_EQ(
      DescribeError(base::Corrupt("FORK", "English.\nFrançais.\n\n--- note"), Language::kFrench),
      "FORK: le journal n'est pas la suite de celui que vous aviez vérifié :\n  Français.\n\n"
      "--- note");
}

TEST(MessagesTest, TellsALogThatIsNotKeptFromOneThatIsNotCertain) {
  EXPECT_EQ(Describe(base::Error(absl::StatusCode::kNotFound, "LOG_UNKNOWN", "log", "no such log"),
                     Language::kEnglish)
                .text,
            FindErrorText("LOG_UNKNOWN")->en);
  EXPECT_EQ(
      Describe(base::Error(absl::StatusCode::kInternal, "LOG_UNKNOWN", "", "x"), Language::kEnglish)
          .text,
      FindErrorText("STORE_IO")->en);
}

TEST(MessagesTest, SaysNothingTwice) {
  const absl::Status status = Usage("NAME_AMBIGUOUS", "exchange");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DescribeError(status, Language::kFrench),
            "NAME_AMBIGUOUS exchange: plusieurs noms commencent ainsi ; tapez-en davantage");
  EXPECT_EQ(DescribeError(status, Language::kEnglish),
            "NAME_AMBIGUOUS exchange: several names begin like this; type more of it");
}

TEST(MessagesTest, FallsBackToTheMessageOfAReasonThatItDoesNotKnow) {
  const absl::Status status = base::Malformed("NEWER_THAN_US", "envelope", "too new");
  for (const Language language : {Language::kFrench, Language::kEnglish})
    EXPECT_EQ(DescribeError(status, language), "NEWER_THAN_US envelope: too new");
}

}  // namespace
}  // namespace passerelle::gateway::cli
