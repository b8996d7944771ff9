#include "audit/checkpoint/note.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/support/fakes.h"
#include "tests/unit/audit/checkpoint/vectors.h"

namespace passerelle::audit::checkpoint {
namespace {

using gateway::base::FromBase64;
using gateway::base::FromHex;
using gateway::base::ReasonOf;
using gateway::base::Secret;
using gateway::base::ToBase64;
using gateway::base::ToHex;
using testing::ElementsAre;
using testing::StartsWith;

// golang/mod, sumdb/note.
constexpr char kFooVkey[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr char kFooText[] = "This is an example message.\n";
constexpr char kFooNote[] =
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    "\n";

NoteVerifier Foo() { return *NoteVerifier::FromVkey(kFooVkey); }

std::string ReasonOfOpening(std::string_view note, const NoteVerifier& verifier) {
  return ReasonOf(OpenNote(note, {verifier}).status());
}

// A well-formed signature line of nobody in particular.
std::string UnknownLine(int number) {
  return "— example.com/unknown/" + std::to_string(number) + " " +
         ToBase64("1234" + std::to_string(number)) + "\n";
}

// A vkey of any 32 bytes under the name "k", with the right key id.
std::string VkeyOfBytes(const std::string& public_key) {
  const std::string typed = "\x01" + public_key;
  const std::string id = gateway::base::ToBytes(gateway::base::Sha256("k\n" + typed)).substr(0, 4);
  return "k+" + ToHex(id) + "+" + ToBase64(typed);
}

TEST(Vectors, GoNoteOpens) {
  const absl::StatusOr<OpenedNote> opened = OpenNote(kFooNote, {Foo()});
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->text, kFooText);
  EXPECT_THAT(opened->signed_by, ElementsAre("example.com/foo"));
  EXPECT_EQ(Foo().ToVkey(), kFooVkey);
  EXPECT_EQ(Foo().name(), "example.com/foo");
  EXPECT_EQ(Foo().key_id(), 0x530d903au);
}

TEST(Vectors, LogKeySignsToTheSameBytesAsTessera) {
  const NoteSigner signer = LogSigner();
  EXPECT_EQ(signer.verifier().ToVkey(), kLogVkey);
  for (const std::string& note :
       std::vector<std::string>{kCheckpoint0, kCheckpoint5, kCheckpoint15}) {
    const std::string text = note.substr(0, note.find("\n\n") + 1);
    EXPECT_EQ(*signer.Sign(text), note);
    EXPECT_EQ(*signer.Sign(text), note);
  }
}

// A key id of the C2SP issue 99, where the first attempt had it wrong.
TEST(Vectors, KeyIdOfTheSigsumKeyMatches) {
  const std::string name =
      "sigsum.org/v1/tree/e796172b92befd62d9dc67e41c2f5bc9d3100a3023b20b1ca40288dd1c679e69";
  const std::string text = name + "\n10\nHA5HAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
  const std::string tail =
      "n0n8F8olcerUF1FFdv235A/5as/coWrpLrtE7ovMeP5whgwouYExowG/lTznxu6OUGjjt5yJQ6bXtTcf718MqAQ=\n";
  const NoteSigner signer =
      *NoteSigner::FromSeed(name, Secret(std::string("\x11") + std::string(31, '\0')));
  EXPECT_EQ(ToHex(signer.verifier().public_key()),
            "66e0b858e462a609e66fe71370c816d8846ff103d5499a22a7fec37fdbc424a7");
  EXPECT_EQ(signer.verifier().key_id(), 0x809da1a3u);
  const std::string good = text + "\n— " + name + " gJ2ho" + tail.substr(1);
  EXPECT_EQ(*signer.Sign(text), good);
  EXPECT_EQ(ReasonOfOpening(text + "\n— " + name + " pOZU" + tail, signer.verifier()),
            "NOTE_KEY_UNKNOWN");
}

TEST(Vectors, RealSumGolangOrgCheckpointOpens) {
  constexpr char kNote[] =
      "go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n\n"
      "— sum.golang.org "
      "Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ="
      "\n";
  const NoteVerifier verifier = *NoteVerifier::FromVkey(
      "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8");
  EXPECT_TRUE(OpenNote(kNote, {verifier}).ok());
}

TEST(Vkey, MalformedIsRefused) {
  const std::string vkey = kFooVkey;
  const std::string name = "example.com/foo";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "VKEY_FORMAT"},
      {name, "VKEY_FORMAT"},
      {name + "+530d903a", "VKEY_FORMAT"},
      {vkey.substr(name.size()), "KEY_NAME"},
      {"example.com foo" + vkey.substr(name.size()), "KEY_NAME"},
      {"example.com\u00a0foo" + vkey.substr(name.size()), "KEY_NAME"},
      {"example.com\u2003foo" + vkey.substr(name.size()), "KEY_NAME"},
      {"example.com/\xff" + vkey.substr(name.size()), "KEY_NAME"},
      {"example.com/bar" + vkey.substr(name.size()), "VKEY_ID"},
      {Replaced(vkey, "530d903a", "530d903b"), "VKEY_ID"},
      {Replaced(vkey, "530d903a", "530D903A"), "VKEY_ID"},
      {Replaced(vkey, "530d903a", "30d903a"), "VKEY_ID"},
      {vkey + "=", "VKEY_FORMAT"},
      {vkey + "\n", "VKEY_FORMAT"},
      {vkey.substr(0, vkey.size() - 4), "VKEY_KEY"},
      {name + "+530d903a+", "VKEY_TYPE"},
      {name + "+530d903a+" + ToBase64("\x02" + Foo().public_key()), "VKEY_TYPE"},
      {name + "+530d903a+" + ToBase64("\x04" + Foo().public_key()), "VKEY_TYPE"},
  };
  for (const auto& [bad, reason] : cases) {
    const absl::Status status = NoteVerifier::FromVkey(bad).status();
    EXPECT_EQ(ReasonOf(status), reason) << bad;
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST(PrivateKeyText, ComesBackAsTheSameKeyAndNothingElseIsTaken) {
  const NoteSigner signer =
      *NoteSigner::FromSeed("example.com/foo", Secret(std::string(31, '\0') + "\x11"));
  const std::string id = signer.verifier().ToVkey().substr(16, 8);
  const Secret secret = signer.ToText();
  const std::string text(secret.RevealSecret());
  EXPECT_EQ(text, "PRIVATE+KEY+example.com/foo+" + id +
                      "+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAR\n");
  const absl::StatusOr<NoteSigner> read = NoteSigner::FromText(text);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->verifier().ToVkey(), signer.verifier().ToVkey());
  EXPECT_EQ(*read->Sign("text\n"), *signer.Sign("text\n"));
  for (const std::string& bad : {std::string(), text.substr(8), Replaced(text, "foo+", "bar+"),
                                 Replaced(text, "+AQAA", "+AgAA"), Replaced(text, "AAR\n", "\n"),
                                 text + "\n", Replaced(text, "+" + id, "")})
    EXPECT_EQ(ReasonOf(NoteSigner::FromText(bad).status()), "CHECKPOINT_KEY") << bad;
}

TEST(Vkey, NameOfAtMost255BytesIsAccepted) {
  const std::string name(gateway::base::kMaxOriginBytes, 'n');
  EXPECT_TRUE(NoteSigner::FromSeed(name, Secret(std::string(32, 's'))).ok());
  EXPECT_EQ(ReasonOf(NoteSigner::FromSeed(name + "n", Secret(std::string(32, 's'))).status()),
            "KEY_NAME");
}

// Every encoding of a point of low order that OpenSSL decodes, canonical or not. Under each of them
// R = identity, S = 0 is accepted for many or all messages, which is why they are refused.
TEST(Vkey, LowOrderAndNonCanonicalKeysAreRefused) {
  const std::vector<std::string> ys = {
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"};
  for (const std::string& y : ys) {
    for (const int sign : {0x00, 0x80}) {
      std::string key = *FromHex(y);
      key[31] = static_cast<char>(key[31] | sign);
      EXPECT_EQ(ReasonOf(NoteVerifier::FromVkey(VkeyOfBytes(key)).status()), "VKEY_KEY") << y;
    }
  }
}

TEST(Vkey, KeyNextToTheRefusedOnesIsAccepted) {
  for (const char* y : {"0200000000000000000000000000000000000000000000000000000000000000",
                        "ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "edfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe7f"})
    EXPECT_TRUE(NoteVerifier::FromVkey(VkeyOfBytes(*FromHex(y))).ok()) << y;
}

TEST(Sign, RoundTripsEveryText) {
  const NoteSigner signer = TestSigner("example.com/note", 'a');
  for (const std::string& text :
       std::vector<std::string>{"\n", "a\n", "a\n\n", "\n\n\n", "a\n\nb\n", "é — \U0001F600\n",
                                "— example.com/foo AAAAAAAA\n", "a\n\n— x AAAAAAAA\n"}) {
    const absl::StatusOr<std::string> note = signer.Sign(text);
    ASSERT_TRUE(note.ok());
    EXPECT_THAT(*note, StartsWith(text + "\n— example.com/note "));
    const absl::StatusOr<OpenedNote> opened = OpenNote(*note, {signer.verifier()});
    ASSERT_TRUE(opened.ok()) << text;
    EXPECT_EQ(opened->text, text);
  }
}

TEST(Sign, TextThatNoNoteMayHoldIsRefused) {
  const NoteSigner signer = TestSigner("example.com/note", 'a');
  for (const std::string& text :
       {std::string(), std::string("a"), std::string("a\r\n"), std::string("a\tb\n"),
        std::string("a\0b\n", 4), std::string("\xff\n"), std::string("\xc0\x80\n"),
        std::string("\xed\xa0\x80\n"), std::string("\xf4\x90\x80\x80\n"), std::string("\xe2\x80\n"),
        std::string(gateway::base::kMaxNoteBytes, 'a') + "\n"})
    EXPECT_EQ(signer.Sign(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
}

TEST(Sign, SeedAndNameThatAreNoneAreRefused) {
  for (size_t size : {0, 31, 33, 64})
    EXPECT_EQ(ReasonOf(NoteSigner::FromSeed("a", Secret(std::string(size, 's'))).status()),
              "SEED_LENGTH");
  for (const char* name : {"", "a b", "a+b", "a\nb", "a\u3000b", "\xff"})
    EXPECT_EQ(ReasonOf(NoteSigner::FromSeed(name, Secret(std::string(32, 's'))).status()),
              "KEY_NAME");
}

TEST(OpenNote, MalformedIsRefused) {
  const std::string note = kFooNote;
  const std::string text = kFooText;
  const std::string line = note.substr(text.size() + 1);
  const std::string blob = line.substr(line.rfind(' ') + 1, 92);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "NOTE_SPLIT"},
      {"\n", "NOTE_SPLIT"},
      {"\n\n", "NOTE_UNSIGNED"},
      {text, "NOTE_SPLIT"},
      {text + "\n", "NOTE_UNSIGNED"},
      {text + line, "NOTE_SPLIT"},
      {note.substr(0, note.size() - 1), "NOTE_LINE"},
      {note + "\n", "NOTE_UNSIGNED"},
      {note + " ", "NOTE_LINE"},
      {note + "x\n", "NOTE_LINE"},
      {text + "\n\n" + line, "NOTE_SIGNATURE_INVALID"},
      {"\n" + note, "NOTE_SIGNATURE_INVALID"},
      {note + "\n" + line, "NOTE_SIGNATURE_INVALID"},
      {Replaced(note, "\n\n", "\r\n\r\n"), "NOTE_CONTROL"},
      {note.substr(0, note.size() - 1) + "\r\n", "NOTE_CONTROL"},
      {"\t" + note, "NOTE_CONTROL"},
      {std::string(1, '\0') + note, "NOTE_CONTROL"},
      {"\xff" + note, "NOTE_UTF8"},
      {"\xc1\xbf" + note, "NOTE_UTF8"},
      {Replaced(note, "— ", "- "), "NOTE_LINE"},
      {Replaced(note, "— ", "– "), "NOTE_LINE"},
      {Replaced(note, "— ", "—"), "NOTE_LINE"},
      {Replaced(note, "— ", " — "), "NOTE_LINE"},
      {Replaced(note, "— ", "—  "), "NOTE_NAME"},
      {Replaced(note, "— ", "—\u00a0"), "NOTE_LINE"},
      {Replaced(note, "foo ", "foo"), "NOTE_NAME"},
      {Replaced(note, "foo ", "foo  "), "NOTE_SIGNATURE"},
      {Replaced(note, "foo ", "fo+o "), "NOTE_NAME"},
      {Replaced(note, "foo ", "fo\u2028o "), "NOTE_NAME"},
      {Replaced(note, "aQM=", "aQM= "), "NOTE_SIGNATURE"},
      {Replaced(note, "aQM=", "aQM"), "NOTE_SIGNATURE"},
      {Replaced(note, "aQM=", "aQM=="), "NOTE_SIGNATURE"},
      {Replaced(note, "aQM=", "aQN="), "NOTE_SIGNATURE"},
      {Replaced(note, "aQM=", "a_M="), "NOTE_SIGNATURE"},
      {Replaced(note, blob, ""), "NOTE_SIGNATURE"},
      {Replaced(note, blob, ToBase64("1234")), "NOTE_SIGNATURE"},
      {std::string(gateway::base::kMaxNoteBytes, 'a') + note, "NOTE_LENGTH"},
  };
  for (const auto& [bad, reason] : cases) EXPECT_EQ(ReasonOfOpening(bad, Foo()), reason) << bad;
}

TEST(OpenNote, EveryFlippedBitIsRefused) {
  const std::string note = kFooNote;
  for (size_t i = 0; i < note.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = note;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      EXPECT_FALSE(OpenNote(bad, {Foo()}).ok()) << i << " bit " << bit;
    }
  }
}

TEST(OpenNote, EveryTruncationIsRefused) {
  const std::string note = kFooNote;
  for (size_t size = 0; size < note.size(); ++size)
    EXPECT_FALSE(OpenNote(std::string_view(note).substr(0, size), {Foo()}).ok()) << size;
}

TEST(OpenNote, UnknownKeysAreIgnored) {
  const std::string note = kFooNote;
  EXPECT_TRUE(OpenNote(note + UnknownLine(1), {Foo()}).ok());
  EXPECT_TRUE(OpenNote(Replaced(note, "— ", UnknownLine(1) + "— "), {Foo()}).ok());
  const absl::Status status = OpenNote(note, {LogVerifier()}).status();
  EXPECT_EQ(ReasonOf(status), "NOTE_KEY_UNKNOWN");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(OpenNote(note, {}).status()), "NOTE_KEY_UNKNOWN");
}

TEST(OpenNote, KeyThatSharesOnlyNameOrOnlyIdIsUnknown) {
  const NoteSigner same_name = TestSigner("example.com/foo", 'b');
  EXPECT_EQ(ReasonOfOpening(kFooNote, same_name.verifier()), "NOTE_KEY_UNKNOWN");
  EXPECT_EQ(ReasonOfOpening(Replaced(kFooNote, "— example.com/foo", "— example.com/bar"), Foo()),
            "NOTE_KEY_UNKNOWN");
  EXPECT_TRUE(
      OpenNote(std::string(kFooNote) + "— example.com/foo " + ToBase64("\1\2\3\4bad") + "\n",
               {Foo()})
          .ok());
}

TEST(OpenNote, BadSignatureOfAKnownKeyRefusesTheWholeNote) {
  const std::string note = kFooNote;
  const std::string other = *TestSigner("example.com/other", 'c').Sign(kFooText);
  const NoteVerifier other_verifier = TestSigner("example.com/other", 'c').verifier();
  const std::string id = *FromHex("530d903a");
  for (const std::string& signature :
       {std::string(64, '\0'), std::string("short"), std::string(65, 'x')}) {
    const std::string bad = "— example.com/foo " + ToBase64(id + signature) + "\n";
    for (const std::string& forged : {note + bad, other + bad, Replaced(other, "— ", bad + "— ")}) {
      const absl::Status status = OpenNote(forged, {Foo(), other_verifier}).status();
      EXPECT_EQ(ReasonOf(status), "NOTE_SIGNATURE_INVALID");
      EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
    }
  }
}

TEST(OpenNote, SeveralKeysAreNamedInTheOrderOfTheLinesAndOnce) {
  const NoteSigner a = TestSigner("example.com/a", 'a');
  const NoteSigner b = TestSigner("example.com/b", 'b');
  const std::string text = "text\n";
  const std::string line_a = a.Sign(text)->substr(text.size() + 1);
  const std::string line_b = b.Sign(text)->substr(text.size() + 1);
  const std::string note = text + "\n" + line_b + line_a + UnknownLine(1) + line_b + line_b;
  const absl::StatusOr<OpenedNote> opened = OpenNote(note, {a.verifier(), b.verifier()});
  ASSERT_TRUE(opened.ok());
  EXPECT_THAT(opened->signed_by, ElementsAre("example.com/b", "example.com/a"));
}

TEST(OpenNote, HundredSignaturesAreReadAndOneMoreIsRefused) {
  std::string note = kFooNote;
  for (int i = 1; i < 100; ++i) note += UnknownLine(i);
  EXPECT_TRUE(OpenNote(note, {Foo()}).ok());
  EXPECT_EQ(ReasonOfOpening(note + UnknownLine(100), Foo()), "NOTE_SIGNATURES");
}

TEST(OpenNote, SixteenPostQuantumCosignaturesFit) {
  std::string note = kFooNote;
  for (int i = 0; i < 16; ++i)
    note += "— example.com/witness/" + std::to_string(i) + " " +
            ToBase64(std::string(4 + 8 + 2420, 'm')) + "\n";
  EXPECT_TRUE(OpenNote(note, {Foo()}).ok());
}

// Key ids have 32 bits, so that some hundred thousand keys hold a pair that shares one.
TEST(OpenNote, TwoKnownKeysOfOneNameAndIdAreRefused) {
  tests::SeededRandom random(3);
  std::map<uint32_t, std::string> seen;
  for (;;) {
    const std::string key = random.Bytes(32);
    const NoteVerifier first = *NoteVerifier::FromVkey(VkeyOfBytes(key));
    const auto [other, fresh] = seen.emplace(first.key_id(), key);
    if (fresh) continue;
    const NoteVerifier second = *NoteVerifier::FromVkey(VkeyOfBytes(other->second));
    std::string id;
    gateway::base::AppendBigEndian32(id, first.key_id());
    const std::string note = "text\n\n— k " + ToBase64(id + std::string(64, 's')) + "\n";
    EXPECT_EQ(ReasonOf(OpenNote(note, {first, second}).status()), "NOTE_KEYS_AMBIGUOUS");
    EXPECT_EQ(ReasonOf(OpenNote(note, {first, Foo()}).status()), "NOTE_SIGNATURE_INVALID");
    return;
  }
}

TEST(OpenNote, SameKnownKeyTwiceIsNotAmbiguous) {
  EXPECT_TRUE(OpenNote(kFooNote, {Foo(), LogVerifier(), Foo()}).ok());
}

TEST(NoteOfOne, IsWhatTheKeyAloneSigned) {
  const NoteSigner own = TestSigner("example.com/note", 'a');
  const NoteSigner other = TestSigner("example.com/other", 'b');
  const std::string note = *own.Sign("text\n");
  const std::string others = *other.Sign("text\n");
  const std::string line = others.substr(others.find("\n\n") + 2);
  EXPECT_EQ(*NoteOfOne(note, own.verifier()), note);
  EXPECT_EQ(*NoteOfOne(note + line, own.verifier()), note);
  EXPECT_EQ(*NoteOfOne(others + note.substr(note.find("\n\n") + 2), own.verifier()), note);
  EXPECT_EQ(ReasonOf(NoteOfOne(others, own.verifier()).status()), "NOTE_KEY_UNKNOWN");
}

}  // namespace
}  // namespace passerelle::audit::checkpoint
