// Settings (WIRE 1, 12, 13): the first ones, in entry 0, and those that replace them whole. They
// change nothing that was decided before, and take away no code that something refers to. What a
// compromised key enacted is not paused but replaced: two persons sign every change.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
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
constexpr size_t kMostWitnesses = 16;
constexpr size_t kMostAuthorities = 4;
constexpr char kCosignatureType = 4;
constexpr uint32_t kLeastToleranceMs = 1000;
constexpr uint32_t kMostToleranceMs = 3600 * 1000;
constexpr uint32_t kMostLagMinutes = 30 * 24 * 60;
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
constexpr Message kEvidenceMessages[] = {
    {"witness", "Ce témoin n'a pas de clé C2SP de type 04 à lui seul, ou pas d'adresse https://.",
     "This witness has no C2SP key of type 04 of its own, or no https:// address.", kMend, kMendEn},
    {"quorum", "Le quorum compte {actual} témoins ; {limit} sont nommés.",
     "The quorum counts {actual} witnesses; {limit} are named.", kMend, kMendEn},
    {"authority", "Cette autorité n'a pas d'adresse http(s)://, ou pas d'ancre DER.",
     "This authority has no http(s):// address, or no DER anchor.", kMend, kMendEn},
    {"tolerance", "L'horodatage demande une tolérance d'une seconde à une heure.",
     "Time stamps need a tolerance of one second to one hour.", kMend, kMendEn},
    {"lag", "Ce retard compte {actual} minutes ; {limit} au plus sont admises.",
     "This lag counts {actual} minutes; at most {limit} are allowed.", kMend, kMendEn},
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
constexpr Rule kSettingsEvidence = {
    "settings.evidence",
    Source::kPolicy,
    "5(2), 32",
    "Témoins et horodatage sont nommés entièrement, et assez de témoins pour le quorum.",
    "Witnesses and time-stamp authorities are named in full, and enough witnesses for the quorum.",
    kEvidenceMessages,
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

// `<scheme>host[:port][/path]` in printable ASCII without a space, a user or a fragment.
bool IsUrl(std::string_view url, std::string_view scheme) {
  constexpr size_t kMostUrlBytes = 255;
  if (url.size() > kMostUrlBytes || url.substr(0, scheme.size()) != scheme) return false;
  url.remove_prefix(scheme.size());
  return !url.empty() && url[0] != '/' && std::all_of(url.begin(), url.end(), [](char c) {
    return c > ' ' && c <= '~' && c != '@' && c != '#' && c != '?' && c != '"' && c != '\\';
  });
}

void CheckWitnesses(Judgement& j, const Settings& settings) {
  if (static_cast<size_t>(settings.witnesses_size()) > kMostWitnesses)
    TooMany(j, j.At("settings.witnesses"), kMostWitnesses,
            static_cast<size_t>(settings.witnesses_size()));
  std::set<std::string> seen;
  for (int i = 0; i < settings.witnesses_size(); ++i) {
    const auto [name, key] = PartsOfVkey(settings.witnesses(i).vkey(), kCosignatureType);
    const std::string at = j.At("settings.witnesses", i);
    // One key is one witness, and so is one name.
    if (name.empty() || !seen.insert("name " + name).second || !seen.insert("key " + key).second)
      j.Refuse({kSettingsEvidence, "witness"}, at + ".vkey");
    if (!IsUrl(settings.witnesses(i).url(), "https://"))
      j.Refuse({kSettingsEvidence, "witness"}, at + ".url");
  }
  if (settings.witness_quorum() <= static_cast<uint32_t>(settings.witnesses_size())) return;
  auto& finding = j.Refuse({kSettingsEvidence, "quorum"}, j.At("settings.witness_quorum"));
  finding.set_limit(settings.witnesses_size());
  finding.set_actual(settings.witness_quorum());
}

void CheckAuthorities(Judgement& j, const Settings& settings) {
  if (static_cast<size_t>(settings.time_stamp_authorities_size()) > kMostAuthorities)
    TooMany(j, j.At("settings.time_stamp_authorities"), kMostAuthorities,
            static_cast<size_t>(settings.time_stamp_authorities_size()));
  for (int i = 0; i < settings.time_stamp_authorities_size(); ++i) {
    const auto& authority = settings.time_stamp_authorities(i);
    const std::string at = j.At("settings.time_stamp_authorities", i);
    if (!IsUrl(authority.url(), "https://") && !IsUrl(authority.url(), "http://"))
      j.Refuse({kSettingsEvidence, "authority"}, at + ".url");
    const auto& anchors = authority.trust_anchors();
    if (anchors.empty() || !std::all_of(anchors.begin(), anchors.end(), IsSequence))
      j.Refuse({kSettingsEvidence, "authority"}, at + ".trust_anchors");
  }
  const uint32_t tolerance_ms = settings.time_stamp_tolerance_ms();
  if (settings.time_stamp_authorities().empty()
          ? tolerance_ms > kMostToleranceMs
          : tolerance_ms < kLeastToleranceMs || tolerance_ms > kMostToleranceMs)
    j.Refuse({kSettingsEvidence, "tolerance"}, j.At("settings.time_stamp_tolerance_ms"));
}

void CheckEvidence(Judgement& j, const Settings& settings) {
  CheckWitnesses(j, settings);
  CheckAuthorities(j, settings);
  if (settings.evidence_lag_minutes() <= kMostLagMinutes) return;
  auto& finding = j.Refuse({kSettingsEvidence, "lag"}, j.At("settings.evidence_lag_minutes"));
  finding.set_limit(kMostLagMinutes);
  finding.set_actual(settings.evidence_lag_minutes());
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
  CheckEvidence(j, settings);
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
