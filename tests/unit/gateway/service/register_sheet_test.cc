// Sheets as controllers write them, and documents on one line.
#include "gateway/service/register_sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace passerelle::gateway::service {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::Optional;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

std::optional<SheetTexts> Read(std::string_view bytes) {
  return ReadSheet(bytes, Language::kFrench);
}

TEST(RegisterSheetTest, ReadsTextsBooleansNumbersAndNothing) {
  EXPECT_THAT(Read(R"({"name": "Familles", "has_sensitive": false, "dpia_required": true,
                            "ref": 12, "nir": null})"),
              Optional(UnorderedElementsAre(Pair("name", "Familles"), Pair("has_sensitive", "Non"),
                                            Pair("dpia_required", "Oui"), Pair("ref", "12"),
                                            Pair("nir", ""))));
}

TEST(RegisterSheetTest, ReadsTheMembersOfAnObject) {
  EXPECT_THAT(Read(R"({"controller": {"name": "Ville", "city": "Testville"}})"),
              Optional(UnorderedElementsAre(Pair("controller.name", "Ville"),
                                            Pair("controller.city", "Testville"))));
}

TEST(RegisterSheetTest, ReadsAListOfTextsWholeAndOneByOne) {
  EXPECT_THAT(Read(R"({"sub_purposes": ["une", "deux"]})"),
              Optional(UnorderedElementsAre(Pair("sub_purposes", "une | deux"),
                                            Pair("sub_purposes.1", "une"),
                                            Pair("sub_purposes.2", "deux"))));
}

TEST(RegisterSheetTest, KeepsTheItemsOfAListOfObjectsSideBySide) {
  EXPECT_THAT(Read(R"({"recipients": [{"type": "interne", "detail": "Régie"},
                                           {"detail": "Communes"}]})"),
              Optional(UnorderedElementsAre(Pair("recipients.type", "interne | "),
                                            Pair("recipients.detail", "Régie | Communes"))));
}

TEST(RegisterSheetTest, ReadsAnEmptyListAsAnEmptyText) {
  EXPECT_THAT(Read(R"({"non_eu_transfers": []})"),
              Optional(UnorderedElementsAre(Pair("non_eu_transfers", ""))));
}

TEST(RegisterSheetTest, LeavesOutWhatIsDeeperThanTheModel) {
  EXPECT_THAT(Read(R"({"a": {"b": {"c": "x"}}, "d": [[1]], "e": [{"f": {}}]})"),
              Optional(UnorderedElementsAre()));
}

TEST(RegisterSheetTest, FoldsTextsOntoOneLine) {
  EXPECT_THAT(Read(R"({"objectives": "un\r\ndeux\n\n  trois\u0007"})"),
              Optional(Contains(Pair("objectives", "un / deux / trois"))));
}

TEST(RegisterSheetTest, IsNothingWhenTheBytesAreNoJsonObject) {
  for (const char* bytes : {"", "Fiche", "[]", "\"x\"", "{\"name\": ", "{\"name\": \"\xE9\"}"})
    EXPECT_FALSE(Read(bytes).has_value()) << bytes;
}

TEST(RegisterSheetTest, BearsNestingWithoutEnd) {
  const std::string deep(100000, '[');
  EXPECT_FALSE(Read("{\"a\":" + deep).has_value());
  EXPECT_TRUE(Read("{\"a\":" + deep + std::string(100000, ']') + "}").has_value());
}

TEST(RegisterSheetTest, SaysBooleansInTheLanguageAsked) {
  EXPECT_THAT(ReadSheet(R"({"a": true, "b": false})", Language::kEnglish),
              Optional(UnorderedElementsAre(Pair("a", "Yes"), Pair("b", "No"))));
}

TEST(SheetObjectTest, KeepsWhatTheModelHasAndNothingDeeper) {
  EXPECT_EQ(SheetObject(R"({"a": "x", "b": {"c": 1, "d": {"e": 2}}, "f": ["g", {"h": true, "i": []},
                            ["j"]], "k": null})"),
            json::parse(R"({"a": "x", "b": {"c": 1}, "f": ["g", {"h": true}], "k": null})"));
}

TEST(SheetObjectTest, IsNullWhereThereIsNoSheet) {
  EXPECT_TRUE(SheetObject("Fiche").is_null());
  EXPECT_TRUE(SheetObject("[]").is_null());
}

TEST(SheetObjectTest, CanBeWrittenHoweverDeepTheDocument) {
  const std::string deep(100000, '[');
  EXPECT_EQ(SheetObject("{\"a\":" + deep + std::string(100000, ']') + "}").dump(), "{\"a\":[]}");
}

TEST(OneLineTest, DecodesWhatFrenchDesktopsWrite) {
  EXPECT_THAT(OneLine("\xEF\xBB\xBF"
                      "Délégué\r\nQualité\r\n"),
              Optional(std::string("Délégué / Qualité")));
  EXPECT_THAT(OneLine("D\xE9l\xE9gu\xE9"), Optional(std::string("Délégué")));
}

TEST(OneLineTest, IsNothingWhenTheBytesAreNoText) {
  EXPECT_FALSE(OneLine(std::string("%PDF\0\1", 6)).has_value());
}

}  // namespace
}  // namespace passerelle::gateway::service
