// Reads of a session.
#include <google/protobuf/util/message_differencer.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/commitment.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/client/remote_session.h"

namespace passerelle::gateway::client {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr size_t kNonceBytes = 32;

// Follows the pages of a list: `call` asks for a page, `take` moves its rows out.
template <typename Request, typename Row, typename Call, typename Take>
absl::StatusOr<std::vector<Row>> Follow(Request request, Call call, Take take) {
  std::vector<Row> rows;
  request.set_page_size(base::kMaxPageSize);
  while (true) {
    auto response = call(request);
    if (!response.ok()) return response.status();
    for (Row& row : *take(*response)) rows.push_back(std::move(row));
    if (response->next_page_token().empty()) return rows;
    if (response->next_page_token() == request.page_token())
      return base::Corrupt("PAGE_TOKEN", "the gateway's list leads back to the same page");
    request.set_page_token(response->next_page_token());
  }
}

// Whether a founding row says of the convention what the proved entry 0 says.
bool SameFounding(const record::v1::FoundingRow& row,
                  const statement::v1::ConventionEnacted& enacted, const Pins& pins) {
  // Origin and key are those that we followed it to.
  return row.environment() == enacted.environment() && row.origin() == pins.origin &&
         row.checkpoint_vkey() == pins.verifier.ToVkey() &&
         MessageDifferencer::Equals(row.convention(), enacted.convention());
}

// The accepted act of a proved statement that a reference names; null when there is none.
const statement::v1::Act* AcceptedAct(const Proven& proven, const statement::v1::ActRef& name) {
  const auto ordinal = static_cast<int>(name.ordinal());
  if (proven.effect != record::v1::EFFECT_ACCEPTED || !proven.statement.has_value() ||
      ordinal >= proven.statement->acts_size())
    return nullptr;
  return &proven.statement->acts(ordinal);
}

}  // namespace

absl::StatusOr<record::v1::FoundingRow> RemoteSession::GetConvention() {
  ASSIGN_OR_RETURN(const record::v1::FoundingRow* founding, Founding());
  return *founding;
}

absl::StatusOr<const record::v1::FoundingRow*> RemoteSession::Founding() {
  if (founding_.has_value()) return &*founding_;
  api::GetConventionRequest request;
  request.set_log(log());
  ASSIGN_OR_RETURN(const api::GetConventionResponse response, channel_->GetConvention(request));
  const record::v1::FoundingRow& row = response.founding();
  // The leaf hash of entry 0 is the name we pinned.
  ASSIGN_OR_RETURN(const Proven founded, ProveAct(response.enacted()));
  const bool founds = founded.index == 0 && founded.statement.has_value() &&
                      founded.statement->acts(0).has_convention_enacted();
  if (!founds || !SameFounding(row, founded.statement->acts(0).convention_enacted(), pins_))
    return base::Corrupt("FOUNDING",
                         "what the gateway says of the convention is not what entry 0 enacted");
  ASSIGN_OR_RETURN(const Proven enacted, ProveAct(row.settings_ref()));
  const statement::v1::Act* act = AcceptedAct(enacted, row.settings_ref());
  const convention::v1::Settings* settings = nullptr;
  if (act != nullptr && act->has_convention_enacted())
    settings = &act->convention_enacted().settings();
  if (act != nullptr && act->has_settings_enacted()) settings = &act->settings_enacted().settings();
  if (settings == nullptr || !MessageDifferencer::Equals(row.settings(), *settings))
    return base::Corrupt("SETTINGS",
                         "what the gateway says of the settings is not what the act it names "
                         "enacted");
  founding_ = row;
  return &*founding_;
}

absl::StatusOr<Proven> RemoteSession::ProveAct(const statement::v1::ActRef& act) {
  ASSIGN_OR_RETURN(const base::Digest statement, base::DigestFromBytes(act.statement()));
  return Prove(statement);
}

absl::StatusOr<api::Dataset> RemoteSession::GetDataset(const statement::v1::ActRef& dataset) {
  api::GetDatasetRequest request;
  request.set_log(log());
  *request.mutable_dataset() = dataset;
  ASSIGN_OR_RETURN(api::GetDatasetResponse response, channel_->GetDataset(request));
  ASSIGN_OR_RETURN(const Proven proven, ProveAct(dataset));
  const statement::v1::Act* act = AcceptedAct(proven, dataset);
  const record::v1::DatasetRow& row = response.dataset().row();
  if (act == nullptr || !act->has_dataset_declared() || row.controller() != act->party() ||
      !MessageDifferencer::Equals(row.declared(), act->dataset_declared()) ||
      !MessageDifferencer::Equals(response.dataset().name(), dataset))
    return base::Corrupt("DATASET",
                         "what the gateway says of the dataset is not what its act declared");
  return std::move(*response.mutable_dataset());
}

absl::StatusOr<api::PreviewResponse> RemoteSession::Preview(
    const Draft& draft, const std::vector<base::Digest>& signers) {
  api::PreviewRequest request;
  request.set_log(log());
  request.mutable_acts()->Assign(draft.acts.begin(), draft.acts.end());
  for (const base::Digest& signer : signers) request.add_signers(base::ToBytes(signer));
  request.mutable_attachments()->Assign(draft.attachments.begin(), draft.attachments.end());
  return channel_->Preview(request);
}

absl::StatusOr<PayloadReport> RemoteSession::CheckPayload(const api::GetExchangeResponse& exchange,
                                                          const std::string& file, bool french,
                                                          Progress progress) {
  ASSIGN_OR_RETURN(const record::v1::FoundingRow* founding, Founding());
  const record::v1::TermsOutcome& terms = exchange.exchange().row().terms();
  const statement::v1::DatasetDeclared in_force =
      InForce(exchange.dataset().row().declared(), terms);
  policy::content::PayloadChecker checker(
      in_force, CommuneCodesOf(founding->convention(), in_force.geography_year()));
  RETURN_IF_ERROR(
      ReadInChunks(file, progress, [&](std::string_view chunk) { checker.Add(chunk); }).status());
  return Describe(checker.Finish(), in_force, terms, french);
}

absl::StatusOr<record::v1::Attachment> RemoteSession::GetDocument(const base::Digest& commitment) {
  api::GetDocumentRequest request;
  request.set_log(log());
  request.set_commitment(base::ToBytes(commitment));
  ASSIGN_OR_RETURN(api::GetDocumentResponse response, channel_->GetDocument(request));
  record::v1::Attachment& document = *response.mutable_document();
  if (document.nonce().size() == kNonceBytes)
    for (const base::CommitmentKind kind :
         {base::CommitmentKind::kDocument, base::CommitmentKind::kPerson})
      if (base::Commit(kind, document.nonce(), document.content()) == commitment)
        return std::move(document);
  return base::Corrupt("DOCUMENT_COMMITMENT", "the document does not open its commitment");
}

absl::StatusOr<std::vector<api::ServedConvention>> RemoteSession::ListConventions() {
  return Follow<api::ListConventionsRequest, api::ServedConvention>(
      {}, [this](const auto& page) { return channel_->ListConventions(page); },
      [](auto& response) { return response.mutable_conventions(); });
}

absl::StatusOr<std::vector<api::Party>> RemoteSession::ListParties() {
  api::ListPartiesRequest request;
  request.set_log(log());
  return Follow<api::ListPartiesRequest, api::Party>(
      request, [this](const auto& page) { return channel_->ListParties(page); },
      [](auto& response) { return response.mutable_parties(); });
}

absl::StatusOr<std::vector<api::Key>> RemoteSession::ListKeys(const std::string& party) {
  api::ListKeysRequest request;
  request.set_log(log());
  request.set_party(party);
  return Follow<api::ListKeysRequest, api::Key>(
      request, [this](const auto& page) { return channel_->ListKeys(page); },
      [](auto& response) { return response.mutable_keys(); });
}

absl::StatusOr<std::vector<api::InboxItem>> RemoteSession::ListInbox() {
  RETURN_IF_ERROR(DemandFresh());
  api::ListInboxRequest request;
  request.set_log(log());
  return Follow<api::ListInboxRequest, api::InboxItem>(
      request, [this](const auto& page) { return channel_->ListInbox(page); },
      [](auto& response) { return response.mutable_items(); });
}

absl::Status RemoteSession::WatchInbox(
    int64_t deadline_ms, absl::FunctionRef<absl::Status(api::WatchInboxResponse)> visit) {
  RETURN_IF_ERROR(DemandFresh());
  api::WatchInboxRequest request;
  request.set_log(log());
  request.set_page_size(base::kMaxPageSize);
  return channel_->WatchInbox(request, deadline_ms, visit);
}

absl::Status RemoteSession::WatchExchange(
    const statement::v1::ActRef& exchange, int64_t deadline_ms,
    absl::FunctionRef<absl::Status(api::WatchExchangeResponse)> visit) {
  api::WatchExchangeRequest request;
  request.set_log(log());
  *request.mutable_exchange() = exchange;
  return channel_->WatchExchange(request, deadline_ms, visit);
}

absl::StatusOr<api::ExplainExchangeResponse> RemoteSession::ExplainExchange(
    const statement::v1::ActRef& exchange) {
  api::ExplainExchangeRequest request;
  request.set_log(log());
  *request.mutable_exchange() = exchange;
  return channel_->ExplainExchange(request);
}

absl::StatusOr<api::GetTransferResponse> RemoteSession::GetTransfer(
    const statement::v1::ActRef& transfer) {
  api::GetTransferRequest request;
  request.set_log(log());
  *request.mutable_transfer() = transfer;
  return channel_->GetTransfer(request);
}

absl::StatusOr<std::vector<api::Mandate>> RemoteSession::ListMandates(const std::string& party) {
  api::ListMandatesRequest request;
  request.set_log(log());
  request.set_party(party);
  return Follow<api::ListMandatesRequest, api::Mandate>(
      request, [this](const auto& page) { return channel_->ListMandates(page); },
      [](auto& response) { return response.mutable_mandates(); });
}

absl::StatusOr<std::vector<api::Dataset>> RemoteSession::ListDatasets(const std::string& slug) {
  api::ListDatasetsRequest request;
  request.set_log(log());
  request.set_slug(slug);
  return Follow<api::ListDatasetsRequest, api::Dataset>(
      request, [this](const auto& page) { return channel_->ListDatasets(page); },
      [](auto& response) { return response.mutable_datasets(); });
}

absl::StatusOr<std::vector<api::Exchange>> RemoteSession::ListExchanges() {
  api::ListExchangesRequest request;
  request.set_log(log());
  return Follow<api::ListExchangesRequest, api::Exchange>(
      request, [this](const auto& page) { return channel_->ListExchanges(page); },
      [](auto& response) { return response.mutable_exchanges(); });
}

absl::StatusOr<std::vector<api::Transfer>> RemoteSession::ListTransfers() {
  api::ListTransfersRequest request;
  request.set_log(log());
  return Follow<api::ListTransfersRequest, api::Transfer>(
      request, [this](const auto& page) { return channel_->ListTransfers(page); },
      [](auto& response) { return response.mutable_transfers(); });
}

absl::StatusOr<api::GetExchangeResponse> RemoteSession::GetExchange(
    const statement::v1::ActRef& exchange) {
  api::GetExchangeRequest request;
  request.set_log(log());
  *request.mutable_exchange() = exchange;
  return channel_->GetExchange(request);
}

absl::StatusOr<RegisterFile> RemoteSession::ExportRegister(
    api::ExportRegisterRequest request,
    absl::FunctionRef<void(uint64_t done, uint64_t total)> progress) {
  request.set_log(log());
  RegisterFile file;
  bool whole = false;
  RETURN_IF_ERROR(channel_->ExportRegister(request, [&](api::ExportRegisterResponse response) {
    file.bytes.append(response.chunk());
    whole = response.has_summary();
    if (whole) file.summary = std::move(*response.mutable_summary());
    progress(response.entries_read(), response.entries());
    return absl::OkStatus();
  }));
  if (!whole)
    return base::Corrupt("REGISTER_INCOMPLETE", "the gateway's file ends before its summary");
  return file;
}

}  // namespace passerelle::gateway::client
