// A partner's library: signs statements, checks files before any byte leaves, sends, fetches, and
// verifies every receipt. It trusts the gateway with nothing that a proof can show.
#ifndef PASSERELLE_GATEWAY_CLIENT_SESSION_H_
#define PASSERELLE_GATEWAY_CLIENT_SESSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/stamp_files.h"
#include "audit/merkle/merkle.h"
#include "certs/keys/key.h"
#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "gateway/base/random.h"
#include "gateway/client/answer.h"
#include "gateway/client/channel.h"
#include "gateway/client/draft.h"
#include "gateway/client/payload_check.h"
#include "gateway/client/profile.h"
#include "gateway/verify/party_folder.h"
#include "passerelle/gateway/v1/convention_service.pb.h"
#include "passerelle/gateway/v1/exchange_service.pb.h"
#include "passerelle/gateway/v1/inbox_service.pb.h"
#include "passerelle/gateway/v1/register_service.pb.h"
#include "passerelle/gateway/v1/statement_service.pb.h"
#include "passerelle/gateway/v1/transfer_service.pb.h"
#include "passerelle/record/v1/attachment.pb.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/record/v1/state.pb.h"

namespace passerelle::gateway::client {

// One identity's connection to one log. Thread-compatible.
//
// Errors of every call: those of FromRpc; DATA_LOSS when the gateway's answer does not prove what
// it should, with the reason FORK when it contradicts what was proved before (CheckpointMemory).
// After FORK every call fails so, until a person has removed the `.fork` file. Where the settings
// in force ask for witnesses, statements (but for freezes and key stops), payloads and the inbox
// are refused with FAILED_PRECONDITION (VIEW_UNWITNESSED, VIEW_STALE) while the gateway shows no
// checkpoint that the quorum cosigned within a day.
class Session {
 public:
  // Reads keys, certificate and the last checkpoint; connects at the first call. `clock` and
  // `random` must outlive the session. REQUIRES: certs::x509::RequireTls13 succeeded in this
  // process.
  static absl::StatusOr<std::unique_ptr<Session>> Open(const Profile& profile,
                                                       const base::Clock& clock,
                                                       base::Random& random);

  // As Open, over a channel and with a key that the caller made; the profile's TLS files are not
  // read. Sessions of one process may share a channel, and so its connection.
  static absl::StatusOr<std::unique_ptr<Session>> OpenOver(const Profile& profile,
                                                           std::shared_ptr<Channel> channel,
                                                           certs::keys::PrivateKey key,
                                                           const base::Clock& clock,
                                                           base::Random& random);
  virtual ~Session() = default;

  // From now on, asks for receipts of this level: an answer comes once it is reached, or with a
  // lower one where that takes more than half a minute or the settings ask for none.
  virtual void WaitFor(api::Level level) = 0;

  // Our key.
  virtual const certs::keys::PrivateKey& key() const = 0;

  // A header for statements signed by these keys (fingerprints, any order): log, the last
  // checkpoint seen, now, the default life, a fresh nonce. The log's clock shift is taken from the
  // convention; a key that is stopped may not read it, and goes without.
  virtual absl::StatusOr<statement::v1::Header> NewHeader(
      const std::vector<base::Digest>& signers) = 0;

  // Signs a draft with our key alone and submits it; transfers take the door of Send.
  virtual absl::StatusOr<Answer> Submit(const Draft& draft) = 0;

  // Submits a statement file that all its signers signed. FAILED_PRECONDITION (reason FOREIGN_LOG)
  // when it was made for another log, OUT_OF_RANGE when it is larger than the gateway takes;
  // nothing leaves then. When the connection fails, the statement may have been recorded: the
  // reason is OUTCOME_UNKNOWN, its path the digest by which the receipt can be asked for.
  virtual absl::StatusOr<Answer> SubmitSigned(const SignedFile& file) = 0;

  // What would become of a draft if these keys signed it (none given: ours): would it be accepted,
  // what is missing, who mends it. The gateway judges, records nothing and vouches for it alone.
  // The draft's attachments travel with it.
  virtual absl::StatusOr<api::PreviewResponse> Preview(
      const Draft& draft, const std::vector<base::Digest>& signers) = 0;

  // Checks the payload in a file against the dataset and the terms in force, in constant memory.
  // Sends nothing.
  virtual absl::StatusOr<PayloadReport> CheckPayload(const api::GetExchangeResponse& exchange,
                                                     const std::string& file, bool french,
                                                     Progress progress) = 0;

  // Sends one draft of TransferSubmitted acts whose attachments are payloads. REQUIRES: checked.
  virtual absl::StatusOr<Answer> Send(const Draft& draft) = 0;

  // Sends a draft of one TransferSubmitted act whose payload is in a file, as a stream. As
  // SubmitSigned, otherwise. REQUIRES: checked.
  virtual absl::StatusOr<Answer> Upload(const Draft& draft, const ContentFile& payload,
                                        Progress progress) = 0;

  // Fetches a payload. Verified: the handover is recorded in the log for this very fetch, and the
  // payload opens the commitment in the sender's own statement, whose receipt is asked for too.
  virtual absl::StatusOr<Fetched> Fetch(const statement::v1::ActRef& transfer) = 0;

  // The same into a file of mode 0600, as a stream: the payload comes without its bytes. What comes
  // is kept beside the file, in one that ends in `.part`, and takes its name once it is verified; a
  // download that was cut goes on where it stopped. OUT_OF_RANGE of Fetch asks for this.
  virtual absl::StatusOr<Fetched> Download(const statement::v1::ActRef& transfer,
                                           const std::string& file, Progress progress) = 0;

  // Brings a document that is too large for one request, just before the statement that commits to
  // it.
  virtual absl::Status UploadDocument(const ContentFile& document, Progress progress) = 0;

  virtual absl::StatusOr<Answer> GetReceipt(const base::Digest& statement) = 0;

  // The document must open its commitment, whichever its kind.
  virtual absl::StatusOr<record::v1::Attachment> GetDocument(const base::Digest& commitment) = 0;

  // The same into a file, as Download; the document comes without its bytes.
  virtual absl::StatusOr<record::v1::Attachment> DownloadDocument(const base::Digest& commitment,
                                                                  const std::string& file,
                                                                  Progress progress) = 0;

  // What entry 0 fixed, held against the proved entry 0 of the pinned log, with the settings in
  // force, held against the proved act that enacted them; asked for once.
  virtual absl::StatusOr<record::v1::FoundingRow> GetConvention() = 0;

  // A dataset version, held against the proved act that declared it.
  virtual absl::StatusOr<api::Dataset> GetDataset(const statement::v1::ActRef& dataset) = 0;

  // Reads that the gateway vouches for alone; every act they name can be proved with GetReceipt.
  // Lists follow every page. An empty party or slug asks for all that we may see; ListDatasets
  // gives the latest versions, or every version of one slug.
  virtual absl::StatusOr<std::vector<api::ServedConvention>> ListConventions() = 0;
  virtual absl::StatusOr<std::vector<api::Party>> ListParties() = 0;
  virtual absl::StatusOr<std::vector<api::Mandate>> ListMandates(const std::string& party) = 0;
  virtual absl::StatusOr<std::vector<api::Key>> ListKeys(const std::string& party) = 0;
  virtual absl::StatusOr<std::vector<api::Dataset>> ListDatasets(const std::string& slug) = 0;
  virtual absl::StatusOr<std::vector<api::Exchange>> ListExchanges() = 0;
  virtual absl::StatusOr<api::GetExchangeResponse> GetExchange(
      const statement::v1::ActRef& exchange) = 0;
  virtual absl::StatusOr<api::ExplainExchangeResponse> ExplainExchange(
      const statement::v1::ActRef& exchange) = 0;
  virtual absl::StatusOr<std::vector<api::Transfer>> ListTransfers() = 0;
  virtual absl::StatusOr<api::GetTransferResponse> GetTransfer(
      const statement::v1::ActRef& transfer) = 0;
  virtual absl::StatusOr<std::vector<api::InboxItem>> ListInbox() = 0;

  // Waits for changes and tells each state, the first at once, until `visit` fails (its error is
  // returned), the gateway ends the stream, or `deadline_ms` from now is over (DEADLINE_EXCEEDED;
  // 0: no deadline).
  virtual absl::Status WatchInbox(
      int64_t deadline_ms, absl::FunctionRef<absl::Status(api::WatchInboxResponse)> visit) = 0;
  virtual absl::Status WatchExchange(
      const statement::v1::ActRef& exchange, int64_t deadline_ms,
      absl::FunctionRef<absl::Status(api::WatchExchangeResponse)> visit) = 0;

  // The register as a file; `request` needs no log. `progress` hears how far the gateway has read.
  // DATA_LOSS (REGISTER_INCOMPLETE) when the stream ends before its summary.
  virtual absl::StatusOr<RegisterFile> ExportRegister(
      api::ExportRegisterRequest request,
      absl::FunctionRef<void(uint64_t done, uint64_t total)> progress) = 0;

  // Fetches and verifies the current checkpoint (consistent with the last seen), remembers it and
  // returns the note.
  virtual absl::StatusOr<std::string> UpdateCheckpoint() = 0;

  // Tells `visit` the current checkpoint and each one that the log comes to, verified and
  // remembered as by UpdateCheckpoint, until `visit` fails or `deadline_ms` have passed (0: never).
  virtual absl::Status WatchCheckpoint(
      int64_t deadline_ms,
      absl::FunctionRef<absl::Status(const audit::checkpoint::Checkpoint&)> visit) = 0;

  // The consistency of two sizes of the log, proved up to the current checkpoint, which it fetches
  // and verifies. OUT_OF_RANGE (RANGE) unless 0 < from <= to <= its size; DATA_LOSS (CONSISTENCY)
  // when the gateway's answer proves nothing.
  virtual absl::StatusOr<Continued> ProveConsistency(uint64_t from, uint64_t to) = 0;

  // The tree of the first `size` entries, at least one, under a log auditor's mandate. What it is
  // worth the entries after it show: they must lead to a verified checkpoint.
  virtual absl::StatusOr<audit::merkle::Frontier> TakeUp(uint64_t size) = 0;

  // Tells the entries of [begin, end) that concern a party or everyone, each as a receipt under
  // `note`, the verified checkpoint of `end` entries, and how far the log was read. DATA_LOSS
  // (INCLUSION) for an entry that is not in that log. Whether one was left out, the chains show.
  virtual absl::Status ReadPartyEntries(
      const std::string& party, uint64_t begin, const std::string& note,
      absl::FunctionRef<absl::Status(uint64_t index, std::string receipt)> visit,
      absl::FunctionRef<void(uint64_t read, uint64_t total)> progress) = 0;

  // The heads of a party's chain and of `all` as they were stated last; nothing when none were. To
  // be held against the entry that states them.
  virtual absl::StatusOr<std::optional<verify::StatedHeads>> GetPartyHeads(
      const std::string& party) = 0;

  // Reads entries [begin, end) under a log auditor's mandate, every one of them or an error
  // (DATA_LOSS, reason ENTRIES). The caller recomputes the hashes.
  virtual absl::Status ReadEntries(uint64_t begin, uint64_t end,
                                   absl::FunctionRef<absl::Status(std::string entry)> visit) = 0;

  // The last checkpoint that the quorum of witnesses cosigned, with their lines, once it is proved
  // to be of the log that we know; empty when there is none.
  virtual absl::StatusOr<std::string> GetWitnessed() = 0;

  // Reads what is kept of the time stamps over checkpoints of more than `after` entries, ascending,
  // under a log auditor's mandate. The caller verifies them.
  virtual absl::Status ReadTimeStamps(
      uint64_t after, absl::FunctionRef<absl::Status(audit::checkpoint::KeptStamp)> visit) = 0;
};

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_SESSION_H_
