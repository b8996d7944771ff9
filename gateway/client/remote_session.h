// The session over a channel. Internal to this folder.
#ifndef PASSERELLE_GATEWAY_CLIENT_REMOTE_SESSION_H_
#define PASSERELLE_GATEWAY_CLIENT_REMOTE_SESSION_H_

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/client/checkpoint_memory.h"
#include "gateway/client/receipt_check.h"
#include "gateway/client/session.h"

namespace passerelle::gateway::client {

// The answer that a proved entry is to a statement.
Answer AnswerOf(Proven proven, const base::Digest& statement);

// See Session. Thread-compatible.
class RemoteSession final : public Session {
 public:
  RemoteSession(Pins pins, CheckpointMemory memory, std::shared_ptr<Channel> channel,
                certs::keys::PrivateKey key, const base::Clock& clock, base::Random& random)
      : pins_(std::move(pins)),
        memory_(std::move(memory)),
        channel_(std::move(channel)),
        key_(std::move(key)),
        clock_(clock),
        random_(random) {}

  // Whether the file can be written, the first receipt told.
  ~RemoteSession() override { memory_.Keep().IgnoreError(); }

  void WaitFor(api::Level level) override { level_ = level; }
  const certs::keys::PrivateKey& key() const override { return key_; }
  absl::StatusOr<statement::v1::Header> NewHeader(
      const std::vector<base::Digest>& signers) override;
  absl::StatusOr<Answer> Submit(const Draft& draft) override;
  absl::StatusOr<Answer> SubmitSigned(const SignedFile& file) override;
  absl::StatusOr<api::PreviewResponse> Preview(const Draft& draft,
                                               const std::vector<base::Digest>& signers) override;
  absl::StatusOr<PayloadReport> CheckPayload(const api::GetExchangeResponse& exchange,
                                             const std::string& file, bool french,
                                             Progress progress) override;
  absl::StatusOr<Answer> Send(const Draft& draft) override;
  absl::StatusOr<Answer> Upload(const Draft& draft, const ContentFile& payload,
                                Progress progress) override;
  absl::StatusOr<Fetched> Fetch(const statement::v1::ActRef& transfer) override;
  absl::StatusOr<Fetched> Download(const statement::v1::ActRef& transfer, const std::string& file,
                                   Progress progress) override;
  absl::Status UploadDocument(const ContentFile& document, Progress progress) override;
  absl::StatusOr<record::v1::Attachment> DownloadDocument(const base::Digest& commitment,
                                                          const std::string& file,
                                                          Progress progress) override;
  absl::StatusOr<Answer> GetReceipt(const base::Digest& statement) override;
  absl::StatusOr<record::v1::Attachment> GetDocument(const base::Digest& commitment) override;
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
  absl::StatusOr<RegisterFile> ExportRegister(
      api::ExportRegisterRequest request,
      absl::FunctionRef<void(uint64_t done, uint64_t total)> progress) override;
  absl::StatusOr<std::string> UpdateCheckpoint() override;
  absl::Status WatchCheckpoint(
      int64_t deadline_ms,
      absl::FunctionRef<absl::Status(const audit::checkpoint::Checkpoint&)> visit) override;
  absl::StatusOr<Continued> ProveConsistency(uint64_t from, uint64_t to) override;
  absl::StatusOr<audit::merkle::Frontier> TakeUp(uint64_t size) override;
  absl::Status ReadPartyEntries(
      const std::string& party, uint64_t begin, const std::string& note,
      absl::FunctionRef<absl::Status(uint64_t index, std::string receipt)> visit,
      absl::FunctionRef<void(uint64_t read, uint64_t total)> progress) override;
  absl::StatusOr<std::optional<verify::StatedHeads>> GetPartyHeads(
      const std::string& party) override;
  absl::Status ReadEntries(uint64_t begin, uint64_t end,
                           absl::FunctionRef<absl::Status(std::string entry)> visit) override;
  absl::StatusOr<std::string> GetWitnessed() override;
  absl::Status ReadTimeStamps(
      uint64_t after, absl::FunctionRef<absl::Status(audit::checkpoint::KeptStamp)> visit) override;

 private:
  // Name of the log as requests carry it.
  std::string log() const { return base::ToBytes(pins_.log); }

  // Size of the last verified checkpoint; 0 when none. Fails once the log has forked.
  absl::StatusOr<uint64_t> SeenSize();

  // An error of a call that named a seen size: a gateway that claims to be behind it has lost or
  // forked its log.
  absl::Status Judged(const absl::Status& status) const;

  // Brings an envelope to the gateway and returns its receipt.
  using Carry = absl::FunctionRef<absl::StatusOr<api::Receipt>(
      const statement::v1::Statement& statement, const std::string& envelope, uint64_t seen_size)>;

  // Has a file that all its signers signed carried to the gateway, and verifies the receipt.
  absl::StatusOr<Answer> Deliver(const SignedFile& file, Carry carry);
  absl::StatusOr<Answer> CarryAndProve(const statement::v1::Statement& statement,
                                       const std::string& envelope, const base::Digest& digest,
                                       Carry carry);
  absl::StatusOr<api::Receipt> SendWhole(const SignedFile& file, const std::string& envelope,
                                         uint64_t seen_size);
  absl::StatusOr<api::Receipt> SubmitWhole(const SignedFile& file, const std::string& envelope,
                                           uint64_t seen_size);

  // As GetConvention; a convention is large, and every statement asks for its clock.
  absl::StatusOr<const record::v1::FoundingRow*> Founding();

  // The gateway's current checkpoint, verified and remembered.
  absl::StatusOr<api::GetCheckpointResponse> AdvanceCheckpoint();
  // Holds the cosigned checkpoint of such an answer against the log that we know.
  absl::Status PlaceWitnessed(const api::GetCheckpointResponse& response);

  // Refuses a view that the witnesses have not seen within a day (session.h). Asked for again after
  // ten minutes.
  absl::Status DemandFresh();

  // A receipt checked; the quorum's cosignatures too, where they were asked for and it claims them.
  absl::StatusOr<Proven> Check(const api::Receipt& receipt, api::Level asked);

  // The entry of a statement, proved at a level.
  absl::StatusOr<Proven> Prove(const base::Digest& statement,
                               api::Level level = api::LEVEL_UNSPECIFIED);

  // The entry of an act's statement, proved.
  absl::StatusOr<Proven> ProveAct(const statement::v1::ActRef& act);

  const Pins pins_;
  CheckpointMemory memory_;
  const std::shared_ptr<Channel> channel_;
  const certs::keys::PrivateKey key_;
  const base::Clock& clock_;
  base::Random& random_;
  std::optional<record::v1::FoundingRow> founding_;
  api::Level level_ = api::LEVEL_UNSPECIFIED;
  // By the monotonic clock: until when the view counts as fresh.
  int64_t fresh_until_ms_ = std::numeric_limits<int64_t>::min();
};

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_REMOTE_SESSION_H_
