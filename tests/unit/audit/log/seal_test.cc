#include "audit/log/seal.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "audit/checkpoint/checkpoint.h"
#include "gateway/base/status.h"

namespace passerelle::audit::log {
namespace {

using gateway::base::ReasonOf;

constexpr char kOrigin[] = "passerelle.example/unit/test";

// The seeds are synthetic.
checkpoint::NoteSigner SignerOf(char seed) {
  return *checkpoint::NoteSigner::FromSeed(kOrigin, gateway::base::Secret(std::string(32, seed)));
}

class SealTest : public testing::Test {
 protected:
  absl::Status Open(const StateSnapshot& sealed, const std::string& origin = kOrigin) const {
    return Unseal(signer_.verifier(), origin, sealed).status();
  }

  const checkpoint::NoteSigner signer_ = SignerOf('s');
  const StateSnapshot snapshot_{.size = 5,
                                .root = gateway::base::Sha256("root"),
                                .time_ms = 1717408800000,
                                .bytes = std::string("a state\0\xff\n\n", 11)};
  const StateSnapshot sealed_ = *Seal(signer_, kOrigin, snapshot_);
};

TEST_F(SealTest, ComesOffAsItWasPutOn) {
  EXPECT_EQ(sealed_.size, snapshot_.size);
  EXPECT_NE(sealed_.bytes, snapshot_.bytes);
  EXPECT_EQ(*Unseal(signer_.verifier(), kOrigin, sealed_), snapshot_);
  StateSnapshot empty;
  EXPECT_EQ(*Unseal(signer_.verifier(), kOrigin, *Seal(signer_, kOrigin, empty)), empty);
}

// The example of audit/FORMAT.md.
TEST_F(SealTest, HasTheBytesOfItsFormat) {
  EXPECT_EQ(sealed_.bytes.substr(0, sealed_.bytes.find("\n\n") + 1),
            "passerelle/snapshot-seal/v1\n"
            "SBNJTRN+FjG7owHVrtsSDMXq3u8NTWF1KvzDp2kGBuI=\n"
            "5\n"
            "1717408800000\n"
            "digest\n"
            "passerelle.example/unit/test\n");
}

TEST_F(SealTest, IsNoCheckpoint) {
  const std::string note = sealed_.bytes.substr(0, sealed_.bytes.find('\0'));
  ASSERT_TRUE(checkpoint::OpenNote(note, {&signer_.verifier(), 1}).ok());
  EXPECT_FALSE(
      checkpoint::OpenCheckpoint(note, signer_.verifier(), "passerelle/snapshot-seal/v1").ok());
}

TEST_F(SealTest, IsBrokenByAnyChange) {
  std::vector<StateSnapshot> others(5, sealed_);
  others[0].size += 1;
  others[1].root[7] ^= 1;
  others[2].time_ms -= 1;
  others[3].bytes += 'x';
  others[4].bytes = snapshot_.bytes;
  for (size_t at = 0; at < sealed_.bytes.size(); ++at) {
    others.push_back(sealed_);
    others.back().bytes[at] ^= 1;
    others.push_back(sealed_);
    others.back().bytes.resize(at);
  }
  for (const StateSnapshot& other : others) {
    const absl::Status status = Open(other);
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(ReasonOf(status), "SNAPSHOT_DAMAGED");
  }
  EXPECT_TRUE(Open(sealed_).ok());
}

TEST_F(SealTest, IsOfOneLogAndOneKey) {
  EXPECT_EQ(ReasonOf(Open(sealed_, "passerelle.example/another")), "SNAPSHOT_DAMAGED");
  EXPECT_EQ(ReasonOf(Open(*Seal(SignerOf('t'), kOrigin, snapshot_))), "SNAPSHOT_DAMAGED");
}

}  // namespace
}  // namespace passerelle::audit::log
