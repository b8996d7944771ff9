// A gateway in memory that records what it is sent in a log of its own and proves it, and that
// tests can make lie.
#ifndef PASSERELLE_TESTS_UNIT_GATEWAY_CLIENT_FAKE_GATEWAY_H_
#define PASSERELLE_TESTS_UNIT_GATEWAY_CLIENT_FAKE_GATEWAY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "audit/checkpoint/note.h"
#include "audit/merkle/merkle.h"
#include "certs/keys/key.h"
#include "gateway/base/digest.h"
#include "gateway/client/channel.h"
#include "gateway/client/profile.h"
#include "passerelle/record/v1/entry.pb.h"
#include "tests/support/fakes.h"

namespace passerelle::tests {

namespace api = passerelle::gateway::v1;

// A log whose entries tests write as they like. Thread-compatible.
class SmallLog {
 public:
  static constexpr char kOrigin[] = "example.org/essai/test";

  // `seed` is one character: logs of different seeds have different checkpoint keys.
  explicit SmallLog(char seed = 'k', std::string_view origin = kOrigin);

  uint64_t Append(const record::v1::Entry& entry);
  void AppendBytes(std::string leaf);
  // Forgets the entries from `size` on, as a restored backup would.
  void Truncate(uint64_t size);

  uint64_t size() const { return entries_.size(); }
  const std::string& entry(uint64_t index) const { return entries_[index]; }
  gateway::base::Digest Leaf(uint64_t index) const;
  const audit::checkpoint::NoteSigner& signer() const { return signer_; }
  const audit::checkpoint::NoteVerifier& verifier() const { return signer_.verifier(); }

  // The signed checkpoint, and the consistency proof that leads to it.
  std::string Checkpoint() const;
  std::string Consistency(uint64_t seen_size) const;
  // The same of any two sizes, 0 < from <= to <= size(); the root of a size; the path of an entry.
  std::string Consistency(uint64_t from, uint64_t to) const;
  gateway::base::Digest RootAt(uint64_t size) const;
  std::string Inclusion(uint64_t index, uint64_t size) const;
  api::Receipt Receipt(uint64_t index, uint64_t seen_size) const;

 private:
  gateway::base::Digest Node(audit::merkle::NodeId node) const;

  audit::checkpoint::NoteSigner signer_;
  std::vector<std::string> entries_;
};

// An entry that records an envelope, one decision of this effect an act.
record::v1::Entry RecordedEntry(const std::string& envelope, int acts, record::v1::Effect effect,
                                gateway::base::Random& random);

// Accepts every statement, unless told otherwise. Entry 0 founds its log. Thread-compatible.
class FakeGateway final : public gateway::client::Channel {
 public:
  // Its settings are these, but for the clock's shift.
  explicit FakeGateway(const convention::v1::Settings& settings = {});

  // What a client of this gateway pins; the checkpoint is kept in `checkpoint_file`.
  gateway::client::Profile ProfileIn(const std::string& checkpoint_file) const;

  SmallLog log;
  record::v1::FoundingRow founding;
  // The act of entry 0.
  statement::v1::ActRef enacted;
  // Refuses the next statements.
  bool refuses = false;
  // Errors of the next calls, whatever they are; OK for none.
  absl::Status fails;
  // Changes every receipt, and every fetch, before it leaves.
  std::function<void(api::Receipt&)> bend_receipt;
  std::function<void(api::FetchResponse&)> bend_fetch;
  // Changes what GetCheckpoint answers.
  std::function<void(api::GetCheckpointResponse&)> bend_checkpoint;
  // Attachments by commitment, and requests as they came.
  std::map<std::string, record::v1::Attachment> vault;
  std::vector<api::SubmitRequest> submits;
  std::vector<api::SendRequest> sends;
  std::vector<api::UploadManifest> uploads;
  std::vector<api::DownloadRequest> downloads;
  // Bytes after which a download is cut, and those of its chunks; changes every chunk.
  size_t cut_after = SIZE_MAX;
  size_t chunk_bytes = 5;
  // No content is longer.
  uint64_t longest = UINT64_MAX;
  std::function<void(std::string&)> bend_chunk;
  std::vector<uint64_t> seen_sizes;
  // Entries that ReadEntries leaves out at the end, and parties that pages hold.
  uint64_t left_out = 0;
  std::vector<std::string> parties;
  // What GetPartyHeads answers.
  api::GetPartyHeadsResponse heads;
  // What is kept of stamps.
  std::vector<api::ReadTimeStampsResponse> stamps;
  // Bytes that are missing at the beginning of a path.
  size_t cut_path = 0;
  // Changes what GetConsistency answers.
  std::function<void(const api::GetConsistencyRequest&, api::GetConsistencyResponse&)>
      bend_consistency;
  // What GetDataset says, what Preview was asked, and what a watch tells.
  api::Dataset dataset;
  api::PreviewRequest previewed;
  std::vector<api::WatchInboxResponse> inboxes;
  int64_t watch_deadline_ms = 0;
  // Whether a register ends before its summary.
  bool register_cut = false;

  absl::StatusOr<api::SubmitResponse> Submit(const api::SubmitRequest& request) override;
  absl::StatusOr<api::GetReceiptResponse> GetReceipt(
      const api::GetReceiptRequest& request) override;
  absl::StatusOr<api::PreviewResponse> Preview(const api::PreviewRequest& request) override;
  absl::StatusOr<api::SendResponse> Send(const api::SendRequest& request) override;
  absl::StatusOr<api::FetchResponse> Fetch(const api::FetchRequest& request) override;
  absl::StatusOr<api::UploadResponse> Upload(const api::UploadManifest& manifest,
                                             gateway::client::NextChunk next) override;
  absl::Status Download(const api::DownloadRequest& request,
                        absl::FunctionRef<absl::Status(api::DownloadResponse)> visit) override;
  absl::StatusOr<api::UploadDocumentResponse> UploadDocument(
      const api::UploadDocumentHead& head, gateway::client::NextChunk next) override;
  absl::Status DownloadDocument(
      const api::DownloadDocumentRequest& request,
      absl::FunctionRef<absl::Status(api::DownloadDocumentResponse)> visit) override;
  absl::StatusOr<api::GetTransferResponse> GetTransfer(
      const api::GetTransferRequest& request) override;
  absl::StatusOr<api::ListTransfersResponse> ListTransfers(
      const api::ListTransfersRequest& request) override;
  absl::StatusOr<api::GetDocumentResponse> GetDocument(
      const api::GetDocumentRequest& request) override;
  absl::StatusOr<api::ListConventionsResponse> ListConventions(
      const api::ListConventionsRequest& request) override;
  absl::StatusOr<api::GetConventionResponse> GetConvention(
      const api::GetConventionRequest& request) override;
  absl::StatusOr<api::ListPartiesResponse> ListParties(
      const api::ListPartiesRequest& request) override;
  absl::StatusOr<api::ListMandatesResponse> ListMandates(
      const api::ListMandatesRequest& request) override;
  absl::StatusOr<api::ListKeysResponse> ListKeys(const api::ListKeysRequest& request) override;
  absl::StatusOr<api::ListDatasetsResponse> ListDatasets(
      const api::ListDatasetsRequest& request) override;
  absl::StatusOr<api::GetDatasetResponse> GetDataset(
      const api::GetDatasetRequest& request) override;
  absl::StatusOr<api::GetExchangeResponse> GetExchange(
      const api::GetExchangeRequest& request) override;
  absl::StatusOr<api::ListExchangesResponse> ListExchanges(
      const api::ListExchangesRequest& request) override;
  absl::StatusOr<api::ExplainExchangeResponse> ExplainExchange(
      const api::ExplainExchangeRequest& request) override;
  absl::StatusOr<api::ListInboxResponse> ListInbox(const api::ListInboxRequest& request) override;
  absl::StatusOr<api::GetCheckpointResponse> GetCheckpoint(
      const api::GetCheckpointRequest& request) override;
  absl::Status WatchCheckpoint(
      const api::WatchCheckpointRequest& request, int64_t deadline_ms,
      absl::FunctionRef<absl::Status(api::WatchCheckpointResponse)> visit) override;
  absl::StatusOr<api::GetConsistencyResponse> GetConsistency(
      const api::GetConsistencyRequest& request) override;
  absl::StatusOr<api::GetInclusionResponse> GetInclusion(
      const api::GetInclusionRequest& request) override;
  absl::StatusOr<api::GetPartyHeadsResponse> GetPartyHeads(
      const api::GetPartyHeadsRequest& request) override;
  absl::Status ReadTimeStamps(
      const api::ReadTimeStampsRequest& request,
      absl::FunctionRef<absl::Status(api::ReadTimeStampsResponse)> visit) override;
  absl::Status ReadPartyEntries(
      const api::ReadPartyEntriesRequest& request,
      absl::FunctionRef<absl::Status(api::ReadPartyEntriesResponse)> visit) override;
  absl::Status ReadEntries(
      const api::ReadEntriesRequest& request,
      absl::FunctionRef<absl::Status(api::ReadEntriesResponse)> visit) override;
  absl::Status ExportRegister(
      const api::ExportRegisterRequest& request,
      absl::FunctionRef<absl::Status(api::ExportRegisterResponse)> visit) override;
  absl::Status WatchInbox(const api::WatchInboxRequest& request, int64_t deadline_ms,
                          absl::FunctionRef<absl::Status(api::WatchInboxResponse)> visit) override;
  absl::Status WatchExchange(
      const api::WatchExchangeRequest& request, int64_t deadline_ms,
      absl::FunctionRef<absl::Status(api::WatchExchangeResponse)> visit) override;

 private:
  absl::Status CheckOffset(uint64_t offset) const;
  template <typename Response>
  absl::Status Pour(const record::v1::Attachment& content, uint64_t offset,
                    absl::FunctionRef<absl::Status(Response)> visit) const;
  void Found(const convention::v1::Settings& settings);
  // Records or refuses an envelope; the receipt of its entry.
  api::Receipt Record(const std::string& envelope, uint64_t seen_size);
  api::Receipt ReceiptOf(uint64_t index, uint64_t seen_size);

  SeededRandom random_{7};
  certs::keys::PrivateKey key_;
  // Entry and salt by statement digest.
  std::map<std::string, uint64_t> recorded_;
  std::map<uint64_t, std::string> salts_;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_UNIT_GATEWAY_CLIENT_FAKE_GATEWAY_H_
