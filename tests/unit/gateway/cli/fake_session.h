// A session without a gateway: it answers what tests put into it and keeps what it is given.
#ifndef PASSERELLE_TESTS_UNIT_GATEWAY_CLI_FAKE_SESSION_H_
#define PASSERELLE_TESTS_UNIT_GATEWAY_CLI_FAKE_SESSION_H_

#include <map>
#include <string>
#include <vector>

#include "gateway/client/session.h"

namespace passerelle::tests {

namespace api = passerelle::gateway::v1;

// Everything that a fake session knows and was given. Outlives the session, which the command line
// owns.
struct FakeGatewayState {
  record::v1::FoundingRow founding;
  // An error of every read; submitting goes on.
  absl::Status reads_fail;
  std::vector<api::Mandate> mandates;
  std::vector<api::Key> keys;
  std::vector<api::Dataset> datasets;
  std::vector<api::GetExchangeResponse> exchanges;
  std::vector<api::GetTransferResponse> transfers;
  api::ExplainExchangeResponse explained;
  std::vector<api::InboxItem> inbox;
  std::vector<api::WatchInboxResponse> inboxes;
  std::vector<api::WatchExchangeResponse> changes;
  api::PreviewResponse preview;
  // By the bytes of the commitment.
  std::map<std::string, record::v1::Attachment> documents;
  // What the fetch of any transfer becomes.
  gateway::client::Fetched fetched;
  int fetches = 0;
  // Contents that came as streams.
  std::vector<gateway::client::ContentFile> uploaded;
  gateway::client::PayloadReport report;
  // By the bytes of the statement's digest.
  std::map<std::string, gateway::client::Answer> receipts;
  // What the next statements become, and why.
  record::v1::Effect effect = record::v1::EFFECT_ACCEPTED;
  std::vector<record::v1::Finding> findings;

  // What was submitted and previewed.
  std::vector<gateway::client::Draft> submitted;
  gateway::client::Draft previewed;
  std::vector<gateway::base::Digest> previewed_signers;
};

// Thread-compatible.
class FakeSession final : public gateway::client::Session {
 public:
  // `state` must outlive the session.
  explicit FakeSession(FakeGatewayState& state);

  const certs::keys::PrivateKey& key() const override { return key_; }
  absl::StatusOr<statement::v1::Header> NewHeader(
      const std::vector<gateway::base::Digest>& signers) override;
  absl::StatusOr<gateway::client::Answer> Submit(const gateway::client::Draft& draft) override;
  absl::StatusOr<gateway::client::Answer> SubmitSigned(
      const gateway::client::SignedFile& file) override;
  absl::StatusOr<api::PreviewResponse> Preview(
      const gateway::client::Draft& draft,
      const std::vector<gateway::base::Digest>& signers) override;
  absl::StatusOr<gateway::client::PayloadReport> CheckPayload(
      const api::GetExchangeResponse& exchange, const std::string& file, bool french,
      gateway::client::Progress progress) override;
  absl::StatusOr<gateway::client::Answer> Upload(const gateway::client::Draft& draft,
                                                 const gateway::client::ContentFile& payload,
                                                 gateway::client::Progress progress) override;
  absl::StatusOr<gateway::client::Fetched> Download(const statement::v1::ActRef& transfer,
                                                    const std::string& file,
                                                    gateway::client::Progress progress) override;
  absl::Status UploadDocument(const gateway::client::ContentFile& document,
                              gateway::client::Progress progress) override;
  absl::StatusOr<record::v1::Attachment> DownloadDocument(
      const gateway::base::Digest& commitment, const std::string& file,
      gateway::client::Progress progress) override;
  absl::StatusOr<gateway::client::Answer> Send(const gateway::client::Draft& draft) override;
  absl::StatusOr<gateway::client::Fetched> Fetch(const statement::v1::ActRef& transfer) override;
  void WaitFor(passerelle::gateway::v1::Level) override {}
  absl::StatusOr<gateway::client::Answer> GetReceipt(
      const gateway::base::Digest& statement) override;
  absl::StatusOr<record::v1::Attachment> GetDocument(
      const gateway::base::Digest& commitment) override;
  absl::StatusOr<record::v1::FoundingRow> GetConvention() override;
  absl::StatusOr<api::Dataset> GetDataset(const statement::v1::ActRef& dataset) override;
  absl::StatusOr<std::vector<api::ServedConvention>> ListConventions() override;
  absl::StatusOr<std::vector<api::Party>> ListParties() override;
  absl::StatusOr<std::vector<api::Mandate>> ListMandates(const std::string& party) override;
  absl::StatusOr<std::vector<api::Key>> ListKeys(const std::string& party) override;
  absl::StatusOr<std::vector<api::Dataset>> ListDatasets(const std::string& slug) override;
  absl::StatusOr<std::vector<api::Exchange>> ListExchanges() override;
  absl::StatusOr<api::GetExchangeResponse> GetExchange(
      const statement::v1::ActRef& exchange) override;
  absl::StatusOr<api::ExplainExchangeResponse> ExplainExchange(
      const statement::v1::ActRef& exchange) override;
  absl::StatusOr<std::vector<api::Transfer>> ListTransfers() override;
  absl::StatusOr<api::GetTransferResponse> GetTransfer(
      const statement::v1::ActRef& transfer) override;
  absl::StatusOr<std::vector<api::InboxItem>> ListInbox() override;
  absl::Status WatchInbox(int64_t deadline_ms,
                          absl::FunctionRef<absl::Status(api::WatchInboxResponse)> visit) override;
  absl::Status WatchExchange(
      const statement::v1::ActRef& exchange, int64_t deadline_ms,
      absl::FunctionRef<absl::Status(api::WatchExchangeResponse)> visit) override;
  absl::StatusOr<gateway::client::RegisterFile> ExportRegister(
      api::ExportRegisterRequest request,
      absl::FunctionRef<void(uint64_t done, uint64_t total)> progress) override;
  absl::StatusOr<std::string> UpdateCheckpoint() override;
  absl::Status WatchCheckpoint(
      int64_t deadline_ms,
      absl::FunctionRef<absl::Status(const audit::checkpoint::Checkpoint&)> visit) override;
  absl::StatusOr<gateway::client::Continued> ProveConsistency(uint64_t from, uint64_t to) override;
  absl::StatusOr<audit::merkle::Frontier> TakeUp(uint64_t size) override;
  absl::Status ReadPartyEntries(
      const std::string& party, uint64_t begin, const std::string& note,
      absl::FunctionRef<absl::Status(uint64_t index, std::string receipt)> visit,
      absl::FunctionRef<void(uint64_t read, uint64_t total)> progress) override;
  absl::StatusOr<std::string> GetWitnessed() override;
  absl::Status ReadTimeStamps(
      uint64_t after, absl::FunctionRef<absl::Status(audit::checkpoint::KeptStamp)> visit) override;
  absl::StatusOr<std::optional<gateway::verify::StatedHeads>> GetPartyHeads(
      const std::string& party) override;
  absl::Status ReadEntries(uint64_t begin, uint64_t end,
                           absl::FunctionRef<absl::Status(std::string entry)> visit) override;

 private:
  // The value, or the error of reads.
  template <typename Value>
  absl::StatusOr<Value> Read(const Value& value) const {
    if (!state_.reads_fail.ok()) return state_.reads_fail;
    return value;
  }

  FakeGatewayState& state_;
  const certs::keys::PrivateKey key_;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_UNIT_GATEWAY_CLI_FAKE_SESSION_H_
