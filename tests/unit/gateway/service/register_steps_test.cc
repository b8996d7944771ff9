// Classes of recipients, freezes and recommendations in the register, with what proves them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "policy/state/query.h"
#include "tests/unit/gateway/service/register_fixture.h"

namespace passerelle::gateway::service {
namespace {

using nlohmann::json;
using statement::v1::Act;
using statement::v1::ActRef;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using tests::TestDraft;

class RegisterStepsTest : public RegisterFixture {
 protected:
  json Read(std::string_view name, const std::string& party) {
    return json::parse(Export(name, RequestFor(party, api::REGISTER_FORMAT_JSON)).bytes);
  }

  // An approved and registered exchange of p001 to the class `communes`, whose only member so far
  // is p003.
  void ApproveForClass() {
    TestDraft proposal = gateway_.Propose();
    proposal.acts[0].set_party("p001");
    proposal.acts[0].mutable_exchange_proposed()->mutable_recipient()->set_recipient_class(
        "communes");
    gateway_.exchange = gateway_.Must(proposal, {"steward-p001"}).Ref();
    gateway_.opinion =
        gateway_.Must(gateway_.Opine(statement::v1::OPINION_FAVOURABLE), {"dpo-p001"}).Ref();
    gateway_.Must(gateway_.Decide(statement::v1::VERDICT_APPROVED), {"decider-p001"});
    gateway_.Must(gateway_.Register("p001", 1, R"({"name": "Communes"})"), {"steward-p001"});
  }

  ActRef SendToClass(std::string_view period) {
    TestDraft draft = gateway_.Send(period, gateway_.Payload(period), 0);
    draft.acts[0].mutable_transfer_submitted()->mutable_recipient()->set_recipient_class(
        "communes");
    return gateway_.Must(draft, {"system-p001"}).Ref();
  }

  uint64_t FreezeAs(const std::string& signer) {
    const tests::TestEntry entry = gateway_.Must(gateway_.FreezeExchange("p001"), {signer});
    if (freeze_.statement().empty()) freeze_ = entry.Ref();
    return entry.index;
  }

  uint64_t LiftAs(const std::string& signer) {
    return gateway_.Must(gateway_.Lift("p001", freeze_), {signer}).index;
  }

  // The first freeze.
  ActRef freeze_;
};

TEST_F(RegisterStepsTest, ShowsAClassWithEachMembersShare) {
  ApproveForClass();
  const ActRef first = SendToClass("2022");
  ASSERT_TRUE(gateway_.Fetch("reader-p003", first).ok());
  const uint64_t handover = gateway_.size() - 1;
  gateway_.Must(gateway_.Adhesion("p004"), tests::Transcribers());
  const ActRef second = SendToClass("2021");
  const uint64_t ruling =
      gateway_.Must(gateway_.Rule(second, statement::v1::RULING_REFUSED), {"dpo-p001"}).index;

  Row row = Rows("auditor-p001", "p001")[1];
  EXPECT_EQ(row["Destinataire"], "Communes de Testville");
  EXPECT_THAT(row["Destinataires au jour du registre"], HasSubstr(" | "));
  EXPECT_THAT(row["Envois : parts des destinataires"],
              HasSubstr("remise permise, 1 remise(s) | 2021, "));
  EXPECT_THAT(row["Envois : parts des destinataires"], HasSubstr("refusé par le délégué"));

  const json activity = Read("auditor-p001", "p001")["activities"][1];
  EXPECT_EQ(activity["recipient"], nullptr);
  EXPECT_EQ(activity["recipient_class"], "communes");
  EXPECT_EQ(activity["recipients"], json({"p003", "p004"}));
  ASSERT_EQ(activity["transfers"].size(), 2u);
  const json& shares = activity["transfers"][0]["shares"];
  ASSERT_EQ(shares.size(), 1u);
  EXPECT_EQ(shares[0]["party"], "p003");
  EXPECT_EQ(shares[0]["phase"], "released");
  EXPECT_EQ(shares[0]["proofs"], json({{"handover", {handover}}}));
  const json& later = activity["transfers"][1]["shares"];
  ASSERT_EQ(later.size(), 2u);
  EXPECT_EQ(later[0]["proofs"], json::object());
  EXPECT_EQ(later[1]["party"], "p004");
  EXPECT_EQ(later[1]["phase"], "refused");
  EXPECT_EQ(later[1]["proofs"], json({{"ruling", {ruling}}}));
  // The payload stays for the others: nothing was refused to everybody.
  EXPECT_FALSE(activity["proofs"].contains("erasure"));
}

TEST_F(RegisterStepsTest, ListsTheExchangeInTheRegisterOfAMemberWithItsOwnShareAlone) {
  ApproveForClass();
  gateway_.Must(gateway_.Adhesion("p004"), tests::Transcribers());
  const ActRef sent = SendToClass("2022");
  gateway_.Must(gateway_.Rule(sent, statement::v1::RULING_REFUSED), {"dpo-p001"});
  ASSERT_TRUE(gateway_.Fetch("reader-p003", sent).ok());
  const json read = Read("steward-p003", "p003");
  ASSERT_EQ(read["activities"].size(), 1u);
  const json& activity = read["activities"][0];
  ASSERT_EQ(activity["transfers"][0]["shares"].size(), 1u);
  EXPECT_EQ(activity["transfers"][0]["shares"][0]["party"], "p003");
  EXPECT_TRUE(activity["proofs"].contains("handover"));
  EXPECT_FALSE(activity["proofs"].contains("ruling"));
  // p004 has what is its own; p002 and p005 are no members.
  const json other = Read("log-auditor", "p004");
  ASSERT_EQ(other["activities"].size(), 1u);
  EXPECT_FALSE(other["activities"][0]["proofs"].contains("handover"));
  EXPECT_TRUE(other["activities"][0]["proofs"].contains("ruling"));
  EXPECT_THAT(Rows("steward-p002", "p002"), SizeIs(1));
  EXPECT_THAT(Rows("log-auditor", "p005"), IsEmpty());
}

TEST_F(RegisterStepsTest, LeavesOutTransfersThatWentToOthersBeforeAMemberJoined) {
  ApproveForClass();
  SendToClass("2022");
  gateway_.Must(gateway_.Adhesion("p004"), tests::Transcribers());
  const json activity = Read("log-auditor", "p004")["activities"][0];
  EXPECT_EQ(activity["transfers"], json::array());
  EXPECT_FALSE(activity["proofs"].contains("transfer"));
  EXPECT_EQ(activity["discrepancies"], json::array());
}

TEST_F(RegisterStepsTest, ShowsAFreezeUntilItLapses) {
  const uint64_t placed = FreezeAs("steward-p001");
  Row row = Rows("auditor-p001", "p001")[0];
  EXPECT_EQ(row["Statut"], "échange gelé");
  EXPECT_THAT(row["Gels"], HasSubstr("échange gelé le 2024-06-03 par Caisse d'allocations"));
  EXPECT_THAT(row["Gels"], HasSubstr(absl::StrCat("(inscription ", placed,
                                                  "), en vigueur jusqu'au 2024-06-06")));
  EXPECT_THAT(row["Écarts"], HasSubstr("freeze-in-force : 1 gel(s) en vigueur"));
  AdvanceDays(4);
  row = Rows("auditor-p001", "p001")[0];
  EXPECT_EQ(row["Statut"], "en vigueur");
  EXPECT_THAT(row["Gels"], HasSubstr("caduc après le 2024-06-06"));
  EXPECT_THAT(row["Écarts"], Not(HasSubstr("freeze-in-force")));
  EXPECT_THAT(row["Preuves : inscriptions n°"],
              HasSubstr(absl::StrCat("caducités de gel, par leur pose ", placed)));
  const json freeze = Read("auditor-p001", "p001")["activities"][0]["freezes"][0];
  EXPECT_EQ(freeze["standing"], "lapsed");
  EXPECT_EQ(freeze["freeze"], base::ToHex(freeze_.statement()) + "/0");
  EXPECT_EQ(freeze["entry"], placed);
  EXPECT_EQ(freeze["lifted_entry"], nullptr);
  // As of the day it was placed, it stood.
  api::ExportRegisterRequest request = RequestFor("p001");
  *request.mutable_as_of() = tests::TestDate("2024-06-03");
  EXPECT_EQ(Rows("auditor-p001", request)[0].at("Statut"), "échange gelé");
}

TEST_F(RegisterStepsTest, ShowsWhoConfirmedAndLiftedAFreeze) {
  const uint64_t placed = FreezeAs("steward-p001");
  const uint64_t confirmed = FreezeAs("dpo-p001");
  AdvanceDays(30);
  json activity = Read("auditor-p001", "p001")["activities"][0];
  ASSERT_EQ(activity["freezes"].size(), 1u);
  EXPECT_EQ(activity["freezes"][0]["standing"], "confirmed");
  EXPECT_EQ(activity["discrepancies"].back()["code"], "freeze-in-force");
  EXPECT_EQ(activity["discrepancies"].back()["entries"], json({placed, confirmed}));
  const uint64_t lifted = LiftAs("decider-p001");
  activity = Read("auditor-p001", "p001")["activities"][0];
  EXPECT_EQ(activity["freezes"][0]["standing"], "lifted");
  EXPECT_EQ(activity["freezes"][0]["lifted_on"], "2024-07-03");
  EXPECT_EQ(activity["proofs"]["freeze"], json({placed}));
  EXPECT_EQ(activity["proofs"]["freeze_confirmation"], json({confirmed}));
  EXPECT_EQ(activity["proofs"]["freeze_lift"], json({lifted}));
  EXPECT_FALSE(activity["proofs"].contains("freeze_lapse"));
  EXPECT_EQ(Rows("auditor-p001", "p001")[0].at("Statut"), "en vigueur");
}

TEST_F(RegisterStepsTest, ShowsRecommendationsWithTheirAnswersAndWhatTheyChange) {
  gateway_.exchange = gateway_.Must(gateway_.Propose(), {"requester-p002"}).Ref();
  TestDraft opinion = gateway_.Opine(statement::v1::OPINION_FAVOURABLE);
  statement::v1::Conditions narrower;
  narrower.set_threshold(20);
  gateway_.Recommend(opinion, statement::v1::RECOMMENDATION_WEIGHT_CONDITION, narrower);
  gateway_.Recommend(opinion, statement::v1::RECOMMENDATION_WEIGHT_ADVICE, {});
  const tests::TestEntry given_entry = gateway_.Must(opinion, {"dpo-p001"});
  gateway_.opinion = given_entry.Ref();
  std::vector<uint64_t> answers;
  const auto answer = [&](uint32_t ordinal, statement::v1::Answer value) {
    answers.push_back(gateway_.Must(gateway_.AnswerTo(ordinal, value), {"decider-p001"}).index);
  };
  answer(0, statement::v1::ANSWER_ACCEPTED);
  answer(1, statement::v1::ANSWER_ACCEPTED);
  gateway_.Must(gateway_.Decide(statement::v1::VERDICT_APPROVED), {"decider-p001"});
  Row row = Rows("auditor-p001", "p001")[1];
  EXPECT_EQ(row["Recommandations du DPO"],
            absl::StrCat("1 : condition, seuil 20, acceptée, inscription ", answers[0],
                         " | 2 : conseil, acceptée, inscription ", answers[1]));
  EXPECT_THAT(row["Avis du DPO : conditions"], HasSubstr("seuil 11"));
  EXPECT_THAT(row["Termes en vigueur"], HasSubstr("seuil 20"));
  EXPECT_THAT(row["Écarts"], HasSubstr("recommendation-pending : 1 recommandation(s)"));

  answer(1, statement::v1::ANSWER_CARRIED_OUT);
  const json activity = Read("auditor-p001", "p001")["activities"][1];
  ASSERT_EQ(activity["recommendations"].size(), 2u);
  EXPECT_EQ(activity["recommendations"][0]["conditions"]["threshold"], 20);
  EXPECT_EQ(activity["recommendations"][1]["conditions"], nullptr);
  EXPECT_EQ(activity["recommendations"][1]["answer"], "carried_out");
  EXPECT_EQ(activity["recommendations"][1]["entry"], answers[2]);
  EXPECT_EQ(activity["proofs"]["recommendation"], json({given_entry.index}));
  EXPECT_EQ(activity["proofs"]["recommendation_answer"], json(answers));
  EXPECT_EQ(activity["terms"]["threshold"], 20);
  EXPECT_THAT(Rows("auditor-p001", "p001")[1]["Écarts"], Not(HasSubstr("recommendation-pending")));
}

TEST_F(RegisterStepsTest, NamesNobodyWhoseMandateEnded) {
  const std::string label = "Délégué à la protection des données : Nom";
  EXPECT_EQ(Rows("auditor-p001", "p001")[0].at(label), "Synthétique dpo-p001 / Essai");
  std::optional<ActRef> mandate;
  gateway_.convention().Read([&](const policy::state::State& state) {
    for (const auto& held :
         policy::state::MandatesOf(state, tests::TestGateway::AgentOf("dpo-p001")))
      mandate = held.ref;
  });
  ASSERT_TRUE(mandate.has_value());
  gateway_.Must(gateway_.EndMandate("p001", *mandate), {"representative-p001"});
  EXPECT_EQ(Rows("auditor-p001", "p001")[0].at(label), "non renseigné");
}

TEST_F(RegisterStepsTest, AsksForRatificationOfWhatACompromisedKeyDecided) {
  gateway_.Must(gateway_.StopKey("p001", "decider-p001", statement::v1::STOP_CAUSE_COMPROMISED,
                                 tests::FakeClock::kStartMs),
                {"representative-p001"});
  Row row = Rows("auditor-p001", "p001")[0];
  EXPECT_EQ(row["Statut"], "à ratifier");
  EXPECT_THAT(row["Écarts"],
              HasSubstr(absl::StrCat("(inscriptions ", Entries([](const Act& decided) {
                                       return decided.has_exchange_decided();
                                     }),
                                     ")")));
  EXPECT_THAT(row["Écarts"], HasSubstr("awaiting-ratification : 1 acte(s)"));
}

}  // namespace
}  // namespace passerelle::gateway::service
