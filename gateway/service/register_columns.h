// What a sheet of the register says: the CNIL's labels in the order of its simplified model, then
// what the gateway knows of the exchange.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_COLUMNS_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_COLUMNS_H_

#include <functional>
#include <string>
#include <vector>

#include "gateway/service/register_row.h"

namespace passerelle::gateway::service {

// Where a column's text comes from.
enum class Origin {
  // The controller's sheet, or else the log.
  kModel,
  // The log or the directory of persons before the sheet: what a sheet says otherwise is passed
  // over.
  kJoined,
  // The log alone: what happened to the exchange.
  kExchange,
};

// One column. Labels are distinct within a language.
struct Column {
  // Path of the identifier (ARTICLE-IX section 4a), such as `controller.city`: never changes.
  std::string id;
  std::string label_fr, label_en;
  Origin origin = Origin::kModel;
  std::function<Cell(const RegisterRow&)> cell;

  const std::string& LabelIn(Language language) const {
    return language == Language::kFrench ? label_fr : label_en;
  }
};

// Every column, in order. Thread-safe.
const std::vector<Column>& RegisterColumns();

// The labels, and one cell a label as tables show it. Pure; thread-safe.
std::vector<std::string> RegisterLabels(Language language);
std::vector<std::string> RegisterCells(const RegisterRow& row);

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_COLUMNS_H_
