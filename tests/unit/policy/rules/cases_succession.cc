// A log that goes on under another key, and receipts of what was lost.
#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "policy/state/state.h"
#include "tests/unit/policy/rules/cases.h"

namespace passerelle::tests {
namespace {

using statement::v1::Act;
using statement::v1::SHARD_CAUSE_KEY_CHANGE;
using statement::v1::SHARD_CAUSE_LOSS;
using statement::v1::ShardCause;
using statement::v1::ShardOpened;

const Names kTranscribers = World::transcribers();

// A succession that `spoil` spoils.
Case Opening(std::string code, std::string path, std::function<void(World&, ShardOpened&)> spoil,
             ShardCause cause = SHARD_CAUSE_LOSS) {
  return Spoilt("log.succession", std::move(code), "shard_opened." + path, Stage::kSent,
                kTranscribers, [spoil = std::move(spoil), cause](World& world) {
                  Act act = world.OpenShard(cause);
                  spoil(world, *act.mutable_shard_opened());
                  return act;
                });
}

// The verifier key of a key (32 bytes) under a name.
std::string VkeyOf(const std::string& name, const std::string& key, char type = 1) {
  return absl::StrCat(name, "+0123abcd+", gateway::base::ToBase64(type + key));
}

void Lose(World& world) { world.Must({world.OpenShard(SHARD_CAUSE_LOSS)}, kTranscribers); }

}  // namespace

std::vector<Case> SuccessionCases() {
  const auto open = [](World& world) { return world.OpenShard(SHARD_CAUSE_LOSS); };
  return {
      Spoilt("deed.signatures", "countersigner-missing", "", Stage::kSent, {"secretary-1"}, open),
      Spoilt("log.succession", "other-party", "party", Stage::kSent, kTranscribers,
             [](World& world) {
               Act act = world.OpenShard(SHARD_CAUSE_LOSS);
               act.set_party("p001");
               return act;
             }),
      Opening("origin", "origin",
              [](World& world, ShardOpened& opened) {
                opened.set_origin(world.state().founding()->origin());
              }),
      Opening("origin", "origin",
              [](World&, ShardOpened& opened) { opened.set_origin("with\nnewline"); }),
      Opening("key", "checkpoint_vkey",
              [](World&, ShardOpened& opened) {
                opened.set_checkpoint_vkey(VkeyOf("other.example", std::string(32, 'k')));
              }),
      Opening("key", "checkpoint_vkey",
              [](World&, ShardOpened& opened) {
                opened.set_checkpoint_vkey(VkeyOf(opened.origin(), std::string(32, 'k'), 4));
              }),
      // The key of the succession before.
      Spoilt("log.succession", "key", "shard_opened.checkpoint_vkey", Stage::kSent, kTranscribers,
             [](World& world) {
               const Act first = world.OpenShard(SHARD_CAUSE_LOSS);
               world.Must({first}, kTranscribers);
               Act act = world.OpenShard(SHARD_CAUSE_LOSS);
               const std::string& used = first.shard_opened().checkpoint_vkey();
               act.mutable_shard_opened()->set_checkpoint_vkey(
                   absl::StrCat(act.shard_opened().origin(), used.substr(used.find('+'))));
               return act;
             }),
      Opening("closed-size", "closed_size",
              [](World& world, ShardOpened& opened) {
                opened.set_closed_size(world.state().size() - 1);
              }),
      Opening(
          "closed-size", "closed_size",
          [](World& world, ShardOpened& opened) {
            opened.set_closed_size(world.state().size() + 1);
          },
          SHARD_CAUSE_KEY_CHANGE),
      Misobserved("log.succession", "succession", Stage::kSent, kTranscribers, open,
                  [](auto& found) { found.set_succession(record::v1::CHECK_FAILS); }),
      Spoilt("log.presented", "not-lost", "receipt_presented.index", Stage::kSent, {"steward-p001"},
             [](World& world) {
               Lose(world);
               Act act = world.Present();
               act.mutable_receipt_presented()->set_index(0);
               return act;
             }),
      Spoilt("log.presented", "known", "receipt_presented.entry", Stage::kSent, {"steward-p001"},
             [](World& world) {
               Lose(world);
               const Act presented = world.Present();
               world.Must({presented}, {"steward-p001"});
               return presented;
             }),
      Misobserved(
          "log.presented", "receipt", Stage::kSent, {"steward-p001"},
          [](World& world) {
            Lose(world);
            return world.Present();
          },
          [](auto& found) { found.clear_presented(); }),
  };
}

}  // namespace passerelle::tests
