// Payloads and documents that come as streams.
#include "gateway/core/upload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/stream_file.h"
#include "policy/content/check.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::core {
namespace {

using base::ReasonOf;
using passerelle::gateway::v1::Receipt;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::Progress;
using tests::TestDraft;
using tests::TestEntry;
using tests::TestGateway;

// Waits for an answer that comes from another thread.
template <typename T>
class Answer {
 public:
  std::function<void(absl::StatusOr<T>)> Hear() {
    return [this](absl::StatusOr<T> value) {
      base::MutexLock lock(mutex_);
      value_ = std::move(value);
      changed_.NotifyAll();
    };
  }
  absl::StatusOr<T> Wait() {
    base::MutexLock lock(mutex_);
    while (!value_.has_value()) changed_.Wait(mutex_);
    return *std::move(value_);
  }

 private:
  base::Mutex mutex_;
  base::CondVar changed_;
  std::optional<absl::StatusOr<T>> value_ GUARDED_BY(mutex_);
};

// A transfer that is about to be uploaded.
struct Coming {
  UploadManifest manifest;
  std::string bytes;
};

class UploadTest : public testing::Test {
 protected:
  // A payload of about so many bytes, longer than one request may be by default.
  std::string LongPayload(std::string_view year, size_t bytes = 3 * base::kMaxUnaryPayloadBytes) {
    std::string payload = gateway_.Payload(year);
    const std::string rows = payload.substr(payload.find('\n') + 1);
    while (payload.size() < bytes) payload += rows;
    return payload;
  }

  Coming Prepare(std::string_view year, const std::string& bytes,
                 const std::string& signer = "system-p001", int64_t destroy_after_ms = 0) {
    const Request request =
        gateway_.RequestOf(gateway_.Send(year, bytes, destroy_after_ms), {signer});
    const record::v1::Attachment& payload = request.attachments[0];
    return {{request.envelope, payload.nonce(), payload.media_type(), bytes.size(), 0}, bytes};
  }

  std::unique_ptr<Upload> Begin(const Coming& coming) {
    auto upload = gateway_.convention().BeginUpload(coming.manifest);
    EXPECT_TRUE(upload.ok()) << upload.status();
    return *std::move(upload);
  }

  // Brings the bytes in pieces; the error of the first piece that is not taken.
  static absl::Status Bring(Upload& upload, std::string_view bytes, size_t piece = 100'000) {
    for (size_t at = 0; at < bytes.size(); at += piece) {
      Answer<int> ready;
      upload.Add(std::string(bytes.substr(at, piece)),
                 [hear = ready.Hear()](const absl::Status& status) {
                   hear(status.ok() ? absl::StatusOr<int>(0) : status);
                 });
      if (const auto taken = ready.Wait(); !taken.ok()) return taken.status();
    }
    return absl::OkStatus();
  }

  static absl::StatusOr<Receipt> Finish(Upload& upload) {
    Answer<Receipt> answer;
    upload.Finish(nullptr, answer.Hear());
    return answer.Wait();
  }

  absl::StatusOr<Receipt> Carry(const Coming& coming) {
    const std::unique_ptr<Upload> upload = Begin(coming);
    if (upload->wanted())
      if (absl::Status brought = Bring(*upload, coming.bytes); !brought.ok()) return brought;
    return Finish(*upload);
  }

  TestEntry Record(const Coming& coming) {
    auto receipt = Carry(coming);
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return gateway_.Recorded(coming.manifest.envelope, *receipt);
  }

  std::vector<std::string> Objects() const {
    return *base::ListFolder(TestGateway::StorageAt(gateway_.root()).folder + "/objects");
  }

  TestGateway gateway_{Progress::kSent};
};

TEST_F(UploadTest, RecordsTheTransferAndHandsTheVeryBytesOver) {
  const Coming coming = Prepare("2024", LongPayload("2024"));
  const TestEntry entry = Record(coming);
  ASSERT_TRUE(entry.accepted());
  EXPECT_THAT(Objects(), SizeIs(1));
  Answer<HandoverAnswer> answer;
  gateway_.convention().HandOver(
      {TestGateway::AgentOf("reader-p002"), entry.Ref(), 0, base::kMaxStreamedPayloadBytes, 0},
      answer.Hear());
  const auto handed = answer.Wait();
  ASSERT_TRUE(handed.ok()) << handed.status();
  std::string bytes;
  while (bytes.size() < handed->content->head().length)
    bytes += *handed->content->Read(bytes.size());
  EXPECT_EQ(bytes, coming.bytes);
}

TEST_F(UploadTest, RecordsNoHandoverOfWhatBeginsBehindTheEnd) {
  const Coming coming = Prepare("2024", LongPayload("2024"));
  const TestEntry streamed = Record(coming);
  const TestEntry whole =
      gateway_.Record(gateway_.Send("2025", gateway_.Payload("2025"), 0), {"system-p001"});
  const uint64_t before = gateway_.size();
  for (const TestEntry& entry : {streamed, whole}) {
    Answer<HandoverAnswer> answer;
    gateway_.convention().HandOver({TestGateway::AgentOf("reader-p002"), entry.Ref(),
                                    coming.bytes.size() + 1, base::kMaxStreamedPayloadBytes, 0},
                                   answer.Hear());
    EXPECT_EQ(ReasonOf(answer.Wait().status()), "OFFSET");
  }
  EXPECT_EQ(gateway_.size(), before);
}

TEST_F(UploadTest, ObservesTheSameAsOfAPayloadThatCameWhole) {
  const std::string bytes = LongPayload("2024", 500'000);
  const TestEntry whole = gateway_.Record(gateway_.Send("2024", bytes, 0), {"system-p001"});
  const TestEntry streamed = Record(Prepare("2025", bytes));
  EXPECT_EQ(streamed.entry.observed().acts(0).ShortDebugString(),
            whole.entry.observed().acts(0).ShortDebugString());
}

TEST_F(UploadTest, TakesNoByteOfAManifestThatTheRulesRefuse) {
  const uint64_t before = gateway_.size();
  // The recipient's reader may not send.
  const Coming coming = Prepare("2024", LongPayload("2024"), "reader-p002");
  const std::unique_ptr<Upload> upload = Begin(coming);
  EXPECT_FALSE(upload->wanted());
  EXPECT_THAT(Objects(), IsEmpty());
  const auto receipt = Finish(*upload);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  const TestEntry entry = gateway_.Recorded(coming.manifest.envelope, *receipt);
  ASSERT_TRUE(entry.entry.has_refused());
  EXPECT_EQ(gateway_.size(), before + 1);
  EXPECT_THAT(entry.entry.refused().ShortDebugString(), HasSubstr("content.attachments"));
}

TEST_F(UploadTest, RefusesAPayloadThatBreaksARuleAndKeepsNothingOfIt) {
  std::string bytes = LongPayload("2024");
  bytes += "not;a;row;of;this;table\n";
  const TestEntry entry = Record(Prepare("2024", bytes));
  EXPECT_TRUE(entry.entry.has_refused());
  gateway_.WaitForPool();
  EXPECT_THAT(Objects(), IsEmpty());
}

TEST_F(UploadTest, AnswersTheSameStatementAgainWithoutItsBytes) {
  const Coming coming = Prepare("2024", LongPayload("2024"));
  const TestEntry first = Record(coming);
  const std::unique_ptr<Upload> again = Begin(coming);
  EXPECT_FALSE(again->wanted());
  const auto receipt = Finish(*again);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(gateway_.Recorded(coming.manifest.envelope, *receipt).index, first.index);
  EXPECT_THAT(Objects(), SizeIs(1));
}

TEST_F(UploadTest, OfTwoAtATimeOneIsRecordedAndBothAreAnswered) {
  const Coming coming = Prepare("2024", LongPayload("2024"));
  const std::unique_ptr<Upload> first = Begin(coming);
  const std::unique_ptr<Upload> second = Begin(coming);
  ASSERT_TRUE(Bring(*first, coming.bytes).ok());
  ASSERT_TRUE(Bring(*second, coming.bytes).ok());
  const auto a = Finish(*first);
  const auto b = Finish(*second);
  ASSERT_TRUE(a.ok() && b.ok()) << a.status() << b.status();
  EXPECT_EQ(gateway_.Recorded(coming.manifest.envelope, *a).index,
            gateway_.Recorded(coming.manifest.envelope, *b).index);
}

TEST_F(UploadTest, RecordsNothingOfBytesThatAreNotThoseOfTheCommitment) {
  const uint64_t before = gateway_.size();
  Coming coming = Prepare("2024", LongPayload("2024"));
  coming.bytes[1000] ^= 1;
  EXPECT_EQ(ReasonOf(Carry(coming).status()), "ATTACHMENT_MISMATCH");
  EXPECT_EQ(gateway_.size(), before);
}

TEST_F(UploadTest, RecordsNothingOfAStreamThatWasCut) {
  const uint64_t before = gateway_.size();
  const Coming coming = Prepare("2024", LongPayload("2024"));
  {
    const std::unique_ptr<Upload> upload = Begin(coming);
    ASSERT_TRUE(Bring(*upload, coming.bytes.substr(0, 1'000'000)).ok());
    EXPECT_EQ(ReasonOf(Finish(*upload).status()), "ATTACHMENT_LENGTH");
  }
  gateway_.WaitForPool();
  EXPECT_THAT(Objects(), IsEmpty());
  EXPECT_EQ(gateway_.size(), before);
}

TEST_F(UploadTest, TakesNoMoreBytesThanAnnounced) {
  const Coming coming = Prepare("2024", LongPayload("2024"));
  const std::unique_ptr<Upload> upload = Begin(coming);
  EXPECT_EQ(ReasonOf(Bring(*upload, coming.bytes + "x")), "ATTACHMENT_LENGTH");
}

TEST_F(UploadTest, TakesNoChunkThatIsTooLong) {
  const Coming coming = Prepare("2024", LongPayload("2024"));
  const std::unique_ptr<Upload> upload = Begin(coming);
  EXPECT_EQ(ReasonOf(Bring(*upload, coming.bytes, base::kMaxUnaryPayloadBytes + 1)),
            "CHUNK_TOO_LARGE");
}

TEST_F(UploadTest, RefusesALengthOutsideTheManifestsBand) {
  Coming coming = Prepare("2024", LongPayload("2024"));
  coming.manifest.length *= 3;
  const auto upload = gateway_.convention().BeginUpload(coming.manifest);
  EXPECT_EQ(ReasonOf(upload.status()), "ATTACHMENT_LENGTH");
  EXPECT_EQ(base::PathOf(upload.status()), "length");
}

TEST_F(UploadTest, RefusesASetOfTransfers) {
  TestDraft draft = gateway_.Send("2024", LongPayload("2024"), 0);
  draft.acts.push_back(draft.acts[0]);
  const Request request = gateway_.RequestOf(draft, {"system-p001"});
  const auto upload = gateway_.convention().BeginUpload(
      {request.envelope, draft.attachments[0].nonce(), "text/csv", 1, 0});
  EXPECT_EQ(ReasonOf(upload.status()), "UPLOAD_OF_MANY");
}

TEST_F(UploadTest, RefusesAForgedSignatureBeforeAnyByte) {
  Coming coming = Prepare("2024", LongPayload("2024"));
  coming.manifest.envelope.back() ^= 1;
  EXPECT_EQ(gateway_.convention().BeginUpload(coming.manifest).status().code(),
            absl::StatusCode::kUnauthenticated);
}

TEST_F(UploadTest, SaysThatAUnaryFetchCannotCarryIt) {
  const uint64_t before = gateway_.size();
  const TestEntry entry = Record(Prepare("2024", LongPayload("2024")));
  const auto fetched = gateway_.Fetch("reader-p002", entry.Ref());
  EXPECT_EQ(ReasonOf(fetched.status()), "CONTENT_STREAMED");
  // No handover that did not take place is on record.
  EXPECT_EQ(gateway_.size(), before + 1);
}

TEST_F(UploadTest, AFreezeStopsWhatIsBeingHandedOver) {
  const TestEntry entry = Record(Prepare("2024", LongPayload("2024")));
  const std::string reader = TestGateway::AgentOf("reader-p002");
  EXPECT_TRUE(gateway_.convention().CheckHandover(reader, entry.Ref()).ok());
  gateway_.Must(gateway_.FreezeTransfer("p001", entry.Ref()), {"dpo-p001"});
  EXPECT_EQ(ReasonOf(gateway_.convention().CheckHandover(reader, entry.Ref())), "HANDOVER_STOPPED");
}

TEST_F(UploadTest, IsThereAfterARestartAndGoneOnceItIsErased) {
  const int64_t until_ms = gateway_.clock().WallMs() + 1000;
  Record(Prepare("2024", LongPayload("2024"), "system-p001", until_ms));
  gateway_.Close();
  ASSERT_TRUE(gateway_.Open().ok());
  EXPECT_THAT(Objects(), SizeIs(1));
  gateway_.clock().SetWall(until_ms + 1);
  gateway_.Settle();
  EXPECT_THAT(Objects(), IsEmpty());
}

TEST_F(UploadTest, AMissingObjectStopsTheConvention) {
  Record(Prepare("2024", LongPayload("2024")));
  gateway_.Close();
  const std::string folder = TestGateway::StorageAt(gateway_.root()).folder + "/objects";
  ASSERT_TRUE(base::RemoveFile(folder + "/" + (*base::ListFolder(folder))[0]).ok());
  EXPECT_EQ(ReasonOf(gateway_.Open()), "VAULT_ROW_MISSING");
}

class DocumentTest : public UploadTest {
 protected:
  // Uploads the first document of a draft, which then carries it no more.
  absl::StatusOr<int64_t> BringDocument(TestDraft& draft) {
    const record::v1::Attachment document = draft.attachments.front();
    draft.attachments.erase(draft.attachments.begin());
    auto intake = gateway_.convention().BeginDocument(
        {*base::DigestFromBytes(document.commitment()), document.nonce(), document.media_type(),
         document.content().size()});
    if (!intake.ok()) return intake.status();
    Answer<int> ready;
    (*intake)->Add(document.content(), [hear = ready.Hear()](const absl::Status& status) {
      hear(status.ok() ? absl::StatusOr<int>(0) : status);
    });
    if (const auto taken = ready.Wait(); !taken.ok()) return taken.status();
    Answer<Taken> taken;
    (*intake)->Finish(taken.Hear());
    auto came = taken.Wait();
    if (!came.ok()) return came.status();
    return gateway_.convention().KeepDocument(TestGateway::AgentOf("steward-p001"),
                                              std::move(came->sealed));
  }
};

TEST_F(DocumentTest, ServesTheStatementThatCommitsToIt) {
  TestDraft draft = gateway_.Register("p001", 2, "{\"sheet\": 2}");
  ASSERT_TRUE(BringDocument(draft).ok());
  EXPECT_THAT(draft.attachments, IsEmpty());
  const TestEntry entry = gateway_.Must(draft, {"steward-p001"});
  gateway_.Close();
  EXPECT_TRUE(gateway_.Open().ok());
}

TEST_F(DocumentTest, ServesOneStatementAlone) {
  TestDraft draft = gateway_.Register("p001", 2, "{\"sheet\": 2}");
  ASSERT_TRUE(BringDocument(draft).ok());
  gateway_.Must(draft, {"steward-p001"});
  draft.acts[0].mutable_register_entry_recorded()->set_version(3);
  EXPECT_EQ(ReasonOf(gateway_.Submit(gateway_.RequestOf(draft, {"steward-p001"})).status()),
            "ATTACHMENT_MISSING");
}

TEST_F(DocumentTest, WaitsForADayAndNoLonger) {
  TestDraft draft = gateway_.Register("p001", 2, "{\"sheet\": 2}");
  const auto until = BringDocument(draft);
  ASSERT_TRUE(until.ok()) << until.status();
  EXPECT_EQ(*until, gateway_.clock().WallMs() + base::kStagedDocumentMs);
  EXPECT_THAT(Objects(), SizeIs(1));
  gateway_.clock().Advance(base::kStagedDocumentMs + 1);
  gateway_.convention().Tick();
  EXPECT_THAT(Objects(), IsEmpty());
  EXPECT_EQ(ReasonOf(gateway_.Submit(gateway_.RequestOf(draft, {"steward-p001"})).status()),
            "ATTACHMENT_MISSING");
}

TEST_F(DocumentTest, AnAgentKeepsNoMoreThanItsShare) {
  for (size_t i = 0; i <= base::kMaxStagedDocumentsAnAgent; ++i) {
    TestDraft draft = gateway_.Register("p001", 2, absl::StrCat("{\"sheet\": ", i, "}"));
    const auto kept = BringDocument(draft);
    if (i < base::kMaxStagedDocumentsAnAgent)
      EXPECT_TRUE(kept.ok()) << kept.status();
    else
      EXPECT_EQ(ReasonOf(kept.status()), "STAGING_FULL");
  }
  EXPECT_THAT(Objects(), SizeIs(base::kMaxStagedDocumentsAnAgent));
}

TEST_F(DocumentTest, RefusesAnEmptyOneAndOneThatIsTooLong) {
  EXPECT_EQ(ReasonOf(gateway_.convention().BeginDocument({{}, "", "text/plain", 0}).status()),
            "ATTACHMENT_EMPTY");
  EXPECT_EQ(ReasonOf(gateway_.convention()
                         .BeginDocument({{}, "", "text/plain", base::kMaxStreamedDocumentBytes + 1})
                         .status()),
            "ATTACHMENT_TOO_LARGE");
}

}  // namespace
}  // namespace passerelle::gateway::core
