// Settings (WIRE 1, 12, 13): the first ones, in entry 0, and those that replace them whole. They
// change nothing that was decided before, and take away no code that something refers to. What a
// compromised key enacted is not paused but replaced: two persons sign every change.
#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/base/civil.h"
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"
#include "policy/rules/references.h"

namespace passerelle::policy::rules {
namespace {

using convention::v1::Convention;
using convention::v1::Holiday;
using convention::v1::Settings;

constexpr uint32_t kMostStopDays = 30;
constexpr uint32_t kMostDays = 3660;  // ten years: past any convention
constexpr size_t kMostHolidays = 64;
constexpr int kFarthestFromEaster = 200;
constexpr std::string_view kMend = "Le secrétariat corrige les réglages et signe de nouveau.";
constexpr std::string_view kMendEn = "The secretariat corrects the settings and signs again.";

constexpr Message kFormMessages[] = {
    {"threshold", "Le seuil minimal n'est pas l'un de 3, 5, 11 et 20.",
     "The least threshold is not one of 3, 5, 11 and 20.", kMend, kMendEn},
    {"clock-shift", "Un journal de production ne décale pas l'horloge.",
     "A production log does not shift the clock.", kMend, kMendEn},
    {"deed-delay", "Un journal de production laisse un délai aux titres transcrits.",
     "A production log leaves a delay to transcribed deeds.", kMend, kMendEn},
    {"unit-repeated", "Deux services portent le même code.", "Two units bear the same code.", kMend,
     kMendEn},
    {"class-repeated", "Deux classes de destinataires portent le même code.",
     "Two classes of recipients bear the same code.", kMend, kMendEn},
    {"class-members", "Les membres d'une classe sont des parties, rangées, une fois chacune.",
     "The members of a class are parties, sorted, once each.", kMend, kMendEn},
    {"days", "Ce délai compte {actual} jours ; {limit} au plus sont admis.",
     "This delay counts {actual} days; at most {limit} are allowed.", kMend, kMendEn},
    {"holiday", "Ce jour férié n'existe pas, ou figure deux fois.",
     "This public holiday does not exist, or stands twice.", kMend, kMendEn},
    {"anchor", "Cette ancre TLS n'est pas un certificat DER, ou figure deux fois.",
     "This TLS anchor is not a DER certificate, or stands twice.", kMend, kMendEn},
};
constexpr Message kChangeMessages[] = {
    {"other-party", "Les réglages se changent au nom de la partie qui tient le secrétariat.",
     "Settings are changed in the name of the party that keeps the secretariat.", kMend, kMendEn},
    {"superseded", "Les réglages à remplacer ne sont pas ceux en vigueur.",
     "The settings to replace are not those in force.", kMend, kMendEn},
    {"clock-shift", "Le décalage d'horloge d'un journal ne change jamais.",
     "The clock shift of a log never changes.", kMend, kMendEn},
    {"code-gone", "Un code en vigueur manque : ce qui s'y réfère reste.",
     "A code in force is missing: what refers to it stays.", kMend, kMendEn},
    {"anchors-gone", "Sans ancre TLS, nul ne pourrait plus appeler la passerelle.",
     "Without a TLS anchor nobody could call the gateway any more.", kMend, kMendEn},
};

}  // namespace

constexpr Rule kSettingsForm = {
    "settings.form",
    Source::kPolicy,
    "25",
    "Les réglages sont complets et cohérents.",
    "The settings are complete and consistent.",
    kFormMessages,
};
constexpr Rule kSettingsChange = {
    "settings.change",
    Source::kPolicy,
    "25",
    "Le secrétariat et un contresignataire remplacent les réglages en vigueur, sans rien en "
    "perdre.",
    "The secretariat and a countersigner replace the settings in force, and lose nothing of them.",
    kChangeMessages,
};

namespace {

void CheckClasses(Judgement& j, const Convention& convention, const Settings& settings) {
  CheckCodes(j, settings.recipient_classes(), IsSlug, {kSettingsForm, "class-repeated"},
             j.At("settings.recipient_classes"), false);
  std::set<std::string_view> parties;
  for (const auto& party : convention.parties()) parties.insert(party.id());
  for (int i = 0; i < settings.recipient_classes_size(); ++i) {
    const auto& row = settings.recipient_classes(i);
    const std::string at = j.At("settings.recipient_classes", i);
    if (row.parties().empty()) Missing(j, at + ".parties");
    for (int k = 0; k < row.parties_size(); ++k)
      if (parties.count(row.parties(k)) == 0 || (k > 0 && row.parties(k - 1) >= row.parties(k)))
        j.Refuse({kSettingsForm, "class-members"}, absl::StrCat(at, ".parties[", k, "]"));
  }
}

void CheckDelay(Judgement& j, uint32_t days, uint32_t most, std::string_view field) {
  if (days <= most) return;
  auto& finding = j.Refuse({kSettingsForm, "days"}, j.At(field));
  finding.set_limit(most);
  finding.set_actual(days);
}

// The day of a holiday as a number that no other holiday has; 0 when there is no such day.
int NumberOfHoliday(const Holiday& holiday) {
  constexpr int kLeapYear = 2024;
  if (holiday.has_month_day()) {
    const auto number = static_cast<int>(std::min<uint32_t>(holiday.month_day(), 9999));
    return gateway::base::IsValid({kLeapYear, number / 100, number % 100}) ? number : 0;
  }
  if (!holiday.has_days_from_easter() || holiday.days_from_easter() > kFarthestFromEaster ||
      holiday.days_from_easter() < -kFarthestFromEaster)
    return 0;
  return 10000 + holiday.days_from_easter();
}

void CheckHolidays(Judgement& j, const Settings& settings) {
  if (static_cast<size_t>(settings.holidays_size()) > kMostHolidays)
    TooMany(j, j.At("settings.holidays"), kMostHolidays,
            static_cast<size_t>(settings.holidays_size()));
  std::set<int> seen = {0};
  for (int i = 0; i < settings.holidays_size(); ++i)
    if (!seen.insert(NumberOfHoliday(settings.holidays(i))).second)
      j.Refuse({kSettingsForm, "holiday"}, j.At("settings.holidays", i));
}

// Whether bytes are one DER SEQUENCE that fills them: what is inside is for the gateway to parse.
bool IsSequence(std::string_view der) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(der[i]); };
  if (der.size() < 2 || byte(0) != 0x30) return false;
  if (byte(1) < 0x80) return der.size() == size_t{2} + byte(1);
  const size_t octets = byte(1) & 0x7f;
  if (octets == 0 || octets > 3 || der.size() < 2 + octets) return false;
  size_t length = 0;
  for (size_t i = 0; i < octets; ++i) length = length << 8 | byte(2 + i);
  return der.size() == 2 + octets + length;
}

void CheckAnchors(Judgement& j, const Settings& settings) {
  std::set<std::string_view> seen;
  for (int i = 0; i < settings.tls_trust_anchors_size(); ++i) {
    const std::string& anchor = settings.tls_trust_anchors(i);
    if (!IsSequence(anchor) || !seen.insert(anchor).second)
      j.Refuse({kSettingsForm, "anchor"}, j.At("settings.tls_trust_anchors", i));
  }
}

void CheckForm(Judgement& j, const Convention& convention, statement::v1::Environment environment,
               const Settings& settings) {
  CheckCodes(j, settings.units(), IsSlug, {kSettingsForm, "unit-repeated"}, j.At("settings.units"),
             true);
  if (!IsThreshold(settings.least_threshold()))
    j.Refuse({kSettingsForm, "threshold"}, j.At("settings.least_threshold"));
  if (settings.stop_working_days() == 0) Missing(j, j.At("settings.stop_working_days"));
  CheckDelay(j, settings.stop_working_days(), kMostStopDays, "settings.stop_working_days");
  CheckDelay(j, settings.opinion_due_days(), kMostDays, "settings.opinion_due_days");
  CheckDelay(j, settings.decision_due_days(), kMostDays, "settings.decision_due_days");
  CheckDelay(j, settings.request_lapse_days(), kMostDays, "settings.request_lapse_days");
  CheckClasses(j, convention, settings);
  CheckHolidays(j, settings);
  CheckAnchors(j, settings);
  if (environment != statement::v1::ENVIRONMENT_PRODUCTION) return;
  if (settings.clock_shift_ms() != 0)
    j.Refuse({kSettingsForm, "clock-shift"}, j.At("settings.clock_shift_ms"));
  if (settings.deed_delay_ms() == 0)
    j.Refuse({kSettingsForm, "deed-delay"}, j.At("settings.deed_delay_ms"));
}

template <typename Row>
void CheckKept(Judgement& j, const google::protobuf::RepeatedPtrField<Row>& before,
               const google::protobuf::RepeatedPtrField<Row>& after, std::string_view field) {
  for (const Row& row : before) {
    if (HasCode(after, row.code())) continue;
    j.Refuse({kSettingsChange, "code-gone"}, j.At(field));
    return;
  }
}

void CheckChange(Judgement& j, const Settings& settings) {
  const auto& enacted = j.act().settings_enacted();
  const record::v1::FoundingRow& founding = *j.state().founding();
  if (j.act().party() != founding.convention().secretariat_party())
    j.Refuse({kSettingsChange, "other-party"}, "party");
  const auto ref = NeedReference(j, enacted.has_replaces(), enacted.replaces(), j.At("replaces"));
  if (ref.has_value() && state::KeyOf(*ref) != state::KeyOf(founding.settings_ref()))
    *j.Refuse({kSettingsChange, "superseded"}, j.At("replaces")).mutable_about() =
        founding.settings_ref();
  const Settings& before = founding.settings();
  if (settings.clock_shift_ms() != before.clock_shift_ms())
    j.Refuse({kSettingsChange, "clock-shift"}, j.At("settings.clock_shift_ms"));
  if (settings.tls_trust_anchors().empty() && !before.tls_trust_anchors().empty())
    j.Refuse({kSettingsChange, "anchors-gone"}, j.At("settings.tls_trust_anchors"));
  CheckKept(j, before.units(), settings.units(), "settings.units");
  CheckKept(j, before.recipient_classes(), settings.recipient_classes(),
            "settings.recipient_classes");
}

}  // namespace

void CheckNewSettings(Judgement& j) {
  if (j.act().has_convention_enacted()) {
    const auto& enacted = j.act().convention_enacted();
    CheckForm(j, enacted.convention(), enacted.environment(), enacted.settings());
    return;
  }
  const Settings& settings = j.act().settings_enacted().settings();
  CheckForm(j, j.convention(), j.state().founding()->environment(), settings);
  CheckChange(j, settings);
  CarryByBoth(j);
}

}  // namespace passerelle::policy::rules
