#include "policy/content/signs.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "policy/content/values.h"

namespace passerelle::policy::content {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return c >= 'A' && c <= 'Z'; }
bool IsAlnum(char c) { return IsDigit(c) || IsLetter(c); }
bool IsSeparator(char c) { return c == ' ' || c == '.' || c == '-'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'A' && c <= 'F'); }

// Shorter words of hexadecimal digits may be an account, or a number glued to a word.
constexpr size_t kLeastDigest = 32;
// The shortest of the numbers looked for but a recipient's.
constexpr size_t kSirenDigits = 9;
constexpr size_t kMatriculeDigits = 7;
// `1/1/2000`.
constexpr size_t kLeastDayDigits = 6;

// Capitals; special spaces and hyphens made plain; what else is not ASCII becomes a boundary.
std::string Plain(std::string_view text) {
  static constexpr std::pair<std::string_view, char> kSpecials[] = {{"\xC2\xA0", ' '},
                                                                    {"\xE2\x80\xAF", ' '},
                                                                    {"\xE2\x80\x89", ' '},
                                                                    {"\xE2\x80\x90", '-'},
                                                                    {"\xE2\x80\x91", '-'},
                                                                    {"\xE2\x80\x93", '-'},
                                                                    {"\t", ' '}};
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const auto special =
        std::find_if(std::begin(kSpecials), std::end(kSpecials),
                     [&](const auto& s) { return text.substr(0, s.first.size()) == s.first; });
    if (special != std::end(kSpecials)) {
      plain.push_back(special->second);
      text.remove_prefix(special->first.size());
      continue;
    }
    const char c = text[0];
    plain.push_back(c >= 'a' && c <= 'z'                   ? static_cast<char>(c - 'a' + 'A')
                    : static_cast<unsigned char>(c) < 0x80 ? c
                                                           : '\x01');
    text.remove_prefix(1);
  }
  return plain;
}

// Blanks digests and keys in hexadecimal: long enough, some hold the digits of anything.
void BlankDigests(std::string& plain) {
  for (size_t at = 0; at < plain.size();) {
    size_t end = at;
    bool hex = true;
    bool letters = false;
    for (; end < plain.size() && IsAlnum(plain[end]); ++end) {
      hex = hex && IsHexDigit(plain[end]);
      letters = letters || IsLetter(plain[end]);
    }
    if (hex && letters && end - at >= kLeastDigest) plain.replace(at, end - at, end - at, '\x01');
    at = end + 1;
  }
}

// Letters and digits taken from a text, its separators skipped.
struct Taken {
  std::string text;
  size_t end = 0;  // where the text goes on
  size_t separators = 0;
  // Where the last separator stood, in characters taken.
  size_t last_separator = 0;
};

// Takes `count` letters and digits from `at`; an empty text when they are not there.
Taken Take(const std::string& plain, size_t at, size_t count) {
  Taken taken;
  while (at < plain.size() && taken.text.size() < count) {
    if (IsAlnum(plain[at])) {
      taken.text.push_back(plain[at++]);
      continue;
    }
    size_t width = 0;
    while (at + width < plain.size() && IsSeparator(plain[at + width])) ++width;
    if (width == 0 || width > 2 || taken.text.empty()) return {};
    ++taken.separators;
    taken.last_separator = taken.text.size();
    at += width;
  }
  if (taken.text.size() < count) return {};
  taken.end = at;
  return taken;
}

uint64_t ToNumber(std::string_view digits) {
  uint64_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<uint64_t>(c - '0');
  return value;
}

// The 13 characters of a NIR: sex, year, month (20 and more for unknown ones), department, order.
bool IsNirBody(std::string_view text) {
  if (text.size() != 13 || text[0] < '1' || text[0] > '8' || !IsDigits(text.substr(1, 4)))
    return false;
  const std::string_view month = text.substr(3, 2);
  if (month == "00" || (month > "12" && month < "20")) return false;
  const std::string_view department = text.substr(5, 2);
  if (!IsDigits(department) && department != "2A" && department != "2B") return false;
  return IsDigits(text.substr(7));
}

bool IsNir(std::string_view text) {
  if (text.size() != 15 || !IsNirBody(text.substr(0, 13)) || !IsDigits(text.substr(13)))
    return false;
  std::string body(text.substr(0, 13));
  if (body[6] == 'A') body.replace(5, 2, "19");
  if (body[6] == 'B') body.replace(5, 2, "18");
  return 97 - ToNumber(body) % 97 == ToNumber(text.substr(13));
}

bool IsSpi(std::string_view text) {
  return IsDigits(text) && text.size() == 13 && text[0] <= '3' &&
         ToNumber(text.substr(0, 10)) % 511 == ToNumber(text.substr(10));
}

// The check of ISO 7064 mod 97-10, country and check digits moved to the end.
bool HasIbanCheck(std::string_view iban) {
  uint32_t rest = 0;
  for (size_t i = 0; i < iban.size(); ++i) {
    const char c = iban[(i + 4) % iban.size()];
    if (IsDigit(c))
      rest = (rest * 10 + static_cast<uint32_t>(c - '0')) % 97;
    else
      rest = (rest * 100 + static_cast<uint32_t>(c - 'A') + 10) % 97;
  }
  return rest == 1;
}

// Length of the account numbers of France and the countries around it; 0 for any other.
size_t IbanLength(std::string_view country) {
  static constexpr std::pair<std::string_view, size_t> kLengths[] = {
      {"BE", 16}, {"CH", 21}, {"DE", 22}, {"ES", 24}, {"FR", 27},
      {"IT", 27}, {"LU", 20}, {"MC", 27}, {"PT", 25}};
  for (const auto& [code, length] : kLengths)
    if (code == country) return length;
  return 0;
}

bool IsIban(std::string_view text) {
  // Ten digits at least: a word in capitals is no account.
  if (!IsDigits(text.substr(2, 2)) || std::count_if(text.begin() + 4, text.end(), IsDigit) < 10)
    return false;
  const bool french = text.substr(0, 2) == "FR" || text.substr(0, 2) == "MC";
  if (french && (!IsDigits(text.substr(4, 10)) || !IsDigits(text.substr(25)))) return false;
  return HasIbanCheck(text);
}

bool HasLuhnCheck(std::string_view digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    int value = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return sum % 10 == 0;
}

// A body that may be a sole trader: SIRENs that begin with 1 or 2 are public bodies, and La Poste's
// establishments follow a check of their own.
bool MayBeSoleTrader(std::string_view digits) {
  constexpr std::string_view kLaPoste = "356000000";
  return IsDigits(digits) && digits[0] != '1' && digits[0] != '2' &&
         digits.substr(0, kLaPoste.size()) != kLaPoste && HasLuhnCheck(digits);
}

// A telephone number at `at`: 0, +33 or 0033, then nine digits that do not begin with 0.
bool IsPhoneAt(const std::string& plain, size_t at) {
  if (at > 0 && IsDigit(plain[at - 1])) return false;
  // The decimals of a number are no telephone.
  if (at > 1 && (plain[at - 1] == '.' || plain[at - 1] == ',') && IsDigit(plain[at - 2]))
    return false;
  const auto starts = [&](size_t from, std::string_view with) {
    return plain.compare(from, with.size(), with) == 0;
  };
  size_t next = at;
  bool national = false;
  if (starts(at, "+33")) {
    next += 3;
  } else if (starts(at, "0033")) {
    next += 4;
  } else if (plain[at] == '0') {
    next += 1;
    national = true;
  } else {
    return false;
  }
  if (!national) {
    while (next < plain.size() && IsSeparator(plain[next])) ++next;
    if (starts(next, "(0)")) next += 3;
    while (next < plain.size() && IsSeparator(plain[next])) ++next;
  }
  const Taken number = Take(plain, next, 9);
  if (!IsDigits(number.text) || number.text[0] == '0') return false;
  // Two postal codes side by side.
  if (national && number.separators == 1 && number.last_separator == 4) return false;
  // The later groups of a longer number.
  if (number.separators > 0 && at > 1 && IsSeparator(plain[at - 1]) && IsDigit(plain[at - 2]))
    return false;
  return number.end == plain.size() || !IsDigit(plain[number.end]);
}

bool IsRole(std::string_view local) {
  static constexpr std::string_view kRoles[] = {
      "ACCUEIL",    "ADMIN",    "ASSO",         "BIBLIOTHEQUE", "CAF",          "CCAS",
      "COMMUNE",    "CONTACT",  "CRECHE",       "DONNEES",      "DPD",          "DPO",
      "ECOLE",      "ENFANCE",  "HABITAT",      "INFO",         "INFOS",        "JEUNESSE",
      "LOGEMENT",   "MAIRIE",   "MEDIATHEQUE",  "NOREPLY",      "PERISCOLAIRE", "PETITE",
      "POSTMASTER", "RAM",      "RELAIS",       "RGPD",         "RPE",          "SECRETARIAT",
      "SERVICE",    "STANDARD", "STATISTIQUES", "SUPPORT",      "SYNDICAT",     "URBANISME",
      "WEBMASTER"};
  const std::string_view first = local.substr(0, local.find_first_of(".-_+"));
  return std::find(std::begin(kRoles), std::end(kRoles), first) != std::end(kRoles);
}

void FindEmails(const std::string& plain, Signs& signs) {
  const auto is_local = [](char c) {
    return IsAlnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-' || c == '\'';
  };
  for (size_t at = plain.find('@'); at != std::string::npos; at = plain.find('@', at + 1)) {
    size_t begin = at;
    while (begin > 0 && is_local(plain[begin - 1])) --begin;
    size_t end = at + 1;
    size_t last_point = std::string::npos;
    while (end < plain.size() && (IsAlnum(plain[end]) || plain[end] == '-' || plain[end] == '.')) {
      // A point that ends a sentence ends the domain.
      if (plain[end] == '.' && (end + 1 == plain.size() || !IsAlnum(plain[end + 1]))) break;
      if (plain[end] == '.') last_point = end;
      ++end;
    }
    if (begin == at || last_point == std::string::npos || last_point == at + 1) continue;
    const std::string_view top =
        std::string_view(plain).substr(last_point + 1, end - last_point - 1);
    if (top.size() < 2 || !IsLetter(top[0])) continue;
    const bool role = IsRole(std::string_view(plain).substr(begin, at - begin));
    (role ? signs.role_email : signs.email) = true;
  }
}

// Whether seven digits stand apart from others, with at most one letter behind.
bool HasMatricule(std::string_view plain) {
  for (size_t at = 0; at < plain.size(); ++at) {
    if (!IsDigit(plain[at]) || (at > 0 && IsAlnum(plain[at - 1]))) continue;
    const size_t digits = std::min(plain.find_first_not_of("0123456789", at), plain.size()) - at;
    const size_t letter = at + digits < plain.size() && IsLetter(plain[at + digits]) ? 1 : 0;
    const size_t end = at + digits + letter;
    if (digits == 7 && (end == plain.size() || !IsAlnum(plain[end]))) return true;
  }
  return false;
}

// Numbers that begin where a letter or digit does and no digit stands before.
void FindNumbers(const std::string& plain, Signs& signs) {
  const auto ends = [&](const Taken& taken, bool letters_end) {
    if (taken.text.empty()) return false;
    if (taken.end == plain.size()) return true;
    return letters_end ? !IsDigit(plain[taken.end]) : !IsAlnum(plain[taken.end]);
  };
  for (size_t at = 0; at < plain.size(); ++at) {
    if (IsPhoneAt(plain, at)) signs.phone = true;
    if (!IsAlnum(plain[at]) || (at > 0 && IsDigit(plain[at - 1]))) continue;
    const bool after_letter = at > 0 && IsLetter(plain[at - 1]);
    if (IsLetter(plain[at]) && !after_letter) {
      const size_t length = IbanLength(std::string_view(plain).substr(at, 2));
      const Taken iban = Take(plain, at, length);
      if (length != 0 && ends(iban, false) && IsIban(iban.text)) signs.iban = true;
    }
    if (!IsDigit(plain[at])) continue;
    if (const Taken nir = Take(plain, at, 15); ends(nir, true) && IsNir(nir.text)) signs.nir = true;
    const Taken thirteen = Take(plain, at, 13);
    if (ends(thirteen, true) && IsNirBody(thirteen.text)) signs.nir13 = true;
    if (after_letter) continue;
    if (ends(thirteen, false) && IsSpi(thirteen.text)) ++signs.spi;
    const Taken fourteen = Take(plain, at, 14);
    if (ends(fourteen, false) && MayBeSoleTrader(fourteen.text)) signs.siret = true;
    const Taken nine = Take(plain, at, 9);
    if (ends(nine, false) && MayBeSoleTrader(nine.text)) signs.siren = true;
  }
}

// `YYYY-MM-DD` or `DD/MM/YYYY` (also with points and hyphens), alone or before a time.
bool IsDay(std::string_view plain) {
  const std::string_view date = plain.substr(0, plain.find_first_of(" T"));
  std::array<std::string_view, 3> parts;
  size_t count = 0;
  std::string_view rest = date;
  for (; count < parts.size(); ++count) {
    const size_t mark = rest.find_first_of("-/.");
    parts[count] = rest.substr(0, mark);
    if (mark == std::string_view::npos) break;
    if (count == 2) return false;
    rest.remove_prefix(mark + 1);
  }
  if (count != 2) return false;
  if (parts[0].size() == 4) std::swap(parts[0], parts[2]);
  const auto within = [](std::string_view part, uint64_t most) {
    return IsDigits(part) && part.size() <= 2 && ToNumber(part) >= 1 && ToNumber(part) <= most;
  };
  return within(parts[0], 31) && within(parts[1], 12) && IsYear(parts[2]);
}

}  // namespace

Signs FindSigns(std::string_view text) {
  Signs signs;
  if (text.size() < kLeastSignBytes) return signs;
  // Most texts hold too few digits for anything, and most others are codes of nine digits: they are
  // not worth the search, which costs a hundred times this.
  size_t digits = 0, marks = 0, ats = 0;
  for (const char c : text) {
    digits += IsDigit(c) ? 1 : 0;
    // A special hyphen begins with 0xE2.
    marks += c == '-' || c == '/' || c == '.' || c == '\xE2' ? 1 : 0;
    ats += c == '@' ? 1 : 0;
  }
  if (digits == text.size() && digits <= kSirenDigits) {
    signs.matricule = digits == kMatriculeDigits;
    signs.siren = digits == kSirenDigits && MayBeSoleTrader(text);
    return signs;
  }
  const bool may_be_day = digits >= kLeastDayDigits && marks >= 2;
  if (digits < kMatriculeDigits && !may_be_day && ats == 0) return signs;

  std::string plain = Plain(text);
  BlankDigests(plain);
  if (ats > 0) FindEmails(plain, signs);
  if (digits >= kSirenDigits) FindNumbers(plain, signs);
  signs.matricule = digits >= kMatriculeDigits && HasMatricule(plain);
  signs.day = may_be_day && IsDay(plain);
  return signs;
}

}  // namespace passerelle::policy::content
