#include "policy/state/succession.h"

#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"

namespace passerelle::policy::state {

using record::v1::ShardRow;

std::string ShardKey(uint64_t index) {
  std::string key;
  gateway::base::AppendBigEndian64(key, index);
  return key;
}

const ShardRow* FindShard(const State& state, std::string_view origin) {
  const ShardRow* found = nullptr;
  state.shards.Scan("", [&](const std::string&, const ShardRow& shard) {
    if (shard.origin() == origin) found = &shard;
    return found == nullptr;
  });
  return found;
}

const ShardRow* LastLoss(const State& state) {
  const ShardRow* last = nullptr;
  state.shards.Scan("", [&](const std::string&, const ShardRow& shard) {
    if (shard.cause() == statement::v1::SHARD_CAUSE_LOSS) last = &shard;
    return true;
  });
  return last;
}

std::string PresentedKey(const statement::v1::ReceiptPresented& presented,
                         const record::v1::PresentedObserved& observed) {
  if (!observed.statement().empty()) return observed.statement();
  return gateway::base::ToBytes(gateway::base::Sha256(presented.entry()));
}

std::optional<std::vector<std::string>> SpkisOf(const State& state,
                                                const statement::v1::Header& header) {
  std::vector<std::string> spkis;
  for (const std::string& signer : header.signers()) {
    const record::v1::KeyRow* key = state.keys.Find(signer);
    if (key == nullptr) return std::nullopt;
    spkis.push_back(key->spki());
  }
  return spkis;
}

bool AwaitsRecord(const State& state, std::string_view digest) {
  const record::v1::PresentedRow* row = state.presented.Find(digest);
  return row != nullptr && !row->has_recorded();
}

}  // namespace passerelle::policy::state
