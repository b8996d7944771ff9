#include "policy/content/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/base/limits.h"
#include "tests/unit/policy/content/tables.h"

namespace passerelle::policy::content {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kRow = "2024;2024-01;01991;019910101;mam;12;3,5\n";

Report Check(const statement::v1::DatasetDeclared& dataset, std::string_view text) {
  return CheckPayload(dataset, Communes(), text);
}

std::string Unreadable(std::string_view text) {
  const Report report = Check(EveryType(), text);
  EXPECT_EQ(report.observed.readable(), report.observed.unreadable().empty()
                                            ? record::v1::CHECK_HOLDS
                                            : record::v1::CHECK_FAILS);
  return report.observed.unreadable();
}

// Cells that do not fit, as `line:column fault`.
std::vector<std::string> Faults(const Report& report) {
  std::vector<std::string> faults;
  for (const auto& cell : report.observed.cells())
    faults.push_back(std::to_string(cell.line()) + ":" + std::to_string(cell.column()) + " " +
                     record::v1::CellFault_Name(cell.fault()).substr(11));
  return faults;
}

// Hits, as `column:line detector cells`, warnings with a question mark.
std::vector<std::string> Hits(const Report& report) {
  std::vector<std::string> hits;
  for (const auto& hit : report.observed.column_hits())
    hits.push_back(std::to_string(hit.column()) + ":" + std::to_string(hit.line()) + " " +
                   hit.detector() + " " + std::to_string(hit.cells()) +
                   (hit.action() == record::v1::HIT_ACTION_WARN ? "?" : ""));
  return hits;
}

TEST(CheckPayload, AcceptsATableOfEveryType) {
  const Report report = Check(EveryType(), std::string(kEveryTypeHeader) + kRow);
  EXPECT_EQ(report.observed.readable(), record::v1::CHECK_HOLDS);
  EXPECT_EQ(report.observed.rows(), 1u);
  EXPECT_EQ(report.observed.cells_failing(), 0u);
  EXPECT_EQ(report.observed.size_band(), 1024u);
  EXPECT_EQ(report.observed.threshold_respected(), 11u);
  EXPECT_THAT(Hits(report), IsEmpty());
  EXPECT_EQ(report.headings.size(), 7u);
  for (uint32_t i = 0; i < 7; ++i) {
    EXPECT_EQ(report.observed.columns(i).column(), i + 1);
    EXPECT_EQ(report.observed.columns(i).field(), i + 1);
  }
}

TEST(CheckPayload, ReadsWhatSpreadsheetsWrite) {
  const std::string table = std::string(kEveryTypeHeader) + kRow;
  std::string crlf = "\xEF\xBB\xBF";
  std::string quoted, tabbed;
  for (const char c : table) {
    crlf += c == '\n' ? "\r\n" : std::string(1, c);
    tabbed += c == ';' ? '\t' : c;
    quoted += c == ';' ? "\";\"" : c == '\n' ? "\"\n\"" : std::string(1, c);
  }
  quoted = "\"" + quoted.substr(0, quoted.size() - 1);
  for (const std::string& form : {crlf, tabbed, quoted, table.substr(0, table.size() - 1)}) {
    const Report report = Check(EveryType(), form);
    EXPECT_EQ(report.observed.unreadable(), "") << form;
    EXPECT_EQ(report.observed.rows(), 1u) << form;
    EXPECT_EQ(report.observed.cells_failing(), 0u) << form;
    EXPECT_EQ(report.observed.columns_size(), 7) << form;
  }
}

TEST(CheckPayload, SaysWhyAFileIsNoTable) {
  EXPECT_EQ(Unreadable(""), "empty");
  EXPECT_EQ(Unreadable("\xEF\xBB\xBF"), "empty");
  EXPECT_EQ(Unreadable("\n1;2\n"), "empty");
  EXPECT_EQ(Unreadable(kEveryTypeHeader), "no-rows");
  EXPECT_EQ(Unreadable(std::string("a;b\n1\0;2\n", 9)), "nul");
  EXPECT_EQ(Unreadable("a;b\r1;2\r"), "line-ends");
  EXPECT_EQ(Unreadable("\xC3\xA9;\xE9\n1;2\n"), "encoding");
  EXPECT_EQ(Unreadable("a;b\n\"1;2\n"), "quotes");
  EXPECT_EQ(Unreadable("annee:mois\n2024:2024-01\n"), "separator");
  EXPECT_EQ(Unreadable("a;b,c\n1;2,3\n"), "separator");
  EXPECT_EQ(Unreadable("annee;mois;annee\n2024;2024-01;2024\n"), "duplicate-heading");
  EXPECT_EQ(Unreadable("annee;;\n1;2;3\n"), "duplicate-heading");
  EXPECT_EQ(Unreadable("annee;mois\n2024;" + std::string(2000, 'x') + "\n"), "cell-too-long");
  std::string header = "c0";
  for (size_t i = 1; i < gateway::base::kMaxColumns; ++i) header += ";c" + std::to_string(i);
  EXPECT_EQ(Unreadable(header + "\n1\n"), "");
  EXPECT_EQ(Unreadable(header + ";more\n1\n"), "columns");
}

TEST(CheckPayload, SaysNothingOfAFileThatIsNoTable) {
  const Report report = Check(EveryType(), std::string(kEveryTypeHeader) + "x;y\n\"");
  EXPECT_EQ(report.observed.unreadable(), "quotes");
  EXPECT_EQ(report.observed.size_band(), 1024u);
  EXPECT_EQ(report.observed.rows(), 0u);
  EXPECT_EQ(report.observed.columns_size(), 0);
  EXPECT_EQ(report.observed.cells_size(), 0);
  EXPECT_THAT(report.headings, IsEmpty());
}

TEST(CheckPayload, MapsColumnsByTheirHeading) {
  const Report report = Check(MakeDataset({{"annee", statement::v1::FIELD_TYPE_YEAR},
                                           {"n", statement::v1::FIELD_TYPE_COUNT}}),
                              "n;Annee;autre;annee\n12;2024;x;2024\n");
  std::vector<uint32_t> fields;
  for (const auto& column : report.observed.columns()) fields.push_back(column.field());
  EXPECT_THAT(fields, ElementsAre(2, 0, 0, 1));
  EXPECT_THAT(report.headings, ElementsAre("n", "Annee", "autre", "annee"));
  EXPECT_EQ(report.observed.cells_failing(), 0u);
}

TEST(CheckPayload, TellsRowsOfTheWrongWidth) {
  const auto dataset = MakeDataset(
      {{"annee", statement::v1::FIELD_TYPE_YEAR}, {"n", statement::v1::FIELD_TYPE_COUNT}});
  const Report report = Check(dataset, "annee;n\n2024;5\n2024\n2024;5;6\n\n2024;x\n");
  EXPECT_THAT(Faults(report), ElementsAre("3:2 WIDTH", "4:3 WIDTH", "5:1 WIDTH", "6:2 TYPE"));
  EXPECT_EQ(report.observed.rows(), 5u);
  EXPECT_EQ(report.observed.cells_failing(), 4u);
}

TEST(CheckPayload, TellsCellsByLineAndColumn) {
  const std::string header(kEveryTypeHeader);
  const Report report = Check(EveryType(), header + kRow +
                                               "24;2024-1;1991;019990101;x;;1.234\n"
                                               "2024;2024-01;42600;2A9990101;mam;4;s\n");
  EXPECT_THAT(Faults(report),
              ElementsAre("3:1 TYPE", "3:2 TYPE", "3:3 TYPE", "3:4 CODE", "3:5 CODE", "3:6 TYPE",
                          "3:7 TYPE", "4:3 CODE", "4:6 THRESHOLD"));
}

TEST(CheckPayload, CountsTheFaultsItDoesNotList) {
  std::string text = "n\n";
  for (int i = 0; i < 100; ++i) text += "x\n";
  const Report report = Check(OneCount(), text);
  EXPECT_EQ(report.observed.cells_failing(), 100u);
  EXPECT_EQ(static_cast<size_t>(report.observed.cells_size()), gateway::base::kMaxObservedHits);
  EXPECT_EQ(report.observed.cells(0).line(), 2u);
}

uint32_t Respected(std::string_view counts) {
  return Check(OneCount(3), "n\n" + std::string(counts)).observed.threshold_respected();
}

// T0 of DISCLOSURE section B2.
TEST(CheckPayload, HoldsCountsAgainstTheThreshold) {
  const auto faults = [](uint32_t threshold, std::string_view count) {
    return Check(OneCount(threshold), "n\n" + std::string(count) + "\n").observed.cells_failing();
  };
  EXPECT_EQ(faults(5, "0"), 0u);
  for (const std::string_view small : {"1", "2", "3", "4"}) EXPECT_EQ(faults(5, small), 1u);
  EXPECT_EQ(faults(5, "5"), 0u);
  EXPECT_EQ(faults(11, "10"), 1u);
  EXPECT_EQ(faults(11, "11"), 0u);
  EXPECT_EQ(faults(3, "2"), 1u);
  EXPECT_EQ(faults(3, "3"), 0u);
  EXPECT_EQ(faults(20, "19"), 1u);
  EXPECT_EQ(faults(20, "s"), 0u);
}

TEST(CheckPayload, TellsTheLargestThresholdRespected) {
  EXPECT_EQ(Respected("0\ns\n"), 20u);
  EXPECT_EQ(Respected("20\n400\n"), 20u);
  EXPECT_EQ(Respected("19\n400\n"), 11u);
  EXPECT_EQ(Respected("11\n"), 11u);
  EXPECT_EQ(Respected("10\n"), 5u);
  EXPECT_EQ(Respected("5\n0\n"), 5u);
  EXPECT_EQ(Respected("4\n"), 3u);
  EXPECT_EQ(Respected("3\n"), 3u);
  EXPECT_EQ(Respected("2\n100\n"), 0u);
  EXPECT_EQ(Respected("1\n"), 0u);
}

TEST(CheckPayload, LeavesQuantitiesOutOfTheThreshold) {
  const auto dataset = MakeDataset({{"places", statement::v1::FIELD_TYPE_QUANTITY}});
  const Report report = Check(dataset, "places\n1\n2\n");
  EXPECT_EQ(report.observed.cells_failing(), 0u);
  EXPECT_EQ(report.observed.threshold_respected(), 20u);
}

TEST(CheckPayload, HitsIdentifiersOnceAColumnAndDetector) {
  const Report report = Check(OneCount(),
                              "n;x\n12;185074299912375\n13;0639980012 p.n@exemple.fr\n"
                              "14;1 85 07 42 999 123 75\n");
  EXPECT_THAT(Hits(report), ElementsAre("2:3 email 1", "2:2 nir 2", "2:3 phone 1"));
}

TEST(CheckPayload, HitsIdentifiersInDeclaredColumnsToo) {
  const Report report = Check(EveryType(), std::string(kEveryTypeHeader) +
                                               "2024;2024-01;01991;019910101;mam;12;0639980012\n");
  EXPECT_THAT(Hits(report), ElementsAre("7:2 phone 1"));
}

TEST(CheckPayload, HitsIdentifiersInRowsAndCellsOfNoColumn) {
  const Report report = Check(OneCount(), "n\n12;0639980012\n");
  EXPECT_THAT(Hits(report), ElementsAre("2:2 phone 1"));
  EXPECT_EQ(report.observed.columns_size(), 1);
}

TEST(CheckPayload, HitsHeadings) {
  EXPECT_THAT(Hits(Check(OneCount(), "n;nom\n12;x\n")), ElementsAre("2:1 name 0"));
  EXPECT_THAT(Hits(Check(OneCount(), "n;pr\xE9nom\n12;x\n")), ElementsAre("2:1 name 0"));
  EXPECT_THAT(Hits(Check(OneCount(), "n;courriel\n12;p.n@exemple.fr\n")),
              ElementsAre("2:1 email 1"));
  EXPECT_THAT(Hits(Check(OneCount(), "n;p.n@exemple.fr\n12;x\n")), ElementsAre("2:1 email 0"));
}

TEST(CheckPayload, WarnsOfOfficesAndEstablishments) {
  const Report report =
      Check(OneCount(), "n;x;siren\n12;mairie@exemple.fr;732829320\n12;73282932000074;200065886\n");
  EXPECT_THAT(Hits(report), ElementsAre("2:2 email 1?", "2:3 siret 1?", "3:2 siren 1?"));
}

TEST(CheckPayload, AllowsBodiesWhereNoHeadingAsks) {
  EXPECT_THAT(Hits(Check(OneCount(), "n;x\n12;732829320\n12;13002526500013\n")), IsEmpty());
}

// Five cells, so many of them the given text.
std::string Share(std::string_view heading, std::string_view text, int cells) {
  std::string table = "n;" + std::string(heading) + "\n";
  for (int i = 0; i < 5; ++i)
    table += "12;" + (i < cells ? std::string(text) : std::string("x")) + "\n";
  return table;
}

TEST(CheckPayload, HitsNumbersWithoutKeyByHeadingOrColumn) {
  constexpr std::string_view kBody = "1850742999123";
  EXPECT_THAT(Hits(Check(OneCount(), Share("x", kBody, 4))), ElementsAre("2:2 nir13 4"));
  EXPECT_THAT(Hits(Check(OneCount(), Share("x", kBody, 3))), IsEmpty());
  EXPECT_THAT(Hits(Check(OneCount(), Share("num_secu", kBody, 1))),
              ElementsAre("2:1 nir 0", "2:2 nir13 1"));
}

TEST(CheckPayload, HitsRecipientsNumbersByHeading) {
  EXPECT_THAT(Hits(Check(OneCount(), Share("num_alloc", "1234567", 2))),
              ElementsAre("2:1 allocataire 2"));
  EXPECT_THAT(Hits(Check(OneCount(), Share("matricule", "1234567A", 1))),
              ElementsAre("2:1 allocataire 1"));
  EXPECT_THAT(Hits(Check(OneCount(), Share("nb_allocataires", "1234567", 5))), IsEmpty());
}

TEST(CheckPayload, HitsTaxNumbersByHeadingOrTwice) {
  EXPECT_THAT(Hits(Check(OneCount(), Share("x", "3023217600053", 1))), IsEmpty());
  EXPECT_THAT(Hits(Check(OneCount(), Share("x", "3023217600053", 2))), ElementsAre("2:2 spi 2"));
  EXPECT_THAT(Hits(Check(OneCount(), Share("spi", "3023217600053", 1))), ElementsAre("2:1 spi 1"));
}

TEST(CheckPayload, HitsColumnsOfDifferentDays) {
  std::string different = "n;x\n", same = "n;x\n";
  for (int i = 10; i < 20; ++i) {
    different += "12;2012-05-" + std::to_string(i) + "\n";
    same += "12;2012-05-31\n";
  }
  EXPECT_THAT(Hits(Check(OneCount(), different)), ElementsAre("2:2 birth-date 10"));
  EXPECT_THAT(Hits(Check(OneCount(), same)), IsEmpty());
}

TEST(CheckPayload, HitsTablesOfOneRowAPerson) {
  const auto dataset = MakeDataset({{"annee", statement::v1::FIELD_TYPE_YEAR},
                                    {"n", statement::v1::FIELD_TYPE_COUNT},
                                    {"q", statement::v1::FIELD_TYPE_QUANTITY}});
  std::string ones = "annee;n\n", numbered = "annee;q\n", coded = "annee;dossier\n",
              zeros = "annee;n\n", places = "annee;iris\n";
  for (int i = 10; i < 30; ++i) {
    ones += "2024;1\n";
    numbered += "2024;" + std::to_string(i) + "\n";
    coded += "2024;A7" + std::to_string(i) + "\n";
    zeros += i < 14 ? "2024;5\n" : "2024;0\n";
    places += "2024;0199101" + std::to_string(i) + "\n";
  }
  EXPECT_THAT(Hits(Check(dataset, ones)), ElementsAre("2:2 row-level 20"));
  EXPECT_THAT(Hits(Check(dataset, numbered)), ElementsAre("2:2 row-level 20"));
  EXPECT_THAT(Hits(Check(dataset, coded)), ElementsAre("2:2 row-level 20"));
  EXPECT_THAT(Hits(Check(dataset, coded + "2024;A710\n")), IsEmpty()) << "not unique";
  EXPECT_THAT(Hits(Check(dataset, zeros)), IsEmpty()) << "as many rows as persons";
  EXPECT_THAT(Hits(Check(dataset, places)), IsEmpty());
}

TEST(CheckPayload, ListsHitsThatBlockBeforeWarnings) {
  std::string header = "n", row = "12";
  for (size_t i = 0; i < gateway::base::kMaxObservedHits + 5; ++i) {
    header += ";c" + std::to_string(i);
    row += ";mairie@exemple.fr";
  }
  const Report report = Check(OneCount(), header + ";z\n" + row + ";0639980012\n");
  ASSERT_EQ(static_cast<size_t>(report.observed.column_hits_size()),
            gateway::base::kMaxObservedHits);
  EXPECT_EQ(Hits(report).back(), "39:2 phone 1");
}

TEST(CheckPayload, NeverTellsAValue) {
  const Report report =
      Check(OneCount(), "n;prenom\n12;Zoltan\n12;185074299912375\n12;0639980012\nSecret;x\n");
  const std::string bytes = report.observed.SerializeAsString();
  for (const std::string_view value :
       {"Zoltan", "185074299912375", "0639980012", "Secret", "prenom"})
    EXPECT_EQ(bytes.find(value), std::string::npos) << value;
}

TEST(SizeBand, IsTheNextPowerOfTwo) {
  EXPECT_EQ(SizeBand(0), 1024u);
  EXPECT_EQ(SizeBand(1024), 1024u);
  EXPECT_EQ(SizeBand(1025), 2048u);
  EXPECT_EQ(SizeBand(1048576), 1048576u);
  EXPECT_EQ(SizeBand(1048577), 2097152u);
  EXPECT_EQ(SizeBand(~uint64_t{0}), uint64_t{1} << 63);
}

}  // namespace
}  // namespace passerelle::policy::content
