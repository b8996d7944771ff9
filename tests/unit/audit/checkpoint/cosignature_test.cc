#include "audit/checkpoint/cosignature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "audit/checkpoint/note.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"

namespace passerelle::audit::checkpoint {
namespace {

using gateway::base::ReasonOf;
using gateway::base::Secret;

constexpr char kText[] = "example.org/log\n123\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n";
constexpr int64_t kTime = 1717408800;

CosignatureSigner Witness(char seed, std::string_view name = "witness.example/one") {
  return *CosignatureSigner::FromSeed(name, Secret(std::string(32, seed)));
}

// The log's note, and lines after its own.
std::string NoteWith(const std::vector<std::string>& lines) {
  std::string note =
      *NoteSigner::FromSeed("example.org/log", Secret(std::string(32, 'l')))->Sign(kText);
  for (const std::string& line : lines) note += line;
  return note;
}

// transparency-dev/formats, note/note_cosigv1_test.go.
TEST(CosignatureVectors, AKeyOfThisTypeIsReadAndWrittenAlike) {
  constexpr char kVkey[] = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";
  const absl::StatusOr<CosignatureVerifier> verifier = CosignatureVerifier::FromVkey(kVkey);
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  EXPECT_EQ(verifier->name(), "remora.n621.de");
  EXPECT_EQ(verifier->key_id(), 0xda77ade7u);
  EXPECT_EQ(verifier->ToVkey(), kVkey);
}

TEST(CosignatureVectors, ALineHasItsTimeAfterTheKeyId) {
  const std::string line = *Witness('w').Cosign(kText, kTime);
  const std::string prefix = "— witness.example/one ";
  ASSERT_EQ(line.substr(0, prefix.size()), prefix);
  ASSERT_EQ(line.back(), '\n');
  const std::string encoded = line.substr(prefix.size(), line.size() - prefix.size() - 1);
  EXPECT_EQ(encoded.size(), 104u);
  const std::string blob = *gateway::base::FromBase64(encoded);
  ASSERT_EQ(blob.size(), 76u);
  EXPECT_EQ(gateway::base::ReadBigEndian32(blob), Witness('w').verifier().key_id());
  EXPECT_EQ(gateway::base::ReadBigEndian64(blob.substr(4)), static_cast<uint64_t>(kTime));
}

TEST(Cosignature, IsOneOfAKnownWitnessOverThisVeryText) {
  const CosignatureSigner one = Witness('a'), two = Witness('b', "witness.example/two");
  const std::string note =
      NoteWith({*one.Cosign(kText, kTime), *two.Cosign(kText, kTime + 1), *one.Cosign(kText, 7)});
  const auto found = OpenCosignatures(note, {one.verifier(), two.verifier()});
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ((*found)[0].name, "witness.example/one");
  // The latest of its two.
  EXPECT_EQ((*found)[0].time_s, static_cast<uint64_t>(kTime));
  EXPECT_EQ((*found)[1].time_s, static_cast<uint64_t>(kTime) + 1);
  EXPECT_EQ(OpenCosignatures(note, {two.verifier()})->size(), 1u);
  EXPECT_EQ(OpenCosignatures(note, {})->size(), 0u);
}

TEST(Cosignature, OverAnotherTextOrTimeOrByAnotherKeyIsRefused) {
  const CosignatureSigner one = Witness('a');
  std::string other = kText;
  other[other.find("123")] = '2';
  EXPECT_EQ(
      ReasonOf(OpenCosignatures(NoteWith({*one.Cosign(other, kTime)}), {one.verifier()}).status()),
      "NOTE_SIGNATURE_INVALID");
  // Every byte of the blob after the key id counts.
  const std::string line = *one.Cosign(kText, kTime);
  const size_t start = line.rfind(' ') + 1;
  const std::string blob = *gateway::base::FromBase64(line.substr(start, 104));
  for (size_t i = 4; i < blob.size(); ++i) {
    std::string altered = blob;
    altered[i] = static_cast<char>(altered[i] ^ 0x20);
    const std::string bad = line.substr(0, start) + gateway::base::ToBase64(altered) + "\n";
    EXPECT_FALSE(OpenCosignatures(NoteWith({bad}), {one.verifier()}).ok()) << i;
  }
  // A plain signature under a key's name is of another type, and so of another key id.
  const std::string plain =
      *NoteSigner::FromSeed("witness.example/one", Secret(std::string(32, 'a')))->Sign(kText);
  EXPECT_EQ(OpenCosignatures(plain, {one.verifier()})->size(), 0u);
}

TEST(Cosignature, KeysOfOtherTypesAndMalformedOnesAreRefused) {
  const std::string note_key =
      NoteSigner::FromSeed("k", Secret(std::string(32, 'a')))->verifier().ToVkey();
  EXPECT_EQ(ReasonOf(CosignatureVerifier::FromVkey(note_key).status()), "VKEY_TYPE");
  EXPECT_EQ(ReasonOf(CosignatureVerifier::FromVkey("k+00000000").status()), "VKEY_FORMAT");
  const std::string own = Witness('a', "k").verifier().ToVkey();
  EXPECT_EQ(ReasonOf(CosignatureVerifier::FromVkey("l" + own.substr(1)).status()), "VKEY_ID");
  EXPECT_EQ(ReasonOf(NoteVerifier::FromVkey(own).status()), "VKEY_TYPE");
}

TEST(CosignatureSigner, IsMovedAsTextAndSignsAlike) {
  const CosignatureSigner one = Witness('a');
  const absl::StatusOr<CosignatureSigner> again =
      CosignatureSigner::FromText(one.ToText().RevealSecret());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again->Cosign(kText, kTime), *one.Cosign(kText, kTime));
  const Secret note_key = NoteSigner::FromSeed("k", Secret(std::string(32, 'a')))->ToText();
  EXPECT_EQ(ReasonOf(CosignatureSigner::FromText(note_key.RevealSecret()).status()),
            "CHECKPOINT_KEY");
}

TEST(CosignatureSigner, RefusesTextsAndTimesThatNoNoteHas) {
  EXPECT_FALSE(Witness('a').Cosign("no newline", kTime).ok());
  EXPECT_EQ(ReasonOf(Witness('a').Cosign(kText, -1).status()), "COSIGNATURE_TIME");
}

}  // namespace
}  // namespace passerelle::audit::checkpoint
