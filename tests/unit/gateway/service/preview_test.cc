// What would become of a statement nobody signed: the same decision, and nothing changed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "gateway/base/status.h"
#include "gateway/service/service.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::service {
namespace {

using base::PathOf;
using base::ReasonOf;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using tests::Progress;
using tests::TestDraft;
using tests::TestGateway;

class PreviewTest : public ::testing::Test {
 protected:
  Caller As(std::string_view name) {
    return {gateway_.held(), TestGateway::AgentOf(name), "",
            gateway_.KeyOf(name).public_key().fingerprint()};
  }
  api::PreviewRequest RequestOf(const TestDraft& draft) {
    api::PreviewRequest request;
    for (const statement::v1::Act& act : draft.acts) *request.add_acts() = act;
    return request;
  }
  absl::StatusOr<api::PreviewResponse> PreviewAs(std::string_view name, const TestDraft& draft) {
    return Preview(As(name), RequestOf(draft));
  }
  static std::vector<std::string> Gaps(const api::PreviewResponse& response) {
    std::vector<std::string> gaps;
    for (const api::Gap& gap : response.gaps())
      gaps.push_back(gap.finding().rule() + "/" + gap.finding().code() + " " + gap.party() + "/" +
                     statement::v1::Role_Name(gap.role()));
    return gaps;
  }
  static std::vector<api::Assumption> Assumed(const api::PreviewResponse& response) {
    std::vector<api::Assumption> assumed;
    for (const api::Assumed& one : response.assumed()) assumed.push_back(one.assumption());
    return assumed;
  }

  TestGateway gateway_{Progress::kRegistered};
};

TEST_F(PreviewTest, SaysWhatWouldBeAcceptedAndChangesNothing) {
  const std::string dump = gateway_.Dump();
  const uint64_t size = gateway_.size();
  const TestDraft draft = gateway_.Send("2023", gateway_.Payload("2023"), 0);
  const auto preview = PreviewAs("system-p001", draft);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->effect(), record::v1::EFFECT_ACCEPTED);
  ASSERT_EQ(preview->decisions_size(), 1);
  EXPECT_TRUE(preview->decisions(0).outcome().has_transfer());
  EXPECT_THAT(Assumed(*preview),
              testing::ElementsAre(api::ASSUMPTION_SIGNATURES, api::ASSUMPTION_ATTACHMENTS,
                                   api::ASSUMPTION_PAYLOAD));
  EXPECT_EQ(gateway_.Dump(), dump);
  EXPECT_EQ(gateway_.size(), size);
}

TEST_F(PreviewTest, ChecksAPayloadThatIsAtHand) {
  const TestDraft draft = gateway_.Send("2023", "no;such;columns\n1;2;3\n", 0);
  api::PreviewRequest request = RequestOf(draft);
  *request.add_attachments() = draft.attachments[0];
  const auto preview = Preview(As("system-p001"), request);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->effect(), record::v1::EFFECT_REFUSED);
  EXPECT_THAT(Assumed(*preview), Not(Contains(api::ASSUMPTION_PAYLOAD)));
  // Bytes that open nothing are not looked at.
  request.mutable_attachments(0)->set_content("others");
  EXPECT_EQ(ReasonOf(Preview(As("system-p001"), request).status()), "ATTACHMENT_MISMATCH");
}

TEST_F(PreviewTest, SaysWhichMandateIsMissingAndWhoMendsIt) {
  const TestDraft draft = gateway_.Send("2023", gateway_.Payload("2023"), 0);
  const auto preview = PreviewAs("dpo-p001", draft);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->effect(), record::v1::EFFECT_REFUSED);
  EXPECT_THAT(Gaps(*preview), Contains("mandate.role/sender-missing p001/ROLE_SENDER"));
  EXPECT_THAT(preview->decisions(), IsEmpty());
  // The same under the key of somebody who may.
  api::PreviewRequest request = RequestOf(draft);
  request.add_signers(base::ToBytes(gateway_.KeyOf("system-p001").public_key().fingerprint()));
  EXPECT_EQ(Preview(As("dpo-p001"), request)->effect(), record::v1::EFFECT_ACCEPTED);
}

TEST_F(PreviewTest, AgreesWithTheDecisionThatFollows) {
  const TestDraft again = gateway_.Decide(statement::v1::VERDICT_APPROVED);
  const auto preview = PreviewAs("decider-p001", again);
  ASSERT_TRUE(preview.ok()) << preview.status();
  const record::v1::Entry entry = gateway_.Record(again, {"decider-p001"}).entry;
  ASSERT_EQ(preview->gaps_size(), entry.refused().findings_size());
  for (int i = 0; i < preview->gaps_size(); ++i)
    EXPECT_EQ(preview->gaps(i).finding().SerializeAsString(),
              entry.refused().findings(i).SerializeAsString());
}

TEST_F(PreviewTest, IsOfTheCallersOwnPartiesAlone) {
  const TestDraft draft = gateway_.Send("2023", gateway_.Payload("2023"), 0);
  for (const char* name : {"reader-p002", "secretary-1", "stranger"}) {
    const absl::Status refused = PreviewAs(name, draft).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied) << name;
    EXPECT_EQ(PathOf(refused), "acts[0].party");
  }
}

TEST_F(PreviewTest, JudgesWhatIsHiddenAsWhatIsNot) {
  TestDraft draft = gateway_.Register("p003", 1, R"({"name": "Fiche"})");
  const auto hidden = PreviewAs("steward-p003", draft);
  ASSERT_TRUE(hidden.ok()) << hidden.status();
  EXPECT_THAT(Gaps(*hidden), Contains("wire.reference/unknown /ROLE_UNSPECIFIED"));
  draft.acts[0].mutable_register_entry_recorded()->mutable_exchange()->set_statement(
      std::string(32, 'x'));
  const auto absent = PreviewAs("steward-p003", draft);
  ASSERT_TRUE(absent.ok()) << absent.status();
  EXPECT_EQ(Gaps(*hidden), Gaps(*absent));
}

TEST_F(PreviewTest, RefusesWhatIsNoStatement) {
  EXPECT_EQ(PathOf(Preview(As("dpo-p001"), {}).status()), "acts");
  TestDraft draft = gateway_.Send("2023", gateway_.Payload("2023"), 0);
  draft.acts[0].mutable_transfer_submitted()->mutable_payload()->set_digest("short");
  EXPECT_EQ(PreviewAs("system-p001", draft).status().code(), absl::StatusCode::kInvalidArgument);
}

// Submits under a key that is not in force.
absl::Status SubmitStopped(TestGateway& gateway, std::string_view name, const TestDraft& draft,
                           const std::vector<std::string>& signers) {
  const core::Request signed_request = gateway.RequestOf(draft, signers);
  api::SubmitRequest request;
  request.set_envelope(signed_request.envelope);
  for (const auto& attachment : signed_request.attachments) *request.add_attachments() = attachment;
  std::optional<absl::Status> answered;
  Quotas quotas({}, gateway.clock());
  Submit({gateway.held(), TestGateway::AgentOf(name), "",
          gateway.KeyOf(name).public_key().fingerprint(), /*in_force=*/false, &quotas},
         request, {}, [&](const absl::StatusOr<api::SubmitResponse>& response) {
           answered = response.status();
         });
  gateway.WaitForPool();
  return answered.value_or(absl::UnknownError("not answered"));
}

TEST_F(PreviewTest, AStoppedKeyCarriesNobodyElsesStatement) {
  TestDraft mandate;
  gateway_.AddMandate(mandate, "p003", "clerk-p003", statement::v1::ROLE_REQUESTER);
  const uint64_t size = gateway_.size();
  for (const char* carrier : {"reader-p003", "representative-p003"})
    EXPECT_EQ(ReasonOf(SubmitStopped(gateway_, carrier, mandate, {"representative-p003"})),
              "KEY_NOT_IN_FORCE");
  const TestDraft report =
      gateway_.StopKey("p003", "reader-p003", statement::v1::STOP_CAUSE_LOST, 0);
  // Somebody else's report.
  EXPECT_EQ(ReasonOf(SubmitStopped(gateway_, "steward-p003", report, {"reader-p003"})),
            "KEY_NOT_IN_FORCE");
  EXPECT_EQ(gateway_.size(), size);
  // Its own goes on into the hall.
  EXPECT_NE(ReasonOf(SubmitStopped(gateway_, "reader-p003", report, {"reader-p003"})),
            "KEY_NOT_IN_FORCE");
  EXPECT_EQ(gateway_.size(), size + 1);
}

}  // namespace
}  // namespace passerelle::gateway::service
