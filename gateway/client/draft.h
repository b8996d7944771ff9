// Drafts: acts and the documents they commit to, before and while they are signed.
#ifndef PASSERELLE_GATEWAY_CLIENT_DRAFT_H_
#define PASSERELLE_GATEWAY_CLIENT_DRAFT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "certs/keys/key.h"
#include "gateway/base/commitment.h"
#include "gateway/base/digest.h"
#include "gateway/base/random.h"
#include "passerelle/record/v1/attachment.pb.h"
#include "passerelle/statement/v1/envelope.pb.h"
#include "passerelle/statement/v1/statement.pb.h"

namespace passerelle::gateway::client {

// Acts with their attachments. Copyable; thread-compatible.
struct Draft {
  std::vector<statement::v1::Act> acts;
  std::vector<record::v1::Attachment> attachments;
};

// Adds bytes to a draft under a fresh nonce and returns their commitment.
std::string Attach(Draft& draft, base::CommitmentKind kind, std::string_view media_type,
                   std::string_view bytes, base::Random& random);

// Content in a file, too large for one request.
struct ContentFile {
  std::string path;
  // Its commitment, nonce and media type; the bytes stay in the file.
  record::v1::Attachment head;
  // Bytes of the content.
  uint64_t length = 0;
};

// Hears how many of how many bytes are done.
using Progress = absl::FunctionRef<void(uint64_t done, uint64_t total)>;

// Reads a file front to back, in constant memory; returns its length. Errors as base::ReadChunks.
absl::StatusOr<uint64_t> ReadInChunks(const std::string& path, Progress progress,
                                      absl::FunctionRef<void(std::string_view chunk)> take);

// Reads a file once, in constant memory, and commits to it under a fresh nonce. Errors as
// base::ReadChunks.
absl::StatusOr<ContentFile> CommitToFile(const std::string& path, base::CommitmentKind kind,
                                         std::string_view media_type, base::Random& random,
                                         Progress progress);

// A statement that awaits signatures, as a file: JSON with `payloadType`, `payload` (base64),
// `signatures` [{`keyid` (hex fingerprint), `sig` (base64)}] as DSSE writes them, and `attachments`
// [{`commitment` (hex), `nonce` (hex), `mediaType`, `content` (base64)}].
struct SignedFile {
  // The serialized Statement: exactly what is signed.
  std::string payload;
  // (fingerprint, signature) pairs so far, in any order.
  std::vector<std::pair<base::Digest, std::string>> signatures;
  std::vector<record::v1::Attachment> attachments;
};

// Starts a file: header and acts serialized once, nobody signed yet.
SignedFile StartFile(const statement::v1::Header& header, const Draft& draft);

// The statement of a file, read strictly (audit/entry).
absl::StatusOr<statement::v1::Statement> StatementOf(const SignedFile& file);

// Adds a signature. FAILED_PRECONDITION when the key is not one of the header's signers (reason
// NOT_A_SIGNER) or signed already (SIGNED_ALREADY); INVALID_ARGUMENT when the payload is no
// statement.
absl::Status AddSignature(SignedFile& file, const certs::keys::PrivateKey& key);

// The envelope, its signatures in the order of the header's signers, once every one has signed;
// FAILED_PRECONDITION (reason SIGNATURES_MISSING) names the fingerprints that miss.
absl::StatusOr<statement::v1::Envelope> ToEnvelope(const SignedFile& file);

std::string ToJson(const SignedFile& file);

// Reads a file strictly: every member present and no other, none twice, the payload a statement,
// signatures by its signers only, attachments that open their commitments. INVALID_ARGUMENT names
// the member.
absl::StatusOr<SignedFile> SignedFileFromJson(std::string_view json);

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_DRAFT_H_
