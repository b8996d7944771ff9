// Contents as streams: payloads and documents of any size, in constant memory.
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/stream_file.h"
#include "gateway/client/remote_session.h"

namespace passerelle::gateway::client {
namespace {

constexpr size_t kNonceBytes = 32;
// Bytes of a name that tell two unfinished files apart.
constexpr size_t kPartBytes = 6;

// Reads a file chunk by chunk.
class Chunks {
 public:
  static absl::StatusOr<Chunks> Open(const ContentFile& file, Progress progress) {
    ASSIGN_OR_RETURN(base::StreamReader reader, base::StreamReader::Open(file.path));
    return Chunks(std::move(reader), file.length, progress);
  }

  // The next chunk; empty at the end.
  absl::StatusOr<std::string> Next() {
    progress_(done_, length_);
    ASSIGN_OR_RETURN(
        std::string chunk,
        reader_.Read(done_, std::min<uint64_t>(base::kStreamChunkBytes, length_ - done_)));
    done_ += chunk.size();
    return chunk;
  }

 private:
  Chunks(base::StreamReader reader, uint64_t length, Progress progress)
      : reader_(std::move(reader)), length_(length), progress_(progress) {}
  base::StreamReader reader_;
  const uint64_t length_;
  const Progress progress_;
  uint64_t done_ = 0;
};

// A file that is not whole yet: what an earlier call brought of it stays.
class PartFile {
 public:
  // `name` tells what is in it.
  static absl::StatusOr<PartFile> Open(const std::string& file, std::string_view name) {
    const std::string path =
        absl::StrCat(file, ".", base::ToHex(name.substr(0, kPartBytes)), ".part");
    PartFile part(path, file);
    if (!base::Exists(path)) return part;
    RETURN_IF_ERROR(base::ReadChunks(path, [&part](std::string_view chunk) {
      part.hasher_->Update(chunk);
      part.size_ += chunk.size();
      return true;
    }));
    return part;
  }

  // Bytes that are there.
  uint64_t size() const { return size_; }

  absl::Status Append(std::string_view bytes) {
    if (!writer_.has_value()) {
      ASSIGN_OR_RETURN(writer_, base::StreamWriter::Continue(path_));
    }
    RETURN_IF_ERROR(writer_->Append(bytes));
    hasher_->Update(bytes);
    size_ += bytes.size();
    return absl::OkStatus();
  }

  // SHA-256 of all of it. Called once.
  base::Digest Digest() { return hasher_->Finish(); }

  // Gives it the file's name, durably.
  absl::Status Keep() {
    RETURN_IF_ERROR(Append(""));
    RETURN_IF_ERROR(writer_->Sync());
    return base::RenameFile(path_, file_);
  }

  // Removes what turned out not to be what was asked for.
  void Remove() { (void)base::RemoveFile(path_); }

 private:
  PartFile(std::string path, std::string file)
      : path_(std::move(path)),
        file_(std::move(file)),
        hasher_(std::make_unique<base::Sha256Hasher>()) {}
  std::string path_, file_;
  std::unique_ptr<base::Sha256Hasher> hasher_;
  std::optional<base::StreamWriter> writer_;
  uint64_t size_ = 0;
};

// Takes a download's messages: the head first, then chunks that go into the file.
template <typename Head, typename Response>
absl::Status Take(Response response, std::optional<Head>& head, PartFile& part, Progress progress) {
  if (!head.has_value()) {
    if (!response.has_head()) return base::Corrupt("NO_HEAD", "a chunk came before the head");
    head = std::move(*response.mutable_head());
    return absl::OkStatus();
  }
  if (response.chunk().size() > head->length() - std::min(part.size(), head->length()))
    return base::Corrupt("DOWNLOAD_LENGTH", "more bytes came than the gateway announced");
  RETURN_IF_ERROR(part.Append(response.chunk()));
  progress(part.size(), head->length());
  return absl::OkStatus();
}

// Whether what an earlier call brought is longer than the content itself: then it is removed.
bool RemoveSurplus(const absl::Status& came, PartFile& part) {
  if (base::ReasonOf(came) != "OFFSET" || part.size() == 0) return false;
  part.Remove();
  return true;
}

// Keeps a whole file that is what it should be, and removes one that is not.
absl::Status Keep(PartFile& part, uint64_t length, const absl::Status& verified) {
  if (part.size() < length)
    return base::Error(absl::StatusCode::kUnavailable, "DOWNLOAD_CUT", "",
                       "the download was cut; ask again, and it goes on where it stopped");
  if (!verified.ok()) {
    part.Remove();
    return verified;
  }
  return part.Keep();
}

}  // namespace

absl::StatusOr<Answer> RemoteSession::Upload(const Draft& draft, const ContentFile& payload,
                                             Progress progress) {
  if (draft.acts.size() != 1 || !draft.acts[0].has_transfer_submitted())
    return base::Malformed("NOT_A_TRANSFER", "acts", "a stream brings the payload of one transfer");
  ASSIGN_OR_RETURN(const statement::v1::Header header,
                   NewHeader({key_.public_key().fingerprint()}));
  SignedFile file = StartFile(header, draft);
  RETURN_IF_ERROR(AddSignature(file, key_));
  return Deliver(file,
                 [&](const statement::v1::Statement&, const std::string& envelope,
                     uint64_t seen_size) -> absl::StatusOr<api::Receipt> {
                   api::UploadManifest manifest;
                   manifest.set_log(log());
                   manifest.set_envelope(envelope);
                   manifest.set_nonce(payload.head.nonce());
                   manifest.set_media_type(payload.head.media_type());
                   manifest.set_length(payload.length);
                   manifest.set_seen_size(seen_size);
                   manifest.set_level(level_);
                   ASSIGN_OR_RETURN(Chunks chunks, Chunks::Open(payload, progress));
                   ASSIGN_OR_RETURN(api::UploadResponse response,
                                    channel_->Upload(manifest, [&] { return chunks.Next(); }));
                   return std::move(*response.mutable_receipt());
                 });
}

absl::StatusOr<Fetched> RemoteSession::Download(const statement::v1::ActRef& transfer,
                                                const std::string& file, Progress progress) {
  absl::StatusOr<base::Digest> sent = base::DigestFromBytes(transfer.statement());
  if (!sent.ok()) return base::AtPath(sent.status(), "transfer.statement");
  RETURN_IF_ERROR(DemandFresh());
  ASSIGN_OR_RETURN(const uint64_t seen_size, SeenSize());
  ASSIGN_OR_RETURN(PartFile part, PartFile::Open(file, transfer.statement()));
  api::DownloadRequest request;
  request.set_log(log());
  *request.mutable_transfer() = transfer;
  request.set_offset(part.size());
  request.set_seen_size(seen_size);
  std::optional<api::DownloadHead> head;
  const absl::Status came = channel_->Download(request, [&](api::DownloadResponse response) {
    return Take(std::move(response), head, part, progress);
  });
  if (RemoveSurplus(came, part)) return Download(transfer, file, progress);
  if (!came.ok()) return Judged(came);
  if (!head.has_value()) return base::Corrupt("NO_HEAD", "the gateway answered nothing");
  Fetched fetched;
  if (head->findings_size() > 0) {
    fetched.findings = {head->findings().begin(), head->findings().end()};
    return fetched;
  }
  ASSIGN_OR_RETURN(Proven handover, CheckReceipt(head->receipt(), pins_, memory_));
  RETURN_IF_ERROR(DemandHandover(handover, transfer, seen_size));
  ASSIGN_OR_RETURN(const Proven submitted, Prove(*sent));
  RETURN_IF_ERROR(
      Keep(part, head->length(), DemandPayload(submitted, transfer, head->nonce(), part.Digest())));
  fetched.payload.set_nonce(head->nonce());
  fetched.payload.set_media_type(head->media_type());
  fetched.length = head->length();
  const base::Digest statement = handover.digest;
  fetched.handover = AnswerOf(std::move(handover), statement);
  return fetched;
}

absl::Status RemoteSession::UploadDocument(const ContentFile& document, Progress progress) {
  api::UploadDocumentHead head;
  head.set_log(log());
  head.set_commitment(document.head.commitment());
  head.set_nonce(document.head.nonce());
  head.set_media_type(document.head.media_type());
  head.set_length(document.length);
  ASSIGN_OR_RETURN(Chunks chunks, Chunks::Open(document, progress));
  return channel_->UploadDocument(head, [&] { return chunks.Next(); }).status();
}

absl::StatusOr<record::v1::Attachment> RemoteSession::DownloadDocument(
    const base::Digest& commitment, const std::string& file, Progress progress) {
  ASSIGN_OR_RETURN(PartFile part, PartFile::Open(file, base::View(commitment)));
  api::DownloadDocumentRequest request;
  request.set_log(log());
  request.set_commitment(base::ToBytes(commitment));
  request.set_offset(part.size());
  std::optional<api::DownloadDocumentHead> head;
  const absl::Status came =
      channel_->DownloadDocument(request, [&](api::DownloadDocumentResponse response) {
        return Take(std::move(response), head, part, progress);
      });
  if (RemoveSurplus(came, part)) return DownloadDocument(commitment, file, progress);
  RETURN_IF_ERROR(came);
  if (!head.has_value()) return base::Corrupt("NO_HEAD", "the gateway answered nothing");
  const base::Digest content = part.Digest();
  const auto opens = [&](base::CommitmentKind kind) {
    return head->nonce().size() == kNonceBytes &&
           base::CommitToDigest(kind, head->nonce(), content) == commitment;
  };
  const bool verified =
      opens(base::CommitmentKind::kDocument) || opens(base::CommitmentKind::kPerson);
  RETURN_IF_ERROR(Keep(part, head->length(),
                       verified ? absl::OkStatus()
                                : base::Corrupt("DOCUMENT_COMMITMENT",
                                                "the document does not open its commitment")));
  record::v1::Attachment document;
  document.set_commitment(base::ToBytes(commitment));
  document.set_nonce(head->nonce());
  document.set_media_type(head->media_type());
  return document;
}

}  // namespace passerelle::gateway::client
