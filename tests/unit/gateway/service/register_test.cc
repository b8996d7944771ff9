// The register as its readers get it: columns, texts, proofs, and who may export it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/service/register_columns.h"
#include "gateway/service/register_csv.h"
#include "gateway/service/service.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/sqlite_file.h"

namespace passerelle::gateway::service {
namespace {

using base::PathOf;
using base::ReasonOf;
using statement::v1::Act;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using tests::Progress;
using tests::TestDraft;
using tests::TestGateway;

// A reader of RFC 4180 with semicolons, as plain as can be.
std::vector<std::vector<std::string>> ParseCsv(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, {""});
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    std::string& cell = rows.back().back();
    if (quoted && text.substr(i, 2) == "\"\"") {
      cell += '"';
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == ';') {
      rows.back().emplace_back();
    } else if (!quoted && text.substr(i, 2) == "\r\n") {
      rows.push_back({""});
      ++i;
    } else {
      cell += text[i];
    }
  }
  rows.pop_back();  // after the last line end
  return rows;
}

using Row = std::map<std::string, std::string>;

class RegisterTest : public ::testing::Test {
 protected:
  static TestGateway::Options DroppingMinors() {
    TestGateway::Options options;
    options.conditions.add_dropped_fields("mineurs");
    options.conditions.set_threshold(11);
    options.destroy_after_ms = tests::FakeClock::kStartMs + 60 * 1000;
    return options;
  }

  Caller As(std::string_view name) { return {&gateway_.convention(), TestGateway::AgentOf(name)}; }

  static api::ExportRegisterRequest RequestFor(const std::string& party) {
    api::ExportRegisterRequest request;
    request.set_party(party);
    request.set_format(api::REGISTER_FORMAT_CSV);
    return request;
  }

  // The bytes of an export; every chunk keeps its bound.
  std::string Bytes(std::string_view name, const std::string& party) {
    const auto source = ExportRegister(As(name), RequestFor(party));
    if (!source.ok()) return source.status().ToString();
    std::string bytes;
    while (true) {
      const auto chunk = (*source)();
      EXPECT_TRUE(chunk.ok()) << chunk.status();
      if (!chunk.ok() || !chunk->has_value()) return bytes;
      EXPECT_FALSE((*chunk)->chunk().empty());
      EXPECT_LE((*chunk)->chunk().size(), base::kStreamChunkBytes);
      bytes += (*chunk)->chunk();
    }
  }

  // The rows of an export, cells by label.
  std::vector<Row> Rows(std::string_view name, const std::string& party) {
    const std::string bytes = Bytes(name, party);
    EXPECT_EQ(bytes.substr(0, kCsvMark.size()), kCsvMark);
    const auto lines = ParseCsv(bytes.substr(kCsvMark.size()));
    std::vector<Row> rows;
    for (size_t line = 1; line < lines.size(); ++line) {
      EXPECT_EQ(lines[line].size(), lines[0].size());
      Row& row = rows.emplace_back();
      for (size_t i = 0; i < lines[line].size(); ++i) row[lines[0][i]] = lines[line][i];
    }
    return rows;
  }

  // Indices of the entries that hold an act, as the register lists them.
  std::string Entries(const std::function<bool(const Act&)>& holds) {
    std::vector<uint64_t> indices;
    for (uint64_t index = 0; index < gateway_.size(); ++index)
      for (const Act& act : gateway_.ActsAt(index))
        if (holds(act)) indices.push_back(index);
    return absl::StrJoin(indices, ", ");
  }

  TestGateway gateway_{Progress::kSent, DroppingMinors()};
};

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
  const std::vector<std::string> labels = RegisterLabels();
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
  RegisterRow row;
  record::v1::FoundingRow founding;
  founding.set_environment(statement::v1::ENVIRONMENT_PRODUCTION);
  Activity activity;
  RegisteredSheet sheet;
  row.founding = &founding;
  row.activity = &activity;
  row.sheet = &sheet;
  row.sheet_absent = kErased;
  row.title = kErased;
  const std::vector<std::string> labels = RegisterLabels(), cells = RegisterCells(row);
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
  RegisterRow row;
  record::v1::FoundingRow founding;
  gateway_.convention().Read(
      [&](const policy::state::State& state) { founding = *state.founding(); });
  Activity activity;
  activity.holder = "p004";
  row.founding = &founding;
  row.activity = &activity;
  const auto holder = [&](std::string_view day) {
    row.today = tests::TestDate(day);
    const std::vector<std::string> labels = RegisterLabels();
    const auto at = std::find(labels.begin(), labels.end(), "Détenteur") - labels.begin();
    return RegisterCells(row)[static_cast<size_t>(at)];
  };
  EXPECT_EQ(holder("2026-12-31"), "Essai-sur-Banc");
  EXPECT_EQ(holder("2027-01-01"), "Essai-la-Neuve");
}

}  // namespace
}  // namespace passerelle::gateway::service
