// A dataset of every field type and the text of its tables, for the tests of policy/content.
// Invented codes: no such communes exist.
#ifndef PASSERELLE_TESTS_UNIT_POLICY_CONTENT_TABLES_H_
#define PASSERELLE_TESTS_UNIT_POLICY_CONTENT_TABLES_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "passerelle/statement/v1/data.pb.h"

namespace passerelle::policy::content {

// Sorted, as CheckPayload asks.
inline const std::vector<std::string>& Communes() {
  static const std::vector<std::string> codes = {"01991", "01992", "01993", "2A999"};
  return codes;
}

inline statement::v1::DatasetDeclared MakeDataset(
    std::initializer_list<std::pair<std::string_view, statement::v1::FieldType>> fields,
    uint32_t threshold = 5) {
  statement::v1::DatasetDeclared dataset;
  dataset.set_slug("p001/test");
  dataset.set_threshold(threshold);
  dataset.set_geography_year(2024);
  for (const auto& [name, type] : fields) {
    auto& field = *dataset.add_fields();
    field.set_name(std::string(name));
    field.set_type(type);
    if (type == statement::v1::FIELD_TYPE_CATEGORY) {
      field.add_codes("creche");
      field.add_codes("mam");
    }
  }
  return dataset;
}

// annee;mois;code_insee;code_iris;type_structure;nb_enfants;nb_places
inline statement::v1::DatasetDeclared EveryType() {
  return MakeDataset({{"annee", statement::v1::FIELD_TYPE_YEAR},
                      {"mois", statement::v1::FIELD_TYPE_MONTH},
                      {"code_insee", statement::v1::FIELD_TYPE_COMMUNE},
                      {"code_iris", statement::v1::FIELD_TYPE_IRIS},
                      {"type_structure", statement::v1::FIELD_TYPE_CATEGORY},
                      {"nb_enfants", statement::v1::FIELD_TYPE_COUNT},
                      {"nb_places", statement::v1::FIELD_TYPE_QUANTITY}});
}

inline constexpr std::string_view kEveryTypeHeader =
    "annee;mois;code_insee;code_iris;type_structure;nb_enfants;nb_places\n";

// One field `n` of counts.
inline statement::v1::DatasetDeclared OneCount(uint32_t threshold = 5) {
  return MakeDataset({{"n", statement::v1::FIELD_TYPE_COUNT}}, threshold);
}

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_TESTS_UNIT_POLICY_CONTENT_TABLES_H_
