#include "gateway/client/receipt_check.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "certs/keys/dsse.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "tests/support/fakes.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/gateway/client/fake_gateway.h"

namespace passerelle::gateway::client {
namespace {

using tests::FakeGateway;
using tests::RecordedEntry;
using tests::SmallLog;

class ReceiptCheckTest : public testing::Test {
 protected:
  ReceiptCheckTest()
      : pins_(*PinsOf(gateway_.ProfileIn(file_))),
        memory_(*CheckpointMemory::Open(file_, pins_, clock_)) {}

  // Records a statement made for the log of this name.
  uint64_t Append(const std::string& log_name, int decisions = 1) {
    statement::v1::Statement statement;
    statement.mutable_header()->set_log(log_name);
    statement.mutable_header()->add_signers(base::ToBytes(key_.public_key().fingerprint()));
    statement.mutable_header()->set_nonce(random_.Bytes(16));
    statement.add_acts()->mutable_party_adhered();
    const statement::v1::Envelope envelope =
        certs::keys::SignStatement(statement.SerializeAsString(), {&key_});
    return gateway_.log.Append(RecordedEntry(envelope.SerializeAsString(), decisions,
                                             record::v1::EFFECT_ACCEPTED, random_));
  }

  tests::TempFolder folder_;
  const std::string file_ = folder_ / "checkpoint";
  tests::SeededRandom random_{5};
  certs::keys::PrivateKey key_ = *certs::keys::PrivateKey::FromEd25519Seed(std::string(32, 'a'));
  tests::FakeClock clock_;
  FakeGateway gateway_;
  const Pins pins_;
  CheckpointMemory memory_;
};

TEST_F(ReceiptCheckTest, AcceptsEveryEntryUnderEveryLaterCheckpoint) {
  for (int i = 0; i < 9; ++i) {
    Append(gateway_.founding.log());
    for (uint64_t index = 0; index < gateway_.log.size(); ++index) {
      const uint64_t seen = (*memory_.Last()).has_value() ? (*memory_.Last())->size : 0;
      const absl::StatusOr<Proven> proven =
          CheckReceipt(gateway_.log.Receipt(index, seen), pins_, memory_);
      ASSERT_TRUE(proven.ok()) << proven.status();
      EXPECT_EQ(proven->index, index);
      EXPECT_EQ(proven->leaf, gateway_.log.Leaf(index));
    }
  }
}

TEST_F(ReceiptCheckTest, RejectsAReceiptOfWhichAnyByteChanged) {
  Append(gateway_.founding.log());
  Append(gateway_.founding.log());
  const api::Receipt receipt = gateway_.log.Receipt(1, 0);
  // Letters of a base64 line may be changed to another encoding only by breaking canonical form, so
  // every byte counts.
  for (size_t i = 0; i < receipt.tlog_proof().size(); ++i) {
    api::Receipt bent = receipt;
    (*bent.mutable_tlog_proof())[i] ^= 1;
    EXPECT_FALSE(CheckReceipt(bent, pins_, memory_).ok()) << i;
  }
  EXPECT_FALSE(base::Exists(file_));
  EXPECT_TRUE(CheckReceipt(receipt, pins_, memory_).ok());
}

TEST_F(ReceiptCheckTest, RejectsAnotherKeyAndAnotherOrigin) {
  SmallLog other('o');
  other.AppendBytes(gateway_.log.entry(0));
  EXPECT_FALSE(CheckReceipt(other.Receipt(0, 0), pins_, memory_).ok());
  Pins elsewhere = pins_;
  elsewhere.origin = "example.org/other";
  EXPECT_FALSE(CheckReceipt(gateway_.log.Receipt(0, 0), elsewhere, memory_).ok());
}

TEST_F(ReceiptCheckTest, RejectsEntriesOfAnotherLogThoughTheyAreProved) {
  const uint64_t foreign = Append(std::string(32, 'f'));
  EXPECT_EQ(base::ReasonOf(CheckReceipt(gateway_.log.Receipt(foreign, 0), pins_, memory_).status()),
            "FOREIGN_LOG");
  // A log whose entry 0 is not the one whose hash was pinned.
  Pins pinned = pins_;
  pinned.log = base::Sha256("another");
  const uint64_t seen = (*memory_.Last())->size;
  EXPECT_EQ(base::ReasonOf(CheckReceipt(gateway_.log.Receipt(0, seen), pinned, memory_).status()),
            "FOREIGN_LOG");
}

TEST_F(ReceiptCheckTest, RejectsAnEntryWithoutADecisionForEachAct) {
  const uint64_t index = Append(gateway_.founding.log(), 2);
  EXPECT_EQ(base::ReasonOf(CheckReceipt(gateway_.log.Receipt(index, 0), pins_, memory_).status()),
            "RECEIPT_DECISIONS");
}

}  // namespace
}  // namespace passerelle::gateway::client
