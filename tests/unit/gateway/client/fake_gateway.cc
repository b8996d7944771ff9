#include "tests/unit/gateway/client/fake_gateway.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/proof.h"
#include "audit/entry/codec.h"
#include "certs/keys/dsse.h"
#include "gateway/base/commitment.h"
#include "gateway/base/status.h"

namespace passerelle::tests {
namespace {

using audit::checkpoint::NoteSigner;
using audit::merkle::NodeId;
using gateway::base::Digest;

record::v1::Entry BareEntry(gateway::base::Random& random) {
  record::v1::Entry entry;
  entry.set_salt(random.Bytes(16));
  entry.set_time_ms(FakeClock::kStartMs);
  entry.mutable_civil_date()->set_year(2024);
  entry.mutable_civil_date()->set_month(6);
  entry.mutable_civil_date()->set_day(3);
  entry.set_format_minor(1);
  entry.set_engine_version("1");
  return entry;
}

absl::StatusOr<std::string> ReadAll(gateway::client::NextChunk next) {
  std::string bytes;
  while (true) {
    ASSIGN_OR_RETURN(const std::string chunk, next());
    if (chunk.empty()) return bytes;
    bytes += chunk;
  }
}

}  // namespace

SmallLog::SmallLog(char seed, std::string_view origin)
    : signer_(*NoteSigner::FromSeed(origin, gateway::base::Secret(std::string(32, seed)))) {}

uint64_t SmallLog::Append(const record::v1::Entry& entry) {
  AppendBytes(*audit::entry::EncodeLeaf(entry));
  return size() - 1;
}

void SmallLog::AppendBytes(std::string leaf) { entries_.push_back(std::move(leaf)); }

void SmallLog::Truncate(uint64_t size) { entries_.resize(size); }

Digest SmallLog::Leaf(uint64_t index) const { return audit::merkle::LeafHash(entries_[index]); }

Digest SmallLog::Node(NodeId node) const {
  if (node.level == 0) return Leaf(node.index);
  return audit::merkle::NodeHash(Node({node.level - 1, node.index * 2}),
                                 Node({node.level - 1, node.index * 2 + 1}));
}

Digest SmallLog::RootAt(uint64_t size) const {
  return *audit::merkle::RootAt(
      size, [this](NodeId node) -> absl::StatusOr<Digest> { return Node(node); });
}

std::string SmallLog::Checkpoint() const {
  return *audit::checkpoint::SignCheckpoint(signer_,
                                            {signer_.verifier().name(), size(), RootAt(size())});
}

std::string SmallLog::Consistency(uint64_t seen_size) const {
  return seen_size == 0 || seen_size >= size() ? "" : Consistency(seen_size, size());
}

std::string SmallLog::Consistency(uint64_t from, uint64_t to) const {
  return gateway::base::Concatenated(*audit::merkle::ConsistencyProof(
      from, to, [this](NodeId node) { return absl::StatusOr<Digest>(Node(node)); }));
}

std::string SmallLog::Inclusion(uint64_t index, uint64_t size) const {
  return gateway::base::Concatenated(*audit::merkle::InclusionProof(
      index, size, [this](NodeId node) { return absl::StatusOr<Digest>(Node(node)); }));
}

api::Receipt SmallLog::Receipt(uint64_t index, uint64_t seen_size) const {
  audit::checkpoint::TlogProof proof;
  proof.extra = entries_[index];
  proof.index = index;
  proof.path = *audit::merkle::InclusionProof(
      index, size(), [this](NodeId node) { return absl::StatusOr<Digest>(Node(node)); });
  proof.checkpoint = Checkpoint();
  api::Receipt receipt;
  receipt.set_tlog_proof(audit::checkpoint::ToText(proof));
  receipt.set_consistency(Consistency(seen_size));
  return receipt;
}

record::v1::Entry RecordedEntry(const std::string& envelope, int acts, record::v1::Effect effect,
                                gateway::base::Random& random) {
  record::v1::Entry entry = BareEntry(random);
  entry.mutable_recorded()->set_envelope(envelope);
  for (int i = 0; i < acts; ++i) entry.mutable_recorded()->add_decisions()->set_effect(effect);
  return entry;
}

FakeGateway::FakeGateway(const convention::v1::Settings& settings)
    : key_(*certs::keys::PrivateKey::FromEd25519Seed(std::string(32, 'g'))) {
  Found(settings);
}

void FakeGateway::Found(const convention::v1::Settings& settings) {
  statement::v1::Statement statement;
  statement.mutable_header()->add_signers(gateway::base::ToBytes(key_.public_key().fingerprint()));
  statement.mutable_header()->set_nonce(random_.Bytes(16));
  statement::v1::ConventionEnacted& deed = *statement.add_acts()->mutable_convention_enacted();
  deed.set_origin(SmallLog::kOrigin);
  deed.set_checkpoint_vkey(log.verifier().ToVkey());
  deed.set_environment(statement::v1::ENVIRONMENT_TEST);
  deed.mutable_convention()->set_slug("essai");
  *deed.mutable_settings() = settings;
  deed.mutable_settings()->set_clock_shift_ms(86'400'000);
  const statement::v1::Envelope envelope =
      certs::keys::SignStatement(statement.SerializeAsString(), {&key_});
  Record(envelope.SerializeAsString(), 0);
  founding.set_log(gateway::base::ToBytes(log.Leaf(0)));
  founding.set_environment(deed.environment());
  founding.set_origin(deed.origin());
  founding.set_checkpoint_vkey(deed.checkpoint_vkey());
  *founding.mutable_convention() = deed.convention();
  *founding.mutable_settings() = deed.settings();
  founding.mutable_settings_ref()->set_statement(
      gateway::base::ToBytes(certs::keys::StatementDigest(envelope.payload())));
  enacted = founding.settings_ref();
}

gateway::client::Profile FakeGateway::ProfileIn(const std::string& checkpoint_file) const {
  gateway::client::Profile profile;
  profile.target = "localhost:1";
  profile.log = founding.log();
  profile.origin = SmallLog::kOrigin;
  profile.checkpoint_vkey = founding.checkpoint_vkey();
  profile.checkpoint_file = checkpoint_file;
  return profile;
}

api::Receipt FakeGateway::ReceiptOf(uint64_t index, uint64_t seen_size) {
  api::Receipt receipt = log.Receipt(index, seen_size);
  if (salts_.count(index) > 0) receipt.set_refused_salt(salts_[index]);
  if (bend_receipt) bend_receipt(receipt);
  return receipt;
}

api::Receipt FakeGateway::Record(const std::string& envelope, uint64_t seen_size) {
  statement::v1::Envelope parsed;
  statement::v1::Statement statement;
  if (!parsed.ParseFromString(envelope) || !statement.ParseFromString(parsed.payload())) abort();
  const Digest digest = certs::keys::StatementDigest(parsed.payload());
  const auto [it, fresh] = recorded_.try_emplace(gateway::base::ToBytes(digest), log.size());
  if (fresh && refuses) {
    const std::string salt = random_.Bytes(32);
    record::v1::Entry entry = BareEntry(random_);
    entry.mutable_refused()->set_salted_digest(
        gateway::base::ToBytes(gateway::base::RefusedDigest(salt, digest)));
    salts_[log.Append(entry)] = salt;
  } else if (fresh) {
    log.Append(
        RecordedEntry(envelope, statement.acts_size(), record::v1::EFFECT_ACCEPTED, random_));
  }
  return ReceiptOf(it->second, seen_size);
}

absl::StatusOr<api::SubmitResponse> FakeGateway::Submit(const api::SubmitRequest& request) {
  submits.push_back(request);
  seen_sizes.push_back(request.seen_size());
  RETURN_IF_ERROR(fails);
  for (const record::v1::Attachment& attachment : request.attachments())
    vault[attachment.commitment()] = attachment;
  api::SubmitResponse response;
  *response.mutable_receipt() = Record(request.envelope(), request.seen_size());
  return response;
}

absl::StatusOr<api::SendResponse> FakeGateway::Send(const api::SendRequest& request) {
  sends.push_back(request);
  seen_sizes.push_back(request.seen_size());
  RETURN_IF_ERROR(fails);
  for (const record::v1::Attachment& attachment : request.payloads())
    vault[attachment.commitment()] = attachment;
  api::SendResponse response;
  *response.mutable_receipt() = Record(request.envelope(), request.seen_size());
  return response;
}

absl::StatusOr<api::GetReceiptResponse> FakeGateway::GetReceipt(
    const api::GetReceiptRequest& request) {
  RETURN_IF_ERROR(fails);
  const auto it = recorded_.find(request.statement());
  if (it == recorded_.end()) return absl::NotFoundError("no such statement");
  api::GetReceiptResponse response;
  *response.mutable_receipt() = ReceiptOf(it->second, request.seen_size());
  return response;
}

absl::StatusOr<api::FetchResponse> FakeGateway::Fetch(const api::FetchRequest& request) {
  RETURN_IF_ERROR(fails);
  api::FetchResponse response;
  if (refuses) {
    response.add_findings()->set_rule("IX.5d");
    return response;
  }
  statement::v1::Envelope envelope;
  statement::v1::Statement sent;
  const auto index = recorded_.at(request.transfer().statement());
  const record::v1::Entry entry = *audit::entry::DecodeLeaf(log.entry(index));
  if (!envelope.ParseFromString(entry.recorded().envelope()) ||
      !sent.ParseFromString(envelope.payload()))
    abort();
  const auto ordinal = static_cast<int>(request.transfer().ordinal());
  *response.mutable_payload() =
      vault.at(sent.acts(ordinal).transfer_submitted().payload().digest());
  statement::v1::Statement statement;
  statement.mutable_header()->set_log(founding.log());
  statement.mutable_header()->add_signers(gateway::base::ToBytes(key_.public_key().fingerprint()));
  statement.mutable_header()->set_nonce(random_.Bytes(16));
  statement::v1::ContentHandedOver& handover = *statement.add_acts()->mutable_content_handed_over();
  *handover.mutable_transfer() = request.transfer();
  handover.mutable_reader()->set_digest(random_.Bytes(32));
  *response.mutable_receipt() =
      Record(certs::keys::SignStatement(statement.SerializeAsString(), {&key_}).SerializeAsString(),
             request.seen_size());
  if (bend_fetch) bend_fetch(response);
  return response;
}

absl::StatusOr<api::ListTransfersResponse> FakeGateway::ListTransfers(
    const api::ListTransfersRequest&) {
  return api::ListTransfersResponse();
}

absl::StatusOr<api::UploadResponse> FakeGateway::Upload(const api::UploadManifest& manifest,
                                                        gateway::client::NextChunk next) {
  uploads.push_back(manifest);
  api::SendRequest request;
  request.set_envelope(manifest.envelope());
  request.set_seen_size(manifest.seen_size());
  if (!refuses) {
    record::v1::Attachment& payload = *request.add_payloads();
    payload.set_nonce(manifest.nonce());
    payload.set_media_type(manifest.media_type());
    ASSIGN_OR_RETURN(*payload.mutable_content(), ReadAll(next));
    payload.set_commitment(gateway::base::ToBytes(gateway::base::Commit(
        gateway::base::CommitmentKind::kPayload, payload.nonce(), payload.content())));
  }
  ASSIGN_OR_RETURN(api::SendResponse sent, Send(request));
  api::UploadResponse response;
  *response.mutable_receipt() = std::move(*sent.mutable_receipt());
  return response;
}

template <typename Response>
absl::Status FakeGateway::Pour(const record::v1::Attachment& content, uint64_t offset,
                               absl::FunctionRef<absl::Status(Response)> visit) const {
  size_t told = 0;
  for (size_t at = offset; at < content.content().size(); at += chunk_bytes) {
    Response response;
    response.set_chunk(content.content().substr(at, chunk_bytes));
    if (bend_chunk) bend_chunk(*response.mutable_chunk());
    if ((told += response.chunk().size()) > cut_after)
      return gateway::base::Error(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", "cut");
    RETURN_IF_ERROR(visit(std::move(response)));
  }
  return absl::OkStatus();
}

absl::Status FakeGateway::CheckOffset(uint64_t offset) const {
  if (offset <= longest) return absl::OkStatus();
  return gateway::base::Error(absl::StatusCode::kOutOfRange, "OFFSET", "offset", "begin at 0");
}

absl::Status FakeGateway::Download(const api::DownloadRequest& request,
                                   absl::FunctionRef<absl::Status(api::DownloadResponse)> visit) {
  downloads.push_back(request);
  RETURN_IF_ERROR(CheckOffset(request.offset()));
  api::FetchRequest whole;
  *whole.mutable_transfer() = request.transfer();
  whole.set_seen_size(request.seen_size());
  ASSIGN_OR_RETURN(api::FetchResponse fetched, Fetch(whole));
  api::DownloadResponse first;
  api::DownloadHead& head = *first.mutable_head();
  *head.mutable_findings() = fetched.findings();
  head.set_nonce(fetched.payload().nonce());
  head.set_media_type(fetched.payload().media_type());
  head.set_length(fetched.payload().content().size());
  *head.mutable_receipt() = fetched.receipt();
  RETURN_IF_ERROR(visit(std::move(first)));
  return Pour<api::DownloadResponse>(fetched.payload(), request.offset(), visit);
}

absl::StatusOr<api::UploadDocumentResponse> FakeGateway::UploadDocument(
    const api::UploadDocumentHead& head, gateway::client::NextChunk next) {
  RETURN_IF_ERROR(fails);
  record::v1::Attachment& document = vault[head.commitment()];
  document.set_commitment(head.commitment());
  document.set_nonce(head.nonce());
  document.set_media_type(head.media_type());
  ASSIGN_OR_RETURN(*document.mutable_content(), ReadAll(next));
  return api::UploadDocumentResponse();
}

absl::Status FakeGateway::DownloadDocument(
    const api::DownloadDocumentRequest& request,
    absl::FunctionRef<absl::Status(api::DownloadDocumentResponse)> visit) {
  RETURN_IF_ERROR(CheckOffset(request.offset()));
  api::GetDocumentRequest whole;
  whole.set_commitment(request.commitment());
  ASSIGN_OR_RETURN(const api::GetDocumentResponse found, GetDocument(whole));
  api::DownloadDocumentResponse first;
  first.mutable_head()->set_nonce(found.document().nonce());
  first.mutable_head()->set_media_type(found.document().media_type());
  first.mutable_head()->set_length(found.document().content().size());
  RETURN_IF_ERROR(visit(std::move(first)));
  return Pour<api::DownloadDocumentResponse>(found.document(), request.offset(), visit);
}

absl::StatusOr<api::GetDocumentResponse> FakeGateway::GetDocument(
    const api::GetDocumentRequest& request) {
  const auto it = vault.find(request.commitment());
  if (it == vault.end()) return absl::NotFoundError("no such document");
  api::GetDocumentResponse response;
  *response.mutable_document() = it->second;
  return response;
}

absl::StatusOr<api::GetConventionResponse> FakeGateway::GetConvention(
    const api::GetConventionRequest&) {
  RETURN_IF_ERROR(fails);
  api::GetConventionResponse response;
  *response.mutable_founding() = founding;
  *response.mutable_enacted() = enacted;
  return response;
}

absl::StatusOr<api::ListPartiesResponse> FakeGateway::ListParties(
    const api::ListPartiesRequest& request) {
  // Pages of one row; the token is the position of the next.
  api::ListPartiesResponse response;
  const size_t at = request.page_token().empty() ? 0 : std::stoul(request.page_token());
  if (at < parties.size()) response.add_parties()->mutable_party()->set_id(parties[at]);
  if (at + 1 < parties.size()) response.set_next_page_token(absl::StrCat(at + 1));
  return response;
}

absl::StatusOr<api::PreviewResponse> FakeGateway::Preview(const api::PreviewRequest& request) {
  previewed = request;
  api::PreviewResponse response;
  response.set_effect(refuses ? record::v1::EFFECT_REFUSED : record::v1::EFFECT_ACCEPTED);
  return response;
}

absl::StatusOr<api::GetTransferResponse> FakeGateway::GetTransfer(
    const api::GetTransferRequest& request) {
  api::GetTransferResponse response;
  *response.mutable_transfer()->mutable_name() = request.transfer();
  return response;
}

absl::StatusOr<api::ListConventionsResponse> FakeGateway::ListConventions(
    const api::ListConventionsRequest&) {
  api::ListConventionsResponse response;
  response.add_conventions()->set_log(founding.log());
  return response;
}

absl::StatusOr<api::ListKeysResponse> FakeGateway::ListKeys(const api::ListKeysRequest& request) {
  api::ListKeysResponse response;
  response.add_keys()->mutable_row()->set_agent(request.party());
  return response;
}

absl::StatusOr<api::GetDatasetResponse> FakeGateway::GetDataset(const api::GetDatasetRequest&) {
  api::GetDatasetResponse response;
  *response.mutable_dataset() = dataset;
  return response;
}

absl::StatusOr<api::ExplainExchangeResponse> FakeGateway::ExplainExchange(
    const api::ExplainExchangeRequest& request) {
  api::ExplainExchangeResponse response;
  *response.add_clauses()->mutable_act() = request.exchange();
  return response;
}

absl::StatusOr<api::ListInboxResponse> FakeGateway::ListInbox(const api::ListInboxRequest&) {
  api::ListInboxResponse response;
  for (const api::WatchInboxResponse& inbox : inboxes)
    response.mutable_items()->MergeFrom(inbox.items());
  return response;
}

absl::Status FakeGateway::WatchInbox(
    const api::WatchInboxRequest&, int64_t deadline_ms,
    absl::FunctionRef<absl::Status(api::WatchInboxResponse)> visit) {
  watch_deadline_ms = deadline_ms;
  for (const api::WatchInboxResponse& inbox : inboxes) RETURN_IF_ERROR(visit(inbox));
  return absl::DeadlineExceededError("the caller's deadline");
}

absl::Status FakeGateway::WatchExchange(
    const api::WatchExchangeRequest& request, int64_t deadline_ms,
    absl::FunctionRef<absl::Status(api::WatchExchangeResponse)> visit) {
  watch_deadline_ms = deadline_ms;
  api::WatchExchangeResponse response;
  *response.mutable_exchange()->mutable_name() = request.exchange();
  RETURN_IF_ERROR(visit(response));
  return absl::DeadlineExceededError("the caller's deadline");
}

absl::StatusOr<api::ListMandatesResponse> FakeGateway::ListMandates(
    const api::ListMandatesRequest&) {
  // A list that leads in a circle.
  api::ListMandatesResponse response;
  response.set_next_page_token("again");
  return response;
}

absl::StatusOr<api::ListDatasetsResponse> FakeGateway::ListDatasets(
    const api::ListDatasetsRequest&) {
  return api::ListDatasetsResponse();
}

absl::StatusOr<api::GetExchangeResponse> FakeGateway::GetExchange(const api::GetExchangeRequest&) {
  return api::GetExchangeResponse();
}

absl::StatusOr<api::ListExchangesResponse> FakeGateway::ListExchanges(
    const api::ListExchangesRequest&) {
  return api::ListExchangesResponse();
}

absl::StatusOr<api::GetCheckpointResponse> FakeGateway::GetCheckpoint(
    const api::GetCheckpointRequest& request) {
  RETURN_IF_ERROR(fails);
  api::GetCheckpointResponse response;
  response.set_checkpoint(log.Checkpoint());
  response.set_consistency(log.Consistency(request.seen_size()));
  if (bend_checkpoint) bend_checkpoint(response);
  return response;
}

absl::Status FakeGateway::WatchCheckpoint(
    const api::WatchCheckpointRequest& request, int64_t deadline_ms,
    absl::FunctionRef<absl::Status(api::WatchCheckpointResponse)> visit) {
  watch_deadline_ms = deadline_ms;
  uint64_t told = request.seen_size();
  for (int i = 0; i < 3; ++i) {
    api::WatchCheckpointResponse response;
    response.set_checkpoint(log.Checkpoint());
    response.set_consistency(log.Consistency(told));
    told = log.size();
    RETURN_IF_ERROR(visit(std::move(response)));
    log.AppendBytes("another entry");
  }
  return absl::DeadlineExceededError("the caller's deadline");
}

absl::StatusOr<api::GetConsistencyResponse> FakeGateway::GetConsistency(
    const api::GetConsistencyRequest& request) {
  api::GetConsistencyResponse response;
  response.set_consistency(log.Consistency(request.from(), request.to()));
  response.set_from_root(gateway::base::ToBytes(log.RootAt(request.from())));
  response.set_to_root(gateway::base::ToBytes(log.RootAt(request.to())));
  if (bend_consistency) bend_consistency(request, response);
  return response;
}

absl::StatusOr<api::GetInclusionResponse> FakeGateway::GetInclusion(
    const api::GetInclusionRequest& request) {
  api::GetInclusionResponse response;
  response.set_path(log.Inclusion(request.index(), request.size()).substr(cut_path));
  return response;
}

absl::StatusOr<api::GetPartyHeadsResponse> FakeGateway::GetPartyHeads(
    const api::GetPartyHeadsRequest&) {
  return heads;
}

absl::Status FakeGateway::ReadTimeStamps(
    const api::ReadTimeStampsRequest& request,
    absl::FunctionRef<absl::Status(api::ReadTimeStampsResponse)> visit) {
  for (const api::ReadTimeStampsResponse& stamp : stamps)
    if (stamp.size() > request.after()) RETURN_IF_ERROR(visit(stamp));
  return absl::OkStatus();
}

absl::Status FakeGateway::ReadPartyEntries(
    const api::ReadPartyEntriesRequest& request,
    absl::FunctionRef<absl::Status(api::ReadPartyEntriesResponse)> visit) {
  for (uint64_t i = request.begin(); i < request.end(); ++i) {
    api::ReadPartyEntriesResponse response;
    api::PartyEntry& found = *response.add_entries();
    found.set_index(i);
    found.set_entry(log.entry(i));
    found.set_path(log.Inclusion(i, request.end()).substr(cut_path));
    response.set_read(i + 1 - left_out);
    RETURN_IF_ERROR(visit(std::move(response)));
  }
  return absl::OkStatus();
}

absl::Status FakeGateway::ReadEntries(
    const api::ReadEntriesRequest& request,
    absl::FunctionRef<absl::Status(api::ReadEntriesResponse)> visit) {
  for (uint64_t i = request.begin(); i < request.end() - left_out; ++i) {
    api::ReadEntriesResponse response;
    response.add_entries(log.entry(i));
    RETURN_IF_ERROR(visit(std::move(response)));
  }
  return absl::OkStatus();
}

absl::Status FakeGateway::ExportRegister(
    const api::ExportRegisterRequest&,
    absl::FunctionRef<absl::Status(api::ExportRegisterResponse)> visit) {
  uint64_t read = 0;
  for (const char* chunk : {"", "a;b\n", "1;2\n"}) {
    api::ExportRegisterResponse response;
    response.set_chunk(chunk);
    response.set_entries_read(++read);
    response.set_entries(3);
    if (read == response.entries() && !register_cut) response.mutable_summary()->set_sheets(1);
    RETURN_IF_ERROR(visit(std::move(response)));
  }
  return absl::OkStatus();
}

}  // namespace passerelle::tests
