// A partner's library: signs statements, checks files before any byte leaves, sends, fetches, and
// verifies every receipt. It trusts the gateway with nothing that a proof can show.
#ifndef PASSERELLE_GATEWAY_CLIENT_SESSION_H_
#define PASSERELLE_GATEWAY_CLIENT_SESSION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/checkpoint.h"
#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "gateway/base/random.h"
#include "gateway/client/draft.h"
#include "passerelle/gateway/v1/convention_service.pb.h"
#include "passerelle/gateway/v1/exchange_service.pb.h"
#include "passerelle/gateway/v1/transfer_service.pb.h"
#include "passerelle/record/v1/attachment.pb.h"
#include "passerelle/record/v1/entry.pb.h"

namespace passerelle::gateway::client {

// What a client pins and where it keeps what it saw.
struct Profile {
  // `host:port` of the gateway.
  std::string target;
  // Files: trust anchors of the gateway's certificate, our certificate (chain), our key (PEM).
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  // Name of the log (32 bytes, hex in files), its origin and its checkpoint key: pinned out of
  // band.
  std::string log;
  std::string origin;
  std::string checkpoint_vkey;
  // File that keeps the last verified checkpoint.
  std::string checkpoint_file;
};

// Reads a profile from JSON; relative paths in it are relative to its folder. INVALID_ARGUMENT
// names the member at fault.
absl::StatusOr<Profile> ReadProfile(const std::string& path);

// Writes a profile as JSON.
absl::Status WriteProfile(const std::string& path, const Profile& profile);

// An answer whose receipt verified.
struct Answer {
  record::v1::Effect effect = record::v1::EFFECT_UNSPECIFIED;
  // The entry as decoded from the receipt.
  record::v1::Entry entry;
  uint64_t index = 0;
  // Digest of the statement: with an act's ordinal, the act's name.
  base::Digest statement{};
  // The tlog-proof file.
  std::string receipt;
};

// A payload handed over to us, whose commitment and receipt verified.
struct Fetched {
  record::v1::Attachment payload;
  Answer handover;
  // Not empty: the fetch was refused, and nothing else is set.
  std::vector<record::v1::Finding> findings;
};

// One identity's connection to one log. Thread-compatible.
class Session {
 public:
  // Connects lazily; reads keys, certificate and the last checkpoint. `clock` and `random` must
  // outlive the session.
  static absl::StatusOr<std::unique_ptr<Session>> Open(const Profile& profile,
                                                       const base::Clock& clock,
                                                       base::Random& random);
  virtual ~Session() = default;

  // Our key.
  virtual const certs::keys::PrivateKey& key() const = 0;

  // A header for statements signed by these keys (fingerprints, any order): log, the last
  // checkpoint seen, now, the default life, a fresh nonce. The log's clock shift is taken from the
  // convention.
  virtual absl::StatusOr<statement::v1::Header> NewHeader(
      const std::vector<base::Digest>& signers) = 0;

  // Signs a draft with our key alone and submits it.
  virtual absl::StatusOr<Answer> Submit(const Draft& draft) = 0;

  // Submits a statement file that all its signers signed.
  virtual absl::StatusOr<Answer> SubmitSigned(const SignedFile& file) = 0;

  // Checks a payload against the dataset and the terms in force; the findings name headings. Sends
  // nothing.
  virtual absl::StatusOr<std::vector<std::string>> CheckPayload(
      const passerelle::gateway::v1::GetExchangeResponse& exchange, std::string_view payload,
      bool french) = 0;

  // Sends one draft of TransferSubmitted acts whose attachments are payloads. REQUIRES: checked.
  virtual absl::StatusOr<Answer> Send(const Draft& draft) = 0;

  virtual absl::StatusOr<Fetched> Fetch(const statement::v1::ActRef& transfer) = 0;
  virtual absl::StatusOr<Answer> GetReceipt(const base::Digest& statement) = 0;
  virtual absl::StatusOr<record::v1::Attachment> GetDocument(const base::Digest& commitment) = 0;

  // Reads. Lists follow every page.
  virtual absl::StatusOr<record::v1::FoundingRow> GetConvention() = 0;
  virtual absl::StatusOr<std::vector<passerelle::gateway::v1::Adhesion>> ListAdhesions() = 0;
  virtual absl::StatusOr<std::vector<passerelle::gateway::v1::Mandate>> ListMandates(
      const std::string& party) = 0;
  virtual absl::StatusOr<std::vector<passerelle::gateway::v1::Dataset>> ListDatasets() = 0;
  virtual absl::StatusOr<std::vector<passerelle::gateway::v1::Exchange>> ListExchanges() = 0;
  virtual absl::StatusOr<passerelle::gateway::v1::GetExchangeResponse> GetExchange(
      const statement::v1::ActRef& exchange) = 0;
  virtual absl::StatusOr<std::vector<passerelle::gateway::v1::Transfer>> ListTransfers() = 0;

  // The register as a file; an empty party means the whole convention.
  virtual absl::StatusOr<std::string> ExportRegister(const std::string& party) = 0;

  // Fetches and verifies the current checkpoint (consistent with the last seen) and remembers it.
  virtual absl::StatusOr<std::string> UpdateCheckpoint() = 0;

  // Reads entries [begin, end) under a log auditor's mandate.
  virtual absl::Status ReadEntries(uint64_t begin, uint64_t end,
                                   absl::FunctionRef<absl::Status(std::string entry)> visit) = 0;
};

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_SESSION_H_
