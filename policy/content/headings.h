// What the words of a heading announce. Pure and thread-safe.
#ifndef PASSERELLE_POLICY_CONTENT_HEADINGS_H_
#define PASSERELLE_POLICY_CONTENT_HEADINGS_H_

#include <string>
#include <string_view>
#include <vector>

namespace passerelle::policy::content {

// The words of a text: small letters without accents and digits, cut at anything else and where
// `camelCase` turns.
std::vector<std::string> WordsOf(std::string_view text);

// The detector that a heading announces (`name`, `birth-date`, `nir`, `allocataire`, …), or empty.
// Headings that count (`nb_allocataires`) or describe a place or body (`nom_commune`) announce
// none.
std::string_view AnnouncedBy(std::string_view heading);

// Whether a heading is about a place or a period, whose codes are many and are nobody's.
bool IsPlaceOrPeriod(std::string_view heading);

// Whether one of the words of a text is `word`.
bool HasWord(const std::vector<std::string>& words, std::string_view word);

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_POLICY_CONTENT_HEADINGS_H_
