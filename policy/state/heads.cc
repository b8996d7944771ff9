#include "policy/state/heads.h"

#include <string>

#include "absl/status/statusor.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/strings.h"

namespace passerelle::policy::state {
namespace {

namespace merkle = audit::merkle;
using gateway::base::Digest;
using record::v1::ChainHead;

constexpr std::string_view kHeadTag = "passerelle/chain-head/v1\n";

}  // namespace

std::vector<ChainHead> HeadsOf(const State& state) {
  std::vector<ChainHead> heads;
  state.chains.Scan("", [&](const std::string& name, const record::v1::ChainRow& chain) {
    ChainHead& head = heads.emplace_back();
    head.set_chain(name);
    head.set_length(chain.length());
    head.set_last(chain.last());
    return true;
  });
  return heads;
}

Digest HeadLeaf(const ChainHead& head) {
  std::string leaf(kHeadTag);
  leaf += gateway::base::View(gateway::base::Sha256(head.chain()));
  gateway::base::AppendBigEndian64(leaf, head.length());
  leaf += head.last();
  return merkle::LeafHash(leaf);
}

Digest HeadsRoot(absl::Span<const ChainHead> heads) {
  merkle::Frontier tree;
  for (const ChainHead& head : heads) tree.Append(HeadLeaf(head));
  return tree.Root();
}

std::vector<Digest> HeadProof(absl::Span<const ChainHead> heads, size_t index) {
  // The few nodes of a small tree are made again for each proof.
  const auto read = [&](merkle::NodeId node) -> absl::StatusOr<Digest> {
    merkle::Frontier below;
    const size_t width = size_t{1} << node.level;
    for (size_t i = node.index * width; i < (node.index + 1) * width; ++i)
      below.Append(HeadLeaf(heads[i]));
    return below.Root();
  };
  return *merkle::InclusionProof(index, heads.size(), read);
}

}  // namespace passerelle::policy::state
