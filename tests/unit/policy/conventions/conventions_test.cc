// The conventions as data: what the rules may rely on, for the real one and the invented one alike.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "gateway/base/civil.h"
#include "passerelle/convention/v1/convention.pb.h"
#include "passerelle/convention/v1/settings.pb.h"
#include "policy/calendar/calendar.h"
#include "policy/content/identifiers.h"
#include "policy/content/values.h"

namespace passerelle::convention::v1 {
namespace {

using gateway::base::CivilDay;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

// Genesis carries both, beside the founding keys and their signatures (WIRE 1, 2).
constexpr size_t kMaxGenesisData = size_t{40} * 1024;

const std::string kReal =
    std::string(PASSERELLE_TESTDATA) + "/../../policy/conventions/ctg-loire-forez-2023-2027";
const std::string kInvented = std::string(PASSERELLE_TESTDATA) + "/conventions/ctg-testville";

template <typename Message>
Message Load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Message message;
  EXPECT_FALSE(text.empty()) << path;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << path;
  return message;
}

Convention LoadConvention(const std::string& stem) { return Load<Convention>(stem + ".textproto"); }
Settings LoadSettings(const std::string& stem) {
  return Load<Settings>(stem + ".settings.textproto");
}

CivilDay DayOf(const Date& date) {
  return {static_cast<int>(date.year()), static_cast<int>(date.month()),
          static_cast<int>(date.day())};
}

template <typename Dated>
bool Holds(const Dated& dated, const CivilDay& day) {
  return (!dated.has_from() || DayOf(dated.from()) <= day) &&
         (!dated.has_until() || day <= DayOf(dated.until()));
}

// Codes in force on 1 January.
std::vector<std::string> CodesOf(const Convention& convention, int year) {
  std::vector<std::string> codes;
  for (const Party& party : convention.parties())
    for (const DatedCode& code : party.insee_codes())
      if (Holds(code, {year, 1, 1})) codes.push_back(code.code());
  return codes;
}

std::string NameOf(const Party& party, const CivilDay& day) {
  for (const DatedName& name : party.names())
    if (Holds(name, day)) return name.name();
  return "";
}

const Party& PartyOfCode(const Convention& convention, const std::string& code) {
  for (const Party& party : convention.parties())
    if (!party.insee_codes().empty() && party.insee_codes(0).code() == code) return party;
  ADD_FAILURE() << "no party of " << code;
  return Party::default_instance();
}

template <typename Items, typename Key>
std::vector<std::string> KeysOf(const Items& items, Key key) {
  std::vector<std::string> keys;
  keys.reserve(static_cast<size_t>(items.size()));
  for (const auto& item : items) keys.push_back(key(item));
  return keys;
}

bool AreDistinct(const std::vector<std::string>& keys) {
  return std::set<std::string>(keys.begin(), keys.end()).size() == keys.size();
}

class EveryConvention : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Conventions, EveryConvention, testing::Values(kReal, kInvented),
                         [](const auto& info) {
                           return info.param == kReal ? "Real" : "Invented";
                         });

TEST_P(EveryConvention, FitsIntoEntryZero) {
  EXPECT_LT(LoadConvention(GetParam()).ByteSizeLong() + LoadSettings(GetParam()).ByteSizeLong(),
            kMaxGenesisData);
}

TEST_P(EveryConvention, HoldsNoIdentifierOfAPerson) {
  for (const auto& hit : policy::content::ScanStrings(LoadConvention(GetParam()), "convention"))
    ADD_FAILURE() << hit.ShortDebugString();
  for (const auto& hit : policy::content::ScanStrings(LoadSettings(GetParam()), "settings"))
    ADD_FAILURE() << hit.ShortDebugString();
}

TEST_P(EveryConvention, NamesItsPartiesInOrder) {
  const Convention convention = LoadConvention(GetParam());
  for (int i = 0; i < convention.parties_size(); ++i) {
    const std::string number = std::to_string(i + 1);
    EXPECT_EQ(convention.parties(i).id(), "p" + std::string(3 - number.size(), '0') + number);
  }
  EXPECT_EQ(convention.secretariat_party(), "p002");
  EXPECT_EQ(convention.countersigning_party(), "p001");
  EXPECT_EQ(convention.parties(0).kind(), PARTY_KIND_FUND);
  EXPECT_EQ(convention.parties(1).kind(), PARTY_KIND_AGGLOMERATION);
}

TEST_P(EveryConvention, NamesEveryPartyOnEveryDay) {
  const Convention convention = LoadConvention(GetParam());
  const CivilDay last = DayOf(convention.ends_on());
  for (const Party& party : convention.parties())
    for (CivilDay day = DayOf(convention.starts_on()); day <= last;
         day = gateway::base::AddDays(day, 1)) {
      int names = 0;
      for (const DatedName& name : party.names()) names += Holds(name, day) ? 1 : 0;
      ASSERT_EQ(names, 1) << party.id() << " " << gateway::base::ToIsoDate(day);
    }
}

TEST_P(EveryConvention, GivesEveryCommuneACodeAtItsStart) {
  const Convention convention = LoadConvention(GetParam());
  const CivilDay start = DayOf(convention.starts_on());
  for (const Party& party : convention.parties()) {
    int codes = 0;
    for (const DatedCode& code : party.insee_codes()) {
      EXPECT_TRUE(policy::content::HasCommuneShape(code.code())) << code.code();
      codes += Holds(code, start) ? 1 : 0;
    }
    EXPECT_EQ(codes, party.kind() == PARTY_KIND_COMMUNE ? 1 : 0) << party.id();
  }
}

TEST_P(EveryConvention, IsWellFormed) {
  const Convention convention = LoadConvention(GetParam());
  const Settings settings = LoadSettings(GetParam());
  EXPECT_TRUE(gateway::base::IsValid(DayOf(convention.starts_on())));
  EXPECT_TRUE(gateway::base::IsValid(DayOf(convention.ends_on())));
  EXPECT_LT(DayOf(convention.starts_on()), DayOf(convention.ends_on()));
  EXPECT_EQ(convention.language(), "fr");
  EXPECT_TRUE(gateway::base::CivilDayIn(convention.zone(), 0).ok());
  const std::regex slug("[a-z0-9][a-z0-9._/-]{0,63}");
  EXPECT_TRUE(std::regex_match(convention.slug(), slug));
  for (const auto& tag : convention.tags()) EXPECT_TRUE(std::regex_match(tag.code(), slug));
  for (const auto& unit : settings.units()) {
    EXPECT_TRUE(std::regex_match(unit.code(), slug)) << unit.code();
    EXPECT_FALSE(unit.label_fr().empty() || unit.label_en().empty()) << unit.code();
  }
  for (const auto& subject : convention.data_subjects()) {
    EXPECT_TRUE(std::regex_match(subject.code(), slug)) << subject.code();
    EXPECT_FALSE(subject.label().empty());
  }
  const auto code = [](const auto& item) { return item.code(); };
  EXPECT_TRUE(AreDistinct(KeysOf(convention.purposes(), code)));
  EXPECT_TRUE(AreDistinct(KeysOf(convention.tags(), code)));
  EXPECT_TRUE(AreDistinct(KeysOf(convention.data_subjects(), code)));
  EXPECT_TRUE(AreDistinct(KeysOf(settings.units(), code)));
  EXPECT_TRUE(AreDistinct(KeysOf(convention.clauses(), [](const auto& c) { return c.rule(); })));
  for (const Purpose& purpose : convention.purposes())
    EXPECT_EQ(purpose.code().substr(0, purpose.code().find('-')), purpose.article());
  EXPECT_EQ(settings.tls_trust_anchors_size(), 0) << "init adds them";
  EXPECT_EQ(settings.least_threshold(), 5u);
}

TEST_P(EveryConvention, NamesSignatoriesInItsClassesOfRecipients) {
  const Settings settings = LoadSettings(GetParam());
  const auto ids =
      KeysOf(LoadConvention(GetParam()).parties(), [](const Party& party) { return party.id(); });
  EXPECT_GT(settings.recipient_classes_size(), 0);
  EXPECT_TRUE(AreDistinct(
      KeysOf(settings.recipient_classes(), [](const auto& one) { return one.code(); })));
  for (const RecipientClass& one : settings.recipient_classes()) {
    EXPECT_TRUE(std::regex_match(one.code(), std::regex("[a-z0-9][a-z0-9._/-]{0,63}")));
    EXPECT_FALSE(one.label_fr().empty() || one.label_en().empty()) << one.code();
    EXPECT_GT(one.parties_size(), 1) << one.code();
    EXPECT_TRUE(std::is_sorted(one.parties().begin(), one.parties().end())) << one.code();
    EXPECT_TRUE(AreDistinct({one.parties().begin(), one.parties().end()})) << one.code();
    for (const std::string& party : one.parties()) EXPECT_THAT(ids, Contains(party));
  }
}

TEST_P(EveryConvention, SetsDelaysAndHolidaysThatExist) {
  const Settings settings = LoadSettings(GetParam());
  EXPECT_GE(settings.stop_working_days(), 1u);
  EXPECT_LE(settings.stop_working_days(), 30u);
  EXPECT_GT(settings.opinion_due_days(), 0u);
  EXPECT_GT(settings.decision_due_days(), 0u);
  EXPECT_GE(settings.request_lapse_days(),
            settings.opinion_due_days() + settings.decision_due_days());
  EXPECT_GT(settings.holidays_size(), 0);
  for (const Holiday& holiday : settings.holidays()) {
    if (holiday.day_case() == Holiday::kMonthDay) {
      const auto month = static_cast<int>(holiday.month_day() / 100);
      const auto day = static_cast<int>(holiday.month_day() % 100);
      EXPECT_TRUE(gateway::base::IsValid({2024, month, day})) << holiday.month_day();
    } else {
      ASSERT_EQ(holiday.day_case(), Holiday::kDaysFromEaster);
      EXPECT_LE(std::abs(holiday.days_from_easter()), 80);
    }
  }
}

TEST(RealConvention, RestsOnTheElevenHolidaysOfFrance) {
  const Settings settings = LoadSettings(kReal);
  std::vector<std::string> days;
  for (CivilDay day = {2026, 1, 1}; day.year == 2026; day = gateway::base::AddDays(day, 1)) {
    Date date;
    date.set_year(static_cast<uint32_t>(day.year));
    date.set_month(static_cast<uint32_t>(day.month));
    date.set_day(static_cast<uint32_t>(day.day));
    if (policy::calendar::IsHoliday(date, settings.holidays()))
      days.push_back(gateway::base::ToIsoDate(day));
  }
  EXPECT_THAT(days, ElementsAre("2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08",
                                "2026-05-14", "2026-05-25", "2026-07-14", "2026-08-15",
                                "2026-11-01", "2026-11-11", "2026-12-25"));
  EXPECT_EQ(settings.stop_working_days(), 5u);
}

TEST(RealConvention, MarksItsClassesAsInvented) {
  const Settings settings = LoadSettings(kReal);
  for (const RecipientClass& one : settings.recipient_classes())
    EXPECT_THAT(one.label_fr(), testing::HasSubstr("(ESSAI)")) << one.code();
}

TEST(RealConvention, HasNinetyOneParties) {
  const Convention convention = LoadConvention(kReal);
  ASSERT_EQ(convention.parties_size(), 91);
  std::map<PartyKind, int> kinds;
  std::vector<std::string> sirens;
  for (const Party& party : convention.parties()) {
    ++kinds[party.kind()];
    if (!party.siren().empty()) sirens.push_back(party.siren());
  }
  EXPECT_EQ(kinds[PARTY_KIND_COMMUNE], 87);
  EXPECT_EQ(kinds[PARTY_KIND_SYNDICATE], 2);
  EXPECT_EQ(sirens.size(), 83u);
  EXPECT_TRUE(AreDistinct(sirens));
  for (const std::string& siren : sirens)
    EXPECT_TRUE(std::regex_match(siren, std::regex("\\d{9}")));
}

TEST(RealConvention, HoldsItsWindow) {
  const Convention convention = LoadConvention(kReal);
  EXPECT_EQ(convention.slug(), "ctg-loire-forez-2023-2027");
  EXPECT_EQ(DayOf(convention.starts_on()), (CivilDay{2023, 1, 1}));
  EXPECT_EQ(DayOf(convention.ends_on()), (CivilDay{2027, 12, 31}));
}

TEST(RealConvention, KnowsTheCodesOfEachYear) {
  const Convention convention = LoadConvention(kReal);
  const auto codes = [&](int year) { return CodesOf(convention, year); };
  for (const int year : {2019, 2020, 2023, 2024}) {
    EXPECT_EQ(codes(year).size(), 87u) << year;
    EXPECT_TRUE(AreDistinct(codes(year)));
  }
  EXPECT_EQ(codes(2025).size(), 84u);
  for (const std::string ended : {"42109", "42252", "42072"}) {
    EXPECT_THAT(codes(2024), Contains(ended));
    EXPECT_THAT(codes(2025), Not(Contains(ended)));
  }
  for (const std::string kept : {"42084", "42217"}) EXPECT_THAT(codes(2025), Contains(kept));
  EXPECT_THAT(codes(2018), Contains("42291"));
  EXPECT_THAT(codes(2019), Not(Contains("42291")));
  EXPECT_THAT(codes(2020), Not(Contains("42600"))) << "a postal code";
}

TEST(RealConvention, NamesMergedCommunesByDate) {
  const Convention convention = LoadConvention(kReal);
  const CivilDay before{2024, 12, 31};
  const CivilDay after{2025, 1, 1};
  const std::map<std::string, std::pair<std::string, std::string>> names = {
      {"42084", {"Débats-Rivière-d'Orpra", "Solore-en-Forez"}},
      {"42109", {"L'Hôpital-sous-Rochefort", "Solore-en-Forez"}},
      {"42252", {"Saint-Laurent-Rochefort", "Solore-en-Forez"}},
      {"42072", {"La Côte-en-Couzan", "La Côte-Saint-Didier"}},
      {"42217", {"Saint-Didier-sur-Rochefort", "La Côte-Saint-Didier"}},
      {"42147", {"Montbrison", "Montbrison"}}};
  for (const auto& [code, pair] : names) {
    EXPECT_EQ(NameOf(PartyOfCode(convention, code), before), pair.first);
    EXPECT_EQ(NameOf(PartyOfCode(convention, code), after), pair.second);
  }
}

TEST(RealConvention, ListsEveryPurpose) {
  const Convention convention = LoadConvention(kReal);
  EXPECT_THAT(KeysOf(convention.purposes(), [](const Purpose& purpose) { return purpose.code(); }),
              ElementsAre("I-1", "I-2", "I-3", "I-4", "II-1", "II-2", "II-3", "II-4", "III-1",
                          "III-2", "III-3", "III-4", "III-5", "III-6", "III-7", "IV-1", "IV-2",
                          "IV-3", "IV-4", "IV-5", "IV-6", "V-1.1", "V-1.2", "V-2.1", "V-2.2",
                          "V-2.3", "V-3.1", "V-3.2", "V-4.1", "V-4.2", "V-4.3"));
  EXPECT_EQ(convention.tags_size(), 5 + 11);
}

TEST(RealConvention, QuotesTheSentenceOfEveryRule) {
  const Convention convention = LoadConvention(kReal);
  std::map<std::string, std::string> sentences;
  for (const Clause& clause : convention.clauses()) sentences[clause.rule()] = clause.sentence();
  const std::set<std::string> rules = {
      "VIII",  "IX.1",  "IX.2a", "IX.2b", "IX.2c", "IX.2d", "IX.3a",  "IX.3b",
      "IX.3c", "IX.4",  "IX.5a", "IX.5b", "IX.5c", "IX.5d", "IX.5e",  "IX.5f",
      "IX.5g", "IX.6",  "IX.7",  "X",     "XI",    "XII",   "XIII.1", "XIII.3",
      "XIV.1", "XIV.2", "XIV.3", "XIV.4", "XIV.5", "XV",    "XVI"};
  std::set<std::string> quoted;
  for (const auto& [rule, sentence] : sentences) {
    quoted.insert(rule);
    // Whole: from a capital to the end of the sentence or of the list item.
    EXPECT_TRUE(sentence[0] >= 'A' && sentence[0] <= 'Z') << rule;
    EXPECT_THAT(std::string(".;"), testing::HasSubstr(sentence.substr(sentence.size() - 1)))
        << rule;
  }
  EXPECT_EQ(quoted, rules);
  EXPECT_EQ(sentences["IX.2c"],
            "Ces demandes seront soumises pour étude et avis préalable au Délégué à la Protection "
            "des Données de la partie qui détient les données personnelles demandées.");
  EXPECT_EQ(sentences["IX.2a"], sentences["IX.2b"]);
  for (const std::string item : {"IX.5b", "IX.5c", "IX.5d", "IX.5e", "IX.5f", "IX.5g"})
    EXPECT_EQ(sentences[item].find("Ils préciseront notamment aux usagers : "), 0u) << item;
}

TEST(InventedConvention, SharesNoPlaceWithTheRealOne) {
  const Convention real = LoadConvention(kReal);
  const Convention invented = LoadConvention(kInvented);
  ASSERT_EQ(invented.parties_size(), 6);
  const auto real_codes = CodesOf(real, 2024);
  EXPECT_THAT(CodesOf(invented, 2024), ElementsAre("01991", "01992", "01993"));
  for (const std::string& code : CodesOf(invented, 2024))
    EXPECT_THAT(real_codes, Not(Contains(code)));
  EXPECT_NE(DayOf(invented.ends_on()), DayOf(real.ends_on()));
  EXPECT_THAT(KeysOf(LoadSettings(kInvented).units(), [](const Unit& unit) { return unit.code(); }),
              ElementsAre("stats", "childhood"));
}

}  // namespace
}  // namespace passerelle::convention::v1
