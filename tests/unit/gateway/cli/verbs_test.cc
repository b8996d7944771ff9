// What each verb draws up from what is typed, and what it asks for where that is not enough.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>

#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/show.h"
#include "tests/unit/gateway/cli/cli_fixture.h"

namespace passerelle::tests {
namespace {

namespace base = gateway::base;

using gateway::cli::NameOf;
using statement::v1::Act;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// An exchange, its opinion, a transfer, and freezes of both sides.
class VerbsTest : public CliTest {
 protected:
  VerbsTest() {
    reasons = File("reasons.txt", "why");
    api::GetExchangeResponse& found = gateway.exchanges.emplace_back();
    *found.mutable_exchange()->mutable_name() = Ref('\xa1');
    *found.mutable_exchange()->mutable_row()->mutable_opinion()->mutable_act() = Ref('\xb1', 2);
    api::GetTransferResponse& transfer = gateway.transfers.emplace_back();
    *transfer.mutable_transfer()->mutable_name() = Ref('\xc1');
    *transfer.mutable_transfer()->mutable_row()->mutable_exchange() = Ref('\xa1');
  }

  // A freeze of a side; of the transfer, or of the whole exchange.
  static api::Freeze Freeze(char byte, const std::string& party, bool of_transfer) {
    api::Freeze freeze;
    *freeze.mutable_name() = Ref(byte);
    *freeze.mutable_row()->mutable_exchange() = Ref('\xa1');
    if (of_transfer) *freeze.mutable_row()->mutable_transfer() = Ref('\xc1');
    freeze.mutable_row()->set_party(party);
    return freeze;
  }

  std::string reasons;
};

// ---- exchanges --------------------------------------------------------------------------------

TEST_F(VerbsTest, ProposesToAClassInsteadOfOneRecipient) {
  api::Dataset& dataset = gateway.datasets.emplace_back();
  *dataset.mutable_name() = Ref('\xd1');
  dataset.mutable_row()->mutable_declared()->set_slug("p001/a");
  dataset.mutable_row()->mutable_declared()->add_fields()->set_name("f");
  const std::vector<std::string> words = {
      "exchange",  "propose",    "--party",        "p001",       "--dataset", "p001/a",
      "--purpose", "I-1",        "--unit",         "u",          "--from",    "2024-01-01",
      "--until",   "2024-12-31", "--retain-until", "2025-01-01", "--reasons", reasons};
  std::vector<std::string> to_class = words;
  to_class.insert(to_class.end(), {"--to-class", "eaje"});
  const Act act = Submitted(to_class);
  EXPECT_EQ(act.exchange_proposed().recipient().recipient_class(), "eaje");
  EXPECT_THAT(act.exchange_proposed().fields(), ElementsAre("f"));
  std::vector<std::string> to_party = words;
  to_party.insert(to_party.end(), {"--to", "p002"});
  EXPECT_EQ(Submitted(to_party).exchange_proposed().recipient().party(), "p002");
  EXPECT_EQ(Run(words), 2);
  EXPECT_THAT(err, HasSubstr("RECIPIENT_PARTS"));
  to_class.insert(to_class.end(), {"--to", "p002"});
  EXPECT_EQ(Run(to_class), 2);
}

TEST_F(VerbsTest, GivesAnOpinionWithRecommendations) {
  const std::string advice = File("ad:vice.txt", "less"), other = File("other.txt", "more");
  const Act act = Submitted(
      {"exchange", "opinion", "a1", "--party", "p001", "--opinion", "favourable", "--drop", "X",
       "--reasons", reasons, "--recommend", absl::StrCat("advice:", advice, ":cap=12:drop=A,B"),
       "--recommend", absl::StrCat("condition:", other), "--recommend",
       absl::StrCat("advice:", other, ":threshold=11:until=2024-06-30:release=each_ruled")});
  const statement::v1::DpoOpinionGiven& given = act.dpo_opinion_given();
  EXPECT_EQ(NameOf(given.exchange(), false), NameOf(Ref('\xa1'), false));
  EXPECT_THAT(given.conditions().dropped_fields(), ElementsAre("X"));
  ASSERT_EQ(given.recommendations_size(), 3);
  const statement::v1::Recommendation& capped = given.recommendations(0);
  EXPECT_EQ(capped.weight(), statement::v1::RECOMMENDATION_WEIGHT_ADVICE);
  EXPECT_EQ(capped.conditions().transfer_cap(), 12u);
  EXPECT_THAT(capped.conditions().dropped_fields(), ElementsAre("A", "B"));
  EXPECT_TRUE(Attached(capped.text().digest(), "less"));
  EXPECT_EQ(given.recommendations(1).weight(), statement::v1::RECOMMENDATION_WEIGHT_CONDITION);
  EXPECT_FALSE(given.recommendations(1).has_conditions());
  EXPECT_TRUE(Attached(given.recommendations(1).text().digest(), "more"));
  const statement::v1::Conditions& last = given.recommendations(2).conditions();
  EXPECT_EQ(last.threshold(), 11u);
  EXPECT_EQ(last.until().month(), 6u);
  EXPECT_EQ(last.release(), statement::v1::RELEASE_EACH_RULED);
}

TEST_F(VerbsTest, RefusesARecommendationThatIsNotWrittenSo) {
  for (const std::string& text :
       {std::string("advice"), std::string("advice:"), absl::StrCat("perhaps:", reasons),
        absl::StrCat("advice:", reasons, ":cap=-1"), absl::StrCat("advice:", reasons, ":cap="),
        absl::StrCat("advice:", reasons, ":cap=4294967296"),
        absl::StrCat("advice:", reasons, ":until=soon"),
        absl::StrCat("advice:", reasons, ":release=never")}) {
    EXPECT_EQ(Run({"exchange", "opinion", "a1", "--party", "p001", "--opinion", "favourable",
                   "--reasons", reasons, "--recommend", text}),
              2)
        << text;
    EXPECT_THAT(err, HasSubstr("--recommend")) << text;
  }
  EXPECT_THAT(gateway.submitted, IsEmpty());
}

TEST_F(VerbsTest, AnswersARecommendationOfTheOpinionThatStands) {
  const Act act = Submitted({"exchange", "answer", "a1", "--party", "p001", "--recommendation", "1",
                             "--answer", "accepted"});
  const statement::v1::RecommendationAnswered& accepted = act.recommendation_answered();
  EXPECT_EQ(NameOf(accepted.opinion(), false), NameOf(Ref('\xb1', 2), false));
  EXPECT_TRUE(accepted.has_recommendation());
  EXPECT_EQ(accepted.recommendation(), 0u);
  EXPECT_EQ(accepted.answer(), statement::v1::ANSWER_ACCEPTED);
  EXPECT_FALSE(accepted.has_reasons());
  const statement::v1::RecommendationAnswered done =
      Submitted({"exchange", "answer", "a1", "--party", "p001", "--recommendation", "4", "--answer",
                 "carried_out", "--reasons", reasons})
          .recommendation_answered();
  EXPECT_EQ(done.recommendation(), 3u);
  EXPECT_TRUE(Attached(done.reasons().digest(), "why"));
  EXPECT_EQ(Run({"exchange", "answer", "a1", "--party", "p001", "--recommendation", "0", "--answer",
                 "accepted"}),
            2);
  EXPECT_THAT(err, HasSubstr("--recommendation"));
  EXPECT_EQ(Run({"exchange", "answer", "a1", "--party", "p001", "--answer", "accepted"}), 2);
  EXPECT_THAT(err, HasSubstr("--recommendation"));
}

// ---- freezes ----------------------------------------------------------------------------------

TEST_F(VerbsTest, FreezesAnExchangeOrATransfer) {
  const Act exchange = Submitted({"exchange", "freeze", "a1", "--party", "Partie p002"});
  EXPECT_EQ(exchange.party(), "p002");
  EXPECT_EQ(NameOf(exchange.freeze_placed().exchange(), false), NameOf(Ref('\xa1'), false));
  EXPECT_FALSE(exchange.freeze_placed().has_reasons());
  const Act transfer =
      Submitted({"transfer", "freeze", "c1", "--party", "p001", "--reasons", reasons});
  EXPECT_EQ(NameOf(transfer.freeze_placed().transfer(), false), NameOf(Ref('\xc1'), false));
  EXPECT_TRUE(Attached(transfer.freeze_placed().reasons().digest(), "why"));
}

TEST_F(VerbsTest, LetsAStoppedKeyReportWhatItCannotRead) {
  gateway.reads_fail = base::Error(absl::StatusCode::kPermissionDenied, "KEY_NOT_IN_FORCE", "", "");
  const std::string whole = NameOf(Ref('\xe7', 1), false);
  const Act exchange = Submitted({"exchange", "freeze", whole, "--party", "p001"});
  EXPECT_EQ(exchange.party(), "p001");
  EXPECT_EQ(NameOf(exchange.freeze_placed().exchange(), false), whole);
  EXPECT_EQ(
      NameOf(Submitted({"transfer", "freeze", whole, "--party", "p001"}).freeze_placed().transfer(),
             false),
      whole);
  EXPECT_EQ(Submitted({"agent", "stop", std::string(64, 'e'), "--party", "p001", "--cause", "lost"})
                .key_stopped()
                .key(),
            std::string(32, '\xee'));
  EXPECT_EQ(Run({"exchange", "freeze", "a1", "--party", "p001"}), 1);
  EXPECT_THAT(err, HasSubstr("KEY_NOT_IN_FORCE"));
}

TEST_F(VerbsTest, LiftsTheOneFreezeOfTheSideOrTheOneThatIsNamed) {
  *gateway.exchanges[0].add_freezes() = Freeze('\x01', "p001", false);
  *gateway.exchanges[0].add_freezes() = Freeze('\x02', "p002", false);
  const auto lift = [&](const std::string& noun, const std::string& name) {
    return NameOf(Submitted({noun, "unfreeze", name, "--party", "p001", "--reasons", reasons})
                      .freeze_lifted()
                      .freeze(),
                  true);
  };
  EXPECT_EQ(lift("exchange", "a1"), NameOf(Ref('\x01'), true));
  EXPECT_EQ(lift("exchange", "0202"), NameOf(Ref('\x02'), true));
  EXPECT_EQ(lift("exchange", NameOf(Ref('\x09'), false)), NameOf(Ref('\x09'), true));
  // Those of its exchange are not the transfer's.
  *gateway.transfers[0].add_freezes() = Freeze('\x01', "p001", false);
  *gateway.transfers[0].add_freezes() = Freeze('\x03', "p001", true);
  EXPECT_EQ(lift("transfer", "c1"), NameOf(Ref('\x03'), true));
}

TEST_F(VerbsTest, SaysWhereNoFreezeOrSeveralCouldBeLifted) {
  const std::vector<std::string> words = {"exchange", "unfreeze",  "a1",   "--party",
                                          "p001",     "--reasons", reasons};
  EXPECT_EQ(Run(words), 1);
  EXPECT_THAT(err, HasSubstr("FREEZE_NONE"));
  *gateway.exchanges[0].add_freezes() = Freeze('\x01', "p001", false);
  *gateway.exchanges[0].add_freezes() = Freeze('\x02', "p001", false);
  EXPECT_EQ(Run(words), 2);
  EXPECT_THAT(err, HasSubstr("FREEZE_SEVERAL"));
  EXPECT_THAT(err, HasSubstr("010101010101/0, 020202020202/0"));
  EXPECT_EQ(Run({"exchange", "unfreeze", "zz", "--party", "p001", "--reasons", reasons}), 1);
  EXPECT_THAT(err, HasSubstr("NAME_UNKNOWN"));
  EXPECT_THAT(gateway.submitted, IsEmpty());
}

TEST_F(VerbsTest, RulesForOneMemberOfAClass) {
  const statement::v1::TransferRuled ruled =
      Submitted({"transfer", "rule", "c1", "--party", "p001", "--ruling", "released", "--recipient",
                 "p003"})
          .transfer_ruled();
  EXPECT_EQ(ruled.recipient(), "p003");
  EXPECT_EQ(ruled.ruling(), statement::v1::RULING_RELEASED);
  EXPECT_EQ(Submitted({"transfer", "rule", "c1", "--party", "p001", "--ruling", "refused"})
                .transfer_ruled()
                .recipient(),
            "");
}

// ---- people -----------------------------------------------------------------------------------

TEST_F(VerbsTest, EndsAMandateNowOrOnADay) {
  *gateway.mandates.emplace_back().mutable_name() = Ref('\x51', 3);
  const Act now = Submitted({"mandate", "end", "51", "--party", "p001"});
  EXPECT_EQ(NameOf(now.mandate_ended().mandate(), false), NameOf(Ref('\x51', 3), false));
  EXPECT_FALSE(now.mandate_ended().has_last_day());
  const Act later = Submitted({"mandate", "end", NameOf(Ref('\x52'), false), "--party", "p001",
                               "--last-day", "2024-06-30", "--under-deed", "@0"});
  EXPECT_EQ(later.mandate_ended().last_day().day(), 30u);
  EXPECT_TRUE(later.has_under_deed());
}

TEST_F(VerbsTest, StopsAKeyByPrefixFingerprintOrFile) {
  gateway.keys.emplace_back().set_fingerprint(std::string(32, '\x61'));
  gateway.keys.emplace_back().set_fingerprint(std::string("\x61\x62") + std::string(30, '\x61'));
  const std::string spki = File("a.spki", base::ToHex("der") + "\n");
  const auto stop = [&](const std::string& key) {
    return base::ToHex(Submitted({"agent", "stop", key, "--party", "p001", "--cause", "suspended"})
                           .key_stopped()
                           .key());
  };
  EXPECT_EQ(stop("6162"), base::ToHex(gateway.keys[1].fingerprint()));
  EXPECT_EQ(stop(std::string(64, 'f')), std::string(64, 'f'));
  EXPECT_EQ(stop(spki), base::ToHex(base::View(base::Sha256("der"))));
  for (const auto& [key, reason, code] :
       {std::tuple{"61", "NAME_AMBIGUOUS", 2}, {"77", "NAME_UNKNOWN", 1}, {"", "NAME_EMPTY", 2}}) {
    EXPECT_EQ(Run({"agent", "stop", key, "--party", "p001", "--cause", "lost"}), code) << key;
    EXPECT_THAT(err, HasSubstr(reason)) << key;
  }
}

TEST_F(VerbsTest, StopsAKeyAsCompromisedSinceAnInstant) {
  const std::string key(64, 'a');
  const statement::v1::KeyStopped stopped =
      Submitted({"agent", "stop", key, "--party", "p001", "--cause", "compromised", "--since",
                 "2024-06-03T10:00:00Z"})
          .key_stopped();
  EXPECT_EQ(stopped.cause(), statement::v1::STOP_CAUSE_COMPROMISED);
  EXPECT_EQ(stopped.compromised_since_ms(), 1717408800000);
  EXPECT_EQ(Run({"agent", "stop", key, "--party", "p001", "--cause", "compromised", "--since",
                 "yesterday"}),
            2);
  EXPECT_THAT(err, HasSubstr("INSTANT --since"));
  // What the rule would refuse is said before anything is signed.
  EXPECT_EQ(Run({"agent", "stop", key, "--party", "p001", "--cause", "compromised"}), 2);
  EXPECT_THAT(err, HasSubstr("SINCE_MISSING --since: a key is compromised since an instant"));
  EXPECT_EQ(Run({"agent", "stop", key, "--party", "p001", "--cause", "lost", "--since",
                 "2024-06-03T10:00:00Z"}),
            2);
  EXPECT_THAT(err, HasSubstr("SINCE_NOT_ALLOWED --since"));
  EXPECT_EQ(gateway.submitted.size(), 1u);
}

TEST_F(VerbsTest, ReinstatesAKeyAndRatifiesItsActs) {
  api::Key& key = gateway.keys.emplace_back();
  key.set_fingerprint(std::string(32, '\x61'));
  *key.add_awaiting() = Ref('\x71', 1);
  *key.add_awaiting() = Ref('\x72');
  const statement::v1::KeyReinstated back =
      Submitted({"agent", "reinstate", "61", "--party", "p001"}).key_reinstated();
  EXPECT_EQ(back.reinstatement(), statement::v1::REINSTATEMENT_KEY);
  EXPECT_THAT(back.ratified(), IsEmpty());
  const statement::v1::KeyReinstated acts =
      Submitted({"agent", "reinstate", "61", "--party", "p001", "--acts-only", "--ratify", "71",
                 "--ratify", NameOf(Ref('\x73'), false)})
          .key_reinstated();
  EXPECT_EQ(acts.reinstatement(), statement::v1::REINSTATEMENT_ACTS);
  ASSERT_EQ(acts.ratified_size(), 2);
  EXPECT_EQ(NameOf(acts.ratified(0), true), NameOf(Ref('\x71', 1), true));
  EXPECT_EQ(NameOf(acts.ratified(1), true), NameOf(Ref('\x73'), true));
  EXPECT_EQ(Run({"agent", "reinstate", "61", "--party", "p001", "--ratify", "zz"}), 1);
  EXPECT_THAT(err, HasSubstr("NAME_UNKNOWN --ratify"));
}

// ---- settings ---------------------------------------------------------------------------------

TEST_F(VerbsTest, WritesTheSettingsAndEnactsWhatReplacesThem) {
  convention::v1::Settings& settings = *gateway.founding.mutable_settings();
  settings.set_least_threshold(5);
  settings.add_units()->set_label_fr("Petite enfance, éveil");
  settings.add_tls_trust_anchors(std::string("\x30\x00\xff", 3));
  settings.add_holidays()->set_days_from_easter(-2);
  *gateway.founding.mutable_settings_ref() = Ref('\x05');
  const std::string file = folder / "settings.textproto";
  ASSERT_EQ(Run({"convention", "settings", "--out", file}), 0) << err;
  EXPECT_THAT(*base::ReadFile(file, 4096), HasSubstr("Petite enfance, éveil"));
  const Act act = Submitted({"convention", "settings", "enact", file});
  EXPECT_EQ(act.party(), "p002");
  EXPECT_EQ(NameOf(act.settings_enacted().replaces(), true), NameOf(Ref('\x05'), true));
  EXPECT_EQ(act.settings_enacted().settings().SerializeAsString(), settings.SerializeAsString());
  EXPECT_EQ(Run({"convention", "settings", "enact", File("bad.textproto", "no: such")}), 2);
  EXPECT_THAT(err, HasSubstr("TEXTPROTO"));
}

// ---- what becomes of it -----------------------------------------------------------------------

TEST_F(VerbsTest, ExitsFourWhenAReportIsNotedAndBindsNobody) {
  gateway.effect = record::v1::EFFECT_NOTED;
  record::v1::Finding& finding = gateway.findings.emplace_back();
  finding.set_rule("freeze.power");
  finding.set_code("not-a-side");
  const std::vector<std::string> words = {"exchange", "freeze", "a1", "--party", "p001"};
  EXPECT_EQ(Run(words), 4);
  EXPECT_THAT(out, HasSubstr("noted, binds nobody"));
  EXPECT_THAT(err, HasSubstr("freeze.power not-a-side"));
  EXPECT_EQ(RunIn("fr", words), 4);
  EXPECT_THAT(out, HasSubstr("noté, n'engage personne"));
  std::vector<std::string> json = words;
  json.push_back("--json");
  EXPECT_EQ(Run(json), 4);
  EXPECT_THAT(out, HasSubstr("\"effect\":\"noted\""));
  EXPECT_THAT(err, HasSubstr("noted, binds nobody"));
}

TEST_F(VerbsTest, ExitsOneWhenRefused) {
  gateway.effect = record::v1::EFFECT_REFUSED;
  gateway.findings.emplace_back().set_rule("IX.2c");
  EXPECT_EQ(Run({"exchange", "freeze", "a1", "--party", "p001"}), 1);
  EXPECT_THAT(out, HasSubstr("refused"));
  EXPECT_THAT(err, HasSubstr("IX.2c"));
}

}  // namespace
}  // namespace passerelle::tests
