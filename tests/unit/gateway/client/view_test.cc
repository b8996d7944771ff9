// What a client believes of a log that has witnesses, from a gateway that can lie.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/cosignature.h"
#include "audit/checkpoint/proof.h"
#include "certs/x509/time_stamp.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/client/session.h"
#include "tests/support/fakes.h"
#include "tests/support/stamp_authority.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/gateway/client/fake_gateway.h"
#include "tests/unit/gateway/client/session_fixture.h"

namespace passerelle::gateway::client {
namespace {

using audit::checkpoint::CosignatureSigner;
using base::ReasonOf;
using tests::FakeGateway;
using tests::SmallLog;

constexpr int64_t kHourMs = 3600 * 1000;

CosignatureSigner SignerOf(char seed) {
  return *CosignatureSigner::FromSeed(absl::StrCat("witness.example/", std::string(1, seed)),
                                      base::Secret(std::string(32, seed)));
}

convention::v1::Settings SettingsOf(const std::vector<char>& seeds, uint32_t quorum,
                                    const tests::StampAuthority& authority) {
  convention::v1::Settings settings;
  for (const char seed : seeds)
    settings.add_witnesses()->set_vkey(SignerOf(seed).verifier().ToVkey());
  settings.set_witness_quorum(quorum);
  settings.add_time_stamp_authorities()->add_trust_anchors(authority.root().ToDer());
  settings.set_time_stamp_tolerance_ms(1000);
  return settings;
}

class ViewTest : public SessionTest {
 protected:
  ViewTest() { ShowWitnessed("xy"); }

  // A note with the cosignatures of these witnesses.
  std::string Cosigned(const std::string& note, const std::string& seeds) {
    std::string cosigned = note;
    const std::string text = note.substr(0, note.find("\n\n") + 1);
    for (const char seed : seeds) cosigned += *SignerOf(seed).Cosign(text, clock_.WallMs() / 1000);
    return cosigned;
  }

  // From now on the gateway shows its log as it stands as witnessed by these, now.
  void ShowWitnessed(const std::string& seeds) {
    const std::string witnessed = Cosigned(asked_.log.Checkpoint(), seeds);
    const uint64_t size = asked_.log.size();
    asked_.bend_checkpoint = [this, witnessed, size](api::GetCheckpointResponse& response) {
      response.set_witnessed(witnessed);
      response.set_witnessed_consistency(asked_.log.Consistency(size));
    };
  }

  std::unique_ptr<Session> OpenAsked() {
    return *Session::OpenOver(asked_.ProfileIn(file_), std::make_unique<Borrowed>(asked_),
                              KeyOf('a'), clock_, random_);
  }

  std::string ReasonOfOpinion() { return ReasonOf(OpenAsked()->Submit(Opinion()).status()); }

  tests::StampAuthority authority_;
  FakeGateway asked_{SettingsOf({'x', 'y', 'z'}, 2, authority_)};
};

TEST_F(ViewTest, IsBelievedForADay) {
  EXPECT_TRUE(OpenAsked()->Submit(Opinion()).ok());
  clock_.Advance(24 * kHourMs);
  EXPECT_TRUE(OpenAsked()->Submit(Opinion()).ok());
  clock_.Advance(1000);
  EXPECT_EQ(ReasonOfOpinion(), "VIEW_STALE");
  EXPECT_EQ(ReasonOf(OpenAsked()->ListInbox().status()), "VIEW_STALE");
  // Cosigned again, all is well.
  ShowWitnessed("yz");
  EXPECT_TRUE(OpenAsked()->Submit(Opinion()).ok());
  EXPECT_TRUE(OpenAsked()->ListInbox().ok());
}

TEST_F(ViewTest, OfASessionThatLastsIsAskedForAgain) {
  const std::unique_ptr<Session> session = OpenAsked();
  EXPECT_TRUE(session->Submit(Opinion()).ok());
  clock_.Advance(25 * kHourMs);
  EXPECT_EQ(ReasonOf(session->Submit(Opinion()).status()), "VIEW_STALE");
}

TEST_F(ViewTest, StopsNoFreezeAndNoKeyStop) {
  clock_.Advance(48 * kHourMs);
  Draft freeze;
  statement::v1::Act& act = freeze.acts.emplace_back();
  act.set_party("p001");
  act.mutable_freeze_placed()->mutable_exchange()->set_statement(std::string(32, 'e'));
  EXPECT_TRUE(OpenAsked()->Submit(freeze).ok());
  Draft stop;
  stop.acts.emplace_back().mutable_key_stopped()->set_key(std::string(32, 'k'));
  EXPECT_TRUE(OpenAsked()->Submit(stop).ok());
}

TEST_F(ViewTest, NeedsTheQuorum) {
  for (const char* seeds : {"", "x", "xx", "q"}) {
    ShowWitnessed(seeds);
    EXPECT_EQ(ReasonOfOpinion(), "WITNESS_QUORUM") << seeds;
  }
  asked_.bend_checkpoint = nullptr;
  EXPECT_EQ(ReasonOfOpinion(), "VIEW_UNWITNESSED");
}

TEST_F(ViewTest, MustLeadToTheLogThatIsServed) {
  // Witnesses of another history of the same key.
  SmallLog other('l');
  record::v1::Entry entry;
  entry.set_salt(std::string(16, 's'));
  other.Append(entry);
  const std::string witnessed = Cosigned(other.Checkpoint(), "xyz");
  const std::unique_ptr<Session> session = OpenAsked();
  ASSERT_TRUE(session->Submit(Opinion()).ok());
  asked_.bend_checkpoint = [&](api::GetCheckpointResponse& response) {
    response.set_witnessed(witnessed);
    response.set_witnessed_consistency(asked_.log.Consistency(1));
  };
  EXPECT_FALSE(OpenAsked()->Submit(Opinion()).ok());
}

TEST_F(ViewTest, AReceiptThatClaimsWitnessesHasThem) {
  const std::unique_ptr<Session> session = OpenAsked();
  session->WaitFor(api::LEVEL_WITNESSED);
  const auto claim = [&](const std::string& seeds) {
    asked_.bend_receipt = [this, seeds](api::Receipt& receipt) {
      auto proof = *audit::checkpoint::ProofFromText(receipt.tlog_proof());
      proof.checkpoint = Cosigned(proof.checkpoint, seeds);
      receipt.set_tlog_proof(audit::checkpoint::ToText(proof));
      receipt.set_level(api::LEVEL_WITNESSED);
    };
  };
  const absl::StatusOr<Answer> committed = session->Submit(Opinion());
  ASSERT_TRUE(committed.ok()) << committed.status();
  EXPECT_EQ(committed->level, api::LEVEL_COMMITTED);
  EXPECT_EQ(asked_.submits.back().level(), api::LEVEL_WITNESSED);
  claim("zx");
  const absl::StatusOr<Answer> witnessed = session->Submit(Opinion());
  ASSERT_TRUE(witnessed.ok()) << witnessed.status();
  EXPECT_EQ(witnessed->level, api::LEVEL_WITNESSED);
  claim("x");
  EXPECT_EQ(ReasonOf(session->Submit(Opinion()).status()), "WITNESS_QUORUM");
}

TEST_F(ViewTest, AReceiptThatClaimsAStampHasItAndTheWitnessesToo) {
  tests::StampAuthority stranger;
  const std::unique_ptr<Session> session = OpenAsked();
  session->WaitFor(api::LEVEL_STAMPED);
  const auto claim = [&](tests::StampAuthority& by, const std::string& seeds, bool of_another) {
    asked_.bend_receipt = [this, &by, seeds, of_another](api::Receipt& receipt) {
      auto proof = *audit::checkpoint::ProofFromText(receipt.tlog_proof());
      const std::string stamped = of_another ? "another checkpoint" : proof.checkpoint;
      receipt.set_time_stamp(
          by.Answer(certs::x509::TimeStampQuery(stamped, "0123456789abcdef"), clock_.WallMs()));
      proof.checkpoint = Cosigned(proof.checkpoint, seeds);
      receipt.set_tlog_proof(audit::checkpoint::ToText(proof));
      receipt.set_level(api::LEVEL_STAMPED);
    };
  };
  claim(authority_, "xy", false);
  const absl::StatusOr<Answer> stamped = session->Submit(Opinion());
  ASSERT_TRUE(stamped.ok()) << stamped.status();
  EXPECT_EQ(stamped->level, api::LEVEL_STAMPED);
  EXPECT_EQ(stamped->stamped.time_ms, clock_.WallMs());
  EXPECT_FALSE(stamped->time_stamp.empty());
  // What was stamped is the log's note alone.
  EXPECT_EQ(stamped->stamped.checkpoint.find("witness.example"), std::string::npos);
  claim(stranger, "xy", false);
  EXPECT_EQ(ReasonOf(session->Submit(Opinion()).status()), "TIME_STAMP");
  claim(authority_, "xy", true);
  EXPECT_EQ(ReasonOf(session->Submit(Opinion()).status()), "TIME_STAMP");
  claim(authority_, "x", false);
  EXPECT_EQ(ReasonOf(session->Submit(Opinion()).status()), "WITNESS_QUORUM");
}

TEST_F(ViewTest, TimeStampsComeInOrder) {
  for (const uint64_t size : {3u, 7u}) {
    api::ReadTimeStampsResponse& stamp = asked_.stamps.emplace_back();
    stamp.set_size(size);
    stamp.set_time_stamp("synthetic");
  }
  std::vector<uint64_t> sizes;
  const auto take = [&](const audit::checkpoint::KeptStamp& stamp) {
    sizes.push_back(stamp.size);
    return absl::OkStatus();
  };
  const std::unique_ptr<Session> session = OpenAsked();
  EXPECT_TRUE(session->ReadTimeStamps(0, take).ok());
  EXPECT_TRUE(session->ReadTimeStamps(3, take).ok());
  EXPECT_EQ(sizes, (std::vector<uint64_t>{3, 7, 7}));
  std::swap(asked_.stamps[0], asked_.stamps[1]);
  EXPECT_EQ(ReasonOf(session->ReadTimeStamps(0, take)), "TIME_STAMPS");
}

TEST_F(ViewTest, AWitnessedReceiptMayBeOlderThanWhatWasSeenButOfTheSameLog) {
  const std::unique_ptr<Session> session = OpenAsked();
  const absl::StatusOr<Answer> first = session->Submit(Opinion());
  ASSERT_TRUE(first.ok()) << first.status();
  const api::Receipt older = asked_.log.Receipt(first->index, 0);
  const uint64_t older_size = asked_.log.size();
  ASSERT_TRUE(session->Submit(Opinion("others")).ok());
  const uint64_t size = asked_.log.size();
  bool proved = true;
  asked_.bend_receipt = [&](api::Receipt& receipt) {
    auto proof = *audit::checkpoint::ProofFromText(older.tlog_proof());
    proof.checkpoint = Cosigned(proof.checkpoint, "xy");
    receipt.set_tlog_proof(audit::checkpoint::ToText(proof));
    receipt.set_level(api::LEVEL_WITNESSED);
    receipt.set_consistency(proved ? asked_.log.Consistency(older_size, size) : std::string());
  };
  session->WaitFor(api::LEVEL_WITNESSED);
  const absl::StatusOr<Answer> raised = session->GetReceipt(first->statement);
  ASSERT_TRUE(raised.ok()) << raised.status();
  EXPECT_EQ(raised->level, api::LEVEL_WITNESSED);
  // What was seen is not forgotten for it.
  EXPECT_EQ(session->NewHeader({})->seen().size(), size);
  proved = false;
  EXPECT_EQ(ReasonOf(session->GetReceipt(first->statement).status()), "FORK");
}

}  // namespace
}  // namespace passerelle::gateway::client
