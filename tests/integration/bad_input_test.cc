// Bad input at the real server: each gets a clear error with reason and field path, or findings,
// and leaves the state as it was but for the heads of the chains.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "certs/keys/dsse.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/support/served_gateway.h"

namespace passerelle::tests {
namespace {

using gateway::base::PathOf;
using gateway::base::ReasonOf;
using gateway::core::Door;
using gateway::core::Request;
using record::v1::Finding;
using statement::v1::Act;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::vector<std::string> kSigner = {"representative-p003"};
constexpr int64_t kHourMs = int64_t{3600} * 1000;
// A social security number of nobody: no commune has the code 42999.
constexpr char kSyntheticNir[] = "185074299912375";

// The dump without what every entry moves: the log's head, the parties' chains, the statements
// remembered for a repetition.
std::string WithoutHeads(const std::string& dump) {
  std::string kept;
  for (const auto& line : absl::StrSplit(dump, '\n'))
    if (!absl::StartsWith(line, "heads ") && !absl::StartsWith(line, "chains ") &&
        !absl::StartsWith(line, "statements "))
      absl::StrAppend(&kept, line, "\n");
  return kept;
}

class BadInputTest : public ::testing::Test {
 protected:
  // The error of a request that must leave no trace at all.
  absl::Status Error(const Request& request, std::string_view caller = "representative-p003") {
    const std::string dump = gateway_.Dump();
    const uint64_t size = gateway_.size();
    const absl::StatusOr<TestEntry> recorded = served_.Carry(caller, request);
    EXPECT_FALSE(recorded.ok()) << "recorded";
    EXPECT_EQ(gateway_.size(), size);
    EXPECT_EQ(gateway_.Dump(), dump);
    return recorded.status();
  }

  // The refusal of a request that must change nothing but heads.
  TestEntry Refusal(const Request& request, std::string_view caller = "representative-p003") {
    const std::string dump = WithoutHeads(gateway_.Dump());
    const uint64_t size = gateway_.size();
    const absl::StatusOr<TestEntry> recorded = served_.Carry(caller, request);
    EXPECT_EQ(WithoutHeads(gateway_.Dump()), dump);
    if (!recorded.ok()) {
      ADD_FAILURE() << recorded.status();
      return {};
    }
    EXPECT_EQ(recorded->receipt.effect(), record::v1::EFFECT_REFUSED);
    EXPECT_EQ(recorded->index, size);
    EXPECT_EQ(gateway_.size(), size + 1);
    EXPECT_GE(recorded->entry.refused().findings_size(), 1);
    return *recorded;
  }

  // A mandate that p003's representative may give.
  TestDraft Mandate() {
    TestDraft draft;
    gateway_.AddMandate(draft, "p003", "mandatee", statement::v1::ROLE_REQUESTER);
    return draft;
  }

  Request Good() { return gateway_.RequestOf(Mandate(), kSigner); }

  // The envelope of any bytes, rightly signed.
  Request SignBytes(const std::string& payload) {
    const certs::keys::PrivateKey* key = &gateway_.KeyOf(kSigner[0]);
    Request request;
    request.envelope = certs::keys::SignStatement(payload, {&key, 1}).SerializeAsString();
    return request;
  }

  statement::v1::Statement GoodStatement() { return gateway_.StatementOf(Mandate(), kSigner); }

  ServedGateway served_{Progress::kRegistered};
  TestGateway& gateway_ = served_.gateway();
};

TEST_F(BadInputTest, AcceptsWhatTheOthersSpoil) {
  const absl::StatusOr<TestEntry> recorded = served_.Carry("representative-p003", Good());
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_TRUE(recorded->accepted());
  const Request transfer =
      gateway_.RequestOf(gateway_.Send("2023", gateway_.Payload("2023"), 0), {"system-p001"});
  const absl::StatusOr<TestEntry> sent = served_.Carry("system-p001", transfer);
  ASSERT_TRUE(sent.ok()) << sent.status();
  EXPECT_TRUE(sent->accepted()) << RefusalsOf(sent->entry);
}

// Bytes.

TEST_F(BadInputTest, RefusesEveryTruncationOfAnEnvelope) {
  const Request good = Good();
  for (size_t length = 0; length < good.envelope.size(); length += 7) {
    Request request = good;
    request.envelope.resize(length);
    const absl::Status status = Error(request);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << length;
    EXPECT_THAT(PathOf(status), StartsWith("envelope")) << length;
  }
}

TEST_F(BadInputTest, RefusesBytesThatAreNoProtobuf) {
  Request request;
  for (const std::string& bytes : {std::string(64, '\xff'), std::string(64, '\0')}) {
    request.envelope = bytes;
    EXPECT_THAT(PathOf(Error(request)), StartsWith("envelope"));
    EXPECT_THAT(PathOf(Error(SignBytes(bytes))), StartsWith("statement"));
  }
}

TEST_F(BadInputTest, RefusesUnknownFields) {
  Request request = Good();
  request.envelope += "\x78\x01";
  absl::Status status = Error(request);
  EXPECT_EQ(ReasonOf(status), "UNKNOWN_FIELD");
  EXPECT_EQ(PathOf(status), "envelope.15");
  status = Error(SignBytes(GoodStatement().SerializeAsString() + "\x78\x01"));
  EXPECT_EQ(ReasonOf(status), "UNKNOWN_FIELD");
  EXPECT_EQ(PathOf(status), "statement.15");
}

TEST_F(BadInputTest, RefusesShadowedFields) {
  const statement::v1::Statement statement = GoodStatement();
  statement::v1::Statement hidden;
  hidden.mutable_header()->set_nonce("a name, under the header that counts");
  const absl::Status status =
      Error(SignBytes(hidden.SerializeAsString() + statement.SerializeAsString()));
  EXPECT_EQ(ReasonOf(status), "REPEATED_FIELD");
  EXPECT_EQ(PathOf(status), "statement.header");
}

TEST_F(BadInputTest, RefusesUnknownActs) {
  statement::v1::Statement statement = GoodStatement();
  statement.clear_acts();
  // Act{party: "p003", field 99: ""}.
  const std::string act = std::string("\x0a\x04p003\x9a\x06", 8) + std::string(1, '\0');
  const std::string acts = absl::StrCat("\x12", std::string(1, static_cast<char>(act.size())), act);
  absl::Status status = Error(SignBytes(statement.SerializeAsString() + acts));
  EXPECT_EQ(ReasonOf(status), "UNKNOWN_FIELD");
  EXPECT_EQ(PathOf(status), "statement.acts[0].99");

  statement.add_acts()->set_party("p003");
  status = Error(SignBytes(statement.SerializeAsString()));
  EXPECT_EQ(ReasonOf(status), "MISSING");
  EXPECT_THAT(PathOf(status), StartsWith("statement.acts[0]"));
}

// Signatures and keys.

TEST_F(BadInputTest, RefusesWrongAndMissingSignatures) {
  const TestDraft draft = Mandate();
  absl::Status status =
      Error(gateway_.Sign(gateway_.StatementOf(draft, kSigner), draft, {"steward-p003"}));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(status), "SIGNATURE_INVALID");
  EXPECT_EQ(PathOf(status), "envelope.signatures[0]");

  status = Error(
      gateway_.Sign(gateway_.StatementOf(draft, {kSigner[0], "steward-p003"}), draft, kSigner));
  EXPECT_EQ(ReasonOf(status), "SIGNATURE_COUNT");
  EXPECT_EQ(PathOf(status), "envelope.signatures");

  status = Error(gateway_.Sign(gateway_.StatementOf(draft, kSigner), draft, {}));
  EXPECT_EQ(ReasonOf(status), "MISSING");
  EXPECT_EQ(PathOf(status), "envelope.signatures");

  // Nobody signs: no signature is missing, and still nothing gets in.
  statement::v1::Statement nobody = gateway_.StatementOf(draft, kSigner);
  nobody.mutable_header()->clear_signers();
  status = Error(gateway_.Sign(nobody, draft, {}));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(BadInputTest, RefusesAnUnenrolledKeyWithoutATrace) {
  const absl::Status status = Error(gateway_.RequestOf(Mandate(), {"stranger"}));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(status), "KEY_NOT_ENROLLED");
  EXPECT_EQ(PathOf(status), "statement.header.signers");
}

TEST_F(BadInputTest, RefusesAnExpiredKey) {
  TestDraft enrolment;
  gateway_.AddMandate(enrolment, "p003", "shortlived", statement::v1::ROLE_REQUESTER);
  gateway_.AddKey(enrolment, "p003", "shortlived", statement::v1::AGENT_KIND_PERSON);
  enrolment.acts[1].mutable_agent_enrolled()->set_valid_until_ms(gateway_.clock().WallMs() +
                                                                 kHourMs);
  gateway_.Must(enrolment, kSigner);
  gateway_.clock().Advance(2 * kHourMs);
  // It opens the door to reports alone.
  const absl::Status status = Error(gateway_.RequestOf(Mandate(), {"shortlived"}), "shortlived");
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ReasonOf(status), "KEY_NOT_IN_FORCE");
  // Carried by a key in force, its act is refused.
  const TestEntry refused = Refusal(gateway_.RequestOf(Mandate(), {"shortlived"}));
  EXPECT_THAT(RefusalsOf(refused.entry), HasSubstr("/expired"));
  EXPECT_EQ(refused.entry.refused().findings(0).path(), "header.signers[0]");
}

// Header.

TEST_F(BadInputTest, RefusesAStatementOfAForeignLog) {
  const TestDraft draft = Mandate();
  statement::v1::Statement statement = gateway_.StatementOf(draft, kSigner);
  statement.mutable_header()->set_log(std::string(32, 'x'));
  const TestEntry refused = Refusal(gateway_.Sign(statement, draft, kSigner));
  EXPECT_EQ(RefusalsOf(refused.entry), "wire.log/foreign-log\n");
  EXPECT_EQ(refused.entry.refused().findings(0).path(), "header.log");
}

TEST_F(BadInputTest, RefusesASeenCheckpointThatNeverWas) {
  const TestDraft draft = Mandate();
  for (const int change : {0, 1, 2}) {
    statement::v1::Statement statement = gateway_.StatementOf(draft, kSigner);
    statement::v1::Seen& seen = *statement.mutable_header()->mutable_seen();
    if (change == 0) seen.mutable_root()->front() ^= 1;
    if (change == 1) seen.set_size(seen.size() + 1);
    if (change == 2) seen.set_origin("passerelle.example/another/test");
    const TestEntry refused = Refusal(gateway_.Sign(statement, draft, kSigner));
    EXPECT_EQ(RefusalsOf(refused.entry), "wire.seen/seen-never-was\n") << change;
    EXPECT_EQ(refused.entry.refused().findings(0).path(), "header.seen");
  }
}

TEST_F(BadInputTest, TurnsAwayACallerThatSawMoreThanTheLogHasBeforeAnythingIsRecorded) {
  Request request = Good();
  request.seen_size = gateway_.size() + 1;
  const absl::Status status = Error(request);
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ReasonOf(status), "SEEN_AHEAD");
  EXPECT_EQ(PathOf(status), "seen_size");
}

TEST_F(BadInputTest, AnswersAReplayWithTheSameEntryAndAFreshProofUntilItExpires) {
  const Request request = Good();
  const absl::StatusOr<TestEntry> first = served_.Carry("representative-p003", request);
  ASSERT_TRUE(first.ok());
  gateway_.Must(Mandate(), kSigner);
  const std::string dump = gateway_.Dump();
  // Whoever replays it: a statement is its signers'.
  const absl::StatusOr<TestEntry> again = served_.Carry("steward-p001", request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->index, first->index);
  EXPECT_EQ(again->entry.SerializeAsString(), first->entry.SerializeAsString());
  EXPECT_EQ(again->size, first->size + 1);
  EXPECT_EQ(gateway_.Dump(), dump);

  gateway_.clock().Advance(gateway::base::kDefaultStatementLifeMs + 1);
  const TestEntry late = Refusal(request);
  EXPECT_THAT(RefusalsOf(late.entry), StartsWith("wire.time/expired\n"));
  EXPECT_EQ(late.entry.refused().findings(0).path(), "header.not_after_ms");
  // However often it comes, it is refused once.
  const uint64_t size = gateway_.size();
  const absl::StatusOr<TestEntry> later = served_.Carry("representative-p003", request);
  ASSERT_TRUE(later.ok());
  EXPECT_EQ(later->index, late.index);
  EXPECT_EQ(later->receipt.refused_salt(), late.receipt.refused_salt());
  EXPECT_EQ(gateway_.size(), size);
}

// Sizes.

TEST_F(BadInputTest, RefusesAnEnvelopeBeyondItsBound) {
  statement::v1::Statement statement = GoodStatement();
  while (statement.ByteSizeLong() <= gateway::base::kMaxEnvelopeBytes)
    *statement.add_acts() = Act(statement.acts(0));
  const absl::Status status = Error(SignBytes(statement.SerializeAsString()));
  EXPECT_EQ(ReasonOf(status), "ENVELOPE_SIZE");
  EXPECT_EQ(PathOf(status), "envelope");
}

TEST_F(BadInputTest, RefusesAPayloadBeyondItsBound) {
  const std::string large(gateway::base::kMaxUnaryPayloadBytes + 1, 'x');
  const absl::Status status =
      Error(gateway_.RequestOf(gateway_.Send("2023", large, 0), {"system-p001"}), "system-p001");
  EXPECT_EQ(ReasonOf(status), "ATTACHMENT_TOO_LARGE");
  EXPECT_EQ(PathOf(status), "payloads[0].content");
}

TEST_F(BadInputTest, RefusesDocumentsBeyondTheirBounds) {
  const std::string large(gateway::base::kMaxDocumentBytes + 1, 'x');
  absl::Status status =
      Error(gateway_.RequestOf(gateway_.Declare("p003/large", large), {"steward-p003"}));
  EXPECT_EQ(ReasonOf(status), "ATTACHMENT_TOO_LARGE");
  EXPECT_EQ(PathOf(status), "attachments[0].content");

  Request many = Good();
  for (size_t i = 0; i < gateway::base::kMaxAttachments; ++i) {
    record::v1::Attachment& stray = many.attachments.emplace_back();
    stray.set_commitment(absl::StrCat(std::string(24, 'c'), 10000000 + i));
  }
  status = Error(many);
  EXPECT_EQ(ReasonOf(status), "ATTACHMENTS_TOO_LARGE");
  EXPECT_EQ(PathOf(status), "attachments");
}

TEST_F(BadInputTest, RefusesOneDocumentThatAHundredCommitmentsMultiply) {
  TestDraft draft =
      gateway_.Declare("p003/large", std::string(gateway::base::kMaxDocumentBytes, 'x'));
  for (int i = 0; i < 100; ++i) draft.acts.push_back(Act(draft.acts[0]));
  const absl::Status status = Error(gateway_.RequestOf(draft, {"steward-p003"}));
  EXPECT_EQ(ReasonOf(status), "ATTACHMENTS_TOO_LARGE");
  // Twelve of them are 3 MiB.
  EXPECT_EQ(PathOf(status), "statement.acts[12].dataset_declared.title");
}

// Payloads.

struct BadPayload {
  std::string name;
  std::string bytes;
  std::string refusal;
  uint64_t line;
  uint32_t column;
};

void PrintTo(const BadPayload& bad, std::ostream* out) { *out << bad.name; }

class BadPayloadTest : public BadInputTest, public ::testing::WithParamInterface<BadPayload> {};

TEST_P(BadPayloadTest, IsRefusedByLineAndColumnWithoutItsValues) {
  const BadPayload& bad = GetParam();
  const TestEntry refused = Refusal(
      gateway_.RequestOf(gateway_.Send("2023", bad.bytes, 0), {"system-p001"}), "system-p001");
  EXPECT_THAT(RefusalsOf(refused.entry), HasSubstr(bad.refusal + "\n"));
  for (const Finding& finding : refused.entry.refused().findings())
    if (absl::StrCat(finding.rule(), "/", finding.code()) == bad.refusal) {
      EXPECT_EQ(finding.line(), bad.line);
      EXPECT_EQ(finding.column(), bad.column);
    }
  // Neither values nor headings: the log holds ordinals.
  const std::string entry = refused.entry.SerializeAsString();
  for (const char* value : {kSyntheticNir, "surplus", "beaucoup", "inconnue"})
    EXPECT_EQ(entry.find(value), std::string::npos) << value;
  // And nothing of it is kept.
  if (!bad.bytes.empty()) {
    EXPECT_TRUE(FilesWith(gateway_.root(), bad.bytes).empty());
  }
}

const BadPayload kBadPayloads[] = {
    {"MissingColumn", "annee;code_insee;foyers\n2023;01991;25\n2023;01992;25\n",
     "IX.5f/column-missing", 0, 0},
    {"ExtraColumn", "annee;code_insee;foyers;mineurs;surplus\n2023;01991;25;31;7\n",
     "IX.5f/column-unknown", 0, 5},
    {"RepeatedColumn", "annee;code_insee;foyers;foyers\n2023;01991;25;31\n", "IX.5f/unreadable", 0,
     0},
    {"WrongType", "annee;code_insee;foyers;mineurs\n2023;01991;25;31\n2023;01992;beaucoup;31\n",
     "IX.5f/cell-type", 3, 3},
    {"BelowThreshold", "annee;code_insee;foyers;mineurs\n2023;01991;25;4\n", "IX.5f/cell-threshold",
     2, 4},
    {"LongRow", "annee;code_insee;foyers;mineurs\n2023;01991;25;31;8\n", "IX.5f/row-width", 2, 5},
    {"Identifier",
     absl::StrCat("annee;code_insee;foyers;mineurs\n2023;01991;25;31\n2023;01992;", kSyntheticNir,
                  ";31\n"),
     "content.payload/identifier", 3, 3},
    {"IdentifierInAHeading",
     absl::StrCat("annee;code_insee;foyers;mineurs;", kSyntheticNir, "\n2023;01991;25;31;9\n"),
     "content.payload/identifier", 1, 5},
    {"Empty", "", "IX.5f/unreadable", 0, 0},
    {"NoText", std::string("\x00\xff\xfe\x01", 4), "IX.5f/unreadable", 0, 0},
    {"OneColumn", "inconnue\n1\n", "IX.5f/unreadable", 0, 0},
};

INSTANTIATE_TEST_SUITE_P(Payloads, BadPayloadTest, ::testing::ValuesIn(kBadPayloads),
                         [](const auto& info) { return info.param.name; });

// Doors.

TEST_F(BadInputTest, RefusesTransfersThroughSubmit) {
  Request request =
      gateway_.RequestOf(gateway_.Send("2023", gateway_.Payload("2023"), 0), {"system-p001"});
  request.door = Door::kActs;
  const absl::Status status = Error(request, "system-p001");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "WRONG_DOOR");
  EXPECT_EQ(PathOf(status), "statement.acts[0]");
}

TEST_F(BadInputTest, RefusesTheGatewaysActsThroughBothDoorsEvenUnderItsOwnKey) {
  TestDraft draft;
  *draft.acts.emplace_back().mutable_content_handed_over()->mutable_transfer() = gateway_.exchange;
  draft.acts[0].mutable_content_handed_over()->mutable_reader()->set_digest(std::string(32, 'r'));
  *draft.acts.emplace_back().mutable_retention_reached()->mutable_transfer() = gateway_.exchange;
  *draft.acts.emplace_back().mutable_payload_erased()->mutable_transfer() = gateway_.exchange;
  *draft.acts[2].mutable_payload_erased()->mutable_ground() = gateway_.exchange;
  for (const Act& act : draft.acts) {
    TestDraft one;
    one.acts = {act};
    for (const Door door : {Door::kActs, Door::kTransfers}) {
      Request request = gateway_.RequestOf(one, {"gateway"});
      request.door = door;
      const absl::Status status = Error(request);
      EXPECT_EQ(ReasonOf(status), "WRONG_DOOR");
      EXPECT_EQ(PathOf(status), "statement.acts[0]");
    }
  }
}

TEST_F(BadInputTest, RefusesASecondFoundingThroughSubmit) {
  TestDraft draft;
  draft.acts = gateway_.ActsAt(0);
  const absl::Status status = Error(gateway_.RequestOf(draft, Founders()), "secretary-1");
  EXPECT_EQ(ReasonOf(status), "WRONG_DOOR");
  EXPECT_EQ(PathOf(status), "statement.acts[0]");
}

}  // namespace
}  // namespace passerelle::tests
