// A session over a gateway that can lie: what is believed, and what stops it.
#include "gateway/client/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "audit/entry/codec.h"
#include "certs/keys/dsse.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/support/fakes.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/gateway/client/fake_gateway.h"
#include "tests/unit/gateway/client/session_fixture.h"

namespace passerelle::gateway::client {
namespace {

using certs::keys::PrivateKey;
using tests::FakeClock;
using tests::FakeGateway;
using tests::SmallLog;

TEST_F(SessionTest, SubmitsAndRemembersTheCheckpointOfTheReceipt) {
  std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> answer = session->Submit(Opinion());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->effect, record::v1::EFFECT_ACCEPTED);
  EXPECT_EQ(answer->index, 1u);
  // The convention's receipt was written at once, this one a second later or when the session goes.
  session.reset();
  EXPECT_EQ(*base::ReadFile(file_, base::kMaxNoteBytes), gateway_.log.Checkpoint());
  EXPECT_EQ(*base::PermissionsOf(file_), 0600);
}

TEST_F(SessionTest, HeadersNameLogSeenSignersAndTheShiftedTime) {
  const std::unique_ptr<Session> session = Open();
  const base::Digest a = KeyOf('a').public_key().fingerprint();
  const base::Digest b = KeyOf('b').public_key().fingerprint();
  const absl::StatusOr<statement::v1::Header> header = session->NewHeader({b, a, b});
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->log(), gateway_.founding.log());
  EXPECT_EQ(header->seen().origin(), SmallLog::kOrigin);
  EXPECT_EQ(header->seen().size(), 1u);
  EXPECT_EQ(header->seen().root(), base::View(gateway_.log.Leaf(0)));
  EXPECT_THAT(header->signers(),
              testing::ElementsAre(base::View(std::min(a, b)), base::View(std::max(a, b))));
  EXPECT_EQ(header->issued_at_ms(), FakeClock::kStartMs + 86'400'000);
  EXPECT_EQ(header->not_after_ms() - header->issued_at_ms(), base::kDefaultStatementLifeMs);
  EXPECT_NE(header->nonce(), session->NewHeader({a})->nonce());
}

TEST_F(SessionTest, MakesHeadersForAStoppedKeyWhichReadsNothing) {
  pinned_shift_ms_ = 86'400'000;
  const std::unique_ptr<Session> session = Open();
  ASSERT_TRUE(session->UpdateCheckpoint().ok());
  gateway_.fails =
      base::Error(absl::StatusCode::kPermissionDenied, "KEY_NOT_IN_FORCE", "", "stopped");
  const absl::StatusOr<statement::v1::Header> header =
      session->NewHeader({KeyOf('a').public_key().fingerprint()});
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->seen().size(), 1u);
  EXPECT_EQ(header->issued_at_ms(), FakeClock::kStartMs + 86'400'000);
  gateway_.fails = base::Error(absl::StatusCode::kUnavailable, "DRAINING", "", "stops");
  EXPECT_EQ(base::ReasonOf(session->NewHeader({}).status()), "DRAINING");
}

TEST_F(SessionTest, NamesTheSizeItLastVerifiedInEveryRequest) {
  const std::unique_ptr<Session> session = Open();
  ASSERT_TRUE(session->Submit(Opinion()).ok());
  ASSERT_TRUE(session->Submit(Opinion()).ok());
  EXPECT_THAT(gateway_.seen_sizes, testing::ElementsAre(1, 2));
}

TEST_F(SessionTest, RefusesAConventionThatEntryZeroDidNotEnact) {
  gateway_.founding.mutable_convention()->set_slug("autre");
  EXPECT_EQ(base::ReasonOf(Open()->GetConvention().status()), "FOUNDING");
}

TEST_F(SessionTest, RefusesSettingsThatNoActEnacted) {
  gateway_.founding.mutable_settings()->set_clock_shift_ms(0);
  EXPECT_EQ(base::ReasonOf(Open()->GetConvention().status()), "SETTINGS");
}

TEST_F(SessionTest, TakesTheSettingsOfTheActThatEnactedThemLast) {
  const std::unique_ptr<Session> earlier = Open();
  Draft draft;
  statement::v1::SettingsEnacted& enacted = *draft.acts.emplace_back().mutable_settings_enacted();
  *enacted.mutable_settings() = gateway_.founding.settings();
  enacted.mutable_settings()->set_opinion_due_days(21);
  const absl::StatusOr<Answer> answer = earlier->Submit(draft);
  ASSERT_TRUE(answer.ok()) << answer.status();
  *gateway_.founding.mutable_settings() = enacted.settings();
  gateway_.founding.mutable_settings_ref()->set_statement(base::ToBytes(answer->statement));
  const auto founding = Open()->GetConvention();
  ASSERT_TRUE(founding.ok()) << founding.status();
  EXPECT_EQ(founding->settings().opinion_due_days(), 21u);
  // What an act enacted says nothing for other settings.
  gateway_.founding.mutable_settings()->set_opinion_due_days(22);
  EXPECT_EQ(base::ReasonOf(Open()->GetConvention().status()), "SETTINGS");
}

TEST_F(SessionTest, TakesADatasetAsItsActDeclaredIt) {
  const std::unique_ptr<Session> session = Open();
  Draft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  act.set_party("p001");
  act.mutable_dataset_declared()->set_slug("p001/agg");
  const absl::StatusOr<Answer> answer = session->Submit(draft);
  ASSERT_TRUE(answer.ok()) << answer.status();
  statement::v1::ActRef name;
  name.set_statement(base::ToBytes(answer->statement));
  *gateway_.dataset.mutable_name() = name;
  *gateway_.dataset.mutable_row()->mutable_declared() = act.dataset_declared();
  gateway_.dataset.mutable_row()->set_controller("p001");
  ASSERT_TRUE(session->GetDataset(name).ok()) << session->GetDataset(name).status();
  gateway_.dataset.mutable_row()->mutable_declared()->set_threshold(3);
  EXPECT_EQ(base::ReasonOf(session->GetDataset(name).status()), "DATASET");
}

TEST_F(SessionTest, PreviewsADraftWithItsAttachmentsUnderTheSignersNamed) {
  const std::unique_ptr<Session> session = Open();
  const Draft draft = Opinion();
  const base::Digest other = KeyOf('b').public_key().fingerprint();
  const auto preview = session->Preview(draft, {other});
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->effect(), record::v1::EFFECT_ACCEPTED);
  EXPECT_EQ(gateway_.previewed.log(), gateway_.founding.log());
  EXPECT_EQ(gateway_.previewed.acts_size(), 1);
  EXPECT_EQ(gateway_.previewed.attachments_size(), 1);
  EXPECT_THAT(gateway_.previewed.signers(), testing::ElementsAre(base::View(other)));
  EXPECT_TRUE(gateway_.submits.empty());
}

TEST_F(SessionTest, WatchesUntilTheVisitorOrTheDeadlineEndsIt) {
  const std::unique_ptr<Session> session = Open();
  gateway_.inboxes.resize(2);
  gateway_.inboxes[0].add_items()->set_party("p001");
  int told = 0;
  const auto count = [&](const api::WatchInboxResponse&) {
    ++told;
    return absl::OkStatus();
  };
  EXPECT_TRUE(absl::IsDeadlineExceeded(session->WatchInbox(5000, count)));
  EXPECT_EQ(told, 2);
  EXPECT_EQ(gateway_.watch_deadline_ms, 5000);
  const auto stop = [](const api::WatchExchangeResponse& state) {
    return absl::AbortedError(state.exchange().name().statement());
  };
  statement::v1::ActRef exchange;
  exchange.set_statement(std::string(32, 'e'));
  EXPECT_TRUE(absl::IsAborted(session->WatchExchange(exchange, 0, stop)));
  EXPECT_EQ(session->ListInbox()->size(), 1u);
}

TEST_F(SessionTest, AsksForWhatItIsAskedFor) {
  const std::unique_ptr<Session> session = Open();
  statement::v1::ActRef name;
  name.set_statement(std::string(32, 'n'));
  EXPECT_EQ(session->ListConventions()->at(0).log(), gateway_.founding.log());
  EXPECT_EQ(session->ListKeys("p002")->at(0).row().agent(), "p002");
  EXPECT_EQ(session->GetTransfer(name)->transfer().name().statement(), name.statement());
  EXPECT_EQ(session->ExplainExchange(name)->clauses(0).act().statement(), name.statement());
}

TEST_F(SessionTest, ARefusalIsAnAnswerOnceItsSaltOpensTheDigest) {
  const std::unique_ptr<Session> session = Open();
  gateway_.refuses = true;
  const absl::StatusOr<Answer> answer = session->Submit(Opinion());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->effect, record::v1::EFFECT_REFUSED);
  EXPECT_NE(answer->statement, base::Digest{});
}

TEST_F(SessionTest, RejectsARefusalOfAnotherStatement) {
  const std::unique_ptr<Session> session = Open();
  gateway_.refuses = true;
  gateway_.bend_receipt = [](api::Receipt& receipt) {
    if (!receipt.refused_salt().empty()) (*receipt.mutable_refused_salt())[0] ^= 1;
  };
  EXPECT_EQ(base::ReasonOf(session->Submit(Opinion()).status()), "RECEIPT_OF_ANOTHER");
  gateway_.bend_receipt = [](api::Receipt& receipt) { receipt.clear_refused_salt(); };
  EXPECT_EQ(base::ReasonOf(session->Submit(Opinion()).status()), "RECEIPT_OF_ANOTHER");
}

TEST_F(SessionTest, RejectsTheReceiptOfAnotherStatement) {
  const std::unique_ptr<Session> session = Open();
  ASSERT_TRUE(session->Submit(Opinion()).ok());
  gateway_.bend_receipt = [this](api::Receipt& receipt) {
    receipt = gateway_.log.Receipt(1, gateway_.seen_sizes.back());
  };
  EXPECT_EQ(base::ReasonOf(session->Submit(Opinion()).status()), "RECEIPT_OF_ANOTHER");
}

TEST_F(SessionTest, RejectsAnEnvelopeRecordedUnderOtherSignatures) {
  const std::unique_ptr<Session> session = Open();
  ASSERT_TRUE(session->GetConvention().ok());
  gateway_.bend_receipt = [this](api::Receipt& receipt) {
    record::v1::Entry entry = *audit::entry::DecodeLeaf(gateway_.log.entry(1));
    statement::v1::Envelope envelope;
    ASSERT_TRUE(envelope.ParseFromString(entry.recorded().envelope()));
    envelope.mutable_signatures(0)->set_raw(std::string(64, 'x'));
    entry.mutable_recorded()->set_envelope(envelope.SerializeAsString());
    gateway_.log.Truncate(1);
    gateway_.log.Append(entry);
    receipt = gateway_.log.Receipt(1, 1);
  };
  EXPECT_EQ(base::ReasonOf(session->Submit(Opinion()).status()), "RECEIPT_ENVELOPE");
}

TEST_F(SessionTest, StopsAtAForkAndKeepsBothNotes) {
  std::unique_ptr<Session> session = Open();
  ASSERT_TRUE(session->Submit(Opinion()).ok());
  const std::string before = gateway_.log.Checkpoint();
  // The operator rewrites entry 1 and signs the new history.
  record::v1::Entry entry = *audit::entry::DecodeLeaf(gateway_.log.entry(1));
  entry.set_salt(std::string(16, 's'));
  gateway_.log.Truncate(1);
  gateway_.log.Append(entry);
  const absl::Status forked = session->Submit(Opinion()).status();
  const std::string after = gateway_.log.Checkpoint();
  EXPECT_EQ(forked.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(base::ReasonOf(forked), "FORK");
  EXPECT_TRUE(absl::StrContains(forked.message(), before)) << forked;
  EXPECT_TRUE(absl::StrContains(forked.message(), after)) << forked;
  EXPECT_TRUE(absl::StrContains(forked.message(), "show them to the secretariat")) << forked;
  EXPECT_TRUE(absl::StrContains(forked.message(), "montrez-les au secrétariat")) << forked;
  EXPECT_EQ(*base::ReadFile(file_, base::kMaxNoteBytes), before);
  EXPECT_EQ(*base::ReadFile(file_ + ".fork", base::kMaxNoteBytes), after);

  // Nothing leaves any more, from this session or the next.
  const size_t submits = gateway_.submits.size();
  EXPECT_EQ(base::ReasonOf(session->Submit(Opinion()).status()), "FORK");
  EXPECT_EQ(base::ReasonOf(session->UpdateCheckpoint().status()), "FORK");
  EXPECT_EQ(base::ReasonOf(TryOpen().status()), "FORK");
  EXPECT_EQ(gateway_.submits.size(), submits);
}

TEST_F(SessionTest, StopsWhenTheLogBecameSmaller) {
  const std::unique_ptr<Session> session = Open();
  ASSERT_TRUE(session->Submit(Opinion()).ok());
  gateway_.log.Truncate(1);
  EXPECT_EQ(base::ReasonOf(session->UpdateCheckpoint().status()), "FORK");
}

TEST_F(SessionTest, AGatewayThatSaysItIsBehindHasForked) {
  const std::unique_ptr<Session> session = Open();
  ASSERT_TRUE(session->Submit(Opinion()).ok());
  gateway_.fails = base::Error(absl::StatusCode::kOutOfRange, "SEEN_AHEAD", "seen_size", "ahead");
  EXPECT_EQ(base::ReasonOf(session->Submit(Opinion()).status()), "FORK");
  EXPECT_FALSE(base::Exists(file_ + ".fork"));
}

TEST_F(SessionTest, ASecondSessionGoesOnFromTheFile) {
  ASSERT_TRUE(Open()->Submit(Opinion()).ok());
  ASSERT_TRUE(Open()->Submit(Opinion()).ok());
  EXPECT_THAT(gateway_.seen_sizes, testing::ElementsAre(1, 2));
}

TEST_F(SessionTest, RejectsACheckpointFileOfAnotherLog) {
  SmallLog other('o');
  other.AppendBytes("x");
  ASSERT_TRUE(base::WriteFile(file_, other.Checkpoint(), base::FileMode::kPrivate).ok());
  EXPECT_FALSE(TryOpen().ok());
  ASSERT_TRUE(base::WriteFile(file_, "", base::FileMode::kPrivate).ok());
  EXPECT_FALSE(TryOpen().ok());
}

TEST_F(SessionTest, NothingLeavesForAnotherLog) {
  const std::unique_ptr<Session> session = Open();
  statement::v1::Header header = *session->NewHeader({session->key().public_key().fingerprint()});
  header.set_log(std::string(32, 'f'));
  SignedFile file = StartFile(header, Opinion());
  ASSERT_TRUE(AddSignature(file, session->key()).ok());
  EXPECT_EQ(base::ReasonOf(session->SubmitSigned(file).status()), "FOREIGN_LOG");
  EXPECT_TRUE(gateway_.submits.empty());
}

TEST_F(SessionTest, NothingLeavesThatIsTooLarge) {
  const std::unique_ptr<Session> session = Open();
  const std::string document(base::kMaxAttachmentsBytes + 1, 'x');
  EXPECT_EQ(base::ReasonOf(session->Submit(Opinion(document)).status()), "TOO_LARGE");
  EXPECT_TRUE(gateway_.submits.empty());
}

TEST_F(SessionTest, ARefusalOfTheGatewaysOwnLeavesNoDoubt) {
  const std::unique_ptr<Session> session = Open();
  ASSERT_TRUE(session->GetConvention().ok());
  for (const char* reason : {"CLOCK_BEHIND", "DRAINING", "LOG_FULL"}) {
    gateway_.fails = base::Error(absl::StatusCode::kUnavailable, reason, "", "not now");
    EXPECT_EQ(base::ReasonOf(session->Submit(Opinion()).status()), reason);
  }
  // A fault inside it does.
  gateway_.fails = base::Error(absl::StatusCode::kInternal, "LOG_UNKNOWN", "", "fault");
  EXPECT_EQ(base::ReasonOf(session->Submit(Opinion()).status()), "OUTCOME_UNKNOWN");
}

TEST_F(SessionTest, ALostConnectionTellsWhichReceiptToAskFor) {
  const std::unique_ptr<Session> session = Open();
  ASSERT_TRUE(session->GetConvention().ok());
  gateway_.fails =
      base::Error(absl::StatusCode::kUnavailable, "UNREACHABLE", "", "connection lost");
  const absl::Status lost = session->Submit(Opinion()).status();
  EXPECT_EQ(base::ReasonOf(lost), "OUTCOME_UNKNOWN");
  EXPECT_EQ(lost.code(), absl::StatusCode::kUnavailable);
  statement::v1::Envelope envelope;
  ASSERT_TRUE(envelope.ParseFromString(gateway_.submits.back().envelope()));
  const base::Digest digest = certs::keys::StatementDigest(envelope.payload());
  EXPECT_EQ(base::PathOf(lost), base::ToHex(base::View(digest)));
  EXPECT_TRUE(absl::StrContains(lost.message(), "UNREACHABLE: connection lost")) << lost;
}

TEST_F(SessionTest, TheSameFileAgainIsTheSameEntry) {
  const std::unique_ptr<Session> session = Open();
  SignedFile file =
      StartFile(*session->NewHeader({session->key().public_key().fingerprint()}), Opinion());
  ASSERT_TRUE(AddSignature(file, session->key()).ok());
  const absl::StatusOr<Answer> first = session->SubmitSigned(file);
  ASSERT_TRUE(session->Submit(Opinion()).ok());
  const absl::StatusOr<Answer> again = session->SubmitSigned(file);
  ASSERT_TRUE(first.ok() && again.ok()) << first.status() << again.status();
  EXPECT_EQ(first->index, again->index);
  EXPECT_EQ(session->GetReceipt(first->statement)->index, first->index);
}

TEST_F(SessionTest, TransfersTakeTheirOwnDoor) {
  const std::unique_ptr<Session> session = Open();
  ASSERT_TRUE(session->Send(Transfer("annee;n\n2020;12\n")).ok());
  EXPECT_EQ(gateway_.sends.size(), 1u);
  EXPECT_TRUE(gateway_.submits.empty());
  EXPECT_EQ(base::ReasonOf(session->Send(Opinion()).status()), "NOT_A_TRANSFER");
}

TEST_F(SessionTest, FetchesWhatTheSenderCommittedTo) {
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = session->Send(Transfer("annee;n\n2020;12\n"));
  ASSERT_TRUE(sent.ok()) << sent.status();
  const absl::StatusOr<Fetched> fetched = session->Fetch(RefOf(*sent));
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  EXPECT_EQ(fetched->payload.content(), "annee;n\n2020;12\n");
  EXPECT_EQ(fetched->handover.index, sent->index + 1);
}

TEST_F(SessionTest, ARefusedFetchBringsFindingsAlone) {
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = session->Send(Transfer("annee;n\n2020;12\n"));
  gateway_.refuses = true;
  const absl::StatusOr<Fetched> fetched = session->Fetch(RefOf(*sent));
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  ASSERT_EQ(fetched->findings.size(), 1u);
  EXPECT_EQ(fetched->findings[0].rule(), "IX.5d");
}

TEST_F(SessionTest, RejectsAPayloadThatIsNotTheOneCommittedTo) {
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = session->Send(Transfer("annee;n\n2020;12\n"));
  gateway_.bend_fetch = [](api::FetchResponse& response) {
    response.mutable_payload()->mutable_content()->append("2021;13\n");
  };
  EXPECT_EQ(base::ReasonOf(session->Fetch(RefOf(*sent)).status()), "PAYLOAD_COMMITMENT");
  gateway_.bend_fetch = [](api::FetchResponse& response) {
    response.mutable_payload()->clear_nonce();
  };
  EXPECT_EQ(base::ReasonOf(session->Fetch(RefOf(*sent)).status()), "PAYLOAD_COMMITMENT");
}

TEST_F(SessionTest, RejectsAFetchThatLeavesNoTraceOfItsOwn) {
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = session->Send(Transfer("annee;n\n2020;12\n"));
  const absl::StatusOr<Fetched> first = session->Fetch(RefOf(*sent));
  ASSERT_TRUE(first.ok()) << first.status();
  // The second fetch is answered with the receipt of the first.
  gateway_.bend_fetch = [&](api::FetchResponse& response) {
    *response.mutable_receipt() =
        gateway_.log.Receipt(first->handover.index, gateway_.log.size() - 1);
  };
  EXPECT_EQ(base::ReasonOf(session->Fetch(RefOf(*sent)).status()), "HANDOVER_OF_ANOTHER");
}

TEST_F(SessionTest, RejectsTheHandoverOfAnotherTransfer) {
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<Answer> sent = session->Send(Transfer("annee;n\n2020;12\n"));
  const absl::StatusOr<Answer> other = session->Send(Transfer("annee;n\n2021;12\n"));
  gateway_.bend_fetch = [&](api::FetchResponse& response) {
    api::FetchRequest request;
    *request.mutable_transfer() = RefOf(*other);
    request.set_seen_size(3);
    gateway_.bend_fetch = nullptr;
    *response.mutable_receipt() = gateway_.Fetch(request)->receipt();
  };
  EXPECT_EQ(base::ReasonOf(session->Fetch(RefOf(*sent)).status()), "HANDOVER_OF_ANOTHER");
}

TEST_F(SessionTest, DocumentsMustOpenTheirCommitment) {
  const std::unique_ptr<Session> session = Open();
  const Draft draft = Opinion();
  ASSERT_TRUE(session->Submit(draft).ok());
  const base::Digest commitment = *base::DigestFromBytes(draft.attachments[0].commitment());
  const absl::StatusOr<record::v1::Attachment> document = session->GetDocument(commitment);
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->content(), "synthetic reasons");
  gateway_.vault[draft.attachments[0].commitment()].set_content("others");
  EXPECT_EQ(base::ReasonOf(session->GetDocument(commitment).status()), "DOCUMENT_COMMITMENT");
}

TEST_F(SessionTest, ListsFollowEveryPageButNeverACircle) {
  gateway_.parties = {"p001", "p002", "p003"};
  const std::unique_ptr<Session> session = Open();
  const absl::StatusOr<std::vector<api::Party>> parties = session->ListParties();
  ASSERT_TRUE(parties.ok()) << parties.status();
  ASSERT_EQ(parties->size(), 3u);
  EXPECT_EQ(parties->back().party().id(), "p003");
  EXPECT_EQ(base::ReasonOf(session->ListMandates("").status()), "PAGE_TOKEN");
}

TEST_F(SessionTest, JoinsARegisterAndRefusesOneWithoutItsSummary) {
  const std::unique_ptr<Session> session = Open();
  std::vector<uint64_t> read;
  const auto progress = [&](uint64_t done, uint64_t total) {
    EXPECT_EQ(total, 3u);
    read.push_back(done);
  };
  const absl::StatusOr<RegisterFile> file = session->ExportRegister({}, progress);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->bytes, "a;b\n1;2\n");
  EXPECT_EQ(file->summary.sheets(), 1u);
  EXPECT_EQ(read, (std::vector<uint64_t>{1, 2, 3}));
  gateway_.register_cut = true;
  EXPECT_EQ(base::ReasonOf(session->ExportRegister({}, progress).status()), "REGISTER_INCOMPLETE");
}

}  // namespace
}  // namespace passerelle::gateway::client
