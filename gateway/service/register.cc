// RegisterService: the record of processing activities (Art. 30) as one projection of the log,
// joined at export with what the vault still holds.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/service/register_activities.h"
#include "gateway/service/register_columns.h"
#include "gateway/service/register_csv.h"
#include "gateway/service/service.h"
#include "policy/state/query.h"

namespace passerelle::gateway::service {
namespace {

using policy::state::State;

absl::Status CheckRequest(const Sight& sight, const api::ExportRegisterRequest& request) {
  if (request.format() != api::REGISTER_FORMAT_CSV)
    return base::Malformed("FORMAT_UNSUPPORTED", "format", "the register is exported as CSV");
  const bool seen = request.party().empty() ? sight.whole_log()
                                            : sight.whole_log() || sight.SeesParty(request.party());
  if (seen) return absl::OkStatus();
  return base::Error(absl::StatusCode::kPermissionDenied, "REGISTER_NOT_YOURS", "party",
                     "a register is exported under a mandate of its party, the whole "
                     "convention's under a log auditor's");
}

// What is the same on every line.
struct Frame {
  record::v1::FoundingRow founding;
  policy::Now now;
  Sight sight;
};

// One line to come: an activity, and whose sheet of it.
struct Line {
  const Activity* activity;
  std::string controller;
};

// The holder's line of every exchange that concerns the party (all, when it is empty), and the
// recipient's where it recorded a sheet of its own: that one alone in its own register.
std::vector<Line> LinesOf(const std::vector<Activity>& activities, const std::string& party) {
  std::vector<Line> lines;
  for (const Activity& activity : activities) {
    if (!activity.IsRegistered()) continue;
    const bool own = activity.sheets.count(activity.recipient) > 0;
    const bool holders = party.empty() || party == activity.holder;
    const bool recipients = party.empty() || party == activity.recipient;
    if (holders || (recipients && !own)) lines.push_back({&activity, activity.holder});
    if (recipients && own) lines.push_back({&activity, activity.recipient});
  }
  return lines;
}

// A text of the vault, or the word that stands for it. UNAVAILABLE and the like are errors.
absl::StatusOr<std::string> OpenText(const core::Convention& convention,
                                     const std::optional<CommittedText>& text) {
  if (!text.has_value()) return std::string(kNotGiven);
  const absl::StatusOr<record::v1::Attachment> content =
      convention.ReadContent(text->position, text->commitment);
  if (absl::IsNotFound(content.status())) return std::string(kErased);
  RETURN_IF_ERROR(content.status());
  return OneLine(content->content()).value_or(std::string(kUnreadable));
}

// The mandate of a party's office today, titulars before deputies; empty when nobody holds it.
std::string HolderOfOffice(const State& state, const std::string& party, statement::v1::Role role,
                           const policy::Now& now) {
  std::string deputy, titular;
  const std::string prefix = party + '\0';
  state.mandates_by_party.Scan(prefix, [&](const std::string& key, const State::Mark&) {
    const std::string mandate = key.substr(prefix.size());
    const record::v1::MandateRow* row = state.mandates.Find(mandate);
    if (row != nullptr && row->role() == role &&
        policy::state::InForce(state, *row, now.time_ms, now.civil_date))
      (row->rank() == statement::v1::RANK_DEPUTY ? deputy : titular) = mandate;
    return titular.empty();
  });
  return titular.empty() ? deputy : titular;
}

// Writes the file line by line; documents are opened as their line is written.
class Export {
 public:
  Export(const core::Convention& convention, Frame frame, ActivityReader reader,
         const std::string& party)
      : convention_(convention),
        frame_(std::move(frame)),
        reader_(std::move(reader)),
        lines_(LinesOf(reader_.activities(), party)),
        ahead_(kCsvMark) {
    AppendCsvLine(RegisterLabels(), ahead_);
  }
  Export(const Export&) = delete;
  Export& operator=(const Export&) = delete;

  absl::StatusOr<std::optional<api::ExportRegisterResponse>> Next() {
    while (ahead_.size() < base::kStreamChunkBytes && written_ < lines_.size())
      RETURN_IF_ERROR(WriteLine(lines_[written_++]));
    if (ahead_.empty()) return std::optional<api::ExportRegisterResponse>();
    api::ExportRegisterResponse chunk;
    chunk.set_chunk(ahead_.substr(0, base::kStreamChunkBytes));
    ahead_.erase(0, chunk.chunk().size());
    return std::optional<api::ExportRegisterResponse>(std::move(chunk));
  }

 private:
  absl::Status WriteLine(const Line& line) {
    RegisterRow row;
    row.founding = &frame_.founding;
    row.today = frame_.now.civil_date;
    row.activity = line.activity;
    row.controller = line.controller;
    ASSIGN_OR_RETURN(row.title, OpenText(convention_, line.activity->dataset.title));
    RETURN_IF_ERROR(OpenSheet(row));
    ASSIGN_OR_RETURN(row.dpo, OpenPerson(line.controller, statement::v1::ROLE_DPO));
    ASSIGN_OR_RETURN(row.representative,
                     OpenPerson(line.controller, statement::v1::ROLE_REPRESENTATIVE));
    AppendCsvLine(RegisterCells(row), ahead_);
    return absl::OkStatus();
  }

  absl::Status OpenSheet(RegisterRow& row) const {
    const auto it = row.activity->sheets.find(row.controller);
    if (it == row.activity->sheets.end()) return absl::OkStatus();
    row.sheet = &it->second;
    if (!row.sheet->text.has_value()) return absl::OkStatus();
    const absl::StatusOr<record::v1::Attachment> content =
        convention_.ReadContent(row.sheet->text->position, row.sheet->text->commitment);
    if (absl::IsNotFound(content.status())) {
      row.sheet_absent = kErased;
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(content.status());
    std::optional<SheetTexts> texts = ReadSheet(content->content());
    if (texts.has_value())
      row.sheet_texts = *std::move(texts);
    else
      row.sheet_absent = kUnreadable;
    return absl::OkStatus();
  }

  // Name and quality of who holds an office of the controller today; empty when the directory names
  // nobody. Names belong to the party that the mandate is of (visibility.h).
  absl::StatusOr<std::string> OpenPerson(const std::string& party, statement::v1::Role role) const {
    std::string mandate;
    convention_.Read(
        [&](const State& state) { mandate = HolderOfOffice(state, party, role, frame_.now); });
    const CommittedText* person = reader_.FindPerson(mandate);
    if (person == nullptr) return std::string();
    if (!frame_.sight.whole_log() && !frame_.sight.SeesParty(party)) return std::string(kNotYours);
    return OpenText(convention_, *person);
  }

  const core::Convention& convention_;
  const Frame frame_;
  const ActivityReader reader_;
  const std::vector<Line> lines_;
  size_t written_ = 0;
  // Written and not yet given.
  std::string ahead_;
};

}  // namespace

absl::StatusOr<Source<api::ExportRegisterResponse>> ExportRegister(
    const Caller& caller, const api::ExportRegisterRequest& request) {
  ASSIGN_OR_RETURN(Sight sight, SightOf(caller));
  RETURN_IF_ERROR(CheckRequest(sight, request));
  ASSIGN_OR_RETURN(policy::Now now, caller.convention->Now());
  Frame frame{{}, std::move(now), std::move(sight)};
  caller.convention->Read([&](const State& state) { frame.founding = *state.founding(); });
  ASSIGN_OR_RETURN(ActivityReader reader, ActivityReader::ReadLog(caller.convention->log()));
  auto file = std::make_shared<Export>(*caller.convention, std::move(frame), std::move(reader),
                                       request.party());
  return Source<api::ExportRegisterResponse>([file] { return file->Next(); });
}

}  // namespace passerelle::gateway::service
