// What a succession and a presented receipt must show, and everything that shows it not.
#include "audit/succession/succession.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/entry/codec.h"
#include "audit/merkle/memory_tree.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/secret.h"
#include "gateway/base/status.h"

namespace passerelle::audit::succession {
namespace {

using checkpoint::NoteSigner;
using checkpoint::SignCheckpoint;
using gateway::base::ReasonOf;
using gateway::base::Secret;
using gateway::base::ToBytes;

constexpr char kOld[] = "passerelle.example/synthetic/test";
constexpr char kNew[] = "passerelle.example/synthetic/test/2";

NoteSigner SignerOf(const char* origin, char seed) {
  return *NoteSigner::FromSeed(origin, Secret(std::string(32, seed)));
}

class SuccessionTest : public testing::Test {
 protected:
  SuccessionTest() {
    for (int i = 0; i < 5; ++i) {
      record::v1::Entry entry;
      entry.set_salt(std::string(16, static_cast<char>('a' + i)));
      entry.set_time_ms(1000 + i);
      entry.set_format_minor(1);
      entry.set_engine_version("1");
      entry.mutable_civil_date()->set_year(2024);
      entry.mutable_recorded()->set_envelope("synthetic");
      entry.mutable_recorded()->add_decisions()->set_effect(record::v1::EFFECT_ACCEPTED);
      entries_.push_back(*entry::EncodeLeaf(entry));
      tree_.Append(merkle::LeafHash(entries_.back()));
    }
  }

  // A loss after three entries of five, well shown.
  statement::v1::ShardOpened Opened(statement::v1::ShardCause cause, uint64_t closed) {
    statement::v1::ShardOpened opened;
    opened.set_cause(cause);
    opened.set_origin(kNew);
    opened.set_checkpoint_vkey(new_.verifier().ToVkey());
    opened.set_closed_size(closed);
    opened.set_closed_root(ToBytes(tree_.RootAt(closed)));
    opened.set_closing(*SignCheckpoint(old_, {kOld, closed, tree_.RootAt(closed)}));
    opened.set_succession(*SignSuccession(log_, new_, &old_));
    return opened;
  }
  absl::Status Check(const statement::v1::ShardOpened& opened, uint64_t left) {
    return CheckOpened(opened, closed_, log_, {left, tree_.RootAt(left)});
  }

  statement::v1::ReceiptPresented Presented(uint64_t index) {
    const auto read = [&](merkle::NodeId node) -> absl::StatusOr<gateway::base::Digest> {
      return tree_.Node(node);
    };
    statement::v1::ReceiptPresented presented;
    presented.set_index(index);
    presented.set_entry(entries_[index]);
    presented.set_path(gateway::base::Concatenated(*merkle::InclusionProof(index, 5, read)));
    presented.set_checkpoint(*SignCheckpoint(old_, {kOld, 5, tree_.Root()}));
    return presented;
  }

  const std::string log_ = std::string(32, 'l');
  const NoteSigner old_ = SignerOf(kOld, 'o');
  const NoteSigner new_ = SignerOf(kNew, 'n');
  const ClosedLog closed_{kOld, old_.verifier().ToVkey()};
  std::vector<std::string> entries_;
  merkle::MemoryTree tree_;
};

TEST_F(SuccessionTest, IsShownAfterALossAndForAChangeOfKey) {
  EXPECT_TRUE(Check(Opened(statement::v1::SHARD_CAUSE_LOSS, 5), 3).ok());
  EXPECT_TRUE(Check(Opened(statement::v1::SHARD_CAUSE_LOSS, 5), 5).ok());
  EXPECT_TRUE(Check(Opened(statement::v1::SHARD_CAUSE_KEY_CHANGE, 5), 5).ok());
}

TEST_F(SuccessionTest, NeedsTheOldKeysWordToChangeTheKeyAndNotAfterALoss) {
  statement::v1::ShardOpened opened = Opened(statement::v1::SHARD_CAUSE_LOSS, 5);
  opened.set_succession(*SignSuccession(log_, new_, nullptr));
  EXPECT_TRUE(Check(opened, 3).ok());
  opened.set_cause(statement::v1::SHARD_CAUSE_KEY_CHANGE);
  EXPECT_EQ(ReasonOf(Check(opened, 5)), "NOTE_KEY_UNKNOWN");
}

TEST_F(SuccessionTest, IsNotShownByWhatSaysSomethingElse) {
  using Spoil = std::function<void(statement::v1::ShardOpened&)>;
  const NoteSigner stranger = SignerOf(kNew, 's');
  const std::vector<Spoil> spoils = {
      [](auto& opened) { opened.set_closed_size(4); },
      [](auto& opened) { opened.set_closed_root(std::string(32, 'x')); },
      [&](auto& opened) {
        opened.set_closing(*SignCheckpoint(SignerOf(kOld, 's'), {kOld, 5, tree_.Root()}));
      },
      [&](auto& opened) {
        opened.set_closing(*SignCheckpoint(new_, {kNew, 5, tree_.Root()}));
      },
      [&](auto& opened) { opened.set_succession(*SignSuccession(log_, stranger, &old_)); },
      [&](auto& opened) {
        opened.set_succession(*SignSuccession(std::string(32, 'm'), new_, &old_));
      },
      [](auto& opened) { opened.set_checkpoint_vkey("none"); },
      [](auto& opened) { opened.clear_succession(); },
      [](auto& opened) { opened.clear_closing(); }};
  for (size_t i = 0; i < spoils.size(); ++i) {
    statement::v1::ShardOpened opened = Opened(statement::v1::SHARD_CAUSE_LOSS, 5);
    spoils[i](opened);
    EXPECT_FALSE(Check(opened, 3).ok()) << i;
  }
}

TEST_F(SuccessionTest, IsNotShownByAClosingOfAnotherHistory) {
  const statement::v1::ShardOpened opened = Opened(statement::v1::SHARD_CAUSE_LOSS, 5);
  EXPECT_EQ(ReasonOf(CheckOpened(opened, closed_, log_, {5, tree_.RootAt(4)})), "SUCCESSION");
}

TEST_F(SuccessionTest, AReceiptProvesALostEntry) {
  const absl::StatusOr<record::v1::Entry> entry = OpenPresented(Presented(4), closed_);
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->time_ms(), 1004);
}

TEST_F(SuccessionTest, AReceiptOfSomethingElseProvesNothing) {
  statement::v1::ReceiptPresented other = Presented(4);
  other.set_entry(entries_[3]);
  EXPECT_EQ(ReasonOf(OpenPresented(other, closed_).status()), "PRESENTED");
  other = Presented(4);
  other.set_index(3);
  EXPECT_EQ(ReasonOf(OpenPresented(other, closed_).status()), "PRESENTED");
  other = Presented(4);
  other.mutable_path()->pop_back();
  EXPECT_FALSE(OpenPresented(other, closed_).ok());
  EXPECT_FALSE(OpenPresented(Presented(4), {kNew, new_.verifier().ToVkey()}).ok());
}

}  // namespace
}  // namespace passerelle::audit::succession
