// The register as a spreadsheet: a list, the discrepancies, one sheet an activity.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/base/bytes.h"
#include "tests/unit/gateway/service/register_fixture.h"
#include "tests/unit/gateway/service/xlsx_reader.h"

namespace passerelle::gateway::service {
namespace {

using nlohmann::ordered_json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Lines above a table.
constexpr size_t kHead = 3;

class RegisterXlsxTest : public RegisterFixture {
 protected:
  std::string File(const std::string& party) {
    return Export("log-auditor", RequestFor(party, api::REGISTER_FORMAT_XLSX)).bytes;
  }

  static std::vector<std::string> NamesOf(const ordered_json& book) {
    std::vector<std::string> names;
    for (const auto& [name, lines] : book.items()) names.push_back(name);
    return names;
  }

  // The text beside a label of an activity's sheet.
  static std::string Beside(const ordered_json& sheet, std::string_view label) {
    for (const ordered_json& line : sheet)
      if (line.size() > 1 && line[0] == label) return line[1];
    return "no such line";
  }
};

TEST_F(RegisterXlsxTest, HasTheListTheDiscrepanciesAndOneSheetAnActivity) {
  gateway_.Must(gateway_.Register("p002", 1, R"({"name": "Diagnostic du territoire"})"),
                {"steward-p002"});
  const ordered_json book = ReadXlsx(File(""));
  ASSERT_THAT(NamesOf(book), ElementsAre("Registre", "Écarts", "Fiche 1", "Fiche 2"));
  const ordered_json& list = book["Registre"];
  EXPECT_THAT(std::string(list[0][0]), HasSubstr("ESSAI - Registre des activités"));
  EXPECT_THAT(std::string(list[0][0]), HasSubstr("2024-06-03"));
  EXPECT_THAT(std::string(list[1][0]), HasSubstr("toute la convention"));
  EXPECT_THAT(std::string(list[2][0]), HasSubstr(base::ToHex(gateway_.convention().log_name())));
  EXPECT_EQ(list[kHead][1], "Nom du traitement");
  ASSERT_EQ(list.size(), kHead + 3);
  EXPECT_EQ(list[kHead + 1][0], "Fiche 1");
  EXPECT_EQ(list[kHead + 1][1], "Familles");
  EXPECT_EQ(list[kHead + 2][1], "Diagnostic du territoire");
  const ordered_json& sheet = book["Fiche 1"];
  EXPECT_EQ(Beside(sheet, "Responsable du traitement : Nom"),
            "Caisse d'allocations familiales de Testville");
  EXPECT_EQ(Beside(sheet, "Sauvegarde des données"), "non renseigné");
  EXPECT_EQ(Beside(sheet, "Décision : sens"), "approuvé");
}

TEST_F(RegisterXlsxTest, ListsStepsWithTheirEntriesAndDiscrepanciesWithTheirs) {
  AdvanceDays(500);
  const ordered_json book = ReadXlsx(File("p001"));
  const std::string sent =
      Entries([](const statement::v1::Act& act) { return act.has_transfer_submitted(); });
  bool shown = false;
  for (const ordered_json& line : book["Fiche 1"])
    shown |= line.size() == 5 && line[0] == "envoi" && line[1] == "2024-06-03" &&
             line[2] == "2023, " + base::ToHex(gateway_.transfer.statement()) + "/0" &&
             line[3] == sent && line[4] == "";
  EXPECT_TRUE(shown);
  const ordered_json& discrepancies = book["Écarts"];
  ASSERT_EQ(discrepancies.size(), kHead + 3);
  EXPECT_EQ(discrepancies[kHead + 1][6], "review-overdue");
  EXPECT_EQ(discrepancies[kHead + 2][6], "retention-exceeded");
  EXPECT_EQ(discrepancies[kHead + 2][9], sent);
  EXPECT_EQ(book["Registre"][kHead + 1].back(), "2");
}

TEST_F(RegisterXlsxTest, WritesFormulasOfDocumentsAsTexts) {
  gateway_.Must(gateway_.Register(
                    "p001", 2, R"json({"name": "=cmd|' /C calc'!A0", "backup": "@SUM(A1)"})json"),
                {"steward-p001"});
  // The reader refuses formulas.
  const ordered_json book = ReadXlsx(File("p001"));
  EXPECT_EQ(book["Registre"][kHead + 1][1], "=cmd|' /C calc'!A0");
  EXPECT_EQ(Beside(book["Fiche 1"], "Sauvegarde des données"), "@SUM(A1)");
}

TEST_F(RegisterXlsxTest, IsEqualWhenExportedTwice) { EXPECT_EQ(File(""), File("")); }

TEST_F(RegisterXlsxTest, SpeaksEnglishAndListsDiscrepanciesAlone) {
  AdvanceDays(500);
  api::ExportRegisterRequest request = RequestFor("p001", api::REGISTER_FORMAT_XLSX);
  request.set_language(api::REGISTER_LANGUAGE_ENGLISH);
  EXPECT_THAT(NamesOf(ReadXlsx(Export("auditor-p001", request).bytes)),
              ElementsAre("Register", "Discrepancies", "Entry 1"));
  request.set_contents(api::REGISTER_CONTENTS_DISCREPANCIES);
  const ordered_json book = ReadXlsx(Export("auditor-p001", request).bytes);
  ASSERT_THAT(NamesOf(book), ElementsAre("Discrepancies"));
  EXPECT_EQ(book["Discrepancies"].size(), kHead + 3);
}

TEST_F(RegisterXlsxTest, LeavesNoNameInAFileOfTheGateway) {
  ASSERT_THAT(ReadXlsx(File("p001"))["Fiche 1"].dump(), HasSubstr("Synthétique dpo-p001"));
  EXPECT_THAT(tests::FilesWith(gateway_.root(), "Synthétique dpo-p001"), ::testing::IsEmpty());
}

}  // namespace
}  // namespace passerelle::gateway::service
