#include "gateway/client/draft.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "audit/entry/codec.h"
#include "certs/keys/dsse.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/stream_file.h"

namespace passerelle::gateway::client {
namespace {

constexpr size_t kNonceBytes = 32;

// The signature of a fingerprint, or null.
const std::string* FindSignature(const SignedFile& file, std::string_view fingerprint) {
  for (const auto& [signer, signature] : file.signatures)
    if (base::View(signer) == fingerprint) return &signature;
  return nullptr;
}

}  // namespace

std::string Attach(Draft& draft, base::CommitmentKind kind, std::string_view media_type,
                   std::string_view bytes, base::Random& random) {
  record::v1::Attachment& attachment = draft.attachments.emplace_back();
  attachment.set_nonce(random.Bytes(kNonceBytes));
  attachment.set_media_type(std::string(media_type));
  attachment.set_content(std::string(bytes));
  attachment.set_commitment(base::ToBytes(base::Commit(kind, attachment.nonce(), bytes)));
  return attachment.commitment();
}

absl::StatusOr<uint64_t> ReadInChunks(const std::string& path, Progress progress,
                                      absl::FunctionRef<void(std::string_view chunk)> take) {
  ASSIGN_OR_RETURN(const base::StreamReader reader, base::StreamReader::Open(path));
  uint64_t done = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::string chunk, reader.Read(done, base::kStreamChunkBytes));
    if (chunk.empty()) return done;
    take(chunk);
    done += chunk.size();
    progress(done, std::max(done, reader.size()));
  }
}

absl::StatusOr<ContentFile> CommitToFile(const std::string& path, base::CommitmentKind kind,
                                         std::string_view media_type, base::Random& random,
                                         Progress progress) {
  ContentFile file;
  file.path = path;
  base::Sha256Hasher hasher;
  ASSIGN_OR_RETURN(file.length, ReadInChunks(path, progress, [&](std::string_view chunk) {
                     hasher.Update(chunk);
                   }));
  file.head.set_nonce(random.Bytes(kNonceBytes));
  file.head.set_media_type(std::string(media_type));
  file.head.set_commitment(
      base::ToBytes(base::CommitToDigest(kind, file.head.nonce(), hasher.Finish())));
  return file;
}

SignedFile StartFile(const statement::v1::Header& header, const Draft& draft) {
  statement::v1::Statement statement;
  *statement.mutable_header() = header;
  for (const statement::v1::Act& act : draft.acts) *statement.add_acts() = act;
  SignedFile file;
  file.payload = statement.SerializeAsString();
  file.attachments = draft.attachments;
  return file;
}

absl::StatusOr<statement::v1::Statement> StatementOf(const SignedFile& file) {
  return audit::entry::DecodeStatement(file.payload);
}

absl::Status AddSignature(SignedFile& file, const certs::keys::PrivateKey& key) {
  ASSIGN_OR_RETURN(const statement::v1::Statement statement, StatementOf(file));
  const base::Digest& fingerprint = key.public_key().fingerprint();
  const auto& signers = statement.header().signers();
  if (std::find(signers.begin(), signers.end(), base::View(fingerprint)) == signers.end())
    return base::Error(absl::StatusCode::kFailedPrecondition, "NOT_A_SIGNER",
                       "statement.header.signers", "the statement does not await this key");
  if (FindSignature(file, base::View(fingerprint)) != nullptr)
    return base::Error(absl::StatusCode::kFailedPrecondition, "SIGNED_ALREADY", "signatures",
                       "this key has signed the statement already");
  file.signatures.emplace_back(
      fingerprint, key.Sign(certs::keys::Pae(certs::keys::kStatementType, file.payload)));
  return absl::OkStatus();
}

absl::StatusOr<statement::v1::Envelope> ToEnvelope(const SignedFile& file) {
  ASSIGN_OR_RETURN(const statement::v1::Statement statement, StatementOf(file));
  statement::v1::Envelope envelope;
  envelope.set_payload_type(std::string(certs::keys::kStatementType));
  envelope.set_payload(file.payload);
  std::vector<std::string> missing;
  for (const std::string& signer : statement.header().signers()) {
    const std::string* signature = FindSignature(file, signer);
    if (signature == nullptr)
      missing.push_back(base::ToHex(signer));
    else
      envelope.add_signatures()->set_raw(*signature);
  }
  if (!missing.empty())
    return base::Error(absl::StatusCode::kFailedPrecondition, "SIGNATURES_MISSING", "signatures",
                       absl::StrCat(absl::StrJoin(missing, ", "),
                                    ": the statement still awaits these signatures"));
  return envelope;
}

}  // namespace passerelle::gateway::client
