#include "gateway/service/register_documents.h"

#include <optional>
#include <utility>

#include "gateway/base/status.h"
#include "gateway/service/register_limits.h"

namespace passerelle::gateway::service {

std::vector<RegisterLine> LinesOf(const std::vector<Activity>& activities,
                                  const std::string& party) {
  std::vector<RegisterLine> lines;
  for (const Activity& activity : activities) {
    const bool concerns = party.empty() || party == activity.holder || activity.Receives(party);
    if (!concerns || !activity.IsRegistered()) continue;
    std::vector<std::string> controllers;
    const bool own = activity.Receives(party) && activity.sheets.count(party) > 0;
    if (party.empty() || party == activity.holder || !own) controllers.push_back(activity.holder);
    for (const auto& [controller, sheet] : activity.sheets)
      if (controller != activity.holder && (party.empty() || party == controller))
        controllers.push_back(controller);
    for (const std::string& controller : controllers)
      lines.push_back({&activity, controller, controller == controllers.front()});
  }
  return lines;
}

RegisterRow RegisterDocuments::Outline(const RegisterLine& line) const {
  RegisterRow row;
  row.frame = &frame_;
  row.activity = line.activity;
  row.controller = line.controller;
  const auto sheet = line.activity->sheets.find(line.controller);
  if (sheet != line.activity->sheets.end()) row.sheet = &sheet->second;
  for (Discrepancy& discrepancy : FindDiscrepancies(*line.activity, frame_.as_of, frame_.time_ms))
    if (discrepancy.controller.empty() ? line.first : discrepancy.controller == line.controller)
      row.discrepancies.push_back(std::move(discrepancy));
  return row;
}

absl::StatusOr<RegisterRow> RegisterDocuments::Open(const RegisterLine& line) {
  RegisterRow row = Outline(line);
  if (line.activity->dataset.title.has_value()) {
    ASSIGN_OR_RETURN(row.title, OpenText(*line.activity->dataset.title));
  }
  RETURN_IF_ERROR(OpenSheet(row));
  ASSIGN_OR_RETURN(row.dpo, OpenPerson(line.controller, statement::v1::ROLE_DPO));
  ASSIGN_OR_RETURN(row.representative,
                   OpenPerson(line.controller, statement::v1::ROLE_REPRESENTATIVE));
  return row;
}

// A text of the vault, or why there is none. UNAVAILABLE and the like are errors.
absl::StatusOr<Cell> RegisterDocuments::OpenText(const CommittedText& text) {
  const auto kept = texts_.find(text.position);
  if (kept != texts_.end()) return kept->second;
  Cell cell = Absence::kErased;
  const absl::StatusOr<record::v1::Attachment> content =
      convention_.ReadContent(text.position, text.commitment);
  if (content.ok()) {
    std::optional<std::string> line = OneLine(content->content());
    cell = line.has_value() ? Cell(*std::move(line)) : Cell(Absence::kUnreadable);
  } else if (!absl::IsNotFound(content.status())) {
    return content.status();
  }
  if (cell.text.size() <= kMaxKeptTextBytes) texts_.emplace(text.position, cell);
  return cell;
}

absl::Status RegisterDocuments::OpenSheet(RegisterRow& row) const {
  if (row.sheet == nullptr || !row.sheet->text.has_value()) return absl::OkStatus();
  absl::StatusOr<record::v1::Attachment> content =
      convention_.ReadContent(row.sheet->text->position, row.sheet->text->commitment);
  if (absl::IsNotFound(content.status())) {
    row.sheet_absent = Absence::kErased;
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(content.status());
  std::optional<SheetTexts> texts = ReadSheet(content->content(), frame_.language);
  if (texts.has_value()) {
    row.sheet_texts = *std::move(texts);
    row.sheet_document = std::move(*content->mutable_content());
  } else {
    row.sheet_absent = Absence::kUnreadable;
  }
  return absl::OkStatus();
}

// Name and quality of who held an office of the controller on the day; kNotGiven when the directory
// names nobody. Names belong to the party that the mandate is of (visibility.h).
absl::StatusOr<Cell> RegisterDocuments::OpenPerson(const std::string& party,
                                                   statement::v1::Role role) {
  const CommittedText* person = reader_.FindOfficeHolder(party, role, frame_.time_ms, frame_.as_of);
  if (person == nullptr) return Cell(Absence::kNotGiven);
  if (!sight_.whole_log() && !sight_.SeesParty(party)) return Cell(Absence::kNotYours);
  return OpenText(*person);
}

}  // namespace passerelle::gateway::service
