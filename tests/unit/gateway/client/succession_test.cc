// What a partner believes of a log that goes on under another key.
#include "gateway/client/succession.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/succession/succession.h"
#include "certs/keys/dsse.h"
#include "certs/keys/key.h"
#include "gateway/base/status.h"
#include "tests/unit/gateway/client/fake_gateway.h"

namespace passerelle::gateway::client {
namespace {

using audit::checkpoint::Checkpoint;
using base::ReasonOf;
using statement::v1::SHARD_CAUSE_KEY_CHANGE;
using statement::v1::SHARD_CAUSE_LOSS;
using testing::HasSubstr;
using tests::SmallLog;

constexpr char kNextOrigin[] = "example.org/essai/test/2";
// Entries of the log that was closed, the founding among them.
constexpr uint64_t kHad = 6;

class SuccessionTest : public testing::Test {
 protected:
  SuccessionTest() : pins_(*PinsOf(gateway_.ProfileIn("unused"))) {}

  // An entry of the log that was closed, or of another history.
  std::string EntryOf(uint64_t index, bool forked = false) const {
    return index == 0 ? founding_ : absl::StrCat(forked ? "forged " : "entry ", index);
  }
  // The log that was closed, as it was at a size.
  SmallLog Closed(uint64_t size) const {
    SmallLog closed;
    for (uint64_t index = 0; index < size; ++index) closed.AppendBytes(EntryOf(index));
    return closed;
  }
  Checkpoint Seen(uint64_t size) const {
    return {SmallLog::kOrigin, size, Closed(size).RootAt(size)};
  }

  // What the gateway serves from now on.
  struct Successor {
    statement::v1::ShardCause cause = SHARD_CAUSE_LOSS;
    // Entries that are left, and those that there were as the act says.
    uint64_t left = 0;
    uint64_t closed = 0;
    bool forked = false;
    // Whether the old key signs the change.
    bool by_old = true;
  };
  base::Digest GoOn(const Successor& successor) {
    SmallLog next('n', kNextOrigin);
    for (uint64_t index = 0; index < successor.left; ++index)
      next.AppendBytes(EntryOf(index, successor.forked));
    const SmallLog closed = Closed(successor.closed);
    statement::v1::ShardOpened opened;
    opened.set_cause(successor.cause);
    opened.set_origin(kNextOrigin);
    opened.set_checkpoint_vkey(next.verifier().ToVkey());
    opened.set_closed_size(successor.closed);
    opened.set_closed_root(base::ToBytes(closed.RootAt(successor.closed)));
    opened.set_closing(closed.Checkpoint());
    opened.set_succession(*audit::succession::SignSuccession(
        base::View(pins_.log), next.signer(), successor.by_old ? &closed.signer() : nullptr));
    gateway_.log = std::move(next);
    statement::v1::Act act;
    *act.mutable_shard_opened() = opened;
    const base::Digest statement = Record(act);
    // It goes on.
    gateway_.log.AppendBytes("one more");
    return statement;
  }
  base::Digest Record(const statement::v1::Act& act) {
    statement::v1::Statement statement;
    statement.mutable_header()->set_log(base::ToBytes(pins_.log));
    statement.mutable_header()->add_signers(base::ToBytes(key_.public_key().fingerprint()));
    statement.mutable_header()->set_nonce(std::string(16, 'n'));
    *statement.add_acts() = act;
    const statement::v1::Envelope envelope =
        certs::keys::SignStatement(statement.SerializeAsString(), {&key_});
    tests::api::SubmitRequest request;
    request.set_envelope(envelope.SerializeAsString());
    EXPECT_TRUE(gateway_.Submit(request).ok());
    return certs::keys::StatementDigest(envelope.payload());
  }
  absl::StatusOr<Succession> Verify(const base::Digest& statement,
                                    const std::optional<Checkpoint>& seen = std::nullopt,
                                    const std::vector<Checkpoint>& witnessed = {}) {
    return VerifySuccession(gateway_, pins_, statement, seen, witnessed);
  }

  tests::FakeGateway gateway_;
  const Pins pins_;
  const std::string founding_ = gateway_.log.entry(0);
  const certs::keys::PrivateKey key_ =
      *certs::keys::PrivateKey::FromEd25519Seed(std::string(32, 's'));
};

TEST_F(SuccessionTest, IsFollowedWhereTheKeyAloneIsChanged) {
  const base::Digest statement =
      GoOn({.cause = SHARD_CAUSE_KEY_CHANGE, .left = kHad, .closed = kHad});
  for (uint64_t seen = 1; seen <= kHad; ++seen) {
    const absl::StatusOr<Succession> succession = Verify(statement, Seen(seen), {Seen(kHad)});
    ASSERT_TRUE(succession.ok()) << succession.status();
    EXPECT_EQ(succession->index, kHad);
    EXPECT_EQ(succession->lost, 0u);
    EXPECT_EQ(succession->lost_of_ours, 0u);
    EXPECT_EQ(succession->opened.origin(), kNextOrigin);
  }
}

TEST_F(SuccessionTest, CountsWhatIsLostAndWhatWeSawOfIt) {
  const base::Digest statement = GoOn({.left = kHad - 3, .closed = kHad});
  struct Case {
    std::optional<Checkpoint> seen;
    uint64_t lost_of_ours;
  };
  for (const Case& one : std::vector<Case>{{std::nullopt, 0},
                                           {Seen(kHad - 4), 0},
                                           {Seen(kHad - 3), 0},
                                           {Seen(kHad - 1), 2},
                                           {Seen(kHad), 3}}) {
    const absl::StatusOr<Succession> succession = Verify(statement, one.seen, {Seen(kHad)});
    ASSERT_TRUE(succession.ok()) << succession.status();
    EXPECT_EQ(succession->index, kHad - 3);
    EXPECT_EQ(succession->lost, 3u);
    EXPECT_EQ(succession->lost_of_ours, one.lost_of_ours);
  }
}

TEST_F(SuccessionTest, IsRefusedWhereMoreWasSeenThanItAdmits) {
  const base::Digest statement = GoOn({.left = kHad - 3, .closed = kHad - 1});
  EXPECT_TRUE(Verify(statement, Seen(kHad - 1), {Seen(kHad - 1)}).ok());
  for (const absl::Status& status :
       {Verify(statement, Seen(kHad)).status(), Verify(statement, {}, {Seen(kHad)}).status(),
        Verify(statement, Seen(1), {Seen(1), Seen(kHad)}).status()}) {
    EXPECT_EQ(ReasonOf(status), "SUCCESSION_SHORT");
    EXPECT_THAT(std::string(status.message()), HasSubstr("had 5 entries"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("a checkpoint of 6"));
  }
}

TEST_F(SuccessionTest, IsAForkWhereWhatIsLeftIsAnotherHistory) {
  const base::Digest statement = GoOn({.left = kHad - 2, .closed = kHad, .forked = true});
  // The founding is the same.
  EXPECT_TRUE(Verify(statement, Seen(1)).ok());
  // Who saw the lost part alone has nothing to compare.
  EXPECT_TRUE(Verify(statement, Seen(kHad)).ok());
  for (const absl::Status& status :
       {Verify(statement, Seen(kHad - 2)).status(), Verify(statement, Seen(2)).status(),
        Verify(statement, {}, {Seen(kHad), Seen(2)}).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(ReasonOf(status), "FORK");
  }
}

TEST_F(SuccessionTest, IsRefusedWhereTheOldKeyDidNotSignTheChange) {
  const base::Digest statement =
      GoOn({.cause = SHARD_CAUSE_KEY_CHANGE, .left = kHad, .closed = kHad, .by_old = false});
  EXPECT_FALSE(Verify(statement).ok());
}

TEST_F(SuccessionTest, IsRefusedWhereTheClosingCheckpointIsOfAnotherKey) {
  const base::Digest statement = GoOn({.left = kHad, .closed = kHad});
  Pins pins = pins_;
  pins.verifier = SmallLog('x').verifier();
  EXPECT_FALSE(VerifySuccession(gateway_, pins, statement, {}, {}).ok());
}

TEST_F(SuccessionTest, IsRefusedWhereTheActNamedOpensNone) {
  GoOn({.left = kHad, .closed = kHad});
  statement::v1::Act act;
  act.mutable_party_adhered();
  const absl::Status status = Verify(Record(act)).status();
  EXPECT_EQ(ReasonOf(status), "SUCCESSION");
  EXPECT_TRUE(absl::IsNotFound(Verify(base::Sha256("unknown")).status()));
}

TEST_F(SuccessionTest, IsRefusedWhereTheAnswerProvesNothing) {
  const base::Digest statement = GoOn({.left = kHad, .closed = kHad});
  gateway_.bend_consistency = [](const tests::api::GetConsistencyRequest&,
                                 tests::api::GetConsistencyResponse& response) {
    response.set_from_root(std::string(32, 'x'));
  };
  EXPECT_EQ(ReasonOf(Verify(statement).status()), "CONSISTENCY");
}

}  // namespace
}  // namespace passerelle::gateway::client
