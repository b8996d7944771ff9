// The columns of the register: the CNIL's French labels in the order of its simplified model, then
// what the gateway knows of the exchange. French always: it is what the authority reads.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_COLUMNS_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_COLUMNS_H_

#include <string>
#include <string_view>
#include <vector>

#include "gateway/service/register_activities.h"
#include "gateway/service/register_sheet.h"
#include "passerelle/convention/v1/date.pb.h"
#include "passerelle/record/v1/state.pb.h"

namespace passerelle::gateway::service {

// Where a text should stand and does not: nobody gave it, it was destroyed, the caller may not see
// it, or its bytes are no text.
inline constexpr std::string_view kNotGiven = "non renseigné";
inline constexpr std::string_view kErased = "effacé";
inline constexpr std::string_view kNotYours = "non communiqué";
inline constexpr std::string_view kUnreadable = "illisible";

// What stands between the items of a list within one cell.
inline constexpr char kBetween[] = " | ";

// One line of the register before it is words.
struct RegisterRow {
  const record::v1::FoundingRow* founding = nullptr;
  // The day by which parties bear their names.
  convention::v1::Date today;
  const Activity* activity = nullptr;
  // The controller whose sheet this is; its sheet, null when it recorded none.
  std::string controller;
  const RegisteredSheet* sheet = nullptr;
  // Texts of the sheet, and what stands for those it does not have.
  SheetTexts sheet_texts;
  std::string_view sheet_absent = kNotGiven;
  // Title of the dataset; name and quality of the controller's DPO and representative, empty when
  // the directory of persons has none.
  std::string title, dpo, representative;
};

// The labels, and one cell a label. Pure; thread-safe.
std::vector<std::string> RegisterLabels();
std::vector<std::string> RegisterCells(const RegisterRow& row);

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_COLUMNS_H_
