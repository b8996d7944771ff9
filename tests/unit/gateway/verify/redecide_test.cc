// Decisions taken again by an auditor: an honest log decides as recorded, and whatever its operator
// forged is named, although signatures, hashes, chains and checkpoint are right and the verdict
// without re-deciding is that all is well.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "absl/strings/str_cat.h"
#include "audit/entry/codec.h"
#include "gateway/base/civil.h"
#include "gateway/base/files.h"
#include "gateway/verify/verify.h"
#include "tests/support/forged_log.h"
#include "tests/support/gateway_fixture.h"
#include "tests/unit/gateway/verify/written_log.h"

namespace passerelle::gateway::verify {
namespace {

using record::v1::Decision;
using record::v1::Entry;
using testing::HasSubstr;
using testing::StartsWith;
using tests::ForgedLog;
using tests::Progress;
using tests::TestGateway;

class RedecideTest : public testing::Test {
 protected:
  // Stands at a stage; its opinion drops a field and caps the transfers.
  TestGateway& At(Progress progress) {
    TestGateway::Options options;
    options.conditions.add_dropped_fields("mineurs");
    options.conditions.set_transfer_cap(9);
    gateway_ = std::make_unique<TestGateway>(progress, options);
    return *gateway_;
  }

  std::vector<std::string> Honest() {
    return *gateway_->convention().log().ReadEntries(0, gateway_->size());
  }

  // The log with its last entry changed by its operator.
  ForgedLog ForgeLast(const std::function<void(Entry&)>& edit) {
    const std::vector<std::string> honest = Honest();
    ForgedLog forged = *ForgedLog::Begin(honest, honest.size() - 1);
    Entry last = *audit::entry::DecodeLeaf(honest.back());
    edit(last);
    const absl::Status recorded = forged.Record(std::move(last));
    EXPECT_TRUE(recorded.ok()) << recorded;
    return forged;
  }
  ForgedLog ForgeDecision(const std::function<void(Decision&)>& edit) {
    return ForgeLast(
        [&](Entry& last) { edit(*last.mutable_recorded()->mutable_decisions()->rbegin()); });
  }

  Verdict Verify(const ForgedLog& log, bool redecide) {
    const std::string key = *base::ReadFile(
        TestGateway::StorageAt(gateway_->root()).folder + "/keys/checkpoint.key", 4096);
    const std::string folder = folder_ / "export";
    std::filesystem::remove_all(folder);
    const absl::Status written = log.Export(folder, *audit::checkpoint::NoteSigner::FromText(key));
    EXPECT_TRUE(written.ok()) << written;
    return *VerifyExport(folder, {.redecide = redecide, .dump = true}, [](uint64_t, uint64_t) {});
  }

  // Expects that the forgery passes every other check, and that re-deciding names it.
  void ExpectNamed(const ForgedLog& forged, const std::string& en, const std::string& fr) {
    const Verdict blind = Verify(forged, false);
    EXPECT_TRUE(blind.accepted) << blind.fault_en;
    EXPECT_EQ(blind.redecided, 0u);
    const Verdict verdict = Verify(forged, true);
    EXPECT_FALSE(verdict.accepted);
    const uint64_t last = forged.entries().size() - 1;
    EXPECT_EQ(verdict.index, last);
    EXPECT_THAT(verdict.fault_en, StartsWith(absl::StrCat("Entry ", last, " (recorded at ")));
    EXPECT_THAT(verdict.fault_en, HasSubstr(en));
    EXPECT_THAT(verdict.fault_fr, HasSubstr(fr));
  }

  tests::TempFolder folder_;
  std::unique_ptr<TestGateway> gateway_;
};

TEST_F(RedecideTest, AnHonestLogDecidesAsRecorded) {
  TestGateway& gateway = At(Progress::kSent);
  EXPECT_FALSE(gateway.Record(gateway.Propose(), {"reader-p002"}).accepted());
  ASSERT_TRUE(gateway.Fetch("reader-p002", gateway.transfer).ok());
  gateway.Must(gateway.Acknowledge(gateway.transfer), {"reader-p002"});
  gateway.clock().SetWall(*base::FromIsoInstant("2027-01-02T12:00:00Z"));
  gateway.Settle();
  const std::vector<std::string> honest = Honest();
  const Verdict verdict = Verify(*ForgedLog::Begin(honest, honest.size()), true);
  EXPECT_TRUE(verdict.accepted) << verdict.fault_en;
  EXPECT_EQ(verdict.refused, 1u);
  EXPECT_EQ(verdict.redecided, honest.size() - 1);
  EXPECT_THAT(verdict.other_engines, testing::IsEmpty());
  EXPECT_EQ(verdict.note_en, "Not re-decided: refused statements, which are not in the log (1).");
  EXPECT_THAT(verdict.note_fr, HasSubstr("déclarations refusées, qui ne sont pas au journal (1)"));
  EXPECT_EQ(verdict.dump, gateway.Dump());
}

TEST_F(RedecideTest, NamesTheRuleOfAnApprovalWithoutOpinion) {
  TestGateway& gateway = At(Progress::kRegistered);
  const ForgedLog forged = *ForgedLog::WithoutOpinion(Honest(), gateway.KeyOf("decider-p001"));
  ExpectNamed(forged,
              "): its ExchangeDecided is recorded as accepted, but rule IX.2c refuses it: The "
              "prior opinion of the holder's DPO is missing.",
              ") : son acte ExchangeDecided est enregistré comme accepté, mais la règle IX.2c le "
              "refuse : L'avis préalable du délégué du détenteur manque.");
}

TEST_F(RedecideTest, AnOpinionCannotBeTakenOutAfterwards) {
  // Who signed later saw it.
  At(Progress::kApproved);
  const std::vector<std::string> honest = Honest();
  ForgedLog forged = *ForgedLog::Begin(honest, honest.size() - 2);
  ASSERT_TRUE(forged.Record(*audit::entry::DecodeLeaf(honest.back())).ok());
  const Verdict verdict = Verify(forged, false);
  EXPECT_THAT(verdict.fault_en, HasSubstr("that this log never had"));
}

TEST_F(RedecideTest, NamesTermsWiderThanTheOpinion) {
  At(Progress::kFavourable);
  ExpectNamed(ForgeDecision([](Decision& decision) {
                decision.mutable_outcome()->mutable_terms()->add_fields("mineurs");
              }),
              "its DpoOpinionGiven is recorded with another outcome than the rules derive (too "
              "much: outcome.terms.fields[3]: \"mineurs\")",
              "un autre résultat que celui des règles (en trop : outcome.terms.fields[3]");
  ExpectNamed(ForgeDecision([](Decision& decision) {
                decision.mutable_outcome()->mutable_terms()->set_transfer_cap(90);
              }),
              "recorded -> derived: outcome.terms.transfer_cap: 90 -> 9",
              "enregistré -> calculé : outcome.terms.transfer_cap: 90 -> 9");
  ExpectNamed(ForgeDecision([](Decision& decision) {
                decision.mutable_outcome()->mutable_terms()->mutable_fields()->RemoveLast();
              }),
              "missing: outcome.terms.fields[2]: \"foyers\"", "il manque : outcome.terms");
}

TEST_F(RedecideTest, NamesAnInstantInForceThatWasMoved) {
  At(Progress::kApproved);
  ExpectNamed(
      ForgeDecision([](Decision& decision) {
        decision.mutable_outcome()->set_in_force_from_ms(decision.outcome().in_force_from_ms() - 1);
      }),
      "its ExchangeDecided is recorded with another outcome", "outcome.in_force_from_ms");
}

TEST_F(RedecideTest, NamesCarriersThatAreNotThoseWhoCarriedIt) {
  At(Progress::kApproved);
  ExpectNamed(ForgeDecision([](Decision& decision) {
                decision.mutable_outcome()->mutable_carriers(0)->set_role(
                    statement::v1::ROLE_REPRESENTATIVE);
              }),
              "outcome.carriers[0].role: ROLE_REPRESENTATIVE -> ROLE_DECIDER",
              "outcome.carriers[0].role: ROLE_REPRESENTATIVE -> ROLE_DECIDER");
  ExpectNamed(ForgeDecision([](Decision& decision) {
                *decision.mutable_outcome()->add_carriers() = decision.outcome().carriers(0);
              }),
              "too much: outcome.carriers[1]", "en trop : outcome.carriers[1]");
}

TEST_F(RedecideTest, NamesTheActOfASet) {
  TestGateway& gateway = At(Progress::kFounded);
  gateway.Must(gateway.Adhesion("p001"), tests::Transcribers());
  ExpectNamed(ForgeLast([](Entry& last) {
                last.mutable_recorded()
                    ->mutable_decisions(3)
                    ->mutable_outcome()
                    ->mutable_mandate()
                    ->mutable_until()
                    ->set_year(2031);
              }),
              "act 4 of its set (MandateGiven) is recorded with another outcome than the rules "
              "derive (recorded -> derived: outcome.mandate.until.year: 2031 -> ",
              "l'acte 4 de son ensemble (MandateGiven) est enregistré avec un autre résultat");
}

TEST_F(RedecideTest, NamesAWarningThatWasDropped) {
  TestGateway& gateway = At(Progress::kApproved);
  tests::TestDraft draft = gateway.Register("p001", 1, R"({"name": "Familles"})");
  draft.acts[0].mutable_register_entry_recorded()->set_reference("fiche/73282932000074");
  gateway.Must(draft, {"steward-p001"});
  ExpectNamed(ForgeDecision([](Decision& decision) { decision.clear_findings(); }),
              "its RegisterEntryRecorded is recorded without the warning of rule content.text: ",
              "est enregistré sans l'avertissement de la règle content.text : ");
}

TEST_F(RedecideTest, NamesAWarningThatWasInvented) {
  At(Progress::kApproved);
  ExpectNamed(ForgeDecision([](Decision& decision) {
                record::v1::Finding& finding = *decision.add_findings();
                finding.set_rule("IX.2c");
                finding.set_code("opinion-\x1b[8munfavourable");
                finding.set_severity(record::v1::SEVERITY_WARNS);
              }),
              "is recorded with a warning of rule IX.2c that the rules do not give: "
              "IX.2c opinion-?[8munfavourable",
              "un avertissement de la règle IX.2c que les règles ne donnent pas");
}

TEST_F(RedecideTest, NamesAnActPassedOffAsNoted) {
  At(Progress::kApproved);
  ExpectNamed(ForgeDecision([](Decision& decision) {
                decision.set_effect(record::v1::EFFECT_NOTED);
                decision.clear_outcome();
              }),
              "its ExchangeDecided is recorded as noted, but by the rules it is accepted.",
              "est enregistré comme pris en note, mais d'après les règles il est accepté.");
}

TEST_F(RedecideTest, NamesAReportThatBindsNobodyPassedOffAsBinding) {
  TestGateway& gateway = At(Progress::kSent);
  const Decision binding =
      gateway.Must(gateway.FreezeExchange("p001"), {"dpo-p001"}).entry.recorded().decisions(0);
  const tests::TestEntry heard = gateway.Record(gateway.FreezeExchange("p003"), {"steward-p003"});
  ASSERT_EQ(heard.entry.recorded().decisions(0).effect(), record::v1::EFFECT_NOTED);
  ExpectNamed(ForgeDecision([&](Decision& decision) { decision = binding; }),
              "its FreezePlaced is recorded as accepted, but by the rules it is noted, rule ",
              "est enregistré comme accepté, mais d'après les règles il est pris en note, règle ");
}

TEST_F(RedecideTest, NamesChainsInWhichTheEntryDoesNotBelong) {
  At(Progress::kApproved);
  ExpectNamed(ForgeLast([](Entry& last) { last.add_links()->set_party("p003"); }),
              "it stands in the chains of p001, p002, p003; by the rules it concerns p001, p002.",
              "elle figure dans les chaînes de p001, p002, p003 ; d'après les règles elle "
              "concerne p001, p002.");
}

TEST_F(RedecideTest, NamesWhatTheGatewayDidNotObserve) {
  At(Progress::kApproved);
  ExpectNamed(ForgeLast([](Entry& last) { last.mutable_observed()->clear_acts(); }),
              "but rule wire.observed refuses it", "mais la règle wire.observed le refuse");
  ExpectNamed(ForgeLast([](Entry& last) {
                last.mutable_observed()->mutable_acts(0)->set_attachments(record::v1::CHECK_FAILS);
              }),
              "but rule content.attachments refuses it", "règle content.attachments le refuse");
}

TEST_F(RedecideTest, NamesAFrameThatTheEngineDoesNotWrite) {
  tests::WrittenLog log;
  log.RecordDeed("p001");
  log.Export(folder_ / "export",
             log.Edited(1, [](Entry& entry) { entry.mutable_settings()->set_ordinal(1); }));
  const Verdict verdict =
      *VerifyExport(folder_ / "export", {.redecide = true}, [](uint64_t, uint64_t) {});
  EXPECT_THAT(verdict.fault_en, HasSubstr("its frame is not the one that the gateway writes (too "
                                          "much: settings.ordinal: 1)."));
  EXPECT_THAT(verdict.fault_fr, HasSubstr("son cadre n'est pas celui que la passerelle écrit"));
}

TEST_F(RedecideTest, SaysWhatAnotherEngineDecided) {
  TestGateway& gateway = At(Progress::kApproved);
  // Nothing forged can be told from what other rules once allowed: the verdict says how much it is.
  const ForgedLog forged = *ForgedLog::WithoutOpinion(Honest(), gateway.KeyOf("decider-p001"));
  ForgedLog older = *ForgedLog::Begin(forged.entries(), forged.entries().size() - 1);
  Entry last = *audit::entry::DecodeLeaf(forged.entries().back());
  last.set_engine_version("0\n");
  ASSERT_TRUE(older.Record(last).ok());
  const Verdict verdict = Verify(older, true);
  EXPECT_TRUE(verdict.accepted) << verdict.fault_en;
  EXPECT_EQ(verdict.redecided, older.entries().size() - 1);
  EXPECT_THAT(verdict.other_engines, testing::ElementsAre(testing::Pair("0\n", 1u)));
  EXPECT_EQ(verdict.note_en,
            "Not re-decided: entries of version 0? of the rules (1); this program decides by "
            "version 1.");
  EXPECT_THAT(verdict.note_fr, HasSubstr("entrées de la version 0? des règles (1)"));
}

TEST(ForgedLogTest, NeedsADecisionToForge) {
  TestGateway gateway(Progress::kFavourable);
  const auto forged = ForgedLog::WithoutOpinion(
      *gateway.convention().log().ReadEntries(0, gateway.size()), gateway.KeyOf("decider-p001"));
  EXPECT_TRUE(absl::IsNotFound(forged.status()));
}

}  // namespace
}  // namespace passerelle::gateway::verify
