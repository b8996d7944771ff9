// RegisterService: the record of processing activities (Art. 30) as one projection of the log,
// joined at export with what the vault still holds. The work is done piece by piece as the stream
// asks for its next message, so that no call and no memory holds more than a piece.
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "audit/entry/codec.h"
#include "gateway/base/civil.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/service/register_activities.h"
#include "gateway/service/register_documents.h"
#include "gateway/service/register_limits.h"
#include "gateway/service/register_words.h"
#include "gateway/service/register_writer.h"
#include "gateway/service/service.h"
#include "policy/calendar/calendar.h"
#include "policy/state/query.h"

namespace passerelle::gateway::service {
namespace {

using policy::state::NumberOf;

absl::Status CheckRequest(const Sight& sight, const api::ExportRegisterRequest& request) {
  switch (request.format()) {
    case api::REGISTER_FORMAT_CSV:
    case api::REGISTER_FORMAT_JSON:
    case api::REGISTER_FORMAT_XLSX:
      break;
    default:
      return base::Malformed("FORMAT_UNSUPPORTED", "format",
                             "the register is exported as CSV, JSON or XLSX");
  }
  if (!api::RegisterLanguage_IsValid(request.language()))
    return base::Malformed("LANGUAGE_UNSUPPORTED", "language",
                           "the register speaks French and English");
  if (!api::RegisterContents_IsValid(request.contents()))
    return base::Malformed("CONTENTS_UNSUPPORTED", "contents",
                           "the register is exported whole, or its discrepancies alone");
  const bool seen = request.party().empty() ? sight.whole_log()
                                            : sight.whole_log() || sight.SeesParty(request.party());
  if (seen) return absl::OkStatus();
  return base::Error(absl::StatusCode::kPermissionDenied, "REGISTER_NOT_YOURS", "party",
                     "a register is exported under a mandate of its party, the whole "
                     "convention's under a log auditor's");
}

absl::StatusOr<int64_t> DayAt(const audit::log::Log& log, uint64_t index) {
  ASSIGN_OR_RETURN(const std::vector<std::string> leaves, log.ReadEntries(index, index + 1));
  ASSIGN_OR_RETURN(const record::v1::Entry entry, audit::entry::DecodeLeaf(leaves[0]));
  return NumberOf(entry.civil_date());
}

// Number of entries recorded up to the end of a day: record time never goes backward.
absl::StatusOr<uint64_t> EntriesUpTo(const audit::log::Log& log, int64_t day) {
  uint64_t low = 0, high = log.head().size;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const int64_t recorded_on, DayAt(log, middle));
    if (recorded_on <= day)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

// The day asked for with its last instant; today with now, when none is.
absl::StatusOr<policy::Now> MomentOf(const Caller& caller,
                                     const api::ExportRegisterRequest& request) {
  ASSIGN_OR_RETURN(policy::Now now, caller.convention->Now());
  if (!request.has_as_of()) return now;
  const base::CivilDay day = policy::calendar::DayOf(request.as_of());
  if (!base::IsValid(day)) return base::Malformed("DAY_INVALID", "as_of", "there is no such day");
  const int64_t asked = NumberOf(request.as_of()), today = NumberOf(now.civil_date);
  if (asked > today)
    return base::Error(absl::StatusCode::kOutOfRange, "AS_OF_FUTURE", "as_of",
                       "the register of a day to come is not known; ask for today's or an earlier "
                       "one's");
  if (asked == today) return now;
  std::string zone;
  caller.convention->Read([&](const policy::state::State& state) {
    if (state.founding() != nullptr) zone = state.founding()->convention().zone();
  });
  ASSIGN_OR_RETURN(const int64_t next, base::StartOfDayIn(zone, base::AddDays(day, 1)));
  now.time_ms = next - 1;
  now.civil_date = request.as_of();
  return now;
}

// One export, in pieces: entries are read, then sheets written.
class Export {
 public:
  Export(const Caller& caller, const api::ExportRegisterRequest& request, Sight sight,
         const policy::Now& moment, uint64_t entries)
      : convention_(*caller.convention),
        format_(request.format()),
        contents_(request.contents()),
        sight_(std::move(sight)),
        reader_(request.party()),
        entries_(entries),
        documents_(convention_, frame_, sight_, reader_) {
    frame_.language = request.language() == api::REGISTER_LANGUAGE_ENGLISH ? Language::kEnglish
                                                                           : Language::kFrench;
    frame_.party = request.party();
    frame_.log = convention_.log_name();
    frame_.as_of = static_cast<Day>(NumberOf(moment.civil_date));
    frame_.time_ms = moment.time_ms;
    *summary_.mutable_as_of() = moment.civil_date;
  }
  Export(const Export&) = delete;
  Export& operator=(const Export&) = delete;

  absl::StatusOr<std::optional<api::ExportRegisterResponse>> Next() {
    if (finished_ && ahead_.empty()) return std::optional<api::ExportRegisterResponse>();
    if (writer_ == nullptr) RETURN_IF_ERROR(ReadPiece());
    if (writer_ != nullptr) RETURN_IF_ERROR(WritePiece());
    api::ExportRegisterResponse message;
    message.set_chunk(ahead_.substr(0, base::kStreamChunkBytes));
    ahead_.erase(0, message.chunk().size());
    message.set_entries_read(reader_.entries());
    message.set_entries(entries_);
    if (finished_ && ahead_.empty()) *message.mutable_summary() = summary_;
    return std::optional<api::ExportRegisterResponse>(std::move(message));
  }

 private:
  absl::Status ReadPiece() {
    const uint64_t begin = reader_.entries();
    ASSIGN_OR_RETURN(
        const std::vector<std::string> leaves,
        convention_.log().ReadEntries(begin, std::min(begin + base::kMaxGroupEntries, entries_)));
    for (size_t i = 0; i < leaves.size(); ++i) RETURN_IF_ERROR(reader_.Take(begin + i, leaves[i]));
    return reader_.entries() < entries_ ? absl::OkStatus() : BeginFile();
  }

  absl::Status BeginFile() {
    reader_.Settle(frame_.time_ms, frame_.as_of);
    frame_.founding = reader_.founding();
    frame_.entries = reader_.entries();
    frame_.recorded_ms = reader_.time_ms();
    lines_ = LinesOf(reader_.activities(), frame_.party);
    switch (format_) {
      case api::REGISTER_FORMAT_JSON:
        writer_ = MakeJsonWriter(frame_, contents_);
        return absl::OkStatus();
      case api::REGISTER_FORMAT_XLSX: {
        ASSIGN_OR_RETURN(writer_, MakeXlsxWriter(frame_, contents_));
        return absl::OkStatus();
      }
      default:
        writer_ = MakeCsvWriter(frame_, contents_);
        return absl::OkStatus();
    }
  }

  // Writes sheets until a chunk is full, or a spreadsheet, which gives nothing before its end, has
  // got some more.
  absl::Status WritePiece() {
    const size_t until = std::min(lines_.size(), written_ + kSheetsOfAPiece);
    while (ahead_.size() < base::kStreamChunkBytes && written_ < until)
      RETURN_IF_ERROR(WriteLine(lines_[written_++]));
    if (finished_ || written_ < lines_.size()) return absl::OkStatus();
    finished_ = true;
    return writer_->Finish(summary_, ahead_);
  }

  absl::Status WriteLine(const RegisterLine& line) {
    if (contents_ == api::REGISTER_CONTENTS_DISCREPANCIES)
      return WriteRow(documents_.Outline(line));
    ASSIGN_OR_RETURN(const RegisterRow row, documents_.Open(line));
    return WriteRow(row);
  }

  absl::Status WriteRow(const RegisterRow& row) {
    summary_.set_sheets(summary_.sheets() + 1);
    for (const Discrepancy& discrepancy : row.discrepancies)
      if (discrepancy.kind->gravity == Gravity::kDiscrepancy)
        summary_.set_discrepancies(summary_.discrepancies() + 1);
      else
        summary_.set_points_to_watch(summary_.points_to_watch() + 1);
    return writer_->Add(row, ahead_);
  }

  const core::Convention& convention_;
  const api::RegisterFormat format_;
  const api::RegisterContents contents_;
  const Sight sight_;
  RegisterFrame frame_;
  ActivityReader reader_;
  // Number of entries to read.
  const uint64_t entries_;
  RegisterDocuments documents_;
  // Once everything is read.
  std::vector<RegisterLine> lines_;
  std::unique_ptr<RegisterWriter> writer_;
  size_t written_ = 0;
  bool finished_ = false;
  api::RegisterSummary summary_;
  // Written and not yet given.
  std::string ahead_;
};

}  // namespace

absl::StatusOr<Source<api::ExportRegisterResponse>> ExportRegister(
    const Caller& caller, const api::ExportRegisterRequest& request) {
  ASSIGN_OR_RETURN(Sight sight, SightOf(caller));
  RETURN_IF_ERROR(CheckRequest(sight, request));
  ASSIGN_OR_RETURN(const policy::Now moment, MomentOf(caller, request));
  ASSIGN_OR_RETURN(const uint64_t entries,
                   EntriesUpTo(caller.convention->log(), NumberOf(moment.civil_date)));
  if (entries == 0)
    return base::Error(absl::StatusCode::kOutOfRange, "AS_OF_BEFORE_LOG", "as_of",
                       "the log begins after that day");
  auto file = std::make_shared<Export>(caller, request, std::move(sight), moment, entries);
  return Source<api::ExportRegisterResponse>([file] { return file->Next(); });
}

}  // namespace passerelle::gateway::service
