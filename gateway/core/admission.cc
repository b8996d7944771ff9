#include "gateway/core/admission.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/cosignature.h"
#include "certs/keys/dsse.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "policy/content/check.h"

namespace passerelle::gateway::core {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using statement::v1::Act;

// Which commitment a message is; nothing for any other message, the reader's included: its opening
// comes through the gateway's own door.
bool KindOf(const google::protobuf::Descriptor& type, base::CommitmentKind& kind) {
  if (&type == statement::v1::DocumentCommitment::descriptor())
    kind = base::CommitmentKind::kDocument;
  else if (&type == statement::v1::PersonCommitment::descriptor())
    kind = base::CommitmentKind::kPerson;
  else if (&type == statement::v1::PayloadCommitment::descriptor())
    kind = base::CommitmentKind::kPayload;
  else if (&type == statement::v1::ReaderCommitment::descriptor())
    kind = base::CommitmentKind::kReader;
  else
    return false;
  return true;
}

void Collect(const Message& message, const std::string& path, std::vector<ActCommitment>& found) {
  base::CommitmentKind kind;
  if (KindOf(*message.GetDescriptor(), kind)) {
    const auto* digest = message.GetDescriptor()->FindFieldByName("digest");
    found.push_back({kind, message.GetReflection()->GetString(message, digest), path});
    return;
  }
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const std::string below = path.empty() ? field->name() : absl::StrCat(path, ".", field->name());
    if (!field->is_repeated()) {
      Collect(message.GetReflection()->GetMessage(message, field), below, found);
      continue;
    }
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i)
      Collect(message.GetReflection()->GetRepeatedMessage(message, field, i),
              absl::StrCat(below, "[", i, "]"), found);
  }
}

// Content that came as a stream before its statement; nothing when its bytes were not wanted.
absl::StatusOr<std::optional<vault::Sealed>> FindStreamed(const Request& request,
                                                          const ActCommitment& commitment,
                                                          Staging& staging,
                                                          const std::string& path) {
  ASSIGN_OR_RETURN(const base::Digest digest, base::DigestFromBytes(commitment.digest));
  if (request.streamed.has_value() && request.streamed->commitment == digest) {
    if (!request.streamed->taken.has_value()) return std::nullopt;
    return request.streamed->taken->sealed;
  }
  std::optional<vault::Sealed> document;
  if (commitment.kind == base::CommitmentKind::kDocument) document = staging.Take(digest);
  if (!document.has_value())
    return base::Malformed("ATTACHMENT_MISSING", path,
                           "the bytes that open this commitment must come in the same request, or "
                           "be uploaded just before");
  return document;
}

size_t LargestContent(base::CommitmentKind kind) {
  return kind == base::CommitmentKind::kPayload ? base::kMaxUnaryPayloadBytes
                                                : base::kMaxDocumentBytes;
}

absl::Status VerifyFoundingSigners(const statement::v1::Statement& statement,
                                   const statement::v1::Envelope& envelope) {
  std::vector<certs::keys::PublicKey> keys;
  for (const auto& founding : statement.acts(0).convention_enacted().founding_keys()) {
    absl::StatusOr<certs::keys::PublicKey> key = certs::keys::PublicKey::FromSpki(founding.spki());
    if (!key.ok())
      return base::AtPath(key.status(), absl::StrCat("statement.acts[0].convention_enacted."
                                                     "founding_keys[",
                                                     keys.size(), "]"));
    keys.push_back(*std::move(key));
  }
  std::sort(keys.begin(), keys.end(),
            [](const auto& a, const auto& b) { return a.fingerprint() < b.fingerprint(); });
  const auto& signers = statement.header().signers();
  const bool all_sign = std::equal(
      keys.begin(), keys.end(), signers.begin(), signers.end(),
      [](const auto& key, const auto& signer) { return base::View(key.fingerprint()) == signer; });
  if (!all_sign)
    return base::Error(absl::StatusCode::kUnauthenticated, "FOUNDERS_MISSING",
                       "statement.header.signers",
                       "every founding key, and no other, signs entry 0");
  return base::AtPath(certs::keys::VerifyEnvelope(envelope, keys), "envelope");
}

}  // namespace

std::vector<ActCommitment> CommitmentsOf(const Act& act) {
  std::vector<ActCommitment> found;
  Collect(act, "", found);
  return found;
}

absl::Status CheckOpening(const ActCommitment& commitment,
                          const record::v1::Attachment& attachment) {
  if (attachment.nonce().size() != 32)
    return base::Malformed("ATTACHMENT_NONCE", "nonce", "a nonce is 32 bytes long");
  if (attachment.content().size() > LargestContent(commitment.kind))
    return base::Malformed(
        "ATTACHMENT_TOO_LARGE", "content",
        absl::StrCat("at most ", LargestContent(commitment.kind), " bytes go into one request"));
  if (base::View(base::Commit(commitment.kind, attachment.nonce(), attachment.content())) !=
      commitment.digest)
    return base::Malformed("ATTACHMENT_MISMATCH", "content",
                           "nonce and bytes do not open the commitment");
  if (commitment.kind != base::CommitmentKind::kPayload && attachment.content().empty())
    return base::Malformed("ATTACHMENT_EMPTY", "content",
                           "a document without a single byte says nothing; write it");
  return absl::OkStatus();
}

vault::RecordClass ClassOf(base::CommitmentKind kind) {
  switch (kind) {
    case base::CommitmentKind::kPayload:
      return vault::RecordClass::kTransitPayload;
    case base::CommitmentKind::kReader:
      return vault::RecordClass::kIncidentalPerson;
    case base::CommitmentKind::kDocument:
    case base::CommitmentKind::kPerson:
      break;
  }
  return vault::RecordClass::kDecisionFile;
}

absl::Status CheckDoor(Door door, const statement::v1::Statement& statement) {
  for (int i = 0; i < statement.acts_size(); ++i) {
    Door right = Door::kActs;
    switch (statement.acts(i).body_case()) {
      case Act::kConventionEnacted:
      case Act::kShardOpened:
        right = Door::kFounding;
        break;
      case Act::kTransferSubmitted:
        right = Door::kTransfers;
        break;
      case Act::kContentHandedOver:
      case Act::kRetentionReached:
      case Act::kPayloadErased:
      case Act::kPartyHeads:
      case Act::kCheckpointStamped:
        right = Door::kGateway;
        break;
      default:
        break;
    }
    if (right != door)
      return base::Malformed(
          "WRONG_DOOR", absl::StrCat("statement.acts[", i, "]"),
          "this act does not come through this door: transfers go through Send, "
          "every other act through Submit; founding and gateway acts through neither");
  }
  return absl::OkStatus();
}

absl::Status CheckWitnessKeys(const statement::v1::Statement& statement) {
  for (int i = 0; i < statement.acts_size(); ++i) {
    const Act& act = statement.acts(i);
    const bool founds = act.has_convention_enacted();
    if (!founds && !act.has_settings_enacted()) continue;
    const convention::v1::Settings& settings =
        founds ? act.convention_enacted().settings() : act.settings_enacted().settings();
    for (int k = 0; k < settings.witnesses_size(); ++k)
      if (!audit::checkpoint::CosignatureVerifier::FromVkey(settings.witnesses(k).vkey()).ok())
        return base::Malformed(
            "WITNESS_KEY",
            absl::StrCat("statement.acts[", i, "].", founds ? "convention" : "settings",
                         "_enacted.settings.witnesses[", k, "].vkey"),
            "this is no witness's key: take what `passerelle witness key` shows, whole");
  }
  return absl::OkStatus();
}

absl::StatusOr<certs::keys::PublicKey> KeyCache::Find(const policy::state::State& state,
                                                      const std::string& fingerprint) {
  {
    base::MutexLock lock(mutex_);
    const auto it = keys_.find(fingerprint);
    if (it != keys_.end()) return it->second;
  }
  const record::v1::KeyRow* row = state.keys.Find(fingerprint);
  if (row == nullptr)
    return base::Error(absl::StatusCode::kUnauthenticated, "KEY_NOT_ENROLLED",
                       "statement.header.signers", "a signer's key is not enrolled in this log");
  ASSIGN_OR_RETURN(certs::keys::PublicKey key, certs::keys::PublicKey::FromSpki(row->spki()));
  base::MutexLock lock(mutex_);
  return keys_.emplace(fingerprint, std::move(key)).first->second;
}

absl::Status VerifySigners(const policy::state::State& state, KeyCache& cache,
                           const statement::v1::Statement& statement,
                           const statement::v1::Envelope& envelope) {
  if (state.founding() == nullptr) return VerifyFoundingSigners(statement, envelope);
  std::vector<certs::keys::PublicKey> keys;
  for (const std::string& signer : statement.header().signers()) {
    ASSIGN_OR_RETURN(certs::keys::PublicKey key, cache.Find(state, signer));
    keys.push_back(std::move(key));
  }
  return base::AtPath(certs::keys::VerifyEnvelope(envelope, keys), "envelope");
}

absl::Status CheckManifest(const statement::v1::Statement& statement, uint64_t length) {
  if (statement.acts_size() != 1)
    return base::Malformed("UPLOAD_OF_MANY", "statement.acts",
                           "a stream brings the payload of one transfer: sign one act");
  if (length > base::kMaxStreamedPayloadBytes)
    return base::Malformed(
        "ATTACHMENT_TOO_LARGE", "length",
        absl::StrCat("a payload is at most ", base::kMaxStreamedPayloadBytes, " bytes long"));
  if (policy::content::SizeBand(length) != statement.acts(0).transfer_submitted().size_band())
    return base::Malformed("ATTACHMENT_LENGTH", "length",
                           "the manifest's size band is another than that of the announced length");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<SealedContent>> SealContents(const Request& request,
                                                        const statement::v1::Statement& statement,
                                                        vault::Vault& vault, Staging& staging) {
  // The request's field.
  const std::string list = request.door == Door::kTransfers ? "payloads" : "attachments";
  absl::flat_hash_map<std::string, size_t> by_commitment;
  size_t total = 0;
  for (size_t i = 0; i < request.attachments.size(); ++i) {
    total += request.attachments[i].content().size();
    if (!by_commitment.emplace(request.attachments[i].commitment(), i).second)
      return base::Malformed("ATTACHMENT_TWICE", absl::StrCat(list, "[", i, "]"),
                             "two attachments open the same commitment");
  }
  if (request.attachments.size() > base::kMaxAttachments || total > base::kMaxAttachmentsBytes)
    return base::Malformed("ATTACHMENTS_TOO_LARGE", list, "too much for one request");
  // One attachment may open many commitments, each of which keeps a copy of its own.
  size_t sealed_bytes = 0;
  std::vector<SealedContent> contents;
  std::vector<bool> used(request.attachments.size(), false);
  for (int ordinal = 0; ordinal < statement.acts_size(); ++ordinal) {
    const std::vector<ActCommitment> commitments = CommitmentsOf(statement.acts(ordinal));
    for (size_t slot = 0; slot < commitments.size(); ++slot) {
      const ActCommitment& commitment = commitments[slot];
      const std::string path = absl::StrCat("statement.acts[", ordinal, "].", commitment.path);
      const auto it = by_commitment.find(commitment.digest);
      if (it == by_commitment.end()) {
        ASSIGN_OR_RETURN(std::optional<vault::Sealed> came,
                         FindStreamed(request, commitment, staging, path));
        if (came.has_value())
          contents.push_back(
              {static_cast<uint32_t>(ordinal), static_cast<uint32_t>(slot), *std::move(came)});
        continue;
      }
      const record::v1::Attachment& attachment = request.attachments[it->second];
      RETURN_IF_ERROR(base::AtPath(CheckOpening(commitment, attachment),
                                   absl::StrCat(list, "[", it->second, "]")));
      used[it->second] = true;
      sealed_bytes += attachment.content().size();
      if (sealed_bytes > base::kMaxAttachmentsBytes)
        return base::Malformed("ATTACHMENTS_TOO_LARGE", path,
                               "the contents of all commitments together are too much for one "
                               "request");
      ASSIGN_OR_RETURN(vault::Sealed sealed, vault.Seal(ClassOf(commitment.kind), attachment));
      contents.push_back(
          {static_cast<uint32_t>(ordinal), static_cast<uint32_t>(slot), std::move(sealed)});
    }
  }
  const auto unused = std::find(used.begin(), used.end(), false);
  if (unused != used.end())
    return base::Malformed("ATTACHMENT_UNKNOWN",
                           absl::StrCat(list, "[", unused - used.begin(), "]"),
                           "this attachment opens no commitment of the statement");
  return contents;
}

}  // namespace passerelle::gateway::core
