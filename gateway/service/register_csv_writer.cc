// The register as CSV: one line a sheet, or one a discrepancy.
#include "gateway/service/register_columns.h"
#include "gateway/service/register_csv.h"
#include "gateway/service/register_words.h"
#include "gateway/service/register_writer.h"

namespace passerelle::gateway::service {
namespace {

namespace api = passerelle::gateway::v1;

class CsvWriter final : public RegisterWriter {
 public:
  CsvWriter(const RegisterFrame& frame, api::RegisterContents contents)
      : whole_(contents != api::REGISTER_CONTENTS_DISCREPANCIES), head_(kCsvMark) {
    AppendCsvLine(whole_ ? RegisterLabels(frame.language) : DiscrepancyLabels(frame.language),
                  head_);
  }

  absl::Status Add(const RegisterRow& row, std::string& out) override {
    TakeHead(out);
    if (whole_)
      AppendCsvLine(RegisterCells(row), out);
    else
      for (const Discrepancy& discrepancy : row.discrepancies)
        AppendCsvLine(DiscrepancyCells(row, discrepancy), out);
    return absl::OkStatus();
  }

  absl::Status Finish(const api::RegisterSummary&, std::string& out) override {
    TakeHead(out);
    return absl::OkStatus();
  }

 private:
  void TakeHead(std::string& out) {
    out += head_;
    head_.clear();
  }

  const bool whole_;
  // Until it is written.
  std::string head_;
};

}  // namespace

std::unique_ptr<RegisterWriter> MakeCsvWriter(const RegisterFrame& frame,
                                              api::RegisterContents contents) {
  return std::make_unique<CsvWriter>(frame, contents);
}

}  // namespace passerelle::gateway::service
