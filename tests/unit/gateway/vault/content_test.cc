// Content that came as a stream: written, read, destroyed in an object file of its own.
#include "gateway/vault/content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/machine.h"
#include "gateway/base/status.h"
#include "tests/unit/gateway/vault/fixture.h"

namespace passerelle::gateway::vault {
namespace {

using base::CommitmentKind;
using base::ReasonOf;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Position kHere{7, 0, 0};

class ContentTest : public VaultTest {
 protected:
  ContentHead HeadOf(std::string_view bytes, CommitmentKind kind = CommitmentKind::kPayload) {
    ContentHead head;
    head.nonce = random_.Bytes(32);
    head.media_type = "text/csv";
    head.length = bytes.size();
    head.commitment = base::Commit(kind, head.nonce, bytes);
    return head;
  }

  std::unique_ptr<ContentWriter> Begin(uint64_t length) {
    auto writer = vault_->Begin(RecordClass::kTransitPayload, length);
    EXPECT_TRUE(writer.ok()) << writer.status();
    return *std::move(writer);
  }

  // Writes a content in pieces and stores its row.
  ContentHead Keep(const Position& position, std::string_view bytes, size_t piece = 100'000) {
    const ContentHead head = HeadOf(bytes);
    const auto writer = Begin(bytes.size());
    for (size_t at = 0; at < bytes.size(); at += piece)
      EXPECT_TRUE(writer->Append(bytes.substr(at, piece)).ok());
    auto sealed = writer->Finish(CommitmentKind::kPayload, head);
    EXPECT_TRUE(sealed.ok()) << sealed.status();
    Store({{position, *std::move(sealed), 0}});
    return head;
  }

  static std::string ReadFrom(ContentReader& reader, uint64_t offset) {
    std::string bytes;
    while (true) {
      const auto piece = reader.Read(offset + bytes.size());
      EXPECT_TRUE(piece.ok()) << piece.status();
      if (!piece.ok() || piece->empty()) return bytes;
      EXPECT_LE(piece->size(), base::kStreamChunkBytes);
      bytes += *piece;
    }
  }

  std::vector<std::string> Objects() const { return *base::ListFolder(data_.File("objects")); }
  std::string ObjectPath() const { return data_.File("objects/" + Objects().at(0)); }
};

TEST_F(ContentTest, GivesBackEveryByteWhateverItsLength) {
  const uint64_t segment = base::kStreamChunkBytes;
  uint64_t index = 1;
  for (const uint64_t length :
       {uint64_t{0}, uint64_t{1}, segment - 1, segment, segment + 1, 3 * segment}) {
    const std::string bytes = random_.Bytes(length);
    const Position position{index++, 0, 0};
    const ContentHead head = Keep(position, bytes);
    EXPECT_EQ(*vault_->StreamedLength(position, head.commitment), length);
    const auto reader = vault_->OpenContent(position, head.commitment);
    ASSERT_TRUE(reader.ok()) << reader.status();
    EXPECT_EQ((*reader)->head().length, length);
    EXPECT_EQ((*reader)->head().nonce, head.nonce);
    EXPECT_EQ((*reader)->head().media_type, "text/csv");
    EXPECT_EQ(ReadFrom(**reader, 0), bytes);
    EXPECT_EQ(ReadFrom(**reader, length / 2), bytes.substr(length / 2));
    EXPECT_EQ(ReadFrom(**reader, length + 5), "");
  }
}

TEST_F(ContentTest, KeepsItAcrossARestart) {
  const std::string bytes = random_.Bytes(500'000);
  const ContentHead head = Keep(kHere, bytes);
  Reopen();
  EXPECT_TRUE(Has(kHere));
  EXPECT_EQ(ReadFrom(**vault_->OpenContent(kHere, head.commitment), 0), bytes);
}

TEST_F(ContentTest, ReadsASmallOneWholeAndRefusesALargeOne) {
  const std::string small = random_.Bytes(1000);
  const ContentHead head = Keep(kHere, small);
  EXPECT_EQ(vault_->Read(kHere, head.commitment)->content(), small);
  const ContentHead large = Keep({8, 0, 0}, random_.Bytes(base::kMaxUnaryPayloadBytes + 1));
  EXPECT_EQ(ReasonOf(vault_->Read({8, 0, 0}, large.commitment).status()), "CONTENT_STREAMED");
}

TEST_F(ContentTest, OpensWhatCameWholeAsAStreamToo) {
  const record::v1::Attachment content = Content(CommitmentKind::kPayload, random_.Bytes(300'000));
  Store({Place(kHere, content)});
  EXPECT_EQ(*vault_->StreamedLength(kHere, CommitmentOf(content)), 0u);
  const auto reader = vault_->OpenContent(kHere, CommitmentOf(content));
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(ReadFrom(**reader, 0), content.content());
}

TEST_F(ContentTest, StoresNoByteInClear) {
  const std::string bytes = random_.Bytes(600'000);
  const ContentHead head = Keep(kHere, bytes);
  EXPECT_THAT(data_.HoldingAnyPartOf(bytes), IsEmpty());
  EXPECT_THAT(data_.Holding(head.nonce), IsEmpty());
  EXPECT_EQ(*base::PermissionsOf(ObjectPath()), 0600);
}

TEST_F(ContentTest, LeavesNothingOfAStreamThatWasCut) {
  {
    const auto writer = Begin(1'000'000);
    ASSERT_TRUE(writer->Append(random_.Bytes(700'000)).ok());
    EXPECT_THAT(Objects(), SizeIs(1));
  }
  EXPECT_THAT(Objects(), IsEmpty());
}

TEST_F(ContentTest, LeavesNothingOfContentWhoseStatementWasNotRecorded) {
  const std::string bytes = random_.Bytes(10);
  const auto writer = Begin(bytes.size());
  ASSERT_TRUE(writer->Append(bytes).ok());
  {
    const auto sealed = writer->Finish(CommitmentKind::kPayload, HeadOf(bytes));
    ASSERT_TRUE(sealed.ok()) << sealed.status();
    EXPECT_THAT(Objects(), SizeIs(1));
  }
  EXPECT_THAT(Objects(), SizeIs(1)) << "the writer still holds it";
}

TEST_F(ContentTest, RefusesBytesThatDoNotOpenTheCommitment) {
  const auto writer = Begin(3);
  ASSERT_TRUE(writer->Append("abd").ok());
  const auto sealed = writer->Finish(CommitmentKind::kPayload, HeadOf("abc"));
  EXPECT_EQ(ReasonOf(sealed.status()), "ATTACHMENT_MISMATCH");
}

TEST_F(ContentTest, RefusesTheCommitmentOfAnotherKind) {
  const auto writer = Begin(3);
  ASSERT_TRUE(writer->Append("abc").ok());
  const auto sealed =
      writer->Finish(CommitmentKind::kPayload, HeadOf("abc", CommitmentKind::kDocument));
  EXPECT_EQ(ReasonOf(sealed.status()), "ATTACHMENT_MISMATCH");
}

TEST_F(ContentTest, RefusesMoreOrFewerBytesThanAnnounced) {
  const auto writer = Begin(4);
  ASSERT_TRUE(writer->Append("abc").ok());
  ContentHead head = HeadOf("abc");
  head.length = 4;
  EXPECT_EQ(ReasonOf(writer->Finish(CommitmentKind::kPayload, head).status()), "ATTACHMENT_LENGTH");
}

TEST_F(ContentTest, RefusesWhatTheDiskHasNoRoomFor) {
  const auto writer = vault_->Begin(RecordClass::kTransitPayload, uint64_t{1} << 60);
  EXPECT_EQ(ReasonOf(writer.status()), "DISK_FULL");
  EXPECT_EQ(writer.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Objects(), IsEmpty());
}

TEST_F(ContentTest, KeepsRoomForWhatIsOnItsWay) {
  // Each fits alone; the second does not beside the first.
  const uint64_t free = base::SpaceAt(data_.path())->bytes;
  const uint64_t most = (free - base::kDiskFloorBytes) / 3 * 2;
  const auto first = Begin(most);
  EXPECT_EQ(ReasonOf(vault_->Begin(RecordClass::kTransitPayload, most).status()), "DISK_FULL");
}

TEST_F(ContentTest, FindsEveryAlteredByte) {
  const std::string bytes = random_.Bytes(2 * base::kStreamChunkBytes + 100);
  const ContentHead head = Keep(kHere, bytes);
  const std::string path = ObjectPath();
  const std::string whole = *base::ReadFile(path, 10'000'000);
  std::mt19937 engine(20240604);
  for (int i = 0; i < 50; ++i) {
    std::string altered = whole;
    altered[engine() % altered.size()] ^= static_cast<char>(1 + engine() % 255);
    ASSERT_TRUE(base::WriteFile(path, altered, base::FileMode::kPrivate).ok());
    const auto reader = vault_->OpenContent(kHere, head.commitment);
    ASSERT_TRUE(reader.ok()) << reader.status();
    bool found = false;
    for (uint64_t at = 0; at < bytes.size() && !found; at += base::kStreamChunkBytes)
      found = ReasonOf((*reader)->Read(at).status()) == "NOT_AUTHENTIC";
    EXPECT_TRUE(found);
  }
}

TEST_F(ContentTest, FindsSegmentsThatWereCutOffOrSwapped) {
  const std::string bytes = random_.Bytes(3 * base::kStreamChunkBytes);
  const ContentHead head = Keep(kHere, bytes);
  const std::string path = ObjectPath();
  const std::string whole = *base::ReadFile(path, 10'000'000);
  const size_t segment = whole.size() / 3;
  ASSERT_TRUE(base::WriteFile(path, whole.substr(0, 2 * segment), base::FileMode::kPrivate).ok());
  EXPECT_EQ(ReasonOf(vault_->OpenContent(kHere, head.commitment).status()), "OBJECT_LENGTH");
  const std::string swapped =
      whole.substr(segment, segment) + whole.substr(0, segment) + whole.substr(2 * segment);
  ASSERT_TRUE(base::WriteFile(path, swapped, base::FileMode::kPrivate).ok());
  const auto reader = vault_->OpenContent(kHere, head.commitment);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(ReasonOf((*reader)->Read(0).status()), "NOT_AUTHENTIC");
}

TEST_F(ContentTest, IsFoundInNoFileOnceItIsShredded) {
  const std::string bytes = random_.Bytes(600'000);
  const ContentHead head = Keep(kHere, bytes);
  const std::string ciphertext = base::ReadFile(ObjectPath(), 10'000'000)->substr(0, 300'000);
  const std::string other = random_.Bytes(100);
  const ContentHead kept = Keep({8, 0, 0}, other);
  ASSERT_TRUE(vault_->Shred(kHere.index, kHere.ordinal).ok());
  EXPECT_THAT(data_.HoldingAnyPartOf(ciphertext), IsEmpty());
  EXPECT_FALSE(Has(kHere));
  EXPECT_EQ(ReasonOf(vault_->OpenContent(kHere, head.commitment).status()), "CONTENT_ERASED");
  EXPECT_THAT(Objects(), SizeIs(1));
  EXPECT_EQ(ReadFrom(**vault_->OpenContent({8, 0, 0}, kept.commitment), 0), other);
}

TEST_F(ContentTest, EndsAReaderOfWhatIsShredded) {
  const ContentHead head = Keep(kHere, random_.Bytes(600'000));
  const auto reader = *vault_->OpenContent(kHere, head.commitment);
  const record::v1::Attachment whole = Content(CommitmentKind::kPayload, "small");
  Store({Place({8, 0, 0}, whole)});
  const auto small = *vault_->OpenContent({8, 0, 0}, CommitmentOf(whole));
  ASSERT_TRUE(reader->Read(0).ok());
  ASSERT_TRUE(vault_->Shred(kHere.index, kHere.ordinal).ok());
  EXPECT_EQ(ReasonOf(reader->Read(0).status()), "CONTENT_ERASED");
  EXPECT_TRUE(small->Read(0).ok());
  ASSERT_TRUE(vault_->Shred(8, 0).ok());
  EXPECT_EQ(ReasonOf(small->Read(0).status()), "CONTENT_ERASED");
}

TEST_F(ContentTest, SweepsWhatACrashLeftBehind) {
  const ContentHead head = Keep(kHere, random_.Bytes(1000));
  Keep({9, 0, 0}, random_.Bytes(1000));
  // A stream that was cut by the crash: no row names it.
  ASSERT_TRUE(base::WriteFile(data_.File("objects/0123"), "cut", base::FileMode::kPrivate).ok());
  Reopen();
  EXPECT_THAT(Objects(), SizeIs(2));
  ASSERT_TRUE(vault_->Sweep(8).ok());
  EXPECT_THAT(Objects(), SizeIs(1));
  EXPECT_TRUE(vault_->OpenContent(kHere, head.commitment).ok());
}

TEST_F(ContentTest, SaysThatARowWithoutItsObjectIsNotThere) {
  Keep(kHere, random_.Bytes(1000));
  ASSERT_TRUE(base::RemoveFile(ObjectPath()).ok());
  EXPECT_FALSE(Has(kHere));
}

TEST_F(ContentTest, ARowThatNamesAnotherObjectOpensNothing) {
  const ContentHead head = Keep(kHere, random_.Bytes(1000));
  Keep({8, 0, 0}, random_.Bytes(1000));
  Tamper(
      "UPDATE items SET object = (SELECT object FROM items WHERE place = 8 << 20)"
      " WHERE place = 7 << 20");
  EXPECT_EQ(ReasonOf(vault_->OpenContent(kHere, head.commitment).status()), "NOT_AUTHENTIC");
}

}  // namespace
}  // namespace passerelle::gateway::vault
