#include "audit/entry/wire.h"

#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/statement/v1/envelope.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "tests/support/wire_tree.h"
#include "tests/unit/audit/entry/random_message.h"

namespace passerelle::audit::entry {
namespace {

using gateway::base::PathOf;
using gateway::base::ReasonOf;
using google::protobuf::Descriptor;

std::string Varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
  return out;
}

std::string Tag(uint64_t number, uint64_t wire_type) { return Varint(number << 3 | wire_type); }

std::string Number(uint64_t number, uint64_t value) { return Tag(number, 0) + Varint(value); }

std::string Field(uint64_t number, std::string_view bytes) {
  return Tag(number, 2) + Varint(bytes.size()) + std::string(bytes);
}

std::string Hex(std::string_view text) { return *gateway::base::FromHex(text); }

// Types that our own packages do not use, which the walk must judge all the same.
const Descriptor& Sink() {
  static const Descriptor* const sink = [] {
    constexpr std::string_view kProto = R"(
        syntax = "proto3"; package sink;
        enum Colour { NONE = 0; RED = 1; BELOW = -3; }
        message Sink {
          int32 int32 = 1; int64 int64 = 2; uint32 uint32 = 3; uint64 uint64 = 4;
          sint32 sint32 = 5; sint64 sint64 = 6; bool bool = 7; Colour colour = 8;
          fixed32 fixed32 = 9; double double = 10; string string = 11; bytes bytes = 12;
          Sink sink = 13; repeated uint32 packed = 14; map<string, string> map = 15;
          optional int32 maybe = 16; optional Colour maybe_colour = 17;
          oneof kind { string left = 18; Sink right = 19; }
          repeated string strings = 20; optional Sink maybe_sink = 21;
        })";
    google::protobuf::io::ArrayInputStream input(kProto.data(), static_cast<int>(kProto.size()));
    google::protobuf::io::Tokenizer tokens(&input, nullptr);
    google::protobuf::FileDescriptorProto file;
    google::protobuf::compiler::Parser().Parse(&tokens, &file);
    file.set_name("sink.proto");
    static google::protobuf::DescriptorPool pool;
    return pool.BuildFile(file)->FindMessageTypeByName("Sink");
  }();
  return *sink;
}

struct Case {
  const char* name;
  std::string bytes;
  const char* reason;
  const char* path;
};

void ExpectRefused(const std::vector<Case>& cases, const Descriptor& type) {
  for (const Case& refused : cases) {
    const absl::Status status = CheckWire(refused.bytes, type);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << refused.name;
    EXPECT_EQ(ReasonOf(status), refused.reason) << refused.name;
    EXPECT_EQ(PathOf(status), refused.path) << refused.name;
  }
}

TEST(CheckWire, NamesTheFieldOfAStatement) {
  const auto act = [](std::string_view bytes) { return Field(2, bytes); };
  const std::string party = Field(1, "p001");
  const std::string opinion = Field(51, Number(2, 1));
  ExpectRefused(
      {
          {"unknown at the top", Number(3, 1), "UNKNOWN_FIELD", "3"},
          {"unknown below", act(party) + act(Field(99, "x")), "UNKNOWN_FIELD", "acts[1].99"},
          {"field number 0", act(Tag(0, 0) + Varint(1)), "UNKNOWN_FIELD", "acts[0].0"},
          {"shadowed string", act(party + party), "REPEATED_FIELD", "acts[0].party"},
          {"shadowed message", Field(1, "") + act(party) + Field(1, ""), "REPEATED_FIELD",
           "header"},
          {"two cases", act(opinion + Field(52, "")), "ONEOF_TWICE", "acts[0].exchange_decided"},
          {"one case twice", act(opinion + opinion), "REPEATED_FIELD", "acts[0].dpo_opinion_given"},
          {"date beyond 32 bits", act(Field(3, Number(1, uint64_t{1} << 32))), "VARINT",
           "acts[0].effective_on.year"},
          {"unknown opinion", act(Field(51, Number(2, 3))), "ENUM",
           "acts[0].dpo_opinion_given.opinion"},
          {"opinion 0", act(Field(51, Number(2, 0))), "ENUM", "acts[0].dpo_opinion_given.opinion"},
          {"optional release twice", act(Field(51, Field(3, Number(5, 1) + Number(5, 2)))),
           "REPEATED_FIELD", "acts[0].dpo_opinion_given.conditions.release"},
          {"latin-1 party", act(Field(1, "\xe9")), "UTF8", "acts[0].party"},
          {"latin-1 in a list", act(Field(31, Field(7, "a") + Field(7, "\xe9"))), "UTF8",
           "acts[0].mandate_given.datasets[1]"},
          {"bytes as a number", Field(1, Number(1, 7)), "WIRE_TYPE", "header.log"},
          {"message as a number", Number(1, 7), "WIRE_TYPE", "header"},
          {"length past the end", act(Tag(1, 2) + Varint(9) + "p001"), "TRUNCATED",
           "acts[0].party"},
      },
      *statement::v1::Statement::descriptor());
}

TEST(CheckWire, RefusesEveryOtherFormOfAValue) {
  constexpr uint64_t kBit31 = uint64_t{1} << 31;
  ExpectRefused(
      {
          {"tag of two bytes for one", Hex("8800") + Varint(1), "VARINT", ""},
          {"tag beyond 32 bits", Varint(uint64_t{1} << 32 | 8) + Varint(1), "VARINT", ""},
          {"value with a trailing zero", Tag(4, 0) + Hex("8100"), "VARINT", "uint64"},
          {"zero in two bytes", Tag(4, 0) + Hex("8000"), "VARINT", "uint64"},
          {"length in two bytes", Tag(12, 2) + Hex("8100") + "x", "VARINT", "bytes"},
          {"eleven bytes", Tag(4, 0) + Hex("8080808080808080808001"), "VARINT", "uint64"},
          {"bit 64", Tag(4, 0) + Hex("ffffffffffffffffff02"), "VARINT", "uint64"},
          {"uint32 of 33 bits", Number(3, uint64_t{1} << 32), "VARINT", "uint32"},
          {"sint32 of 33 bits", Number(5, uint64_t{1} << 32), "VARINT", "sint32"},
          {"int32 of 32 bits", Number(1, kBit31), "VARINT", "int32"},
          {"int32 not extended", Number(1, 0xffffffff), "VARINT", "int32"},
          {"int32 below its least", Number(1, ~kBit31), "VARINT", "int32"},
          {"optional int32 not extended", Number(16, 0xffffffff), "VARINT", "maybe"},
          {"bool 2", Number(7, 2), "VARINT", "bool"},
          {"enum 0", Number(8, 0), "ENUM", "colour"},
          {"optional enum 0", Number(17, 0), "ENUM", "maybe_colour"},
          {"enum unknown", Number(8, 2), "ENUM", "colour"},
          {"enum not extended", Number(8, 0xfffffffd), "ENUM", "colour"},
          {"enum by its low bits", Number(8, uint64_t{1} << 32 | 1), "ENUM", "colour"},
          {"fixed32 as a varint", Number(9, 1), "WIRE_TYPE", "fixed32"},
          {"fixed32 cut", Tag(9, 5) + "abc", "TRUNCATED", "fixed32"},
          {"double cut", Tag(10, 1) + "abcdefg", "TRUNCATED", "double"},
          {"packed numbers", Field(14, Varint(1)), "WIRE_TYPE", "packed[0]"},
          {"repeated number", Number(14, 1), "WIRE_TYPE", "packed[0]"},
          {"map", Field(15, Field(1, "k")), "WIRE_TYPE", "map[0]"},
          {"group opened", Tag(13, 3) + Tag(13, 4), "WIRE_TYPE", "sink"},
          {"group closed", Tag(13, 4), "WIRE_TYPE", "sink"},
          {"wire type 6", Tag(4, 6), "WIRE_TYPE", "uint64"},
          {"wire type 7", Tag(4, 7), "WIRE_TYPE", "uint64"},
          {"optional message twice", Field(21, "") + Field(21, ""), "REPEATED_FIELD", "maybe_sink"},
          {"oneof of string and message", Field(19, "") + Field(18, ""), "ONEOF_TWICE", "left"},
          {"tag cut", Hex("80"), "TRUNCATED", ""},
          {"value missing", Tag(4, 0), "TRUNCATED", "uint64"},
          {"value cut", Tag(4, 0) + Hex("ff"), "TRUNCATED", "uint64"},
          {"length beyond the end", Tag(12, 2) + Varint(2) + "x", "TRUNCATED", "bytes"},
          {"length that overflows", Tag(12, 2) + Varint(~uint64_t{0}) + "x", "TRUNCATED", "bytes"},
          {"inner end past the outer", Field(13, Tag(12, 2) + Varint(3) + "ab") + "c", "TRUNCATED",
           "sink.bytes"},
      },
      Sink());
}

TEST(CheckWire, RefusesTextThatIsNotUtf8) {
  for (const char* text :
       {"80", "c080", "c1bf", "c2", "e08080", "e09fbf", "eda080", "edbfbf", "e282", "f0808080",
        "f08fbfbf", "f4908080", "f5808080", "f09d84", "ff", "c3c3", "e28228", "f09d8428", "61c2"})
    EXPECT_EQ(ReasonOf(CheckWire(Field(11, Hex(text)), Sink())), "UTF8") << text;
  for (const char* text : {"", "00", "7f", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "efbfbf",
                           "f0908080", "f48fbfbf", "61c3a9f09d849e62"})
    EXPECT_TRUE(CheckWire(Field(11, Hex(text)), Sink()).ok()) << text;
  EXPECT_TRUE(CheckWire(Field(12, Hex("ff")), Sink()).ok()) << "bytes are not text";
}

TEST(CheckWire, TakesEveryValueAndDefaultsWrittenOut) {
  constexpr auto kNegative = [](int64_t value) { return static_cast<uint64_t>(value); };
  for (const std::string& bytes : {std::string(),
                                   Number(1, 0),
                                   Number(1, 0x7fffffff),
                                   Number(1, kNegative(-1)),
                                   Number(1, kNegative(-0x80000000LL)),
                                   Number(2, kNegative(-1)),
                                   Number(3, 0xffffffff),
                                   Number(4, ~uint64_t{0}),
                                   Number(5, 0xffffffff),
                                   Number(6, ~uint64_t{0}),
                                   Number(7, 0),
                                   Number(7, 1),
                                   Number(8, 1),
                                   Number(8, kNegative(-3)),
                                   Tag(9, 5) + "abcd",
                                   Tag(10, 1) + "abcdefgh",
                                   Field(11, ""),
                                   Field(12, ""),
                                   Field(13, ""),
                                   Number(16, 0),
                                   Number(16, 1) + Number(17, 1) + Field(21, ""),
                                   Field(18, ""),
                                   Field(20, "") + Number(1, 1) + Field(20, "")})
    EXPECT_TRUE(CheckWire(bytes, Sink()).ok()) << gateway::base::ToHex(bytes);
}

TEST(CheckWire, RefusesTheSeventeenthLevel) {
  std::string nested;
  for (int level = 2; level <= 16; ++level) nested = Field(13, nested);
  EXPECT_TRUE(CheckWire(nested, Sink()).ok());
  const absl::Status status = CheckWire(Field(13, nested), Sink());
  EXPECT_EQ(ReasonOf(status), "DEPTH");
  EXPECT_EQ(PathOf(status).substr(0, 14), "sink.sink.sink");
}

// A parser keeps the last of two values, and rewrites an enum number of five bytes as ten: lengths
// before and after agree, and a name travels in between.
TEST(CheckWire, RefusesAHiddenNameThatALengthComparisonPasses) {
  const std::string hidden = Field(1, "Jeanne Exemple-Synthetique42");
  ASSERT_EQ(hidden.size(), 6u * 5u);
  std::string fields;
  for (int i = 0; i < 6; ++i)
    fields += Field(8, Field(1, "f") + Number(2, 0xffffffff));  // Field.type, grows by 5 bytes
  const std::string trick = Field(2, hidden + Field(1, "p001") + Field(40, fields));
  statement::v1::Statement parsed;
  ASSERT_TRUE(parsed.ParseFromString(trick));
  ASSERT_EQ(parsed.SerializeAsString().size(), trick.size()) << "the trick no longer works";
  ASSERT_EQ(parsed.SerializeAsString().find("Jeanne"), std::string::npos);

  const absl::Status status = CheckWire(trick, *statement::v1::Statement::descriptor());
  EXPECT_EQ(ReasonOf(status), "REPEATED_FIELD");
  EXPECT_EQ(PathOf(status), "acts[0].party");
}

template <typename Message>
class EveryMessage : public testing::Test {};
using Messages =
    testing::Types<statement::v1::Statement, statement::v1::Envelope, record::v1::Entry>;
TYPED_TEST_SUITE(EveryMessage, Messages);

TYPED_TEST(EveryMessage, PassesWhenItIsValid) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 500; ++round) {
    TypeParam message;
    tests::FillAtRandom(message, random);
    const absl::Status status = CheckWire(message.SerializeAsString(), *TypeParam::descriptor());
    ASSERT_TRUE(status.ok()) << status << message.DebugString();
  }
}

// What passes after a mutation says nothing that the parsed message does not.
TYPED_TEST(EveryMessage, HidesNothingAfterAnyMutation) {
  std::mt19937_64 random(2);
  int passed = 0;
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    TypeParam message;
    tests::FillAtRandom(message, random);
    const std::string bytes = message.SerializeAsString();
    for (int k = 0; k < 40 && !bytes.empty(); ++k) {
      std::string mutated = bytes;
      const size_t at = random() % bytes.size();
      const size_t run = std::min<size_t>(1 + random() % 8, bytes.size() - at);
      switch (random() % 4) {
        case 0:
          mutated[at] = static_cast<char>(mutated[at] ^ (1 << random() % 8));
          break;
        case 1:
          mutated.erase(at, run);
          break;
        case 2:
          mutated.insert(at, bytes, at, run);
          break;
        default:
          mutated.insert(at, 1, static_cast<char>(random()));
      }
      if (!CheckWire(mutated, *TypeParam::descriptor()).ok()) {
        ++refused;
        continue;
      }
      ++passed;
      TypeParam parsed;
      ASSERT_TRUE(parsed.ParseFromString(mutated));
      ASSERT_EQ(tests::WireTree(mutated, *TypeParam::descriptor()),
                tests::WireTree(parsed.SerializeAsString(), *TypeParam::descriptor()));
    }
  }
  EXPECT_GT(passed, 100);
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace passerelle::audit::entry
