#include "audit/checkpoint/checkpoint.h"

#include <gtest/gtest.h>

#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/support/fakes.h"
#include "tests/unit/audit/checkpoint/vectors.h"

namespace passerelle::audit::checkpoint {
namespace {

using gateway::base::ReasonOf;
using gateway::base::ToBase64;

constexpr char kRoot[] = "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=";

Checkpoint AtSize15() {
  return {kLogName, 15, *gateway::base::DigestFromBytes(*gateway::base::FromBase64(kRoot))};
}

// A checkpoint of any text, signed by the log's key all the same.
std::string SignedText(const std::string& text) { return *LogSigner().Sign(text); }

TEST(Vectors, TesseraCheckpointsOpenAndAreMadeAgain) {
  const absl::StatusOr<Checkpoint> opened = OpenCheckpoint(kCheckpoint15, LogVerifier(), kLogName);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(*opened, AtSize15());
  EXPECT_EQ(*SignCheckpoint(LogSigner(), *opened), kCheckpoint15);
  EXPECT_EQ(*SignCheckpoint(LogSigner(), {kLogName, 0, merkle::EmptyRoot()}), kCheckpoint0);
}

TEST(Vectors, OriginNeedNotBeTheKeyName) {
  constexpr char kNote[] =
      "go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n\n"
      "— sum.golang.org "
      "Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ="
      "\n";
  const NoteVerifier verifier = *NoteVerifier::FromVkey(
      "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8");
  const absl::StatusOr<Checkpoint> opened = OpenCheckpoint(kNote, verifier, "go.sum database tree");
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->size, 35225469u);
  EXPECT_EQ(ReasonOf(OpenCheckpoint(kNote, verifier, "sum.golang.org").status()), "ORIGIN");
}

TEST(FromText, RoundTrips) {
  tests::SeededRandom random(1);
  for (uint64_t size : {uint64_t{1}, uint64_t{10}, uint64_t{35225469}, (uint64_t{1} << 63) - 1}) {
    const Checkpoint checkpoint{"example.com/a b", size,
                                *gateway::base::DigestFromBytes(random.Bytes(32))};
    const absl::StatusOr<Checkpoint> read = FromText(ToText(checkpoint));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, checkpoint);
  }
}

TEST(FromText, MalformedIsRefused) {
  const std::string origin = "example.com/log\n";
  const std::string root = std::string(kRoot) + "\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "NOTE_TEXT"},
      {"\n", "CHECKPOINT_LINES"},
      {origin, "CHECKPOINT_LINES"},
      {origin + "15\n", "CHECKPOINT_LINES"},
      {origin + "15\n" + kRoot, "NOTE_TEXT"},
      {"\n15\n" + root, "CHECKPOINT_ORIGIN"},
      {"\n" + origin + "15\n" + root, "CHECKPOINT_EXTENSION"},
      {origin + "\n15\n" + root, "CHECKPOINT_EXTENSION"},
      {origin + "15\n" + root + "\n", "CHECKPOINT_EXTENSION"},
      {origin + "15\n" + root + "extension\n", "CHECKPOINT_EXTENSION"},
      {origin + "\n" + root, "CHECKPOINT_SIZE"},
      {origin + "015\n" + root, "CHECKPOINT_SIZE"},
      {origin + "00\n" + root, "CHECKPOINT_SIZE"},
      {origin + "+15\n" + root, "CHECKPOINT_SIZE"},
      {origin + "-15\n" + root, "CHECKPOINT_SIZE"},
      {origin + " 15\n" + root, "CHECKPOINT_SIZE"},
      {origin + "15 \n" + root, "CHECKPOINT_SIZE"},
      {origin + "1e1\n" + root, "CHECKPOINT_SIZE"},
      {origin + "0xf\n" + root, "CHECKPOINT_SIZE"},
      {origin + "\u0661\n" + root, "CHECKPOINT_SIZE"},
      {origin + "9223372036854775808\n" + root, "CHECKPOINT_SIZE"},
      {origin + "18446744073709551631\n" + root, "CHECKPOINT_SIZE"},
      {"example.com/log\r\n15\r\n" + root, "NOTE_CONTROL"},
      {origin + "15\n\n", "CHECKPOINT_ROOT"},
      {origin + "15\n" + std::string(kRoot).substr(0, 43) + "\n", "CHECKPOINT_ROOT"},
      {origin + "15\n" + std::string(kRoot).substr(0, 42) + "t=\n", "CHECKPOINT_ROOT"},
      {origin + "15\n" + std::string(kRoot) + " \n", "CHECKPOINT_ROOT"},
      {origin + "15\n" + ToBase64(std::string(31, 'r')) + "\n", "CHECKPOINT_ROOT"},
      {origin + "15\n" + ToBase64(std::string(33, 'r')) + "\n", "CHECKPOINT_ROOT"},
      {origin + "15\n" + Replaced(root, "/", "_"), "CHECKPOINT_ROOT"},
      {origin + "0\n" + root, "CHECKPOINT_ROOT"},
  };
  for (const auto& [bad, reason] : cases) {
    const absl::Status status = FromText(bad).status();
    EXPECT_EQ(ReasonOf(status), reason) << bad;
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST(CheckOrigin, OursPasses) {
  for (const char* origin : {"passerelle.example/ctg/test", "passerelle.example/ctg/production/2",
                             "go.sum database tree", "é"})
    EXPECT_TRUE(CheckOrigin(origin).ok()) << origin;
  EXPECT_TRUE(CheckOrigin(std::string(gateway::base::kMaxOriginBytes, 'o')).ok());
}

TEST(CheckOrigin, WhatMayNotBeOursIsRefused) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "ORIGIN_EMPTY"},
      {std::string(gateway::base::kMaxOriginBytes + 1, 'o'), "ORIGIN_LENGTH"},
      {"a\nb", "ORIGIN_CHARACTER"},
      {"a\r", "ORIGIN_CHARACTER"},
      {"a\tb", "ORIGIN_CHARACTER"},
      {std::string("a\0b", 3), "ORIGIN_CHARACTER"},
      {"a\x7f", "ORIGIN_CHARACTER"},
      {"a\u0085", "ORIGIN_CHARACTER"},
      {"a\xff", "ORIGIN_CHARACTER"},
      {"cosignature/v1", "ORIGIN_RESERVED"},
      {"cosignature/v1/mine", "ORIGIN_RESERVED"},
      {"subtree/v1", "ORIGIN_RESERVED"},
      {"c2sp.org/tlog-proof@v1", "ORIGIN_RESERVED"},
  };
  for (const auto& [bad, reason] : cases) EXPECT_EQ(ReasonOf(CheckOrigin(bad)), reason) << bad;
}

TEST(SignCheckpoint, WhatCouldNotBeOpenedIsNotSigned) {
  const NoteSigner signer = LogSigner();
  Checkpoint checkpoint = AtSize15();
  checkpoint.origin = "cosignature/v1";
  EXPECT_EQ(ReasonOf(SignCheckpoint(signer, checkpoint).status()), "ORIGIN_RESERVED");
  checkpoint = AtSize15();
  checkpoint.size = uint64_t{1} << 63;
  EXPECT_EQ(ReasonOf(SignCheckpoint(signer, checkpoint).status()), "CHECKPOINT_SIZE");
  checkpoint.size = 0;
  EXPECT_EQ(ReasonOf(SignCheckpoint(signer, checkpoint).status()), "CHECKPOINT_ROOT");
}

TEST(OpenCheckpoint, ForeignOriginIsRefused) {
  const absl::Status status =
      OpenCheckpoint(kCheckpoint15, LogVerifier(), "example.com/log").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), "ORIGIN");
}

TEST(OpenCheckpoint, ForeignKeyIsUnauthenticated) {
  const NoteSigner other = TestSigner(kLogName, 'o');
  EXPECT_EQ(OpenCheckpoint(kCheckpoint15, other.verifier(), kLogName).status().code(),
            absl::StatusCode::kUnauthenticated);
  const std::string forged = Replaced(kCheckpoint15, "\n15\n", "\n16\n");
  EXPECT_EQ(ReasonOf(OpenCheckpoint(forged, LogVerifier(), kLogName).status()),
            "NOTE_SIGNATURE_INVALID");
}

TEST(OpenCheckpoint, WellSignedTextThatIsNoCheckpointIsRefused) {
  const std::string text = ToText(AtSize15());
  for (const std::string& bad :
       {std::string("hello\n"), text + "extension\n", text + "\n", "\n" + text,
        Replaced(text, "\n15\n", "\n015\n"), Replaced(text, "\n15\n", "\n9223372036854775808\n")})
    EXPECT_EQ(OpenCheckpoint(SignedText(bad), LogVerifier(), kLogName).status().code(),
              absl::StatusCode::kInvalidArgument)
        << bad;
}

}  // namespace
}  // namespace passerelle::audit::checkpoint
