// One line of the register before it is a line of a file: what the log and the vault say of an
// activity, and the two languages in which it can be said.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_ROW_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_ROW_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/service/register_activity.h"
#include "gateway/service/register_discrepancies.h"
#include "gateway/service/register_sheet.h"
#include "passerelle/convention/v1/date.pb.h"

namespace passerelle::gateway::service {

// Why a text that should stand somewhere does not.
enum class Absence {
  kNone,
  // Nobody gave it.
  kNotGiven,
  // It was destroyed.
  kErased,
  // The caller may not see it.
  kNotYours,
  // Its bytes are no text.
  kUnreadable,
};

// What stands in its place in a table, and its identifier in JSON (`not_given`). Thread-safe.
std::string_view WordOf(Absence absence, Language language);
std::string_view IdOf(Absence absence);

// A text or the reason why there is none. Implicit both ways of making one: cells are made in many
// places.
struct Cell {
  Cell(std::string value) : text(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Cell(Absence reason) : absence(reason) {}            // NOLINT(google-explicit-constructor)

  // As a table shows it.
  std::string In(Language language) const {
    return absence == Absence::kNone ? text : std::string(WordOf(absence, language));
  }

  std::string text;
  Absence absence = Absence::kNone;
};

// What stands between the items of a list within one cell.
inline constexpr char kBetween[] = " | ";

// What is the same for every line of an export.
struct RegisterFrame {
  Language language = Language::kFrench;
  // The convention, and the settings in force on the day.
  record::v1::FoundingRow founding;
  // Name of the log, 32 bytes.
  std::string log;
  // The party whose register it is; empty: the whole convention.
  std::string party;
  // The day that the register is of, and its last instant (or now, when it is not over).
  Day as_of = 0;
  int64_t time_ms = 0;
  // Number of entries of the log up to then, and the record time of the last one.
  uint64_t entries = 0;
  int64_t recorded_ms = 0;
};

// One sheet: an activity as one controller registers it.
struct RegisterRow {
  const RegisterFrame* frame = nullptr;
  const Activity* activity = nullptr;
  // The controller whose sheet this is; its sheet, null when it recorded none.
  std::string controller;
  const RegisteredSheet* sheet = nullptr;
  // The sheet's document (empty when there is none to read), its texts, and what stands for those
  // it does not have.
  std::string sheet_document;
  SheetTexts sheet_texts;
  Absence sheet_absent = Absence::kNotGiven;
  // Title of the dataset; name and quality of the controller's DPO and representative, kNotGiven
  // when the directory of persons has none.
  Cell title = Absence::kNotGiven, dpo = Absence::kNotGiven, representative = Absence::kNotGiven;
  // What does not agree, in the order of the catalogue.
  std::vector<Discrepancy> discrepancies;

  Language language() const { return frame->language; }
};

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_ROW_H_
