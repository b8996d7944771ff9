// The register as a spreadsheet: the list, the discrepancies, one sheet an activity.
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/service/register_columns.h"
#include "gateway/service/register_words.h"
#include "gateway/service/register_workbook.h"
#include "gateway/service/register_writer.h"
#include "policy/state/state.h"

namespace passerelle::gateway::service {
namespace {

namespace api = passerelle::gateway::v1;
using Style = Workbook::Style;

// The columns of the list, by identifier: those of the model's own list, then what tells one sheet
// from another.
constexpr std::string_view kListed[] = {
    "name",         "ref",           "created_on",      "updated_on",
    "main_purpose", "has_sensitive", "controller.name", "recipient",
    "status",       "version",       "next_review_on"};

const Column* FindColumn(std::string_view id) {
  for (const Column& column : RegisterColumns())
    if (column.id == id) return &column;
  return nullptr;
}

class XlsxWriter final : public RegisterWriter {
 public:
  XlsxWriter(const RegisterFrame& frame, api::RegisterContents contents,
             std::unique_ptr<Workbook> workbook)
      : frame_(frame),
        whole_(contents != api::REGISTER_CONTENTS_DISCREPANCIES),
        workbook_(std::move(workbook)) {
    for (const std::string_view id : kListed)
      if (const Column* column = FindColumn(id)) listed_.push_back(column);
  }

  absl::Status Begin() {
    if (whole_) {
      ASSIGN_OR_RETURN(list_, workbook_->AddSheet(
                                  Say("Registre", "Register"),
                                  {10, 40, 20, 12, 12, 40, 10, 35, 35, 20, 8, 12, 8}, Heading()));
      std::vector<std::string> labels = {Say("Feuille", "Sheet")};
      for (const Column* column : listed_) labels.push_back(column->LabelIn(frame_.language));
      labels.push_back(Say("Écarts", "Discrepancies"));
      RETURN_IF_ERROR(Head(list_, labels));
    }
    ASSIGN_OR_RETURN(discrepancies_,
                     workbook_->AddSheet(Say("Écarts", "Discrepancies"),
                                         {20, 25, 30, 30, 30, 12, 22, 60, 60, 20}, Heading()));
    return Head(discrepancies_, DiscrepancyLabels(frame_.language));
  }

  absl::Status Add(const RegisterRow& row, std::string&) override {
    for (const Discrepancy& discrepancy : row.discrepancies)
      RETURN_IF_ERROR(
          workbook_->AddLine(discrepancies_, DiscrepancyCells(row, discrepancy), Style::kPlain));
    if (!whole_) return absl::OkStatus();
    const std::string name = absl::StrCat(Say("Fiche ", "Entry "), ++sheets_);
    std::vector<std::string> cells = {name};
    for (const Column* column : listed_) cells.push_back(column->cell(row).In(frame_.language));
    cells.push_back(absl::StrCat(row.discrepancies.size()));
    RETURN_IF_ERROR(workbook_->AddLine(list_, cells, Style::kPlain));
    return AddActivity(name, row);
  }

  absl::Status Finish(const api::RegisterSummary&, std::string& out) override {
    ASSIGN_OR_RETURN(const std::string bytes, workbook_->Close());
    out += bytes;
    return absl::OkStatus();
  }

 private:
  std::string Say(std::string_view fr, std::string_view en) const {
    return std::string(Words{fr, en}.In(frame_.language));
  }

  // What the register is of: on every printed page and above every table.
  std::string Heading() const {
    return absl::StrCat(base::Absl(EnvironmentText(frame_)), " - ",
                        Say("Registre des activités de traitement (RGPD, article 30) au ",
                            "Record of processing activities (GDPR, Article 30) on "),
                        DayText(frame_.as_of));
  }

  // The lines above a table, and its labels.
  absl::Status Head(Workbook::Sheet& sheet, const std::vector<std::string>& labels) {
    RETURN_IF_ERROR(workbook_->AddLine(sheet, {Heading()}, Style::kTitle));
    RETURN_IF_ERROR(workbook_->AddLine(
        sheet,
        {absl::StrCat(frame_.founding.convention().title(), ", ",
                      frame_.party.empty() ? Say("toute la convention", "the whole convention")
                                           : PartyText(frame_, frame_.party))},
        Style::kTitle));
    RETURN_IF_ERROR(
        workbook_->AddLine(sheet,
                           {absl::StrCat(Say("Journal ", "Log "), base::ToHex(frame_.log), ", ",
                                         frame_.entries, Say(" inscriptions", " entries"))},
                           Style::kTitle));
    RETURN_IF_ERROR(workbook_->AddLine(sheet, labels, Style::kHeading));
    workbook_->FreezeAbove(sheet);
    return absl::OkStatus();
  }

  absl::Status AddActivity(const std::string& name, const RegisterRow& row) {
    ASSIGN_OR_RETURN(Workbook::Sheet sheet,
                     workbook_->AddSheet(name, {50, 60, 60, 20, 40}, Heading()));
    RETURN_IF_ERROR(workbook_->AddLine(sheet, {Heading()}, Style::kTitle));
    for (const Column& column : RegisterColumns()) {
      // They have tables of their own below.
      if (column.id == "discrepancies" || column.id == "entries") continue;
      RETURN_IF_ERROR(workbook_->AddLine(
          sheet, {column.LabelIn(frame_.language), column.cell(row).In(frame_.language)},
          Style::kPlain));
    }
    RETURN_IF_ERROR(AddSteps(sheet, *row.activity));
    RETURN_IF_ERROR(
        workbook_->AddLine(sheet,
                           {Say("Écarts : code", "Discrepancies: code"), Say("Constat", "Finding"),
                            Say("Remède", "Mend"), Say("Inscriptions n°", "Entries no.")},
                           Style::kHeading));
    for (const Discrepancy& discrepancy : row.discrepancies)
      RETURN_IF_ERROR(workbook_->AddLine(
          sheet,
          {std::string(discrepancy.kind->code), DescribeDiscrepancy(discrepancy, frame_.language),
           DescribeMend(discrepancy, frame_.language), EntriesText(discrepancy.entries)},
          Style::kPlain));
    return absl::OkStatus();
  }

  absl::Status AddSteps(Workbook::Sheet& sheet, const Activity& activity) {
    RETURN_IF_ERROR(
        workbook_->AddLine(sheet,
                           {Say("Étapes : nature", "Steps: kind"), Say("Date", "Date"),
                            Say("Envoi (période, nom)", "Transfer (period, name)"),
                            Say("Inscription n°", "Entry no."), Say("Destinataire", "Recipient")},
                           Style::kHeading));
    for (const Step& step : activity.steps) {
      std::string transfer;
      if (step.transfer != kNoTransfer) {
        const RegisteredTransfer& of = activity.transfers[step.transfer];
        transfer = absl::StrCat(of.period, ", ", NameText(policy::state::RefOf(of.key)));
      }
      RETURN_IF_ERROR(workbook_->AddLine(
          sheet,
          {std::string(StepText(step.kind, frame_.language)), DayText(step.day),
           std::move(transfer), absl::StrCat(step.index), PartyText(frame_, step.party)},
          Style::kPlain));
    }
    return absl::OkStatus();
  }

  const RegisterFrame& frame_;
  const bool whole_;
  const std::unique_ptr<Workbook> workbook_;
  std::vector<const Column*> listed_;
  Workbook::Sheet list_, discrepancies_;
  size_t sheets_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RegisterWriter>> MakeXlsxWriter(const RegisterFrame& frame,
                                                               api::RegisterContents contents) {
  ASSIGN_OR_RETURN(std::unique_ptr<Workbook> workbook,
                   Workbook::Create(frame.founding.convention().title(), frame.recorded_ms));
  auto writer = std::make_unique<XlsxWriter>(frame, contents, std::move(workbook));
  RETURN_IF_ERROR(writer->Begin());
  return std::unique_ptr<RegisterWriter>(std::move(writer));
}

}  // namespace passerelle::gateway::service
