// Expected values: Python's hashlib over the bytes that WIRE 24 spells out.
#include "gateway/base/commitment.h"

#include <gtest/gtest.h>

#include <set>

#include "gateway/base/bytes.h"

namespace passerelle::gateway::base {
namespace {

// 00 01 02 … 1f.
std::string Nonce() {
  std::string nonce;
  for (char byte = 0; byte < 32; ++byte) nonce.push_back(byte);
  return nonce;
}

TEST(Commitment, HashesTagNonceAndDigestOfTheBytes) {
  struct Case {
    CommitmentKind kind;
    const char* of_text;
    const char* of_nothing;
  };
  const Case cases[] = {
      {CommitmentKind::kPayload, "3e6975d37dfcc8ea0f2ac5ee30b6f79edc7709de4fc86c032799a4268f1d43f6",
       "d64f58d3974352c08c648390474a058dc870875081cfc43a41a194f774778667"},
      {CommitmentKind::kDocument,
       "9d5a2ddcecc8796239582152233944ccf0e6db7b354913f952f65c03160d6bbc",
       "ff6febb5262d1c008fe48538a0c7fd4ea389335c294564afa6fdcfc18ec11cac"},
      {CommitmentKind::kPerson, "0a19178607b33be4e0b048073e75d76017545aa4fa88cbc16e03841d7be6454f",
       "69cb46d5522740ba1ab9938f13bd3df978df099e294f2e2ed0ecf8f5c1692bb3"},
      {CommitmentKind::kReader, "47cab8fd92ecf3fd8414a45477bc1700ac990937102d49d2f53fd4e123149166",
       "b262e1c3d6db3b6aff2b50270245d27dd4d788001cfc2ea5b833719429f6c214"},
  };
  std::set<std::string> all;
  for (const Case& c : cases) {
    const std::string text = ToHex(View(Commit(c.kind, Nonce(), "\xc3\xa9v\xc3\xa8nement;12\n")));
    EXPECT_EQ(text, c.of_text);
    EXPECT_EQ(ToHex(View(Commit(c.kind, Nonce(), ""))), c.of_nothing);
    all.insert(text);
  }
  EXPECT_EQ(all.size(), 4u);
}

TEST(Commitment, DependsOnEveryByteOfTheNonce) {
  const Digest base = Commit(CommitmentKind::kPayload, Nonce(), "x");
  for (size_t i = 0; i < 32; ++i) {
    std::string nonce = Nonce();
    nonce[i] ^= 1;
    EXPECT_NE(Commit(CommitmentKind::kPayload, nonce, "x"), base) << i;
  }
}

TEST(RefusedDigest, HashesTagSaltAndStatement) {
  EXPECT_EQ(ToHex(View(RefusedDigest(Nonce(), Sha256("statement")))),
            "e87cc45fcedd0cb228a69ae6123f1d0e7acf229a93bdf9dfb28f25d9852330bf");
}

TEST(EnrolmentMessage, IsTagLogAgentAndFingerprint) {
  EXPECT_EQ(ToHex(EnrolmentMessage(std::string(32, 1), std::string(16, 2), "spki")),
            "706173736572656c6c652f656e726f6c2f76310a"
            "0101010101010101010101010101010101010101010101010101010101010101"
            "02020202020202020202020202020202"
            "6feecc8c16c5551d9feb3eb5f77e2da773bf68bd9ef9c52927ceb2c86e56892b");
}

}  // namespace
}  // namespace passerelle::gateway::base
