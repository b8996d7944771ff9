// Proofs held against implementations not written here: the vectors of transparency-dev/merkle,
// right ones and mutations, and a rolling hash over every root and proof of every size, as Go makes
// it.
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "audit/merkle/memory_tree.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"

namespace passerelle::audit::merkle {
namespace {

namespace base = gateway::base;

// What tests/integration/go_rolling prints.
constexpr char kRolling[] = "0a0b9fef90c68fa76c666d34ede4edfa5191199d415b07bd0fc379f0100fb6d7";
constexpr uint64_t kSizes = 300;

struct Vector {
  std::string name;
  bool accepted = false;
  uint64_t first = 0, second = 0;
  // Nothing where it is not 32 bytes: such a hash is none.
  std::vector<absl::StatusOr<base::Digest>> hashes;
};

absl::StatusOr<base::Digest> HashOf(std::string_view hex) {
  const absl::StatusOr<std::string> bytes = base::FromHex(hex == "()" ? "" : hex);
  if (!bytes.ok()) return bytes.status();
  return base::DigestFromBytes(*bytes);
}

// A root that does not count: some vectors write words there.
base::Digest RootOf(std::string_view hex) {
  const absl::StatusOr<base::Digest> hash = HashOf(hex);
  return hash.ok() ? *hash : base::Sha256(hex);
}

// `words`: whether what is proved may be something else than a hash.
std::vector<Vector> Read(const std::string& name, bool words) {
  std::ifstream in(absl::StrCat(PASSERELLE_TESTDATA, "/vectors/", name));
  std::vector<Vector> vectors;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> cells = absl::StrSplit(line, '\t');
    EXPECT_EQ(cells.size(), 7u) << line;
    Vector& vector = vectors.emplace_back();
    vector.name = cells[0];
    vector.accepted = cells[1] == "accepted";
    EXPECT_TRUE(absl::SimpleAtoi(cells[2], &vector.first)) << line;
    EXPECT_TRUE(absl::SimpleAtoi(cells[3], &vector.second)) << line;
    for (const std::string& subject : {cells[4], cells[5]})
      vector.hashes.push_back(words ? RootOf(subject) : HashOf(subject));
    if (cells[6] == "-") continue;
    for (const auto hash : absl::StrSplit(cells[6], ','))
      vector.hashes.push_back(HashOf(std::string(hash)));
  }
  return vectors;
}

// The two hashes that a vector is about and its proof; nothing when one of them is no hash.
std::optional<std::vector<base::Digest>> Whole(const Vector& vector) {
  std::vector<base::Digest> hashes;
  for (const auto& hash : vector.hashes) {
    if (!hash.ok()) return std::nullopt;
    hashes.push_back(*hash);
  }
  return hashes;
}

TEST(PublicVectors, InclusionProofsAreAcceptedAndRefusedAsElsewhere) {
  int accepted = 0, refused = 0;
  for (const Vector& vector : Read("merkle_inclusion.tsv", false)) {
    const auto hashes = Whole(vector);
    const bool holds =
        hashes.has_value() && VerifyInclusion(vector.first, vector.second, (*hashes)[1],
                                              absl::MakeConstSpan(*hashes).subspan(2), (*hashes)[0])
                                  .ok();
    EXPECT_EQ(holds, vector.accepted) << vector.name;
    ++(vector.accepted ? accepted : refused);
  }
  EXPECT_EQ(accepted, 6);
  EXPECT_EQ(refused, 92);
}

TEST(PublicVectors, ConsistencyProofsAreAcceptedAndRefusedAsElsewhere) {
  int accepted = 0, refused = 0;
  for (const Vector& vector : Read("merkle_consistency.tsv", true)) {
    const auto hashes = Whole(vector);
    const bool holds =
        hashes.has_value() &&
        VerifyConsistency(vector.first, vector.second, absl::MakeConstSpan(*hashes).subspan(2),
                          (*hashes)[0], (*hashes)[1])
            .ok();
    EXPECT_EQ(holds, vector.accepted) << vector.name;
    ++(vector.accepted ? accepted : refused);
  }
  EXPECT_EQ(accepted, 6);
  EXPECT_EQ(refused, 92);
}

TEST(RollingHash, OfEveryRootAndProofToThreeHundredIsThatOfGo) {
  MemoryTree tree;
  const auto read = [&](NodeId node) -> absl::StatusOr<base::Digest> { return tree.Node(node); };
  base::Sha256Hasher rolling;
  const auto add = [&](const std::vector<base::Digest>& hashes) {
    for (const base::Digest& hash : hashes) rolling.Update(base::View(hash));
  };
  for (uint64_t size = 1; size <= kSizes; ++size) {
    tree.Append(LeafHash(absl::StrCat("leaf ", size - 1)));
    add({tree.RootAt(size)});
    for (uint64_t index = 0; index < size; ++index) add(*InclusionProof(index, size, read));
    for (uint64_t from = 1; from <= size; ++from) add(*ConsistencyProof(from, size, read));
  }
  EXPECT_EQ(base::ToHex(base::View(rolling.Finish())), kRolling);
}

}  // namespace
}  // namespace passerelle::audit::merkle
