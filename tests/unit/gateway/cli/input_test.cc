// What people type, read strictly, and what they are told otherwise.
#include "gateway/cli/input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/cli/show.h"
#include "passerelle/statement/v1/exchange.pb.h"
#include "passerelle/statement/v1/people.pb.h"

namespace passerelle::gateway::cli {
namespace {

using base::PathOf;
using base::ReasonOf;
using statement::v1::ActRef;
using ::testing::HasSubstr;
using ::testing::Not;

ActRef Ref(char first, char second, uint32_t ordinal) {
  ActRef ref;
  ref.set_statement(std::string(1, first) + second + std::string(30, '\x11'));
  ref.set_ordinal(ordinal);
  return ref;
}

TEST(InputTest, ReadsDates) {
  const absl::StatusOr<convention::v1::Date> date = ReadDate("--until", "2024-02-29");
  ASSERT_TRUE(date.ok()) << date.status();
  EXPECT_EQ(date->year(), 2024u);
  EXPECT_EQ(date->month(), 2u);
  EXPECT_EQ(date->day(), 29u);
}

TEST(InputTest, RefusesWhatIsNoDateAndNamesTheOption) {
  for (const char* text : {"", "2023-02-29", "2024-13-01", "2024-00-10", "2024-2-9", "29/02/2024",
                           "2024-02-29 ", "2024-02-29T00:00", "20240229", "-024-02-29"}) {
    const absl::Status status = ReadDate("--until", text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(PathOf(status), "--until") << text;
  }
}

TEST(InputTest, ReadsWholeReferencesInEitherCase) {
  const ActRef ref = Ref('\xab', '\xcd', 7);
  const std::string name = NameOf(ref, false);
  for (const std::string& text : {name, absl::StrCat("ABCD", name.substr(4))}) {
    const absl::StatusOr<ActRef> read = ReadRef("--exchange", text);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->SerializeAsString(), ref.SerializeAsString());
  }
  const absl::StatusOr<ActRef> bare = ReadRef("--exchange", name.substr(0, 64));
  ASSERT_TRUE(bare.ok()) << bare.status();
  EXPECT_EQ(bare->ordinal(), 0u);
}

TEST(InputTest, ReadsReferencesWithinTheSameSet) {
  const absl::StatusOr<ActRef> read = ReadRef("--under-deed", "@12");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->statement(), "");
  EXPECT_EQ(read->ordinal(), 12u);
}

TEST(InputTest, RefusesWhatIsNoReference) {
  const std::string hex(64, 'a');
  for (const std::string& text :
       {std::string(), std::string("@"), std::string("@x"), std::string("@-1"),
        absl::StrCat("@", base::kMaxActs), std::string("/0"), hex + "/", hex + "/x", hex + "/1/2",
        hex + "a", hex.substr(1), std::string(64, 'g'), absl::StrCat(hex, "/", base::kMaxActs),
        hex + "/ 1", hex + "/18446744073709551616"}) {
    const absl::Status status = ReadRef("--exchange", text).status();
    EXPECT_EQ(ReasonOf(status), "REFERENCE_FORM") << text;
    EXPECT_EQ(PathOf(status), "--exchange") << text;
  }
}

class ResolveRefTest : public ::testing::Test {
 protected:
  const std::vector<ActRef> candidates_ = {Ref('\xab', '\x01', 0), Ref('\xab', '\x02', 0),
                                           Ref('\xcd', '\x03', 2), Ref('\xef', '\x04', 0),
                                           Ref('\xef', '\x04', 1)};

  // The one it finds, as an index; the reason otherwise.
  std::string Resolve(const std::string& text) const {
    const absl::StatusOr<ActRef> found = ResolveRef("exchange", text, candidates_);
    if (!found.ok()) {
      EXPECT_EQ(PathOf(found.status()), "exchange");
      return ReasonOf(found.status());
    }
    for (size_t i = 0; i < candidates_.size(); ++i)
      if (candidates_[i].SerializeAsString() == found->SerializeAsString()) return absl::StrCat(i);
    return "none of them";
  }
};

TEST_F(ResolveRefTest, FindsTheOneThatBeginsLikeThis) {
  EXPECT_EQ(Resolve("ab01"), "0");
  EXPECT_EQ(Resolve("ab02"), "1");
  EXPECT_EQ(Resolve("AB02"), "1");
  EXPECT_EQ(Resolve("c"), "2");
  EXPECT_EQ(Resolve(NameOf(candidates_[2], false)), "2");
  EXPECT_EQ(Resolve(NameOf(candidates_[2], true)), "2");
}

TEST_F(ResolveRefTest, SaysThatSeveralBeginLikeThisAndThatNothingIsNoName) {
  EXPECT_EQ(Resolve("ab"), "NAME_AMBIGUOUS");
  EXPECT_EQ(Resolve("ab0"), "NAME_AMBIGUOUS");
  EXPECT_EQ(Resolve(""), "NAME_EMPTY");
  EXPECT_EQ(Resolve("ef"), "NAME_AMBIGUOUS");
}

TEST_F(ResolveRefTest, TellsActsOfOneSetApartByTheirOrdinal) {
  EXPECT_EQ(Resolve("ef/0"), "3");
  EXPECT_EQ(Resolve("ef/1"), "4");
  EXPECT_EQ(Resolve("ef/2"), "NAME_UNKNOWN");
  EXPECT_EQ(Resolve("ef/01"), "NAME_UNKNOWN");
}

TEST_F(ResolveRefTest, SaysThatNothingBeginsLikeThis) {
  EXPECT_EQ(Resolve("12"), "NAME_UNKNOWN");
  EXPECT_EQ(Resolve("ab01x"), "NAME_UNKNOWN");
  EXPECT_EQ(Resolve(NameOf(candidates_[0], false) + "0"), "NAME_UNKNOWN");
}

TEST(InputTest, ReadsEnumsWithoutTheirPrefixInAnyCase) {
  const auto* opinion = statement::v1::Opinion_descriptor();
  for (const char* text : {"favourable", "FAVOURABLE", "Favourable"}) {
    const absl::StatusOr<int> read = ReadEnum("--opinion", text, *opinion);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, statement::v1::OPINION_FAVOURABLE);
  }
}

TEST(InputTest, ListsTheValuesOfAnEnumThatItDoesNotKnow) {
  const auto* opinion = statement::v1::Opinion_descriptor();
  for (const char* text : {"", "maybe", "unspecified", "opinion_favourable", "favour"}) {
    const absl::Status status = ReadEnum("--opinion", text, *opinion).status();
    EXPECT_EQ(ReasonOf(status), "VALUE_UNKNOWN") << text;
    EXPECT_EQ(PathOf(status), "--opinion") << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("favourable, ")) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("unfavourable")) << text;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("unspecified"))) << text;
  }
}

TEST(InputTest, ReadsAgents) {
  const absl::StatusOr<std::string> agent = ReadAgent("--agent", std::string(32, 'A'));
  ASSERT_TRUE(agent.ok()) << agent.status();
  EXPECT_EQ(*agent, std::string(16, '\xaa'));
  for (const std::string& text : {std::string(), std::string(30, 'a'), std::string(34, 'a'),
                                  std::string(31, 'a'), std::string(32, 'z')}) {
    const absl::Status status = ReadAgent("--agent", text).status();
    EXPECT_EQ(ReasonOf(status), "AGENT_FORM") << text;
    EXPECT_EQ(PathOf(status), "--agent") << text;
  }
}

}  // namespace
}  // namespace passerelle::gateway::cli
