#include "policy/state/snapshot.h"

#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "tests/support/world.h"

namespace passerelle::policy::state {
namespace {

using gateway::base::ReasonOf;
using testing::HasSubstr;
using std::string_literals::operator""s;

// A state with a row of several kinds, small enough to be mutated byte by byte. Digests are short.
State SmallState() {
  State state;
  record::v1::HeadRow head;
  head.set_size(2);
  head.set_time_ms(5);
  state.Put("", head);
  record::v1::ChainRow chain;
  chain.set_length(1);
  chain.set_last("leaf");
  state.Put("all", chain);
  chain.set_length(2);
  state.Put("p001", chain);
  record::v1::MandateRow mandate;
  mandate.set_party("p001");
  mandate.set_agent("agent");
  mandate.mutable_from()->set_year(2024);
  state.Put("mandate", mandate);
  record::v1::TransferRow transfer;
  transfer.set_phase(record::v1::TRANSFER_PHASE_KEPT);
  transfer.mutable_exchange()->set_statement("exchange");
  transfer.set_index(1);
  state.Put("transfer", transfer);
  record::v1::StatementRow statement;
  statement.set_not_after_ms(9);
  state.Put("digest", statement);
  return state;
}

// The bytes with one part replaced.
std::string With(std::string bytes, const std::string& part, const std::string& other) {
  const size_t at = bytes.find(part);
  EXPECT_NE(at, std::string::npos);
  return bytes.replace(at, part.size(), other);
}

// The example of audit/FORMAT.md.
TEST(Snapshot, HasTheBytesOfItsFormat) {
  State state;
  record::v1::ChainRow chain;
  chain.set_length(7);
  state.Put("all", chain);
  const std::string bytes = EncodeSnapshot(state);
  EXPECT_THAT(bytes, testing::StartsWith("passerelle/snapshot/v4\n"
                                         "\0\0\0\5heads\0\0\0\0"
                                         "\0\0\0\tfoundings\0\0\0\0"
                                         "\0\0\0\6chains\0\0\0\1"
                                         "\0\0\0\3all\0\0\0\2\x08\x07"
                                         "\0\0\0\tadhesions\0\0\0\0"s));
  EXPECT_EQ(bytes.size(), 330u);
}

TEST(Snapshot, OfTheEmptyStateIsReadToo) {
  const absl::StatusOr<State> state = DecodeSnapshot(EncodeSnapshot(State()));
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->Dump(), "");
  EXPECT_EQ(tests::IndexesOf(*state), "");
}

TEST(Snapshot, RestoresRowsAndIndexes) {
  tests::World world(tests::Stage::kHandedOver);
  world.Must({world.FreezeTransfer("p002")}, {"steward-p002"});
  const std::string bytes = EncodeSnapshot(world.state());
  const absl::StatusOr<State> restored = DecodeSnapshot(bytes);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->Dump(), world.Dump());
  EXPECT_EQ(tests::IndexesOf(*restored), tests::IndexesOf(world.state()));
  EXPECT_EQ(EncodeSnapshot(*restored), bytes);
  for (const char* index : {"mandates_by_agent", "mandates_by_party", "transfers_by_exchange",
                            "freezes_by_target", "transfers_by_last_day", "statements_by_expiry"})
    EXPECT_THAT(tests::IndexesOf(*restored), HasSubstr(index));
}

TEST(Snapshot, IsTheSameThroughAFork) {
  State state = SmallState();
  const std::string bytes = EncodeSnapshot(state);
  State draft = state.Fork();
  EXPECT_EQ(EncodeSnapshot(draft), bytes);
  draft.Erase<record::v1::ChainRow>("all");
  const std::string changed = EncodeSnapshot(draft);
  EXPECT_NE(changed, bytes);
  state.Absorb(draft);
  EXPECT_EQ(EncodeSnapshot(state), changed);
}

TEST(Snapshot, IsRefusedWhereItIsNotTheOneSpelling) {
  const std::string bytes = EncodeSnapshot(SmallState());
  const std::string row = "\0\0\0\3all\0\0\0\x08\x08\1\x12\4leaf"s;
  const std::string other = "\0\0\0\4p001\0\0\0\x08\x08\2\x12\4leaf"s;
  struct Row {
    std::string bytes;
    const char* message;
  };
  for (const Row& wrong : std::vector<Row>{
           {"", "not a snapshot of this version"},
           {With(bytes, "snapshot/v4", "snapshot/v3"), "not a snapshot of this version"},
           {bytes + "\0"s, "bytes after the last table"},
           {bytes.substr(0, bytes.size() - 1), "table presented: the snapshot ends too early"},
           {With(bytes, "chains", "chainz"), "table chains: another table than expected"},
           {With(bytes, row + other, other + row), "table chains: keys out of order"},
           {With(bytes, row + other, row + row), "table chains: keys out of order"},
           {With(bytes, "chains\0\0\0\2"s, "chains\0\0\0\1"s),
            "table adhesions: another table than expected"},
           // Fields in another order, a default written out, a number too long, an unknown field.
           {With(bytes, row, "\0\0\0\3all\0\0\0\x08\x12\4leaf\x08\1"s),
            "table chains: a row that is not written canonically"},
           {With(bytes, other, "\0\0\0\4p001\0\0\0\x08\x08\0\x12\4leaf"s),
            "table chains: a row that is not written canonically"},
           {With(bytes, other, "\0\0\0\4p001\0\0\0\x09\x08\x82\0\x12\4leaf"s),
            "table chains: a row that is not written canonically"},
           {With(bytes, other, "\0\0\0\4p001\0\0\0\x0a\x08\2\x12\4leaf\x18\1"s),
            "table chains: a row that is not written canonically"},
           // An unknown field of a nested message; a string that is not UTF-8.
           {With(bytes,
                 "\x0a\x08"
                 "exchange",
                 "\x0a\6exchan\x18\1"),
            "table transfers: a row that is not written canonically"},
           {With(bytes, "\x0a\4p001\x12\5agent"s,
                 "\x0a\4p\xff"
                 "01\x12\5agent"s),
            "table mandates: a row that is none"}}) {
    const absl::Status status = DecodeSnapshot(wrong.bytes).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << wrong.message;
    EXPECT_EQ(ReasonOf(status), "SNAPSHOT_FORM");
    EXPECT_EQ(status.message(), wrong.message);
  }
}

TEST(Snapshot, IsRefusedWhereverItIsCut) {
  const std::string bytes = EncodeSnapshot(SmallState());
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(ReasonOf(DecodeSnapshot(bytes.substr(0, size)).status()), "SNAPSHOT_FORM") << size;
}

// Whatever is read is written again to the same bytes: nothing hides in a snapshot.
TEST(Snapshot, OfWhichAByteIsAnotherIsRefusedOrTheSnapshotOfAnotherState) {
  const std::string bytes = EncodeSnapshot(SmallState());
  const google::protobuf::LogSilencer silencer;  // it tells stderr of strings that are not UTF-8
  int read = 0;
  for (size_t at = 0; at < bytes.size(); ++at)
    for (int change = 1; change < 256; ++change) {
      std::string other = bytes;
      other[at] = static_cast<char>(other[at] ^ change);
      const absl::StatusOr<State> state = DecodeSnapshot(other);
      if (!state.ok()) {
        ASSERT_EQ(ReasonOf(state.status()), "SNAPSHOT_FORM") << at;
        continue;
      }
      ASSERT_EQ(EncodeSnapshot(*state), other) << at;
      ++read;
    }
  EXPECT_GT(read, 0) << "rows hold values, of which any may be another";
}

}  // namespace
}  // namespace passerelle::policy::state
