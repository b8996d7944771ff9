// Contents: payloads and documents on their way in and out, whole or as streams.
#include <utility>

#include "audit/entry/codec.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/service/service.h"
#include "gateway/service/view.h"
#include "policy/state/query.h"

namespace passerelle::gateway::service {
namespace {

absl::Status NoDocument() {
  return base::Error(absl::StatusCode::kNotFound, "DOCUMENT_UNKNOWN", "commitment",
                     "no such document is kept here, or not for you to see");
}

// Whether the caller may open the commitment at a position of a recorded entry.
absl::StatusOr<bool> MayOpen(const Caller& caller, const vault::Position& position) {
  ASSIGN_OR_RETURN(const std::vector<std::string> leaves,
                   caller.convention->log().ReadEntries(position.index, position.index + 1));
  ASSIGN_OR_RETURN(const record::v1::Entry entry, audit::entry::DecodeLeaf(leaves[0]));
  ASSIGN_OR_RETURN(const audit::entry::SignedStatement recorded,
                   audit::entry::DecodeSigned(entry.recorded().envelope()));
  const statement::v1::Statement& statement = recorded.statement;
  ASSIGN_OR_RETURN(const Sight sight, SightOf(caller));
  return static_cast<int>(position.ordinal) < statement.acts_size() &&
         sight.SeesDocuments(statement.acts(static_cast<int>(position.ordinal)), entry);
}

// A document's commitment, and where the caller may open it.
struct Found {
  base::Digest commitment{};
  vault::Position position;
};

absl::StatusOr<Found> FindDocument(const Caller& caller, const std::string& bytes) {
  Found found;
  const absl::StatusOr<base::Digest> commitment = base::DigestFromBytes(bytes);
  if (!commitment.ok()) return base::AtPath(commitment.status(), "commitment");
  found.commitment = *commitment;
  const absl::StatusOr<vault::Position> position = caller.convention->FindDocument(*commitment);
  if (absl::IsNotFound(position.status())) return NoDocument();
  RETURN_IF_ERROR(position.status());
  found.position = *position;
  ASSIGN_OR_RETURN(const bool may_open, MayOpen(caller, *position));
  if (!may_open) return NoDocument();
  return found;
}

// The transfer that a caller asks for: what it may not see is judged as what is not there.
absl::StatusOr<statement::v1::ActRef> VisibleTransfer(const Caller& caller,
                                                      const statement::v1::ActRef& asked) {
  ASSIGN_OR_RETURN(const Sight sight, SightOf(caller));
  statement::v1::ActRef transfer;
  caller.convention->Read([&](const policy::state::State& state) {
    const auto* row = state.transfers.Find(policy::state::KeyOf(asked));
    if (row != nullptr && sight.SeesTransfer(*row, state)) transfer = asked;
  });
  return transfer;
}

// Tells the head, then the content from an offset. `check` is asked before every chunk.
template <typename Response>
class Outflow {
 public:
  Outflow(Response first, std::shared_ptr<vault::ContentReader> content, uint64_t offset,
          std::function<absl::Status()> check)
      : first_(std::move(first)),
        content_(std::move(content)),
        offset_(offset),
        check_(std::move(check)) {}

  absl::StatusOr<std::optional<Response>> operator()() {
    if (first_.has_value()) return std::exchange(first_, std::nullopt);
    if (content_ == nullptr) return std::optional<Response>();
    RETURN_IF_ERROR(check_());
    ASSIGN_OR_RETURN(std::string chunk, content_->Read(offset_));
    if (chunk.empty()) return std::optional<Response>();
    offset_ += chunk.size();
    Response response;
    *response.mutable_chunk() = std::move(chunk);
    return std::optional<Response>(std::move(response));
  }

 private:
  std::optional<Response> first_;
  std::shared_ptr<vault::ContentReader> content_;
  uint64_t offset_;
  std::function<absl::Status()> check_;
};

template <typename Head>
void Describe(const vault::ContentHead& content, Head& head) {
  head.set_nonce(content.nonce);
  head.set_media_type(content.media_type);
  head.set_length(content.length);
}

absl::StatusOr<api::FetchResponse> FetchedWhole(absl::StatusOr<core::HandoverAnswer> handed) {
  RETURN_IF_ERROR(handed.status());
  api::FetchResponse response;
  for (record::v1::Finding& finding : handed->findings)
    *response.add_findings() = std::move(finding);
  if (handed->content == nullptr) return response;
  ASSIGN_OR_RETURN(*response.mutable_payload(), vault::ReadWhole(*handed->content));
  *response.mutable_receipt() = std::move(handed->receipt);
  return response;
}

absl::StatusOr<Source<api::DownloadResponse>> Downloading(
    const Caller& caller, const statement::v1::ActRef& transfer, uint64_t offset,
    absl::StatusOr<core::HandoverAnswer> handed) {
  RETURN_IF_ERROR(handed.status());
  api::DownloadResponse first;
  for (record::v1::Finding& finding : handed->findings)
    *first.mutable_head()->add_findings() = std::move(finding);
  if (handed->content != nullptr) {
    Describe(handed->content->head(), *first.mutable_head());
    *first.mutable_head()->mutable_receipt() = std::move(handed->receipt);
  }
  return Source<api::DownloadResponse>(Outflow<api::DownloadResponse>(
      std::move(first), std::move(handed->content), offset, [caller, transfer] {
        // A freeze stops what is on its way.
        return caller.convention->CheckHandover(caller.agent, transfer);
      }));
}

}  // namespace

void Fetch(const Caller& caller, const api::FetchRequest& request,
           Answer<api::FetchResponse> answer) {
  const absl::StatusOr<statement::v1::ActRef> transfer =
      VisibleTransfer(caller, request.transfer());
  if (!transfer.ok()) return answer(transfer.status());
  caller.convention->HandOver(
      {caller.agent, *transfer, 0, base::kMaxUnaryPayloadBytes, request.seen_size()},
      [answer = std::move(answer)](absl::StatusOr<core::HandoverAnswer> handed) {
        answer(FetchedWhole(std::move(handed)));
      });
}

void Download(const Caller& caller, const api::DownloadRequest& request,
              Answer<Source<api::DownloadResponse>> answer) {
  const absl::StatusOr<statement::v1::ActRef> transfer =
      VisibleTransfer(caller, request.transfer());
  if (!transfer.ok()) return answer(transfer.status());
  caller.convention->HandOver(
      {caller.agent, *transfer, request.offset(), base::kMaxStreamedPayloadBytes,
       request.seen_size()},
      [answer = std::move(answer), caller, transfer = *transfer,
       offset = request.offset()](absl::StatusOr<core::HandoverAnswer> handed) {
        answer(Downloading(caller, transfer, offset, std::move(handed)));
      });
}

absl::StatusOr<Inflow<api::UploadResponse>> Upload(const Caller& caller,
                                                   const api::UploadManifest& manifest) {
  ASSIGN_OR_RETURN(
      std::unique_ptr<core::Upload> begun,
      caller.convention->BeginUpload({manifest.envelope(), manifest.nonce(), manifest.media_type(),
                                      manifest.length(), manifest.seen_size()}));
  const std::shared_ptr<core::Upload> upload = std::move(begun);
  Inflow<api::UploadResponse> inflow;
  if (upload->wanted())
    inflow.add = [upload](std::string chunk, core::Intake::Ready ready) {
      upload->Add(std::move(chunk), std::move(ready));
    };
  const Wanted wanted{manifest.level(), manifest.seen_size()};
  inflow.finish = [caller, upload, wanted](std::function<bool()> cancelled,
                                           Answer<api::UploadResponse> answer) {
    upload->Finish(std::move(cancelled), AnswerWithReceipt(caller, wanted, std::move(answer)));
  };
  return inflow;
}

absl::StatusOr<Inflow<api::UploadDocumentResponse>> UploadDocument(
    const Caller& caller, const api::UploadDocumentHead& head) {
  const absl::StatusOr<base::Digest> commitment = base::DigestFromBytes(head.commitment());
  if (!commitment.ok()) return base::AtPath(commitment.status(), "head.commitment");
  if (head.nonce().size() != 32)
    return base::Malformed("ATTACHMENT_NONCE", "head.nonce", "a nonce is 32 bytes long");
  ASSIGN_OR_RETURN(const std::shared_ptr<core::Intake> intake,
                   caller.convention->BeginDocument(
                       {*commitment, head.nonce(), head.media_type(), head.length()}));
  Inflow<api::UploadDocumentResponse> inflow;
  inflow.add = [intake](std::string chunk, core::Intake::Ready ready) {
    intake->Add(std::move(chunk), std::move(ready));
  };
  inflow.finish = [caller, intake](const std::function<bool()>&,
                                   Answer<api::UploadDocumentResponse> answer) {
    intake->Finish([caller, answer = std::move(answer)](absl::StatusOr<core::Taken> taken) {
      if (!taken.ok()) return answer(taken.status());
      const absl::StatusOr<int64_t> until =
          caller.convention->KeepDocument(caller.agent, std::move(taken->sealed));
      if (!until.ok()) return answer(until.status());
      api::UploadDocumentResponse response;
      response.set_kept_until_ms(*until);
      answer(std::move(response));
    });
  };
  return inflow;
}

absl::StatusOr<api::GetDocumentResponse> GetDocument(const Caller& caller,
                                                     const api::GetDocumentRequest& request) {
  ASSIGN_OR_RETURN(const Found found, FindDocument(caller, request.commitment()));
  api::GetDocumentResponse response;
  ASSIGN_OR_RETURN(*response.mutable_document(),
                   caller.convention->ReadContent(found.position, found.commitment));
  return response;
}

absl::StatusOr<Source<api::DownloadDocumentResponse>> DownloadDocument(
    const Caller& caller, const api::DownloadDocumentRequest& request) {
  ASSIGN_OR_RETURN(const Found found, FindDocument(caller, request.commitment()));
  ASSIGN_OR_RETURN(std::shared_ptr<vault::ContentReader> content,
                   caller.convention->OpenContent(found.position, found.commitment));
  if (request.offset() > content->head().length)
    return base::Error(absl::StatusCode::kOutOfRange, "OFFSET", "offset",
                       "the document is not as long; begin at 0");
  api::DownloadDocumentResponse first;
  Describe(content->head(), *first.mutable_head());
  return Source<api::DownloadDocumentResponse>(Outflow<api::DownloadDocumentResponse>(
      std::move(first), std::move(content), request.offset(), [] { return absl::OkStatus(); }));
}

}  // namespace passerelle::gateway::service
