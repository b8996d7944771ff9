#include "tests/unit/gateway/cli/fake_session.h"

#include <utility>

#include "gateway/base/commitment.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/support/fakes.h"

namespace passerelle::tests {

namespace base = gateway::base;
namespace client = gateway::client;

using statement::v1::ActRef;

namespace {

bool Same(const ActRef& a, const ActRef& b) {
  return a.statement() == b.statement() && a.ordinal() == b.ordinal();
}

absl::Status NotFound() {
  return base::Error(absl::StatusCode::kNotFound, "NOT_FOUND", "", "not in the fake");
}

}  // namespace

FakeSession::FakeSession(FakeGatewayState& state)
    : state_(state), key_(*certs::keys::PrivateKey::FromEd25519Seed(std::string(32, 's'))) {}

absl::StatusOr<statement::v1::Header> FakeSession::NewHeader(
    const std::vector<base::Digest>& signers) {
  statement::v1::Header header;
  header.set_log(state_.founding.log());
  for (const base::Digest& signer : signers) header.add_signers(base::ToBytes(signer));
  header.set_issued_at_ms(FakeClock::kStartMs);
  header.set_not_after_ms(FakeClock::kStartMs + 1);
  header.set_nonce(std::string(16, 'n'));
  return header;
}

absl::StatusOr<client::Answer> FakeSession::Submit(const client::Draft& draft) {
  state_.submitted.push_back(draft);
  client::Answer answer;
  answer.effect = state_.effect;
  answer.index = 40 + state_.submitted.size();
  answer.statement.fill(0xab);
  answer.receipt = "receipt";
  if (state_.effect == record::v1::EFFECT_REFUSED)
    answer.entry.mutable_refused()->mutable_findings()->Assign(state_.findings.begin(),
                                                               state_.findings.end());
  else
    answer.entry.mutable_recorded()->add_decisions()->mutable_findings()->Assign(
        state_.findings.begin(), state_.findings.end());
  return answer;
}

absl::StatusOr<client::Answer> FakeSession::SubmitSigned(const client::SignedFile& file) {
  ASSIGN_OR_RETURN(const statement::v1::Statement statement, client::StatementOf(file));
  return Submit({{statement.acts().begin(), statement.acts().end()}, file.attachments});
}

absl::StatusOr<api::PreviewResponse> FakeSession::Preview(
    const client::Draft& draft, const std::vector<base::Digest>& signers) {
  state_.previewed = draft;
  state_.previewed_signers = signers;
  return Read(state_.preview);
}

absl::StatusOr<client::PayloadReport> FakeSession::CheckPayload(const api::GetExchangeResponse&,
                                                                const std::string& file, bool,
                                                                client::Progress) {
  RETURN_IF_ERROR(base::ReadFile(file, base::kMaxMessageBytes).status());
  return Read(state_.report);
}

absl::StatusOr<client::Answer> FakeSession::Send(const client::Draft& draft) {
  return Submit(draft);
}

absl::StatusOr<client::Fetched> FakeSession::Fetch(const ActRef&) {
  ++state_.fetches;
  return Read(state_.fetched);
}

absl::StatusOr<client::Answer> FakeSession::Upload(const client::Draft& draft,
                                                   const client::ContentFile& payload,
                                                   client::Progress) {
  state_.uploaded.push_back(payload);
  return Submit(draft);
}

absl::StatusOr<client::Fetched> FakeSession::Download(const ActRef& transfer,
                                                      const std::string& file, client::Progress) {
  ASSIGN_OR_RETURN(client::Fetched fetched, Fetch(transfer));
  if (!fetched.findings.empty()) return fetched;
  RETURN_IF_ERROR(base::WriteFile(file, fetched.payload.content(), base::FileMode::kPrivate));
  fetched.length = fetched.payload.content().size();
  fetched.payload.clear_content();
  return fetched;
}

absl::Status FakeSession::UploadDocument(const client::ContentFile& document, client::Progress) {
  if (!state_.reads_fail.ok()) return state_.reads_fail;
  state_.uploaded.push_back(document);
  return absl::OkStatus();
}

absl::StatusOr<record::v1::Attachment> FakeSession::DownloadDocument(const base::Digest& commitment,
                                                                     const std::string& file,
                                                                     client::Progress progress) {
  ASSIGN_OR_RETURN(record::v1::Attachment document, GetDocument(commitment));
  RETURN_IF_ERROR(base::WriteFile(file, document.content(), base::FileMode::kPrivate));
  progress(document.content().size(), document.content().size());
  document.clear_content();
  return document;
}

absl::StatusOr<client::Answer> FakeSession::GetReceipt(const base::Digest& statement) {
  const auto it = state_.receipts.find(base::ToBytes(statement));
  if (it == state_.receipts.end()) return NotFound();
  return it->second;
}

absl::StatusOr<record::v1::Attachment> FakeSession::GetDocument(const base::Digest& commitment) {
  const auto it = state_.documents.find(base::ToBytes(commitment));
  if (it == state_.documents.end()) return NotFound();
  return Read(it->second);
}

absl::StatusOr<record::v1::FoundingRow> FakeSession::GetConvention() {
  return Read(state_.founding);
}

absl::StatusOr<api::Dataset> FakeSession::GetDataset(const ActRef& dataset) {
  for (const api::Dataset& each : state_.datasets)
    if (Same(each.name(), dataset)) return Read(each);
  return NotFound();
}

absl::StatusOr<std::vector<api::ServedConvention>> FakeSession::ListConventions() {
  return Read(std::vector<api::ServedConvention>());
}

absl::StatusOr<std::vector<api::Party>> FakeSession::ListParties() {
  return Read(std::vector<api::Party>());
}

absl::StatusOr<std::vector<api::Mandate>> FakeSession::ListMandates(const std::string&) {
  return Read(state_.mandates);
}

absl::StatusOr<std::vector<api::Key>> FakeSession::ListKeys(const std::string&) {
  return Read(state_.keys);
}

absl::StatusOr<std::vector<api::Dataset>> FakeSession::ListDatasets(const std::string&) {
  return Read(state_.datasets);
}

absl::StatusOr<std::vector<api::Exchange>> FakeSession::ListExchanges() {
  std::vector<api::Exchange> exchanges;
  for (const api::GetExchangeResponse& each : state_.exchanges)
    exchanges.push_back(each.exchange());
  return Read(exchanges);
}

absl::StatusOr<api::GetExchangeResponse> FakeSession::GetExchange(const ActRef& exchange) {
  for (const api::GetExchangeResponse& each : state_.exchanges)
    if (Same(each.exchange().name(), exchange)) return Read(each);
  return NotFound();
}

absl::StatusOr<api::ExplainExchangeResponse> FakeSession::ExplainExchange(const ActRef&) {
  return Read(state_.explained);
}

absl::StatusOr<std::vector<api::Transfer>> FakeSession::ListTransfers() {
  std::vector<api::Transfer> transfers;
  for (const api::GetTransferResponse& each : state_.transfers)
    transfers.push_back(each.transfer());
  return Read(transfers);
}

absl::StatusOr<api::GetTransferResponse> FakeSession::GetTransfer(const ActRef& transfer) {
  for (const api::GetTransferResponse& each : state_.transfers)
    if (Same(each.transfer().name(), transfer)) return Read(each);
  return NotFound();
}

absl::StatusOr<std::vector<api::InboxItem>> FakeSession::ListInbox() { return Read(state_.inbox); }

absl::Status FakeSession::WatchInbox(
    int64_t, absl::FunctionRef<absl::Status(api::WatchInboxResponse)> visit) {
  for (const api::WatchInboxResponse& each : state_.inboxes) RETURN_IF_ERROR(visit(each));
  return state_.reads_fail;
}

absl::Status FakeSession::WatchExchange(
    const ActRef&, int64_t, absl::FunctionRef<absl::Status(api::WatchExchangeResponse)> visit) {
  for (const api::WatchExchangeResponse& each : state_.changes) RETURN_IF_ERROR(visit(each));
  return state_.reads_fail;
}

absl::StatusOr<gateway::client::RegisterFile> FakeSession::ExportRegister(
    api::ExportRegisterRequest, absl::FunctionRef<void(uint64_t done, uint64_t total)>) {
  return NotFound();
}

absl::StatusOr<std::string> FakeSession::UpdateCheckpoint() { return NotFound(); }

absl::Status FakeSession::WatchCheckpoint(
    int64_t, absl::FunctionRef<absl::Status(const audit::checkpoint::Checkpoint&)>) {
  return NotFound();
}

absl::StatusOr<gateway::client::Continued> FakeSession::ProveConsistency(uint64_t, uint64_t) {
  return NotFound();
}

absl::StatusOr<audit::merkle::Frontier> FakeSession::TakeUp(uint64_t) { return NotFound(); }

absl::Status FakeSession::ReadPartyEntries(
    const std::string&, uint64_t, const std::string&,
    absl::FunctionRef<absl::Status(uint64_t index, std::string receipt)>,
    absl::FunctionRef<void(uint64_t read, uint64_t total)>) {
  return NotFound();
}

absl::StatusOr<std::string> FakeSession::GetWitnessed() { return NotFound(); }

absl::Status FakeSession::ReadTimeStamps(
    uint64_t, absl::FunctionRef<absl::Status(audit::checkpoint::KeptStamp)>) {
  return NotFound();
}

absl::StatusOr<std::optional<gateway::verify::StatedHeads>> FakeSession::GetPartyHeads(
    const std::string&) {
  return NotFound();
}

absl::Status FakeSession::ReadEntries(uint64_t, uint64_t,
                                      absl::FunctionRef<absl::Status(std::string entry)>) {
  return NotFound();
}

}  // namespace passerelle::tests
