// Fields that are missing or malformed, in the one form laid down for each (WIRE 11, 12).
#include "policy/rules/fields.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/strings.h"
#include "policy/calendar/calendar.h"
#include "policy/rules/checks.h"

namespace passerelle::policy::rules {
namespace {

constexpr Message kMessages[] = {
    {"missing", "Ce champ est obligatoire et il manque.", "This field is required and is missing.",
     "L'auteur de l'acte le remplit et signe de nouveau.",
     "The author of the act fills it in and signs again."},
    {"malformed", "Ce champ n'a pas la forme attendue.",
     "This field does not have the expected form.",
     "L'auteur de l'acte le corrige et signe de nouveau.",
     "The author of the act corrects it and signs again."},
    {"not-allowed", "Ce champ n'a pas sa place dans cet acte.",
     "This field does not belong in this act.", "L'auteur de l'acte le retire et signe de nouveau.",
     "The author of the act removes it and signs again."},
    {"unknown-code", "Ce code ne figure pas dans la liste fermée.",
     "This code is not in the closed list.",
     "L'auteur de l'acte choisit un code de la convention ou des réglages.",
     "The author of the act chooses a code of the convention or of the settings."},
    {"too-many", "La liste compte {actual} éléments ; {limit} au plus sont admis.",
     "The list has {actual} elements; at most {limit} are allowed.",
     "L'auteur de l'acte le divise en plusieurs actes.",
     "The author of the act splits it into several."},
    {"repeated", "Cet élément figure deux fois dans la liste.",
     "This element stands twice in the list.",
     "L'auteur de l'acte retire la répétition et signe de nouveau.",
     "The author of the act removes the repetition and signs again."},
};

constexpr size_t kMaxNameBytes = 64;

}  // namespace

constexpr Rule kWireField = {
    "wire.field",
    Source::kPolicy,
    "5(1)(d)",
    "Chaque champ d'un acte est rempli, dans la forme prévue.",
    "Every field of an act is filled in, in the form laid down.",
    kMessages,
};

void Missing(Judgement& j, std::string_view path) { j.Refuse({kWireField, "missing"}, path); }

void Malformed(Judgement& j, std::string_view path) { j.Refuse({kWireField, "malformed"}, path); }

void NotAllowed(Judgement& j, std::string_view path) {
  j.Refuse({kWireField, "not-allowed"}, path);
}

void UnknownCode(Judgement& j, std::string_view path) {
  j.Refuse({kWireField, "unknown-code"}, path);
}

void TooMany(Judgement& j, std::string_view path, size_t limit, size_t actual) {
  auto& finding = j.Refuse({kWireField, "too-many"}, path);
  finding.set_limit(static_cast<int64_t>(limit));
  finding.set_actual(static_cast<int64_t>(actual));
}

void HeaderMissing(Findings& findings, std::string_view path) {
  findings.Refuse(0, {kWireField, "missing"}, path);
}

void HeaderMalformed(Findings& findings, std::string_view path) {
  findings.Refuse(0, {kWireField, "malformed"}, path);
}

void HeaderTooMany(Findings& findings, std::string_view path, size_t limit, size_t actual) {
  auto& finding = findings.Refuse(0, {kWireField, "too-many"}, path);
  finding.set_limit(static_cast<int64_t>(limit));
  finding.set_actual(static_cast<int64_t>(actual));
}

bool NeedBytes(Judgement& j, std::string_view bytes, size_t size, std::string_view path) {
  if (bytes.size() == size) return true;
  if (bytes.empty())
    Missing(j, path);
  else
    Malformed(j, path);
  return false;
}

bool NeedDate(Judgement& j, bool present, const convention::v1::Date& date, std::string_view path) {
  if (present && IsDate(date)) return true;
  if (present)
    Malformed(j, path);
  else
    Missing(j, path);
  return false;
}

bool NeedSlug(Judgement& j, std::string_view slug, std::string_view path) {
  if (IsSlug(slug)) return true;
  if (slug.empty())
    Missing(j, path);
  else
    Malformed(j, path);
  return false;
}

bool NeedList(Judgement& j, const google::protobuf::RepeatedPtrField<std::string>& list,
              std::string_view field, size_t limit, bool required) {
  if (list.empty()) {
    if (required) Missing(j, j.At(field));
    return !required;
  }
  if (static_cast<size_t>(list.size()) > limit) {
    TooMany(j, j.At(field), limit, static_cast<size_t>(list.size()));
    return false;
  }
  std::set<std::string_view> seen;
  for (int i = 0; i < list.size(); ++i) {
    if (seen.insert(list[i]).second) continue;
    j.Refuse({kWireField, "repeated"}, j.At(field, i));
    return false;
  }
  return true;
}

bool IsDate(const convention::v1::Date& date) {
  if (date.year() > 9999 || date.month() > 12 || date.day() > 31) return false;
  return gateway::base::IsValid(calendar::DayOf(date));
}

bool IsSlug(std::string_view text) {
  return IsPurposeCode(text) &&
         std::none_of(text.begin(), text.end(), [](char c) { return absl::ascii_isupper(c); });
}

bool IsPurposeCode(std::string_view text) {
  if (text.empty() || text.size() > kMaxNameBytes || !absl::ascii_isalnum(text[0])) return false;
  for (const char c : text)
    if (!absl::ascii_isalnum(c) && c != '.' && c != '_' && c != '/' && c != '-') return false;
  return true;
}

bool IsColumnName(std::string_view text) {
  if (text.empty() || text.size() > kMaxNameBytes || !absl::ascii_isalpha(text[0])) return false;
  for (const char c : text)
    if (!absl::ascii_isalnum(c) && c != '_') return false;
  return true;
}

bool IsPeriod(std::string_view text) {
  if (text.size() != 4 && text.size() != 7) return false;
  for (size_t i = 0; i < text.size(); ++i)
    if (i == 4 ? text[i] != '-' : !absl::ascii_isdigit(text[i])) return false;
  if (text < "1900" || text >= "3") return false;
  return text.size() == 4 || (text.substr(5) >= "01" && text.substr(5) <= "12");
}

bool IsCellCode(std::string_view text) {
  if (text.empty() || text.size() > kMaxNameBytes) return false;
  for (const char c : text)
    if (c <= ' ' || c > '~' || c == '"' || c == ',' || c == ';' || c == '|') return false;
  return true;
}

bool IsSpkiSize(size_t bytes) { return bytes == 44 || bytes == 91; }

bool IsThreshold(uint32_t threshold) {
  return threshold == 3 || threshold == 5 || threshold == 11 || threshold == 20;
}

VkeyParts PartsOfVkey(std::string_view vkey, char type) {
  constexpr size_t kHexId = 8, kKeyBytes = 33;
  const size_t name = vkey.find('+');
  if (name == std::string_view::npos || name == 0 || vkey.size() < name + kHexId + 2 ||
      vkey[name + kHexId + 1] != '+')
    return {};
  const std::string_view id = vkey.substr(name + 1, kHexId);
  if (!std::all_of(id.begin(), id.end(),
                   [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }))
    return {};
  const absl::StatusOr<std::string> key = gateway::base::FromBase64(vkey.substr(name + kHexId + 2));
  if (!key.ok() || key->size() != kKeyBytes || (*key)[0] != type) return {};
  return {std::string(vkey.substr(0, name)), *key};
}

}  // namespace passerelle::policy::rules
