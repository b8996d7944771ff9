// Contents as streams, over a gateway that can lie.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/unit/gateway/client/session_fixture.h"

namespace passerelle::gateway::client {
namespace {

using base::ReasonOf;

constexpr char kBytes[] = "annee;n\n2020;12\n2021;13\n2022;14\n";

class ContentsTest : public SessionTest {
 protected:
  ContentsTest() { EXPECT_TRUE(base::WriteFile(source_, kBytes, base::FileMode::kPrivate).ok()); }

  ContentFile Commit(base::CommitmentKind kind) {
    auto committed = CommitToFile(source_, kind, "text/csv", random_, [](uint64_t, uint64_t) {});
    EXPECT_TRUE(committed.ok()) << committed.status();
    return *std::move(committed);
  }

  absl::StatusOr<Answer> Upload(Session& session) {
    const ContentFile payload = Commit(base::CommitmentKind::kPayload);
    Draft draft = Transfer("");
    draft.attachments.clear();
    draft.acts[0].mutable_transfer_submitted()->mutable_payload()->set_digest(
        payload.head.commitment());
    return session.Upload(draft, payload, Count());
  }

  absl::StatusOr<Fetched> Download(Session& session, const Answer& sent) {
    return session.Download(RefOf(sent), target_, Count());
  }

  std::function<void(uint64_t, uint64_t)> Count() {
    return [this](uint64_t done, uint64_t total) {
      done_ = done;
      total_ = total;
    };
  }

  std::string PartOf(const Answer& sent) const {
    return target_ + "." + base::ToHex(base::View(sent.statement).substr(0, 6)) + ".part";
  }

  const std::string source_ = folder_ / "source.csv";
  const std::string target_ = folder_ / "target.csv";
  uint64_t done_ = 0, total_ = 0;
};

TEST_F(ContentsTest, BringAFileAndItsManifest) {
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = Upload(*session);
  ASSERT_TRUE(sent.ok()) << sent.status();
  EXPECT_EQ(sent->effect, record::v1::EFFECT_ACCEPTED);
  ASSERT_EQ(gateway_.uploads.size(), 1u);
  EXPECT_EQ(gateway_.uploads[0].length(), sizeof kBytes - 1);
  EXPECT_EQ(gateway_.uploads[0].media_type(), "text/csv");
  EXPECT_EQ(gateway_.sends[0].payloads(0).content(), kBytes);
  EXPECT_EQ(total_, sizeof kBytes - 1);
}

TEST_F(ContentsTest, TellARefusalThatCameBeforeTheBytes) {
  gateway_.refuses = true;
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = Upload(*session);
  ASSERT_TRUE(sent.ok()) << sent.status();
  EXPECT_EQ(sent->effect, record::v1::EFFECT_REFUSED);
}

TEST_F(ContentsTest, TellThatNobodyKnowsWhatBecameOfAnUploadThatWasCut) {
  const std::unique_ptr<Session> session = Open();
  ASSERT_TRUE(session->GetConvention().ok());
  gateway_.fails = base::Error(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", "gone");
  EXPECT_EQ(ReasonOf(Upload(*session).status()), "OUTCOME_UNKNOWN");
}

TEST_F(ContentsTest, FetchIntoAFileThatOthersCannotRead) {
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = Upload(*session);
  const absl::StatusOr<Fetched> fetched = Download(*session, *sent);
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  EXPECT_EQ(*base::ReadFile(target_, 1000), kBytes);
  EXPECT_EQ(*base::PermissionsOf(target_), 0600);
  EXPECT_EQ(fetched->length, sizeof kBytes - 1);
  EXPECT_EQ(fetched->handover.index, sent->index + 1);
  EXPECT_FALSE(base::Exists(PartOf(*sent)));
  EXPECT_EQ(done_, sizeof kBytes - 1);
}

TEST_F(ContentsTest, GoOnWhereADownloadWasCut) {
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = Upload(*session);
  gateway_.cut_after = 12;
  EXPECT_EQ(ReasonOf(Download(*session, *sent).status()), "UNAVAILABLE");
  EXPECT_EQ(*base::ReadFile(PartOf(*sent), 1000), std::string(kBytes).substr(0, 10));
  EXPECT_FALSE(base::Exists(target_));
  gateway_.cut_after = SIZE_MAX;
  const absl::StatusOr<Fetched> fetched = Download(*session, *sent);
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  EXPECT_EQ(gateway_.downloads[1].offset(), 10u);
  EXPECT_EQ(*base::ReadFile(target_, 1000), kBytes);
}

TEST_F(ContentsTest, BeginAgainWhereMoreIsThereThanTheContentHas) {
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = Upload(*session);
  gateway_.longest = sizeof kBytes - 1;
  ASSERT_TRUE(
      base::WriteFile(PartOf(*sent), std::string(kBytes) + "2023;15\n", base::FileMode::kPrivate)
          .ok());
  const absl::StatusOr<Fetched> fetched = Download(*session, *sent);
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  EXPECT_EQ(*base::ReadFile(target_, 1000), kBytes);
  EXPECT_FALSE(base::Exists(PartOf(*sent)));
}

TEST_F(ContentsTest, DoNotAskForEverWhenTheGatewayInsists) {
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = Upload(*session);
  gateway_.fails = base::Error(absl::StatusCode::kOutOfRange, "OFFSET", "offset", "begin at 0");
  EXPECT_EQ(ReasonOf(Download(*session, *sent).status()), "OFFSET");
  EXPECT_EQ(gateway_.downloads.size(), 1u);
}

TEST_F(ContentsTest, KeepNothingThatIsNotWhatTheSenderCommittedTo) {
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = Upload(*session);
  gateway_.bend_chunk = [](std::string& chunk) { chunk[0] ^= 1; };
  EXPECT_EQ(ReasonOf(Download(*session, *sent).status()), "PAYLOAD_COMMITMENT");
  EXPECT_FALSE(base::Exists(target_));
  EXPECT_FALSE(base::Exists(PartOf(*sent)));
}

TEST_F(ContentsTest, TakeNoMoreBytesThanAnnounced) {
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = Upload(*session);
  gateway_.bend_chunk = [](std::string& chunk) { chunk += chunk; };
  EXPECT_EQ(ReasonOf(Download(*session, *sent).status()), "DOWNLOAD_LENGTH");
}

TEST_F(ContentsTest, TellThatAnAnswerEndedEarly) {
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = Upload(*session);
  bool first = true;
  gateway_.bend_chunk = [&](std::string& chunk) {
    if (!first) chunk.clear();
    first = false;
  };
  EXPECT_EQ(ReasonOf(Download(*session, *sent).status()), "DOWNLOAD_CUT");
}

TEST_F(ContentsTest, TellTheFindingsOfARefusedFetch) {
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = Upload(*session);
  gateway_.refuses = true;
  const absl::StatusOr<Fetched> fetched = Download(*session, *sent);
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  EXPECT_EQ(fetched->findings.size(), 1u);
  EXPECT_FALSE(base::Exists(target_));
}

TEST_F(ContentsTest, BringADocumentAndFetchItAgain) {
  const std::unique_ptr<Session> session = Open();
  const ContentFile document = Commit(base::CommitmentKind::kDocument);
  const absl::Status brought = session->UploadDocument(document, Count());
  ASSERT_TRUE(brought.ok()) << brought;
  const base::Digest commitment = *base::DigestFromBytes(document.head.commitment());
  const auto fetched = session->DownloadDocument(commitment, target_, Count());
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  EXPECT_EQ(fetched->media_type(), "text/csv");
  EXPECT_EQ(*base::ReadFile(target_, 1000), kBytes);
}

TEST_F(ContentsTest, KeepNoDocumentThatDoesNotOpenItsCommitment) {
  const std::unique_ptr<Session> session = Open();
  const ContentFile document = Commit(base::CommitmentKind::kDocument);
  ASSERT_TRUE(session->UploadDocument(document, Count()).ok());
  gateway_.bend_chunk = [](std::string& chunk) { chunk[0] ^= 1; };
  const base::Digest commitment = *base::DigestFromBytes(document.head.commitment());
  EXPECT_EQ(ReasonOf(session->DownloadDocument(commitment, target_, Count()).status()),
            "DOCUMENT_COMMITMENT");
  EXPECT_FALSE(base::Exists(target_));
}

TEST_F(ContentsTest, NameAFileThatIsNotThere) {
  const auto committed = CommitToFile(folder_ / "none", base::CommitmentKind::kPayload, "text/csv",
                                      random_, [](uint64_t, uint64_t) {});
  EXPECT_EQ(ReasonOf(committed.status()), "FILE_MISSING");
}

}  // namespace
}  // namespace passerelle::gateway::client
