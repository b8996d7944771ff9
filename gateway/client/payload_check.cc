#include "gateway/client/payload_check.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "gateway/base/strings.h"
#include "policy/content/check.h"

namespace passerelle::gateway::client {
namespace {

using base::Absl;
using record::v1::CellFault;

// A text in both languages.
struct Words {
  std::string_view code;
  std::string_view en, fr;
};

// Codes of PayloadObserved.unreadable (policy/content).
constexpr Words kUnreadable[] = {
    {"empty", "it is empty", "il est vide"},
    {"encoding", "it is neither UTF-8 nor one single-byte encoding throughout",
     "il n'est ni en UTF-8 ni dans un seul encodage à un octet"},
    {"nul", "it holds NUL bytes: it is no text file",
     "il contient des octets nuls : ce n'est pas "
     "un fichier texte"},
    {"line-ends", "its lines do not all end alike", "ses lignes ne finissent pas toutes de même"},
    {"separator", "no separator of columns can be told",
     "aucun séparateur de colonnes n'est reconnaissable"},
    {"quotes", "a quote is stray or never closed", "un guillemet est égaré ou jamais fermé"},
    {"cell-too-long", "a cell is too long", "une cellule est trop longue"},
    {"columns", "it has too many columns", "il a trop de colonnes"},
    {"duplicate-heading", "a heading occurs twice", "un intitulé de colonne figure deux fois"},
    {"no-rows", "it has no rows", "il n'a aucune ligne"},
};

// Codes of the detectors of identifiers (policy/content).
constexpr Words kDetectors[] = {
    {"nir", "social security numbers", "des numéros de sécurité sociale"},
    {"nir13", "social security numbers", "des numéros de sécurité sociale"},
    {"allocataire", "beneficiaries' numbers", "des matricules d'allocataires"},
    {"spi", "tax numbers", "des numéros fiscaux"},
    {"iban", "bank accounts", "des comptes bancaires"},
    {"email", "e-mail addresses", "des adresses électroniques"},
    {"phone", "telephone numbers", "des numéros de téléphone"},
    {"siret", "establishments' numbers", "des numéros SIRET"},
    {"ine", "pupils' numbers", "des numéros INE d'élèves"},
    {"birth-date", "dates of birth", "des dates de naissance"},
    {"name", "names of persons", "des noms de personnes"},
    {"address", "addresses", "des adresses"},
    {"id", "identifiers of persons", "des identifiants de personnes"},
    {"identity-document", "identity documents", "des pièces d'identité"},
};

// The words of a code; the code itself when it is newer than this table.
template <size_t kSize>
std::string_view Say(const Words (&table)[kSize], std::string_view code, bool french) {
  for (const Words& words : table)
    if (words.code == code) return french ? words.fr : words.en;
  return code;
}

// Writes the sentences of one report.
class Writer {
 public:
  Writer(const policy::content::Report& report, const record::v1::TermsOutcome& terms, bool french,
         PayloadReport& out)
      : report_(report), terms_(terms), french_(french), out_(out) {}

  void Columns(const statement::v1::DatasetDeclared& dataset) {
    std::set<std::string_view> missing(terms_.fields().begin(), terms_.fields().end());
    for (const record::v1::ColumnObserved& column : report_.observed.columns()) {
      if (column.field() == 0) {
        Refuse(absl::StrCat("The column ", Heading(column.column()),
                            " is not a field of the dataset: remove it."),
               absl::StrCat("La colonne ", Heading(column.column()),
                            " n'est pas un champ du jeu de données : retirez-la."));
        continue;
      }
      const std::string& name = dataset.fields(static_cast<int>(column.field()) - 1).name();
      if (missing.erase(name) > 0) continue;
      Refuse(absl::StrCat("The column ", Heading(column.column()),
                          " is not among the fields in force (not asked for, or dropped by the "
                          "data protection officer): remove it."),
             absl::StrCat("La colonne ", Heading(column.column()),
                          " n'est pas parmi les champs en vigueur (non demandée, ou écartée par le "
                          "délégué à la protection des données) : retirez-la."));
    }
    for (const std::string_view name : missing)
      Refuse(absl::StrCat("The column \"", Absl(name), "\" is missing."),
             absl::StrCat("La colonne « ", Absl(name), " » manque."));
  }

  void Cells() {
    for (const record::v1::CellObserved& cell : report_.observed.cells())
      Refuse(absl::StrCat("Line ", cell.line(), ", column ", Heading(cell.column()), ": ",
                          FaultWords(cell.fault()), "."),
             absl::StrCat("Ligne ", cell.line(), ", colonne ", Heading(cell.column()), " : ",
                          FaultWords(cell.fault()), "."));
    const uint64_t listed = static_cast<uint64_t>(report_.observed.cells_size());
    if (report_.observed.cells_failing() <= listed) return;
    const uint64_t more = report_.observed.cells_failing() - listed;
    Refuse(absl::StrCat(more, " more cells do not fit."),
           absl::StrCat(more, " autres cellules ne conviennent pas."));
  }

  void Hits() {
    for (const record::v1::ColumnHit& hit : report_.observed.column_hits()) {
      const std::string_view what = Say(kDetectors, hit.detector(), french_);
      std::string en = absl::StrCat("The column ", Heading(hit.column()), " seems to hold ",
                                    Absl(what), " (first on line ", hit.line(), ").");
      std::string fr = absl::StrCat("La colonne ", Heading(hit.column()), " semble contenir ",
                                    Absl(what), " (dès la ligne ", hit.line(), ").");
      if (hit.action() == record::v1::HIT_ACTION_WARN)
        out_.warnings.push_back(french_ ? std::move(fr) : std::move(en));
      else
        Refuse(std::move(en), std::move(fr));
    }
  }

  void Unreadable() {
    const std::string_view why = Say(kUnreadable, report_.observed.unreadable(), french_);
    Refuse(absl::StrCat("The file cannot be read as a table: ", Absl(why), "."),
           absl::StrCat("Le fichier ne se lit pas comme un tableau : ", Absl(why), "."));
  }

 private:
  void Refuse(std::string en, std::string fr) {
    out_.refusals.push_back(french_ ? std::move(fr) : std::move(en));
  }

  // A heading in quotes, or the ordinal of a column that has none. It ends on a terminal, so
  // control characters are replaced.
  std::string Heading(uint32_t column) const {
    if (column == 0 || column > report_.headings.size()) return absl::StrCat(column);
    std::string heading = report_.headings[column - 1];
    std::replace_if(
        heading.begin(), heading.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return french_ ? absl::StrCat("« ", heading, " »") : absl::StrCat("\"", heading, "\"");
  }

  std::string FaultWords(CellFault fault) const {
    switch (fault) {
      case record::v1::CELL_FAULT_TYPE:
        return french_ ? "la valeur n'est pas du type du champ"
                       : "the value does not fit the field's type";
      case record::v1::CELL_FAULT_CODE:
        return french_ ? "le code n'est pas dans la liste fermée, ou n'est pas d'une commune de la "
                         "convention"
                       : "the code is not in the closed list, or not a commune of the convention";
      case record::v1::CELL_FAULT_THRESHOLD:
        return french_ ? absl::StrCat("l'effectif n'est ni 0 ni au moins ", terms_.threshold())
                       : absl::StrCat("the count is neither 0 nor at least ", terms_.threshold());
      case record::v1::CELL_FAULT_WIDTH:
        return french_ ? "la ligne n'a pas autant de cellules que l'en-tête"
                       : "the row does not have as many cells as the header";
      default:
        return french_ ? "la cellule ne convient pas" : "the cell does not fit";
    }
  }

  const policy::content::Report& report_;
  const record::v1::TermsOutcome& terms_;
  const bool french_;
  PayloadReport& out_;
};

// YYYYMMDD; 0 when absent.
uint32_t NumberOf(const convention::v1::Date& date) {
  return date.year() * 10000 + date.month() * 100 + date.day();
}

}  // namespace

statement::v1::DatasetDeclared InForce(const statement::v1::DatasetDeclared& dataset,
                                       const record::v1::TermsOutcome& terms) {
  statement::v1::DatasetDeclared in_force = dataset;
  in_force.set_threshold(std::max(dataset.threshold(), terms.threshold()));
  return in_force;
}

PayloadReport Describe(const policy::content::Report& report,
                       const statement::v1::DatasetDeclared& in_force,
                       const record::v1::TermsOutcome& terms, bool french) {
  record::v1::TermsOutcome shown = terms;
  shown.set_threshold(in_force.threshold());
  PayloadReport out;
  Writer writer(report, shown, french, out);
  if (report.observed.readable() != record::v1::CHECK_HOLDS) {
    writer.Unreadable();
    return out;
  }
  writer.Columns(in_force);
  writer.Cells();
  writer.Hits();
  return out;
}

std::vector<std::string> CommuneCodesOf(const convention::v1::Convention& convention,
                                        uint32_t year) {
  constexpr uint32_t kFirstOfJanuary = 101;
  const uint32_t day = year * 10000 + kFirstOfJanuary;
  std::vector<std::string> codes;
  for (const convention::v1::Party& party : convention.parties())
    for (const convention::v1::DatedCode& dated : party.insee_codes()) {
      const uint32_t until = NumberOf(dated.until());
      if (NumberOf(dated.from()) <= day && (until == 0 || day <= until))
        codes.push_back(dated.code());
    }
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return codes;
}

}  // namespace passerelle::gateway::client
