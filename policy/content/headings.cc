#include "policy/content/headings.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "policy/content/encoding.h"

namespace passerelle::policy::content {
namespace {

using Words = std::vector<std::string>;

// Small letters of the Latin-1 supplement, from U+00C0, without their accents; a space cuts.
constexpr std::string_view kLatin1 =
    "aaaaaaaceeeeiiii nooooo ouuuuy  aaaaaaaceeeeiiii nooooo ouuuuy y";
static_assert(kLatin1.size() == 64);

// Where a word stands in a heading for an entry to hold.
enum class Where { kAnywhere, kAlone };

struct Entry {
  std::string_view detector;
  // Words joined by underscores.
  std::string_view phrase;
  Where where;
  // Whether the same words also describe places and bodies (`nom_commune`, `email_mairie`).
  bool of_bodies;
};

constexpr Entry kEntries[] = {
    {"nir", "nir", Where::kAnywhere, false},
    {"nir", "secu", Where::kAnywhere, false},
    {"nir", "numss", Where::kAnywhere, false},
    {"nir", "nss", Where::kAnywhere, false},
    {"nir", "numsecu", Where::kAnywhere, false},
    {"nir", "securite_sociale", Where::kAnywhere, false},
    {"allocataire", "matricule", Where::kAnywhere, false},
    {"allocataire", "num_caf", Where::kAnywhere, false},
    {"allocataire", "numero_caf", Where::kAnywhere, false},
    {"allocataire", "numalloc", Where::kAnywhere, false},
    {"allocataire", "allocataire", Where::kAlone, false},
    {"spi", "spi", Where::kAnywhere, false},
    {"spi", "num_fiscal", Where::kAnywhere, false},
    {"spi", "numero_fiscal", Where::kAnywhere, false},
    {"spi", "no_fiscal", Where::kAnywhere, false},
    {"spi", "identifiant_fiscal", Where::kAnywhere, false},
    {"iban", "iban", Where::kAnywhere, false},
    {"iban", "rib", Where::kAnywhere, false},
    {"ine", "ine", Where::kAnywhere, false},
    {"birth-date", "date_naissance", Where::kAnywhere, false},
    {"birth-date", "date_de_naissance", Where::kAnywhere, false},
    {"birth-date", "date_naiss", Where::kAnywhere, false},
    {"birth-date", "jour_naissance", Where::kAnywhere, false},
    {"birth-date", "naissance", Where::kAlone, false},
    {"birth-date", "ddn", Where::kAnywhere, false},
    {"birth-date", "birthdate", Where::kAnywhere, false},
    {"birth-date", "birth_date", Where::kAnywhere, false},
    {"birth-date", "date_of_birth", Where::kAnywhere, false},
    {"birth-date", "dob", Where::kAnywhere, false},
    {"identity-document", "passeport", Where::kAnywhere, false},
    {"identity-document", "carte_identite", Where::kAnywhere, false},
    {"identity-document", "cni", Where::kAnywhere, false},
    {"email", "email", Where::kAnywhere, true},
    {"email", "e_mail", Where::kAnywhere, true},
    {"email", "mail", Where::kAnywhere, true},
    {"email", "courriel", Where::kAnywhere, true},
    {"email", "mel", Where::kAlone, true},
    {"email", "adresse_mel", Where::kAnywhere, true},
    {"phone", "telephone", Where::kAnywhere, true},
    {"phone", "tel", Where::kAnywhere, true},
    {"phone", "phone", Where::kAnywhere, true},
    {"phone", "gsm", Where::kAnywhere, true},
    {"phone", "mobile", Where::kAlone, true},
    {"phone", "portable", Where::kAlone, true},
    {"address", "adresse", Where::kAnywhere, true},
    {"address", "adresses", Where::kAnywhere, true},
    {"address", "address", Where::kAnywhere, true},
    {"address", "num_voie", Where::kAnywhere, true},
    {"address", "numero_voie", Where::kAnywhere, true},
    {"address", "rue", Where::kAlone, true},
    {"name", "prenom", Where::kAnywhere, false},
    {"name", "prenoms", Where::kAnywhere, false},
    {"name", "patronyme", Where::kAnywhere, false},
    {"name", "nom", Where::kAnywhere, true},
    {"name", "noms", Where::kAnywhere, true},
    {"name", "surname", Where::kAnywhere, false},
    {"name", "firstname", Where::kAnywhere, false},
    {"name", "first_name", Where::kAnywhere, false},
    {"name", "lastname", Where::kAnywhere, false},
    {"name", "last_name", Where::kAnywhere, false},
    {"name", "full_name", Where::kAnywhere, false},
    {"name", "name", Where::kAlone, false},
};

// A heading that begins so counts or measures.
constexpr std::string_view kMeasures[] = {
    "count",  "effectif", "effectifs", "mediane",     "montant", "moyenne", "nb",  "nbr",  "nbre",
    "nombre", "part",     "pct",       "pourcentage", "somme",   "taux",    "tot", "total"};

// Words of places and bodies.
constexpr std::string_view kBodies[] = {
    "agglomeration", "association", "bassin",        "canton",      "collectivite", "com",
    "commune",       "communes",    "creche",        "departement", "dep",          "ecole",
    "epci",          "equipement",  "etablissement", "fichier",     "indicateur",   "iris",
    "lieu",          "mairie",      "municipality",  "organisme",   "pole",         "quartier",
    "qpv",           "region",      "relais",        "secteur",     "service",      "site",
    "structure",     "syndicat",    "territoire",    "variable",    "ville",        "zone"};

// Words of places and periods, whose codes may be as many as the rows.
constexpr std::string_view kPeriods[] = {
    "annee",  "an",     "date",      "geo",  "insee", "mois",  "month", "periode",
    "period", "postal", "trimestre", "year", "siren", "siret", "uai",   "rna"};

// Identifiers of a person: `id_enfant`, `numero_dossier`.
constexpr std::string_view kNumberWords[] = {"id", "identifiant", "n", "no", "num", "numero"};
constexpr std::string_view kPersonWords[] = {
    "adherent", "adulte",    "agent",   "alloc",    "allocataire", "beneficiaire", "conjoint",
    "demande",  "demandeur", "dossier", "eleve",    "enfant",      "famille",      "foyer",
    "individu", "menage",    "parent",  "personne", "usager"};

template <size_t N>
bool Holds(const std::string_view (&list)[N], std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// Whether the words of a phrase follow one another in `joined`, which has underscores around.
bool Matches(const Entry& entry, std::string_view joined) {
  if (entry.where == Where::kAlone) return joined.substr(1, joined.size() - 2) == entry.phrase;
  std::string phrase = "_";
  phrase.append(entry.phrase).append("_");
  return joined.find(phrase) != std::string_view::npos;
}

std::string Join(const Words& words) {
  std::string joined = "_";
  for (const std::string& word : words) joined.append(word).append("_");
  return joined;
}

// The small letter without accent at `at`, or a space; `length` is what it takes.
char LetterAt(std::string_view text, size_t at, size_t length) {
  const char c = text[at];
  if (length == 1) {
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : ' ';
  }
  const auto lead = static_cast<uint8_t>(c);
  const auto last = static_cast<uint8_t>(text[at + length - 1]);
  if (length == 2 && lead == 0xC3) return kLatin1[last & 0x3F];
  if (length == 2 && lead == 0xC5 && (last == 0x92 || last == 0x93)) return 'o';  // oe ligature
  return ' ';
}

bool IsCapital(std::string_view text, size_t at) {
  return at < text.size() && text[at] >= 'A' && text[at] <= 'Z';
}

bool IsSmall(std::string_view text, size_t at) {
  return at < text.size() && text[at] >= 'a' && text[at] <= 'z';
}

}  // namespace

Words WordsOf(std::string_view text) {
  Words words;
  bool cut = true;
  for (size_t at = 0; at < text.size();) {
    const size_t length = std::max<size_t>(1, Utf8SequenceAt(text, at));
    const char letter = LetterAt(text, at, length);
    // `dateNaissance` and `NIRAllocataire` are two words each.
    const bool turn = IsCapital(text, at) && at > 0 &&
                      (IsSmall(text, at - 1) || (IsCapital(text, at - 1) && IsSmall(text, at + 1)));
    if (letter == ' ') {
      cut = true;
    } else {
      if (cut || turn) words.emplace_back();
      words.back().push_back(letter);
      cut = false;
    }
    at += length;
  }
  return words;
}

std::string_view AnnouncedBy(std::string_view heading) {
  const Words words = WordsOf(heading);
  if (words.empty() || Holds(kMeasures, words[0])) return "";
  const bool of_body = std::any_of(words.begin(), words.end(),
                                   [](const std::string& word) { return Holds(kBodies, word); });
  const std::string joined = Join(words);
  for (const Entry& entry : kEntries)
    if (Matches(entry, joined) && !(entry.of_bodies && of_body)) return entry.detector;
  for (size_t i = 0; i + 1 < words.size(); ++i)
    if (Holds(kNumberWords, words[i]) && Holds(kPersonWords, words[i + 1]))
      return words[i + 1].substr(0, 5) == "alloc" ? "allocataire" : "person-id";
  return "";
}

bool IsPlaceOrPeriod(std::string_view heading) {
  const Words words = WordsOf(heading);
  return std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return Holds(kBodies, word) || Holds(kPeriods, word);
  });
}

bool HasWord(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace passerelle::policy::content
