// Contents over the wire, and the bounds of streams.
#include "gateway/rpc/streams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/client/channel.h"
#include "tests/support/served_gateway.h"

namespace passerelle::gateway::rpc {
namespace {

using base::ReasonOf;
using tests::Progress;
using tests::RawAnswer;
using tests::RawCall;
using tests::RawStream;
using tests::ServedGateway;
using tests::TestEntry;
using tests::TestGateway;

namespace api = passerelle::gateway::v1;

// Remembers why it was ended.
struct EndedStream final : OpenStreams::Stream {
  void End(const absl::Status& why) override { ended = why; }
  absl::Status ended;
};

class OpenStreamsTest : public ::testing::Test {
 protected:
  tests::FakeClock clock_;
  OpenStreams streams_{clock_};
  EndedStream stream_;
};

TEST_F(OpenStreamsTest, LeavesAStreamThatMovesEnough) {
  const auto ticket = *streams_.Open(stream_, "a");
  for (int i = 0; i < 10; ++i) {
    ticket->Wait();
    clock_.Advance(base::kStreamLookMs);
    ticket->Moved(base::kMinStreamBytes);
    streams_.Look();
  }
  EXPECT_TRUE(stream_.ended.ok()) << stream_.ended;
}

TEST_F(OpenStreamsTest, EndsAStreamWhosePeerStalls) {
  const auto ticket = *streams_.Open(stream_, "a");
  ticket->Wait();
  clock_.Advance(base::kStreamLookMs - 1);
  streams_.Look();
  EXPECT_TRUE(stream_.ended.ok());
  clock_.Advance(1);
  streams_.Look();
  EXPECT_EQ(ReasonOf(stream_.ended), "STREAM_SLOW");
}

TEST_F(OpenStreamsTest, EndsAStreamThatTricklesByteByByte) {
  const auto ticket = *streams_.Open(stream_, "a");
  for (int i = 0; i < 31; ++i) {
    ticket->Wait();
    clock_.Advance(1000);
    ticket->Moved(1000);
    streams_.Look();
  }
  EXPECT_EQ(ReasonOf(stream_.ended), "STREAM_SLOW");
}

TEST_F(OpenStreamsTest, CountsOnlyTheTimeThePeerTakes) {
  const auto ticket = *streams_.Open(stream_, "a");
  // What the gateway itself takes is not the peer's.
  clock_.Advance(10 * base::kStreamLookMs);
  streams_.Look();
  EXPECT_TRUE(stream_.ended.ok()) << stream_.ended;
}

TEST_F(OpenStreamsTest, EndsAStreamThatTakesForEver) {
  const auto ticket = *streams_.Open(stream_, "a");
  clock_.Advance(base::kMaxStreamMs + 1);
  streams_.Look();
  EXPECT_EQ(ReasonOf(stream_.ended), "STREAM_LONG");
}

TEST_F(OpenStreamsTest, GivesAnAgentItsShareAndNoMore) {
  std::vector<std::unique_ptr<OpenStreams::Ticket>> tickets;
  for (size_t i = 0; i < base::kMaxStreamsAnAgent; ++i)
    tickets.push_back(*streams_.Open(stream_, "a"));
  EXPECT_EQ(ReasonOf(streams_.Open(stream_, "a").status()), "STREAMS_FULL");
  EXPECT_TRUE(streams_.Open(stream_, "b").ok());
  tickets.pop_back();
  EXPECT_TRUE(streams_.Open(stream_, "a").ok());
}

TEST_F(OpenStreamsTest, CarriesNoMoreThanItsBound) {
  std::vector<std::unique_ptr<OpenStreams::Ticket>> tickets;
  for (size_t i = 0; i < base::kMaxStreams; ++i)
    tickets.push_back(*streams_.Open(stream_, absl::StrCat(i)));
  EXPECT_EQ(ReasonOf(streams_.Open(stream_, "another").status()), "STREAMS_FULL");
}

class StreamsTest : public ::testing::Test {
 protected:
  std::string LongPayload(size_t bytes = 5 * base::kMaxUnaryPayloadBytes) {
    std::string payload = gateway_.Payload("2024");
    const std::string rows = payload.substr(payload.find('\n') + 1);
    while (payload.size() < bytes) payload += rows;
    return payload;
  }

  api::UploadManifest ManifestOf(const std::string& bytes, const std::string& signer) {
    const core::Request request = gateway_.RequestOf(gateway_.Send("2024", bytes, 0), {signer});
    api::UploadManifest manifest;
    manifest.set_log(gateway_.convention().log_name());
    manifest.set_envelope(request.envelope);
    manifest.set_nonce(request.attachments[0].nonce());
    manifest.set_media_type("text/csv");
    manifest.set_length(bytes.size());
    return manifest;
  }

  absl::StatusOr<TestEntry> Upload(const std::string& caller, const api::UploadManifest& manifest,
                                   std::string_view bytes) {
    const auto channel = served_.ClientOf(caller);
    const auto response = channel->Upload(manifest, [&]() -> absl::StatusOr<std::string> {
      ++chunks_;
      const std::string chunk(bytes.substr(0, base::kStreamChunkBytes));
      bytes.remove_prefix(chunk.size());
      return chunk;
    });
    if (!response.ok()) return response.status();
    return gateway_.Recorded(manifest.envelope(), response->receipt());
  }

  struct Downloaded {
    absl::Status status;
    std::optional<api::DownloadHead> head;
    std::string bytes;
  };
  Downloaded Download(const std::string& caller, const statement::v1::ActRef& transfer,
                      uint64_t offset) {
    api::DownloadRequest request;
    request.set_log(gateway_.convention().log_name());
    *request.mutable_transfer() = transfer;
    request.set_offset(offset);
    Downloaded downloaded;
    downloaded.status =
        served_.ClientOf(caller)->Download(request, [&](api::DownloadResponse response) {
          if (response.has_head())
            downloaded.head = response.head();
          else
            downloaded.bytes += response.chunk();
          return absl::OkStatus();
        });
    return downloaded;
  }

  ServedGateway served_{Progress::kSent};
  TestGateway& gateway_ = served_.gateway();
  int chunks_ = 0;
};

TEST_F(StreamsTest, CarryAPayloadInAndOutAgain) {
  const std::string bytes = LongPayload();
  const auto sent = Upload("system-p001", ManifestOf(bytes, "system-p001"), bytes);
  ASSERT_TRUE(sent.ok()) << sent.status();
  ASSERT_TRUE(sent->accepted());
  const Downloaded whole = Download("reader-p002", sent->Ref(), 0);
  ASSERT_TRUE(whole.status.ok()) << whole.status;
  EXPECT_EQ(whole.bytes, bytes);
  EXPECT_EQ(whole.head->length(), bytes.size());
  const Downloaded rest = Download("reader-p002", sent->Ref(), 1'234'567);
  ASSERT_TRUE(rest.status.ok()) << rest.status;
  EXPECT_EQ(rest.bytes, bytes.substr(1'234'567));
}

TEST_F(StreamsTest, AnswerARefusedManifestBeforeTheBytes) {
  const std::string bytes = LongPayload();
  const auto refused = Upload("reader-p002", ManifestOf(bytes, "reader-p002"), bytes);
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_TRUE(refused->entry.has_refused());
}

TEST_F(StreamsTest, AnswerTheSameUploadAgain) {
  const std::string bytes = LongPayload();
  const api::UploadManifest manifest = ManifestOf(bytes, "system-p001");
  const auto first = Upload("system-p001", manifest, bytes);
  const auto again = Upload("system-p001", manifest, bytes);
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(again->index, first->index);
}

TEST_F(StreamsTest, RecordNothingOfAnUploadThatWasCut) {
  const uint64_t before = gateway_.size();
  const std::string bytes = LongPayload();
  const auto cut =
      Upload("system-p001", ManifestOf(bytes, "system-p001"), bytes.substr(0, 2'000'000));
  EXPECT_EQ(ReasonOf(cut.status()), "ATTACHMENT_LENGTH");
  EXPECT_EQ(gateway_.size(), before);
}

TEST_F(StreamsTest, RefuseAnUploadWithoutItsManifest) {
  constexpr char kUpload[] = "/passerelle.gateway.v1.TransferService/Upload";
  api::UploadRequest request;
  request.set_chunk("bytes");
  const RawAnswer answer =
      RawCall(served_.ConnectAs("system-p001"), kUpload, request.SerializeAsString());
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(answer.error()), "NO_HEAD");
}

TEST_F(StreamsTest, RefuseADownloadOfWhatIsNotForTheCaller) {
  const uint64_t before = gateway_.size();
  const Downloaded refused = Download("reader-p003", gateway_.transfer, 0);
  ASSERT_TRUE(refused.status.ok()) << refused.status;
  EXPECT_GT(refused.head->findings_size(), 0);
  EXPECT_TRUE(refused.head->nonce().empty());
  EXPECT_EQ(refused.bytes, "");
  EXPECT_EQ(gateway_.size(), before);
}

TEST_F(StreamsTest, RefuseAnOffsetBeyondTheEnd) {
  EXPECT_EQ(ReasonOf(Download("reader-p002", gateway_.transfer, uint64_t{1} << 40).status),
            "OFFSET");
}

TEST_F(StreamsTest, EndADownloadThatIsFrozenOnItsWay) {
  // More than the connection holds on its way.
  const std::string bytes = LongPayload(32 * base::kMaxUnaryPayloadBytes);
  const auto sent = Upload("system-p001", ManifestOf(bytes, "system-p001"), bytes);
  ASSERT_TRUE(sent.ok()) << sent.status();
  api::DownloadRequest request;
  request.set_log(gateway_.convention().log_name());
  *request.mutable_transfer() = sent->Ref();
  bool frozen = false;
  const absl::Status status =
      served_.ClientOf("reader-p002")->Download(request, [&](const api::DownloadResponse&) {
        if (!frozen) gateway_.Must(gateway_.FreezeTransfer("p001", sent->Ref()), {"dpo-p001"});
        frozen = true;
        return absl::OkStatus();
      });
  EXPECT_EQ(ReasonOf(status), "HANDOVER_STOPPED");
}

TEST_F(StreamsTest, BringADocumentAndGiveItBack) {
  std::string sheet = R"({"name": "Fiche", "filler": ")";
  sheet.append(base::kMaxUnaryPayloadBytes, 'x').append("\"}");
  tests::TestDraft draft = gateway_.Register("p001", 2, sheet);
  const record::v1::Attachment document = draft.attachments[0];
  draft.attachments.clear();
  api::UploadDocumentHead head;
  head.set_log(gateway_.convention().log_name());
  head.set_commitment(document.commitment());
  head.set_nonce(document.nonce());
  head.set_media_type(document.media_type());
  head.set_length(sheet.size());
  std::string_view rest = sheet;
  const auto kept = served_.ClientOf("steward-p001")->UploadDocument(head, [&] {
    const std::string chunk(rest.substr(0, base::kStreamChunkBytes));
    rest.remove_prefix(chunk.size());
    return absl::StatusOr<std::string>(chunk);
  });
  ASSERT_TRUE(kept.ok()) << kept.status();
  gateway_.Must(draft, {"steward-p001"});
  api::DownloadDocumentRequest request;
  request.set_log(gateway_.convention().log_name());
  request.set_commitment(document.commitment());
  std::string bytes;
  const absl::Status downloaded =
      served_.ClientOf("dpo-p001")
          ->DownloadDocument(request, [&](const api::DownloadDocumentResponse& response) {
            bytes += response.chunk();
            return absl::OkStatus();
          });
  ASSERT_TRUE(downloaded.ok()) << downloaded;
  EXPECT_EQ(bytes, sheet);
  api::GetDocumentRequest whole;
  whole.set_log(request.log());
  whole.set_commitment(request.commitment());
  EXPECT_EQ(ReasonOf(served_.ClientOf("dpo-p001")->GetDocument(whole).status()),
            "CONTENT_STREAMED");
}

}  // namespace
}  // namespace passerelle::gateway::rpc
