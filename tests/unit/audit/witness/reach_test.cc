#include "audit/witness/reach.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"

namespace passerelle::audit::witness {
namespace {

using gateway::base::Question;
using gateway::base::Reaction;

TEST(AskAt, GetsAPathBelowTheAddressHoweverItEnds) {
  for (const char* url : {"https://witness.example:8445/w", "https://witness.example:8445/w/"}) {
    Question asked;
    const auto ask = [&](const Question& question) -> absl::StatusOr<Reaction> {
      asked = question;
      return Reaction{200, "text/plain", "note"};
    };
    const absl::StatusOr<WitnessAnswer> answer = AskAt(ask, {url, "anchors"}, "/x", nullptr);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(asked.url, "https://witness.example:8445/w/x");
    EXPECT_FALSE(asked.body.has_value());
    EXPECT_EQ(asked.anchors_pem, "anchors");
    EXPECT_EQ(answer->code, 200);
    EXPECT_EQ(answer->content_type, "text/plain");
    EXPECT_EQ(answer->body, "note");
  }
}

TEST(AskAt, PostsWhereThereIsABodyAndPassesErrorsOn) {
  Question asked;
  const auto ask = [&](const Question& question) -> absl::StatusOr<Reaction> {
    asked = question;
    return absl::UnavailableError("nobody answers");
  };
  const std::string body = "old 0\n";
  EXPECT_TRUE(absl::IsUnavailable(
      AskAt(ask, {"https://witness.example", ""}, "/add-checkpoint", &body).status()));
  EXPECT_EQ(asked.url, "https://witness.example/add-checkpoint");
  EXPECT_EQ(asked.body, body);
}

}  // namespace
}  // namespace passerelle::audit::witness
