// The register as its readers get it: columns, texts, proofs, and who may export it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "gateway/service/register_columns.h"
#include "gateway/service/register_words.h"
#include "tests/support/sqlite_file.h"
#include "tests/unit/gateway/service/register_fixture.h"

namespace passerelle::gateway::service {
namespace {

using base::PathOf;
using base::ReasonOf;
using statement::v1::Act;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::TestDraft;
using tests::TestGateway;

// Words of the absences in French, as the default export has them.
constexpr char kNotGiven[] = "non renseigné";
constexpr char kErased[] = "effacé";
constexpr char kNotYours[] = "non communiqué";
constexpr char kUnreadable[] = "illisible";

class RegisterTest : public RegisterFixture {};

TEST_F(RegisterTest, ShowsEachStepOfAnExchangeWithTheEntriesThatProveIt) {
  const statement::v1::ActRef kept =
      gateway_.Must(gateway_.Send("2022", gateway_.Payload("2022"), 0), {"system-p001"}).Ref();
  ASSERT_TRUE(gateway_.Fetch("reader-p002", kept).ok());
  ASSERT_TRUE(gateway_.Fetch("reader-p002", gateway_.transfer).ok());
  gateway_.Must(gateway_.Acknowledge(kept), {"reader-p002"});
  gateway_.clock().Advance(60 * 1000);
  gateway_.Settle();

  const std::vector<Row> rows = Rows("auditor-p001", "p001");
  ASSERT_THAT(rows, SizeIs(1));
  Row row = rows[0];
  EXPECT_EQ(row["Environnement"], "ESSAI");
  EXPECT_EQ(row["Échange"], base::ToHex(gateway_.exchange.statement()) + "/0");
  EXPECT_EQ(row["Jeu de données"],
            "Familles par commune (synthétique) (p001/agg-familles, version 1)");
  EXPECT_EQ(row["Détenteur"], "Caisse d'allocations familiales de Testville");
  EXPECT_EQ(row["Destinataire"], "Testville agglomération");
  EXPECT_EQ(row["Avis du DPO : date"], "2024-06-03");
  EXPECT_EQ(row["Avis du DPO : sens"], "favorable");
  EXPECT_EQ(row["Avis du DPO : conditions"], "champs retirés : mineurs | seuil 11");
  EXPECT_EQ(row["Décision : date"], "2024-06-03");
  EXPECT_EQ(row["Décision : sens"], "approuvé");
  EXPECT_EQ(row["Envois : nombre"], "2");
  EXPECT_EQ(row["Envois : périodes"], "2023 | 2022");
  EXPECT_EQ(row["Remises"], "2");
  EXPECT_EQ(row["Accusés de réception"], "1");
  EXPECT_EQ(row["Effacements"], "1");
  EXPECT_EQ(
      row["Preuves : inscriptions n°"],
      absl::StrCat(
          "proposition ", Entries([](const Act& act) { return act.has_exchange_proposed(); }),
          " | avis ", Entries([](const Act& act) { return act.has_dpo_opinion_given(); }),
          " | décision ", Entries([](const Act& act) { return act.has_exchange_decided(); }),
          " | fiche ", Entries([](const Act& act) { return act.has_register_entry_recorded(); }),
          " | envois ", Entries([](const Act& act) { return act.has_transfer_submitted(); }),
          " | remises ", Entries([](const Act& act) { return act.has_content_handed_over(); }),
          " | accusés ", Entries([](const Act& act) { return act.has_transfer_acknowledged(); }),
          " | fins de conservation ",
          Entries([](const Act& act) { return act.has_retention_reached(); }), " | effacements ",
          Entries([](const Act& act) { return act.has_payload_erased(); })));
}

TEST_F(RegisterTest, FillsTheModelFromTheSheetTheLogAndTheDirectory) {
  const TestDraft sheet = gateway_.Register("p001", 2, R"({
    "name": "Familles allocataires", "main_purpose": "Diagnostic", "has_sensitive": false,
    "sub_purposes": ["Cartes", "Bilan"],
    "controller": {"city": "Testville", "email": "contact@caf.example"},
    "personal_life": {"description": "Composition des foyers", "retention": "3 ans"},
    "health": "Aucune",
    "recipients": [{"type": "interne", "detail": "Études"}],
    "non_eu_transfers": [],
    "access_control": "Comptes individuels"})");
  gateway_.clock().Advance(int64_t{24} * 3600 * 1000);
  gateway_.Must(gateway_.Register("p001", 3, sheet.attachments[0].content()), {"steward-p001"});
  Row row = Rows("auditor-p001", "p001")[0];
  // The sheet's own words.
  EXPECT_EQ(row["Nom du traitement"], "Familles allocataires");
  EXPECT_EQ(row["Finalité"], "Diagnostic");
  EXPECT_EQ(row["Finalité principale"], "Diagnostic");
  EXPECT_EQ(row["Sous-finalité 2"], "Bilan");
  EXPECT_EQ(row["Sous-finalité 3"], "");
  EXPECT_EQ(row["Données sensibles ? Oui/non"], "Non");
  EXPECT_EQ(row["Responsable du traitement : Ville"], "Testville");
  EXPECT_EQ(row["Vie personnelle : Description"], "Composition des foyers");
  EXPECT_EQ(row["Vie personnelle : Durée de conservation"], "3 ans");
  EXPECT_EQ(row["Données sensibles, santé : Description"], "Aucune");
  EXPECT_EQ(row["Destinataires : Précisions"], "Études");
  EXPECT_EQ(row["Transferts hors UE : Pays"], "");
  EXPECT_EQ(row["Contrôle d'accès des utilisateurs"], "Comptes individuels");
  // What the log knows.
  EXPECT_EQ(row["N° / RÉF"], "fiche-p001");
  EXPECT_EQ(row["Date de création de la fiche"], "2024-06-03");
  EXPECT_EQ(row["Dernière mise à jour"], "2024-06-04");
  EXPECT_EQ(row["Responsable du traitement : Nom"], "Caisse d'allocations familiales de Testville");
  EXPECT_EQ(row["Catégories de personnes concernées : Description"], "Familles");
  EXPECT_EQ(row["Finalité de la convention"],
            "I-1 Connaître les besoins des familles de Testville");
  EXPECT_EQ(row["Base légale"], "Mission d'intérêt public (RGPD 6(1)(e))");
  EXPECT_EQ(row["Prochaine révision"], "2025-06-01");
  EXPECT_EQ(row["Statut"], "en vigueur");
  EXPECT_EQ(row["Version"], "3");
  // The directory of persons.
  EXPECT_EQ(row["Délégué à la protection des données : Nom"], "Synthétique dpo-p001 / Essai");
  EXPECT_EQ(row["Représentant : Nom"], "Synthétique representative-p001 / Essai");
  // What nobody gave.
  EXPECT_EQ(row["Responsable du traitement : Téléphone"], kNotGiven);
  EXPECT_EQ(row["Société du DPO : Nom"], kNotGiven);
  EXPECT_EQ(row["Vie professionnelle : Description"], kNotGiven);
  EXPECT_EQ(row["Chiffrement des données"], kNotGiven);
}

TEST_F(RegisterTest, HasTheLabelsOfTheModelInItsOrder) {
  const std::vector<std::string> labels = RegisterLabels(Language::kFrench);
  const std::vector<std::string> model = {
      "Environnement",
      "Nom du traitement",
      "N° / RÉF",
      "Date de création de la fiche",
      "Dernière mise à jour",
      "Finalité",
      "Données sensibles ? Oui/non",
      "Responsable du traitement : Nom",
      "Délégué à la protection des données : Nom",
      "Société du DPO : Nom",
      "Représentant : Nom",
      "Responsable(s) conjoint(s) : Nom",
      "Finalité principale",
      "Sous-finalité 1",
      "Nom du logiciel ou de l'application",
      "Objectifs poursuivis",
      "État civil, identité, données d'identification, images : Description",
      "Numéro de Sécurité Sociale (NIR) : Durée de conservation",
      "Données sensibles, condamnations pénales ou infractions : Description",
      "Catégories de personnes concernées : Description",
      "Destinataires : Type",
      "Transferts hors UE : Destinataire",
      "Contrôle d'accès des utilisateurs",
      "Mesures de traçabilité",
      "Mesures de protection des logiciels",
      "Sauvegarde des données",
      "Chiffrement des données",
      "Contrôle des sous-traitants",
      "Autres mesures",
      "Base légale",
      "Prochaine révision",
      "Statut",
      "Version",
      "Échange",
      "Preuves : inscriptions n°",
  };
  auto at = labels.begin();
  for (const std::string& label : model) {
    at = std::find(at, labels.end(), label);
    ASSERT_NE(at, labels.end()) << label;
  }
  EXPECT_EQ(labels.front(), model.front());
  EXPECT_EQ(labels.back(), model.back());
  EXPECT_EQ(std::set<std::string>(labels.begin(), labels.end()).size(), labels.size());
}

TEST_F(RegisterTest, NeutralisesWhatDocumentsWouldRunInASpreadsheet) {
  const std::string sheet = R"json({
    "name": "=cmd|' /C calc'!A0", "backup": "@SUM(A1)", "software_name": "-1+1",
    "encryption": "+AES", "controller": {"phone": "+33 1 00 00 00 00"}})json";
  gateway_.Must(gateway_.Register("p001", 2, sheet), {"steward-p001"});
  Row row = Rows("auditor-p001", "p001")[0];
  EXPECT_EQ(row["Nom du traitement"], "'=cmd|' /C calc'!A0");
  EXPECT_EQ(row["Sauvegarde des données"], "'@SUM(A1)");
  EXPECT_EQ(row["Nom du logiciel ou de l'application"], "'-1+1");
  EXPECT_EQ(row["Chiffrement des données"], "'+AES");
  EXPECT_EQ(row["Responsable du traitement : Téléphone"], "'+33 1 00 00 00 00");
  for (const auto& [label, cell] : row) EXPECT_NE(cell.find_first_of("=+-@\t\r"), 0u) << label;
}

TEST_F(RegisterTest, SaysSoWhenASheetIsNoJson) {
  gateway_.Must(gateway_.Register("p001", 2, "une fiche en texte"), {"steward-p001"});
  Row row = Rows("auditor-p001", "p001")[0];
  EXPECT_EQ(row["Objectifs poursuivis"], kUnreadable);
  EXPECT_EQ(row["Version"], "2");
}

TEST_F(RegisterTest, SaysErasedWhereDocumentsAreGone) {
  tests::RunSql(TestGateway::StorageAt(gateway_.root()).folder + "/vault.db",
                "DELETE FROM items WHERE class = 2");
  Row row = Rows("auditor-p001", "p001")[0];
  EXPECT_EQ(row["Nom du traitement"], kErased);
  EXPECT_EQ(row["Sauvegarde des données"], kErased);
  EXPECT_EQ(row["Représentant : Nom"], kErased);
  EXPECT_EQ(row["Jeu de données"], "effacé (p001/agg-familles, version 1)");
  // What the log itself holds stays.
  EXPECT_EQ(row["Base légale"], "Mission d'intérêt public (RGPD 6(1)(e))");
  EXPECT_EQ(row["Décision : sens"], "approuvé");
}

TEST_F(RegisterTest, SaysErasedForEveryCellOfAnErasedSheet) {
  RegisterFrame frame;
  frame.founding.set_environment(statement::v1::ENVIRONMENT_PRODUCTION);
  Activity activity;
  RegisteredSheet sheet;
  RegisterRow row;
  row.frame = &frame;
  row.activity = &activity;
  row.sheet = &sheet;
  row.sheet_absent = Absence::kErased;
  row.title = Absence::kErased;
  const std::vector<std::string> labels = RegisterLabels(Language::kFrench);
  const std::vector<std::string> cells = RegisterCells(row);
  ASSERT_EQ(labels.size(), cells.size());
  Row by_label;
  for (size_t i = 0; i < labels.size(); ++i) by_label[labels[i]] = cells[i];
  EXPECT_EQ(by_label["Environnement"], "PRODUCTION");
  EXPECT_EQ(by_label["Nom du traitement"], kErased);
  EXPECT_EQ(by_label["Autres mesures"], kErased);
  EXPECT_EQ(by_label["Sous-finalité 4"], kErased);
  EXPECT_EQ(by_label["Avis du DPO : sens"], kNotGiven);
}

TEST_F(RegisterTest, ListsAnExchangeForItsRecipientWithoutTheHoldersNames) {
  const std::vector<Row> rows = Rows("steward-p002", "p002");
  ASSERT_THAT(rows, SizeIs(1));
  Row row = rows[0];
  EXPECT_EQ(row["Responsable du traitement : Nom"], "Caisse d'allocations familiales de Testville");
  EXPECT_EQ(row["Nom du traitement"], "Familles");
  EXPECT_EQ(row["Délégué à la protection des données : Nom"], kNotYours);
  EXPECT_EQ(row["Représentant : Nom"], kNotYours);
}

TEST_F(RegisterTest, ListsTheRecipientsOwnSheetInItsOwnRegister) {
  gateway_.Must(gateway_.Register("p002", 1, R"({"name": "Diagnostic du territoire"})"),
                {"steward-p002"});
  const std::vector<Row> rows = Rows("steward-p002", "p002");
  ASSERT_THAT(rows, SizeIs(1));
  Row row = rows[0];
  EXPECT_EQ(row["Nom du traitement"], "Diagnostic du territoire");
  EXPECT_EQ(row["Responsable du traitement : Nom"], "Testville agglomération");
  EXPECT_EQ(row["Délégué à la protection des données : Nom"], "Synthétique dpo-p002 / Essai");
  EXPECT_EQ(row["N° / RÉF"], "fiche-p002");
  // The holder's register keeps its own; the convention's has both.
  EXPECT_EQ(Rows("auditor-p001", "p001")[0]["Nom du traitement"], "Familles");
  EXPECT_THAT(Rows("log-auditor", ""), SizeIs(2));
}

TEST_F(RegisterTest, ListsDecidedExchangesInTheOrderOfTheirProposals) {
  const statement::v1::ActRef first = gateway_.exchange;
  gateway_.exchange = gateway_.Must(gateway_.Propose(), {"requester-p002"}).Ref();
  const statement::v1::ActRef second = gateway_.exchange;
  EXPECT_THAT(Rows("log-auditor", ""), SizeIs(1));
  gateway_.opinion =
      gateway_.Must(gateway_.Opine(statement::v1::OPINION_UNFAVOURABLE), {"dpo-p001"}).Ref();
  gateway_.Must(gateway_.Decide(statement::v1::VERDICT_REFUSED), {"decider-p001"});
  const std::vector<Row> rows = Rows("log-auditor", "");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].at("Échange"), base::ToHex(first.statement()) + "/0");
  EXPECT_EQ(rows[1].at("Échange"), base::ToHex(second.statement()) + "/0");
  EXPECT_EQ(rows[1].at("Avis du DPO : sens"), "défavorable");
  EXPECT_EQ(rows[1].at("Décision : sens"), "refusé");
  EXPECT_EQ(rows[1].at("Statut"), "échange refusé");
  EXPECT_EQ(rows[1].at("Version"), kNotGiven);
  EXPECT_EQ(rows[1].at("Envois : nombre"), "0");
}

TEST_F(RegisterTest, LeavesOutWhatConcernsOthers) {
  EXPECT_THAT(Rows("steward-p003", "p003"), IsEmpty());
  EXPECT_THAT(Rows("log-auditor", "p003"), IsEmpty());
}

TEST_F(RegisterTest, TakesNothingFromARefusedStatement) {
  const Row before = Rows("auditor-p001", "p001")[0];
  ASSERT_FALSE(
      gateway_.Record(gateway_.Register("p001", 1, "{\"name\": \"Autre\"}"), {"steward-p001"})
          .accepted());
  EXPECT_EQ(Rows("auditor-p001", "p001")[0], before);
}

TEST_F(RegisterTest, IsExportedUnderAMandateOfItsPartyOrTheLogAuditors) {
  for (const char* name : {"dpo-p001", "decider-p001", "auditor-p001", "log-auditor"})
    EXPECT_THAT(Rows(name, "p001"), SizeIs(1)) << name;
  for (const char* name : {"steward-p002", "steward-p003", "system-p001", "secretary-1", "x"}) {
    const auto source = ExportRegister(As(name), RequestFor("p001"));
    EXPECT_EQ(source.status().code(), absl::StatusCode::kPermissionDenied) << name;
    EXPECT_EQ(ReasonOf(source.status()), "REGISTER_NOT_YOURS") << name;
    EXPECT_EQ(PathOf(source.status()), "party") << name;
  }
  for (const char* name : {"auditor-p001", "representative-p002", "secretary-1"})
    EXPECT_EQ(ReasonOf(ExportRegister(As(name), RequestFor("")).status()), "REGISTER_NOT_YOURS")
        << name;
}

TEST_F(RegisterTest, RefusesAFormatItDoesNotWrite) {
  api::ExportRegisterRequest request = RequestFor("p001");
  request.set_format(api::REGISTER_FORMAT_UNSPECIFIED);
  const auto source = ExportRegister(As("auditor-p001"), request);
  EXPECT_EQ(ReasonOf(source.status()), "FORMAT_UNSUPPORTED");
  EXPECT_EQ(PathOf(source.status()), "format");
}

TEST_F(RegisterTest, IsStreamedInChunksWhenItIsLong) {
  const std::string text(base::kMaxDocumentBytes - 100, 'x');
  gateway_.Must(gateway_.Register("p001", 2, absl::StrCat("{\"objectives\": \"", text, "\"}")),
                {"steward-p001"});
  gateway_.Must(gateway_.Register("p002", 1, absl::StrCat("{\"objectives\": \"", text, "\"}")),
                {"steward-p002"});
  EXPECT_GT(Bytes("log-auditor", "").size(), 2 * base::kStreamChunkBytes - 1000);
  const std::vector<Row> rows = Rows("log-auditor", "");
  ASSERT_THAT(rows, SizeIs(2));
  for (const Row& row : rows) EXPECT_EQ(row.at("Objectifs poursuivis"), text);
}

TEST_F(RegisterTest, NamesThePartiesAsOnTheDayOfTheExport) {
  // p004 is renamed in 2027; the exchange's sides are p001 and p002, so ask the words themselves.
  RegisterFrame frame;
  gateway_.convention().Read([&](const policy::state::State& state) {
    *frame.founding.mutable_convention() = state.founding()->convention();
  });
  frame.as_of = 20261231;
  EXPECT_EQ(PartyText(frame, "p004"), "Essai-sur-Banc");
  frame.as_of = 20270101;
  EXPECT_EQ(PartyText(frame, "p004"), "Essai-la-Neuve");
}

TEST_F(RegisterTest, SpeaksEnglishWhenAsked) {
  gateway_.Must(gateway_.Register("p001", 2, R"({"name": "Familles", "has_sensitive": false})"),
                {"steward-p001"});
  api::ExportRegisterRequest request = RequestFor("p001");
  request.set_language(api::REGISTER_LANGUAGE_ENGLISH);
  Row row = Rows("auditor-p001", request)[0];
  EXPECT_EQ(row["Environment"], "TEST");
  EXPECT_EQ(row["Name of the processing"], "Familles");
  EXPECT_EQ(row["Sensitive data? Yes/no"], "No");
  EXPECT_EQ(row["Legal basis"], "Public task (GDPR 6(1)(e))");
  EXPECT_EQ(row["Opinion of the DPO: conditions"], "fields dropped: mineurs | threshold 11");
  EXPECT_EQ(row["Backup"], "not given");
  const std::vector<std::string> labels = RegisterLabels(Language::kEnglish);
  EXPECT_EQ(std::set<std::string>(labels.begin(), labels.end()).size(), labels.size());
}

TEST_F(RegisterTest, ReadsAsItStoodAtTheEndOfADay) {
  const uint64_t entries_of_first_day = gateway_.size();
  AdvanceDays(1);
  gateway_.Must(gateway_.Send("2022", gateway_.Payload("2022"), 0), {"system-p001"});
  gateway_.Must(gateway_.Register("p001", 2, R"({"name": "Révisé"})"), {"steward-p001"});
  api::ExportRegisterRequest request = RequestFor("p001");
  *request.mutable_as_of() = tests::TestDate("2024-06-03");
  const std::vector<Row> before = Rows("auditor-p001", request);
  ASSERT_THAT(before, SizeIs(1));
  EXPECT_EQ(before[0].at("Envois : périodes"), "2023");
  EXPECT_EQ(before[0].at("Version"), "1");
  EXPECT_EQ(before[0].at("Nom du traitement"), "Familles");
  *request.mutable_as_of() = tests::TestDate("2024-06-04");
  EXPECT_EQ(Rows("auditor-p001", request), Rows("auditor-p001", "p001"));
  EXPECT_EQ(Rows("auditor-p001", request)[0].at("Envois : périodes"), "2023 | 2022");
  *request.mutable_as_of() = tests::TestDate("2024-06-03");
  request.set_format(api::REGISTER_FORMAT_JSON);
  EXPECT_THAT(Export("auditor-p001", request).bytes,
              ::testing::HasSubstr(absl::StrCat("\"entries\":", entries_of_first_day, ",")));
}

TEST_F(RegisterTest, NamesWhoHeldTheOfficeOnTheDay) {
  AdvanceDays(1);
  TestDraft draft;
  gateway_.AddMandate(draft, "p001", "second-dpo", statement::v1::ROLE_DPO);
  *draft.acts[0].mutable_mandate_given()->mutable_from() = tests::TestDate("2024-06-04");
  draft.acts[0].mutable_mandate_given()->set_rank(statement::v1::RANK_DEPUTY);
  gateway_.Must(draft, {"representative-p001"});
  // The titular stands before the deputy, on both days.
  api::ExportRegisterRequest request = RequestFor("p001");
  const std::string label = "Délégué à la protection des données : Nom";
  EXPECT_EQ(Rows("auditor-p001", request)[0].at(label), "Synthétique dpo-p001 / Essai");
  *request.mutable_as_of() = tests::TestDate("2024-06-03");
  EXPECT_EQ(Rows("auditor-p001", request)[0].at(label), "Synthétique dpo-p001 / Essai");
}

TEST_F(RegisterTest, RefusesDaysThatItCannotKnow) {
  api::ExportRegisterRequest request = RequestFor("p001");
  const auto reason = [&](std::string_view day) {
    *request.mutable_as_of() = tests::TestDate(day);
    return ReasonOf(ExportRegister(As("auditor-p001"), request).status());
  };
  EXPECT_EQ(reason("2024-06-04"), "AS_OF_FUTURE");
  EXPECT_EQ(reason("2023-01-01"), "AS_OF_BEFORE_LOG");
  request.mutable_as_of()->set_year(2024);
  request.mutable_as_of()->set_month(2);
  request.mutable_as_of()->set_day(30);
  const auto source = ExportRegister(As("auditor-p001"), request);
  EXPECT_EQ(ReasonOf(source.status()), "DAY_INVALID");
  EXPECT_EQ(PathOf(source.status()), "as_of");
}

TEST_F(RegisterTest, RefusesLanguagesAndContentsThatItDoesNotHave) {
  api::ExportRegisterRequest request = RequestFor("p001");
  request.set_language(static_cast<api::RegisterLanguage>(9));
  EXPECT_EQ(PathOf(ExportRegister(As("auditor-p001"), request).status()), "language");
  request = RequestFor("p001");
  request.set_contents(static_cast<api::RegisterContents>(9));
  EXPECT_EQ(PathOf(ExportRegister(As("auditor-p001"), request).status()), "contents");
}

TEST_F(RegisterTest, CountsWhatItHolds) {
  AdvanceDays(500);
  const api::RegisterSummary summary = Export("log-auditor", RequestFor("")).summary;
  EXPECT_EQ(summary.sheets(), 1u);
  // The sheet's review is overdue, and the first payload stands past its instant.
  EXPECT_EQ(summary.discrepancies(), 2u);
  EXPECT_EQ(summary.points_to_watch(), 0u);
}

TEST_F(RegisterTest, ReadsTheLogPieceByPiece) {
  while (gateway_.size() <= 2 * base::kMaxGroupEntries)
    gateway_.Record(gateway_.Register("p001", 1, "{}"), {"steward-p001"});
  // Two whole pieces without a byte of the file, then the rest with the file.
  const auto source = ExportRegister(As("log-auditor"), RequestFor(""));
  ASSERT_TRUE(source.ok());
  for (const uint64_t read : {base::kMaxGroupEntries, 2 * base::kMaxGroupEntries}) {
    const auto message = (*source)();
    ASSERT_TRUE(message.ok());
    EXPECT_EQ((*message)->entries_read(), read);
    EXPECT_EQ((*message)->entries(), gateway_.size());
    EXPECT_TRUE((*message)->chunk().empty());
  }
  const auto message = (*source)();
  ASSERT_TRUE(message.ok());
  EXPECT_TRUE((*message)->has_summary());
  EXPECT_FALSE((*message)->chunk().empty());
}

TEST_F(RegisterTest, ListsDiscrepanciesAlone) {
  AdvanceDays(500);
  api::ExportRegisterRequest request = RequestFor("p001");
  request.set_contents(api::REGISTER_CONTENTS_DISCREPANCIES);
  const std::vector<Row> rows = Rows("auditor-p001", request);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].at("Code"), "review-overdue");
  EXPECT_EQ(rows[0].at("Constat"), "la fiche devait être révisée le 2025-06-01");
  EXPECT_EQ(rows[0].at("Preuves : inscriptions n°"),
            Entries([](const Act& act) { return act.has_register_entry_recorded(); }));
  EXPECT_EQ(rows[1].at("Code"), "retention-exceeded");
  EXPECT_EQ(rows[1].at("Preuves : inscriptions n°"),
            Entries([](const Act& act) { return act.has_transfer_submitted(); }));
}

TEST_F(RegisterTest, ShowsADiscrepancyOfTheExchangeOnce) {
  gateway_.Must(gateway_.Register("p002", 1, R"({"name": "Diagnostic"})"), {"steward-p002"});
  AdvanceDays(500);
  const std::vector<Row> rows = Rows("log-auditor", "");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_THAT(rows[0].at("Écarts"), ::testing::HasSubstr("retention-exceeded"));
  EXPECT_THAT(rows[0].at("Écarts"), ::testing::HasSubstr("review-overdue"));
  EXPECT_THAT(rows[1].at("Écarts"), ::testing::Not(::testing::HasSubstr("retention-exceeded")));
  EXPECT_THAT(rows[1].at("Écarts"), ::testing::HasSubstr("review-overdue"));
  // In the recipient's own register, its sheet is the first.
  EXPECT_THAT(Rows("steward-p002", "p002")[0].at("Écarts"),
              ::testing::HasSubstr("retention-exceeded"));
}

TEST_F(RegisterTest, ListsAnApprovedExchangeWithoutAnEntry) {
  gateway_.exchange = gateway_.Must(gateway_.Propose(), {"requester-p002"}).Ref();
  gateway_.opinion =
      gateway_.Must(gateway_.Opine(statement::v1::OPINION_FAVOURABLE), {"dpo-p001"}).Ref();
  gateway_.Must(gateway_.Decide(statement::v1::VERDICT_APPROVED), {"decider-p001"});
  const std::vector<Row> rows = Rows("auditor-p001", "p001");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].at("Écarts"), "aucun");
  EXPECT_THAT(rows[1].at("Écarts"),
              ::testing::HasSubstr("register-entry-missing : échange approuvé le 2024-06-03"));
  EXPECT_EQ(rows[1].at("Statut"), "échange approuvé, fiche manquante");
}

}  // namespace
}  // namespace passerelle::gateway::service
