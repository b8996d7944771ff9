#include "audit/checkpoint/proof.h"

#include <gtest/gtest.h>

#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/support/fakes.h"
#include "tests/unit/audit/checkpoint/vectors.h"

namespace passerelle::audit::checkpoint {
namespace {

using gateway::base::Digest;
using gateway::base::PathOf;
using gateway::base::ReasonOf;
using gateway::base::ToBase64;

// Entry 14, "fivten", of the tessera log at size 15.
std::string Receipt() {
  return std::string(
             "c2sp.org/tlog-proof@v1\n"
             "extra Zml2dGVu\n"
             "index 14\n"
             "GiUtVP0XhIaZ/fl7ReMLgw+9YUtjFAt8kaTdfOe2u/I=\n"
             "3cFRCtyHVxAUTugFyRgo30efbl+BVxdTQDIGg5H61SA=\n"
             "bC+VwvrJbalNVjfkdI8kUgs7mJoXrqiXCE7bgnD28pY=\n"
             "\n") +
         kCheckpoint15;
}

absl::Status Verify(const std::string& text) {
  return VerifyReceipt(text, LogVerifier(), kLogName).status();
}

TEST(Vectors, ReceiptOfTheTesseraLogVerifies) {
  const absl::StatusOr<VerifiedReceipt> receipt = VerifyReceipt(Receipt(), LogVerifier(), kLogName);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->entry, "fivten");
  EXPECT_EQ(receipt->index, 14u);
  EXPECT_EQ(receipt->leaf, merkle::LeafHash("fivten"));
  EXPECT_EQ(receipt->checkpoint.size, 15u);
  EXPECT_EQ(receipt->checkpoint.origin, kLogName);
}

TEST(ProofText, IsWrittenAsItWasRead) {
  const absl::StatusOr<TlogProof> proof = ProofFromText(Receipt());
  ASSERT_TRUE(proof.ok());
  EXPECT_EQ(proof->checkpoint, kCheckpoint15);
  EXPECT_EQ(proof->path.size(), 3u);
  EXPECT_EQ(ToText(*proof), Receipt());
}

TEST(ProofText, RoundTrips) {
  tests::SeededRandom random(7);
  for (size_t hashes : {0, 1, 5, 63}) {
    for (size_t extra : {0, 1, 2, 3, 65535}) {
      TlogProof proof;
      proof.extra = random.Bytes(extra);
      proof.index = (uint64_t{1} << hashes) - 1;
      for (size_t i = 0; i < hashes; ++i)
        proof.path.push_back(*gateway::base::DigestFromBytes(random.Bytes(32)));
      proof.checkpoint = kCheckpoint15;
      const absl::StatusOr<TlogProof> read = ProofFromText(ToText(proof));
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(read->extra, proof.extra);
      EXPECT_EQ(read->index, proof.index);
      EXPECT_EQ(read->path, proof.path);
      EXPECT_EQ(read->checkpoint, proof.checkpoint);
    }
  }
}

TEST(ProofText, OfATreeOfOneLeafHasNoHash) {
  const NoteSigner signer = LogSigner();
  TlogProof proof;
  proof.extra = "only";
  proof.checkpoint = *SignCheckpoint(signer, {kLogName, 1, merkle::LeafHash("only")});
  EXPECT_TRUE(Verify(ToText(proof)).ok());
}

TEST(ProofText, MalformedIsRefused) {
  const std::string good = Receipt();
  const std::string hash = "GiUtVP0XhIaZ/fl7ReMLgw+9YUtjFAt8kaTdfOe2u/I=\n";
  std::string too_many;
  for (int i = 0; i < 61; ++i) too_many += hash;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "PROOF_VERSION"},
      {"\n" + good, "PROOF_VERSION"},
      {Replaced(good, "@v1", "@v2"), "PROOF_VERSION"},
      {Replaced(good, "@v1\n", "@v1 \n"), "PROOF_VERSION"},
      {Replaced(good, "@v1\n", "@v1\r\n"), "PROOF_VERSION"},
      {Replaced(good, "extra ", "extra\t"), "PROOF_LINE"},
      {Replaced(good, "extra ", "extra  "), "PROOF_EXTRA"},
      {Replaced(good, "extra ", "Extra "), "PROOF_LINE"},
      {Replaced(good, "Zml2dGVu", ""), "PROOF_EXTRA"},
      {Replaced(good, "Zml2dGVu", "Zml2dGV"), "PROOF_EXTRA"},
      {Replaced(good, "Zml2dGVu", "Zml2dGVu\r"), "PROOF_EXTRA"},
      {Replaced(good, "extra Zml2dGVu\n", "extra Zml2dGVu\nextra Zml2dGVu\n"), "PROOF_LINE"},
      {Replaced(good, "extra Zml2dGVu\nindex 14\n", "index 14\nextra Zml2dGVu\n"), "PROOF_HASH"},
      {Replaced(good, "index 14\n", ""), "PROOF_LINE"},
      {Replaced(good, "index 14", "index"), "PROOF_LINE"},
      {Replaced(good, "index 14", "index 014"), "PROOF_INDEX"},
      {Replaced(good, "index 14", "index +14"), "PROOF_INDEX"},
      {Replaced(good, "index 14", "index  14"), "PROOF_INDEX"},
      {Replaced(good, "index 14", "index 14\r"), "PROOF_INDEX"},
      {Replaced(good, "index 14", "index 9223372036854775808"), "PROOF_INDEX"},
      {Replaced(good, "u/I=\n", "u/I\n"), "PROOF_HASH"},
      {Replaced(good, "u/I=\n", "u/J=\n"), "PROOF_HASH"},
      {Replaced(good, "u/I=\n", "u/I=\r\n"), "PROOF_HASH"},
      {Replaced(good, "u/I=\n", "u_I=\n"), "PROOF_HASH"},
      {Replaced(good, hash, ToBase64(std::string(31, 'h')) + "\n"), "PROOF_HASH"},
      {Replaced(good, hash, hash + " \n"), "PROOF_HASH"},
      {Replaced(good, hash, too_many + hash), "PROOF_LENGTH"},
      {Replaced(good, "\n\nexample", "\nexample"), "PROOF_HASH"},
      {good.substr(0, good.find("\n\n") + 1), "PROOF_LINE"},
      {good.substr(0, good.find("\n\n") + 2), "NOTE_SPLIT"},
      {good + "\n", "NOTE_UNSIGNED"},
      {good + "trailing\n", "NOTE_LINE"},
      {good.substr(0, good.size() - 1), "NOTE_LINE"},
      {std::string(gateway::base::kMaxProofBytes + 1, 'x'), "PROOF_TOO_LONG"},
  };
  for (const auto& [bad, reason] : cases) {
    const absl::Status status = ProofFromText(bad).status();
    EXPECT_EQ(ReasonOf(status), reason) << bad;
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad;
  }
  EXPECT_EQ(PathOf(ProofFromText(good + "\n").status()), "checkpoint");
}

TEST(VerifyReceipt, EveryFlippedBitIsRefused) {
  const std::string good = Receipt();
  for (size_t i = 0; i < good.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      EXPECT_FALSE(Verify(bad).ok()) << i << " bit " << bit;
    }
  }
}

TEST(VerifyReceipt, EveryTruncationAndExtraNewlineIsRefused) {
  const std::string good = Receipt();
  for (size_t i = 0; i <= good.size(); ++i) {
    EXPECT_EQ(Verify(good.substr(0, i)).ok(), i == good.size()) << i;
    EXPECT_FALSE(Verify(good.substr(0, i) + "\n" + good.substr(i)).ok()) << i;
  }
}

TEST(VerifyReceipt, SaysWhichStepFails) {
  const std::string good = Receipt();
  const std::string hash = "GiUtVP0XhIaZ/fl7ReMLgw+9YUtjFAt8kaTdfOe2u/I=\n";
  EXPECT_EQ(ReasonOf(Verify(Replaced(good, "extra Zml2dGVu\n", ""))), "RECEIPT_ENTRY");
  EXPECT_EQ(ReasonOf(Verify(Replaced(good, "Zml2dGVu", "Zml2dGVv"))), "INCLUSION_MISMATCH");
  EXPECT_EQ(ReasonOf(Verify(Replaced(good, "index 14", "index 15"))), "INDEX_RANGE");
  EXPECT_EQ(ReasonOf(Verify(Replaced(good, "index 14", "index 9223372036854775807"))),
            "INDEX_RANGE");
  EXPECT_EQ(ReasonOf(Verify(Replaced(good, "index 14", "index 10"))), "PROOF_LENGTH");
  EXPECT_EQ(ReasonOf(Verify(Replaced(good, hash, ""))), "PROOF_LENGTH");
  EXPECT_EQ(ReasonOf(Verify(Replaced(good, hash, hash + hash))), "PROOF_LENGTH");
  const absl::Status unsigned_status = Verify(Replaced(good, "\n15\n", "\n16\n"));
  EXPECT_EQ(ReasonOf(unsigned_status), "NOTE_SIGNATURE_INVALID");
  EXPECT_EQ(PathOf(unsigned_status), "checkpoint");
  EXPECT_EQ(ReasonOf(VerifyReceipt(good, LogVerifier(), "example.com/other").status()), "ORIGIN");
  EXPECT_EQ(ReasonOf(VerifyReceipt(good, TestSigner("k", 'k').verifier(), kLogName).status()),
            "NOTE_KEY_UNKNOWN");
}

// The proof of one size under the checkpoint of another.
TEST(VerifyReceipt, CheckpointOfAnotherSizeIsRefused) {
  EXPECT_FALSE(Verify(Replaced(Receipt(), kCheckpoint15, kCheckpoint5)).ok());
  EXPECT_FALSE(Verify(Replaced(Receipt(), kCheckpoint15, kCheckpoint0)).ok());
}

}  // namespace
}  // namespace passerelle::audit::checkpoint
