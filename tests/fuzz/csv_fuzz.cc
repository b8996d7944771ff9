// Any bytes as a payload of a dataset with a field of every type: CheckPayload neither crashes nor
// contradicts itself, and finds the same in pieces.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/limits.h"
#include "policy/content/check.h"

namespace {

namespace statement = passerelle::statement::v1;
namespace record = passerelle::record::v1;

statement::DatasetDeclared MakeDataset() {
  const std::pair<const char*, statement::FieldType> fields[] = {
      {"annee", statement::FIELD_TYPE_YEAR},     {"mois", statement::FIELD_TYPE_MONTH},
      {"insee", statement::FIELD_TYPE_COMMUNE},  {"iris", statement::FIELD_TYPE_IRIS},
      {"type", statement::FIELD_TYPE_CATEGORY},  {"n", statement::FIELD_TYPE_COUNT},
      {"places", statement::FIELD_TYPE_QUANTITY}};
  statement::DatasetDeclared dataset;
  dataset.set_threshold(5);
  for (const auto& [name, type] : fields) {
    auto& field = *dataset.add_fields();
    field.set_name(name);
    field.set_type(type);
    if (type == statement::FIELD_TYPE_CATEGORY) field.add_codes("mam");
  }
  return dataset;
}

void Require(bool holds) {
  if (!holds) std::abort();
}

// The report of a payload in pieces whose sizes are the payload's own bytes.
passerelle::policy::content::Report CheckPieces(const statement::DatasetDeclared& dataset,
                                                const std::vector<std::string>& communes,
                                                std::string_view bytes) {
  passerelle::policy::content::PayloadChecker checker(dataset, communes);
  while (!bytes.empty()) {
    const size_t size = std::min(bytes.size(), size_t{static_cast<uint8_t>(bytes[0])} % 32 + 1);
    // On the heap, so that the sanitizer sees what outlives its piece.
    const std::vector<char> piece(bytes.data(), bytes.data() + size);
    checker.Add({piece.data(), piece.size()});
    bytes.remove_prefix(piece.size());
  }
  return checker.Finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const statement::DatasetDeclared dataset = MakeDataset();
  static const std::vector<std::string> communes = {"01991", "2A999"};
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto report = passerelle::policy::content::CheckPayload(dataset, communes, bytes);
  const record::PayloadObserved& observed = report.observed;

  Require(observed.size_band() >= size);
  Require((observed.readable() == record::CHECK_HOLDS) == observed.unreadable().empty());
  Require(report.headings.size() == static_cast<size_t>(observed.columns_size()));
  Require(observed.cells_failing() >= static_cast<uint64_t>(observed.cells_size()));
  Require(static_cast<size_t>(observed.cells_size()) <=
          passerelle::gateway::base::kMaxObservedHits);
  Require(static_cast<size_t>(observed.column_hits_size()) <=
          passerelle::gateway::base::kMaxObservedHits);
  const auto pieces = CheckPieces(dataset, communes, bytes);
  Require(pieces.headings == report.headings);
  Require(pieces.observed.SerializeAsString() == observed.SerializeAsString());
  uint64_t last = 0;
  for (const record::CellObserved& cell : observed.cells()) {
    Require(cell.line() >= 2 && cell.line() >= last && cell.column() >= 1);
    last = cell.line();
  }
  return 0;
}
