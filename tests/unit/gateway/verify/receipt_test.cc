#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/proof.h"
#include "audit/merkle/merkle.h"
#include "certs/keys/dsse.h"
#include "certs/x509/time_stamp.h"
#include "gateway/verify/verify.h"
#include "tests/support/fakes.h"
#include "tests/support/stamp_authority.h"
#include "tests/unit/gateway/verify/written_log.h"

namespace passerelle::gateway::verify {
namespace {

using testing::HasSubstr;
using tests::WrittenLog;

class ReceiptTest : public testing::Test {
 protected:
  // Entry 1 is a deed, entry 2 a refusal.
  ReceiptTest() {
    log_.RecordDeed("p001");
    log_.Record({WrittenLog::Deed("p001")}, {&log_.secretary});
  }

  // The receipt of an entry; `bytes` stands in its place in log and proof.
  std::string Receipt(uint64_t index, std::vector<std::string> entries) {
    std::vector<base::Digest> leaves;
    audit::merkle::Frontier frontier;
    for (const std::string& entry : entries) {
      leaves.push_back(audit::merkle::LeafHash(entry));
      frontier.Append(leaves.back());
    }
    const auto read = [&](audit::merkle::NodeId node) -> absl::StatusOr<base::Digest> {
      return node.level == 0 ? leaves[node.index] : audit::merkle::NodeHash(leaves[0], leaves[1]);
    };
    audit::checkpoint::TlogProof proof;
    proof.extra = entries[index];
    proof.index = index;
    proof.path = *audit::merkle::InclusionProof(index, entries.size(), read);
    proof.checkpoint = *audit::checkpoint::SignCheckpoint(
        log_.signer(), {WrittenLog::kOrigin, entries.size(), frontier.Root()});
    return audit::checkpoint::ToText(proof);
  }

  std::string vkey() const { return log_.signer().verifier().ToVkey(); }

  WrittenLog log_;
};

TEST_F(ReceiptTest, ProvesARecordedStatement) {
  const ReceiptVerdict verdict = VerifyReceiptFile(Receipt(1, log_.entries()), vkey());
  ASSERT_TRUE(verdict.accepted) << verdict.fault_en;
  EXPECT_EQ(verdict.index, 1u);
  EXPECT_EQ(verdict.size, 3u);
  EXPECT_EQ(verdict.leaf, audit::merkle::LeafHash(log_.entries()[1]));
  statement::v1::Envelope envelope;
  ASSERT_TRUE(envelope.ParseFromString(verdict.entry.recorded().envelope()));
  EXPECT_EQ(verdict.statement, certs::keys::StatementDigest(envelope.payload()));
}

TEST_F(ReceiptTest, ProvesARefusalWithoutItsStatement) {
  const ReceiptVerdict verdict = VerifyReceiptFile(Receipt(2, log_.entries()), vkey());
  ASSERT_TRUE(verdict.accepted) << verdict.fault_en;
  EXPECT_TRUE(verdict.entry.has_refused());
  EXPECT_GT(verdict.entry.refused().findings_size(), 0);
  EXPECT_EQ(verdict.statement, base::Digest{});
}

TEST_F(ReceiptTest, RejectsOtherKeysAndOtherBytesInBothLanguages) {
  const std::string receipt = Receipt(1, log_.entries());
  WrittenLog other('o');
  const ReceiptVerdict foreign = VerifyReceiptFile(receipt, other.signer().verifier().ToVkey());
  EXPECT_FALSE(foreign.accepted);
  EXPECT_THAT(foreign.fault_en, HasSubstr("does not prove its entry"));
  EXPECT_THAT(foreign.fault_fr, HasSubstr("ne prouve pas son entrée"));
  EXPECT_THAT(VerifyReceiptFile(receipt, "nonsense").fault_en, HasSubstr("not a checkpoint key"));
  for (size_t i = 0; i < receipt.size(); i += 7) {
    std::string bent = receipt;
    bent[i] ^= 1;
    EXPECT_FALSE(VerifyReceiptFile(bent, vkey()).accepted) << i;
  }
}

TEST_F(ReceiptTest, SaysWhenAProvedEntryCannotBeInterpreted) {
  const auto newer = log_.Edited(1, [](record::v1::Entry& entry) { entry.set_format_minor(2); });
  EXPECT_THAT(VerifyReceiptFile(Receipt(1, newer), vkey()).fault_en,
              HasSubstr("is in the log, but cannot be interpreted"));
  const auto broken =
      log_.Edited(1, [](record::v1::Entry& entry) { entry.mutable_recorded()->set_envelope("x"); });
  EXPECT_THAT(VerifyReceiptFile(Receipt(1, broken), vkey()).fault_fr,
              HasSubstr("son enveloppe est mal formée"));
}

class StampedReceiptTest : public ReceiptTest {
 protected:
  ReceiptVerdict Verify(const std::string& stamped, const tests::StampAuthority& believed) {
    const std::string text = Receipt(1, log_.entries());
    const std::string checkpoint = audit::checkpoint::ProofFromText(text)->checkpoint;
    const std::string response = authority_.Answer(
        certs::x509::TimeStampQuery(stamped.empty() ? checkpoint : stamped, "0123456789abcdef"),
        tests::FakeClock::kStartMs);
    return VerifyReceiptFile(text, vkey(), {}, GivenStamp{response, {believed.root()}});
  }

  tests::StampAuthority authority_;
};

TEST_F(StampedReceiptTest, TellsWhenItsCheckpointWasStamped) {
  const ReceiptVerdict verdict = Verify("", authority_);
  ASSERT_TRUE(verdict.accepted) << verdict.fault_en;
  EXPECT_EQ(verdict.stamped_ms, tests::FakeClock::kStartMs);
}

TEST_F(StampedReceiptTest, RejectsAStampOfSomethingElse) {
  const ReceiptVerdict verdict = Verify("another checkpoint", authority_);
  EXPECT_FALSE(verdict.accepted);
  EXPECT_THAT(verdict.fault_en, HasSubstr("the time stamp is not of its checkpoint"));
  EXPECT_THAT(verdict.fault_fr, HasSubstr("l'horodatage n'est pas celui de son point"));
}

TEST_F(StampedReceiptTest, RejectsAStampOfAnAuthorityThatIsNotBelieved) {
  EXPECT_FALSE(Verify("", tests::StampAuthority()).accepted);
}

}  // namespace
}  // namespace passerelle::gateway::verify
