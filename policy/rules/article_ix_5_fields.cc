// Article IX, fifth paragraph, f: the exhaustive list of what is asked. A payload's columns equal
// the fields in force exactly, every value fits its type, every count is 0 or at least the
// threshold in force.
#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::CellObserved;
using record::v1::PayloadObserved;
using statement::v1::DatasetDeclared;
using statement::v1::Field;

constexpr std::string_view kSteward = "L'administrateur des données corrige et signe de nouveau.";
constexpr std::string_view kStewardEn = "The steward corrects and signs again.";
constexpr std::string_view kSender = "L'expéditeur corrige le fichier et l'envoie de nouveau.";
constexpr std::string_view kSenderEn = "The sender corrects the file and sends it again.";

constexpr Message kMessages[] = {
    {"fields-missing", "Aucun champ n'est nommé.", "No field is named.", kSteward, kStewardEn},
    {"field-repeated", "Deux champs portent le même nom.", "Two fields bear the same name.",
     kSteward, kStewardEn},
    {"field-not-of-dataset", "Ce champ n'est pas dans le jeu de données.",
     "This field is not in the dataset.", "Le demandeur choisit parmi les champs déclarés.",
     "The requester chooses among the fields declared."},
    {"threshold", "Le seuil {actual} n'est pas l'un de 3, 5, 11 et 20, ou il est sous {limit}.",
     "The threshold {actual} is not one of 3, 5, 11 and 20, or is below {limit}.", kSteward,
     kStewardEn},
    {"unreadable", "Le fichier ne se lit pas comme un tableau.",
     "The file cannot be read as a table.", kSender, kSenderEn},
    {"column-unknown", "La colonne {column} n'est pas un champ du jeu de données.",
     "Column {column} is no field of the dataset.", kSender, kSenderEn},
    {"column-not-in-force", "La colonne {column} n'est pas parmi les champs admis de l'échange.",
     "Column {column} is not among the fields in force of the exchange.", kSender, kSenderEn},
    {"column-twice", "La colonne {column} répète un champ.", "Column {column} repeats a field.",
     kSender, kSenderEn},
    {"column-missing", "Le champ n° {actual} du jeu de données manque au fichier.",
     "Field no. {actual} of the dataset is missing from the file.", kSender, kSenderEn},
    {"cell-type", "Ligne {line}, colonne {column} : la valeur n'est pas du type du champ.",
     "Line {line}, column {column}: the value does not fit the field's type.", kSender, kSenderEn},
    {"cell-code", "Ligne {line}, colonne {column} : le code n'est pas dans la liste du champ.",
     "Line {line}, column {column}: the code is not in the field's list.", kSender, kSenderEn},
    {"cell-threshold", "Ligne {line}, colonne {column} : l'effectif est sous le seuil.",
     "Line {line}, column {column}: the count is below the threshold.", kSender, kSenderEn},
    {"row-width", "Ligne {line} : la ligne n'a pas autant de cellules que l'en-tête.",
     "Line {line}: the row has not as many cells as the header.", kSender, kSenderEn},
    {"more-cells", "{actual} autres cellules ne conviennent pas.",
     "{actual} more cells do not fit.", kSender, kSenderEn},
    {"below-threshold", "Des effectifs sont sous le seuil de {limit} fixé pour l'échange.",
     "Some counts are below the threshold of {limit} set for the exchange.", kSender, kSenderEn},
};

}  // namespace

constexpr Rule kIx5f = {
    "IX.5f",
    Source::kPolicy,
    "5(1)(c)",
    "La liste des informations demandées est exhaustive.",
    "The list of the information asked for is exhaustive.",
    kMessages,
};

namespace {

void CheckField(Judgement& j, const Field& field, int index) {
  const std::string at = j.At("fields", index);
  if (!IsColumnName(field.name())) {
    if (field.name().empty())
      Missing(j, at + ".name");
    else
      Malformed(j, at + ".name");
  }
  if (field.type() == statement::v1::FIELD_TYPE_UNSPECIFIED) Missing(j, at + ".type");
  if (field.type() != statement::v1::FIELD_TYPE_CATEGORY) {
    if (!field.codes().empty()) NotAllowed(j, at + ".codes");
    return;
  }
  if (!NeedList(j, field.codes(), absl::StrCat("fields[", index, "].codes"),
                gateway::base::kMaxFieldCodes, true))
    return;
  for (int i = 0; i < field.codes_size(); ++i)
    if (!IsCellCode(field.codes(i))) Malformed(j, absl::StrCat(at, ".codes[", i, "]"));
}

void CheckColumns(Judgement& j, const PayloadObserved& payload, const DatasetDeclared& declared) {
  const auto& in_force = j.subject.exchange->terms().fields();
  std::set<uint32_t> found;
  for (const record::v1::ColumnObserved& column : payload.columns()) {
    const uint32_t field = column.field();
    if (field == 0 || field > static_cast<uint32_t>(declared.fields_size()))
      j.Refuse({kIx5f, "column-unknown"}).set_column(column.column());
    else if (!Contains(in_force, declared.fields(static_cast<int>(field) - 1).name()))
      j.Refuse({kIx5f, "column-not-in-force"}).set_column(column.column());
    else if (!found.insert(field).second)
      j.Refuse({kIx5f, "column-twice"}).set_column(column.column());
  }
  for (int i = 0; i < declared.fields_size(); ++i) {
    if (!Contains(in_force, declared.fields(i).name()) ||
        found.count(static_cast<uint32_t>(i) + 1) != 0)
      continue;
    j.Refuse({kIx5f, "column-missing"}).set_actual(i + 1);
  }
}

// Whether a column of the payload holds communes or IRIS.
bool IsGeographic(const PayloadObserved& payload, const DatasetDeclared& declared,
                  uint32_t column) {
  for (const record::v1::ColumnObserved& observed : payload.columns()) {
    if (observed.column() != column || observed.field() == 0 ||
        observed.field() > static_cast<uint32_t>(declared.fields_size()))
      continue;
    const auto type = declared.fields(static_cast<int>(observed.field()) - 1).type();
    return type == statement::v1::FIELD_TYPE_COMMUNE || type == statement::v1::FIELD_TYPE_IRIS;
  }
  return false;
}

void RefuseCell(Judgement& j, Reason reason, const CellObserved& cell) {
  auto& finding = j.Refuse(reason);
  finding.set_line(cell.line());
  finding.set_column(cell.column());
}

void CheckCells(Judgement& j, const PayloadObserved& payload, const DatasetDeclared& declared) {
  for (const CellObserved& cell : payload.cells()) {
    if (cell.fault() == record::v1::CELL_FAULT_WIDTH)
      RefuseCell(j, {kIx5f, "row-width"}, cell);
    else if (cell.fault() == record::v1::CELL_FAULT_THRESHOLD)
      RefuseCell(j, {kIx5f, "cell-threshold"}, cell);
    else if (cell.fault() != record::v1::CELL_FAULT_CODE)
      RefuseCell(j, {kIx5f, "cell-type"}, cell);
    else if (IsGeographic(payload, declared, cell.column()))
      RefuseCommune(j, cell.line(), cell.column());
    else
      RefuseCell(j, {kIx5f, "cell-code"}, cell);
  }
  const auto listed = static_cast<uint64_t>(payload.cells_size());
  if (payload.cells_failing() > listed)
    j.Refuse({kIx5f, "more-cells"})
        .set_actual(static_cast<int64_t>(payload.cells_failing() - listed));
}

}  // namespace

void CheckDatasetFields(Judgement& j) {
  const DatasetDeclared& declared = j.act().dataset_declared();
  if (declared.fields().empty()) j.Refuse({kIx5f, "fields-missing"}, j.At("fields"));
  if (static_cast<size_t>(declared.fields_size()) > gateway::base::kMaxFields) {
    TooMany(j, j.At("fields"), gateway::base::kMaxFields,
            static_cast<size_t>(declared.fields_size()));
    return;
  }
  std::set<std::string> names;
  for (int i = 0; i < declared.fields_size(); ++i) {
    CheckField(j, declared.fields(i), i);
    // Headings are compared without regard to case by many tools.
    if (!names.insert(absl::AsciiStrToLower(declared.fields(i).name())).second)
      j.Refuse({kIx5f, "field-repeated"}, j.At("fields", i));
  }
  const uint32_t least = j.settings().least_threshold();
  if (IsThreshold(declared.threshold()) && declared.threshold() >= least) return;
  auto& finding = j.Refuse({kIx5f, "threshold"}, j.At("threshold"));
  finding.set_limit(least);
  finding.set_actual(declared.threshold());
}

void CheckExchangeFields(Judgement& j) {
  const auto& fields = j.act().exchange_proposed().fields();
  if (fields.empty()) j.Refuse({kIx5f, "fields-missing"}, j.At("fields"));
  if (!NeedList(j, fields, "fields", gateway::base::kMaxFields, false) ||
      j.subject.dataset == nullptr)
    return;
  const auto& declared = j.subject.dataset->declared().fields();
  for (int i = 0; i < fields.size(); ++i) {
    const bool known = std::any_of(declared.begin(), declared.end(),
                                   [&](const Field& field) { return field.name() == fields[i]; });
    if (!known) j.Refuse({kIx5f, "field-not-of-dataset"}, j.At("fields", i));
  }
}

void CheckPayload(Judgement& j) {
  // Of a payload that was not taken the attachments speak.
  if (j.observed().attachments() != record::v1::CHECK_FAILS)
    CheckObservation(j, j.observed().has_payload(), j.At("payload"));
  if (!j.observed().has_payload() || j.subject.exchange == nullptr || j.subject.dataset == nullptr)
    return;
  const PayloadObserved& payload = j.observed().payload();
  if (payload.readable() != record::v1::CHECK_HOLDS) {
    j.Refuse({kIx5f, "unreadable"});
    return;
  }
  const DatasetDeclared& declared = j.subject.dataset->declared();
  CheckColumns(j, payload, declared);
  CheckCells(j, payload, declared);
  const uint32_t threshold = j.subject.exchange->terms().threshold();
  if (payload.threshold_respected() >= threshold) return;
  auto& finding = j.Refuse({kIx5f, "below-threshold"});
  finding.set_limit(threshold);
  finding.set_actual(payload.threshold_respected());
}

}  // namespace passerelle::policy::rules
