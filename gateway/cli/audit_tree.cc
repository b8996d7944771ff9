#include "gateway/cli/audit_tree.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/merkle/memory_tree.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

namespace merkle = audit::merkle;
using base::Digest;

struct Options {
  std::string file;
  bool binary = false;
  std::vector<std::string> sizes;
  std::string index, from;
};

// Cuts a file into entries: lines, or with a length of two bytes, big-endian, before each, as in
// the bundles of c2sp.org/tlog-tiles.
class Cutter {
 public:
  Cutter(bool binary, merkle::MemoryTree& tree) : binary_(binary), tree_(tree) {}

  absl::Status Add(std::string_view chunk) {
    pending_.append(chunk);
    size_t begin = 0;
    while (true) {
      const std::optional<std::string_view> entry = Next(begin);
      if (!entry.has_value()) break;
      RETURN_IF_ERROR(Take(*entry));
    }
    pending_.erase(0, begin);
    return pending_.size() > base::kMaxEntryBytes + 2 ? TooLong() : absl::OkStatus();
  }

  absl::Status Finish() {
    if (pending_.empty()) return absl::OkStatus();
    if (binary_)
      return Usage("TREE_ENTRY", "file",
                   absl::StrCat("entry ", tree_.size(), ": the file ends inside it"));
    return Take(pending_);
  }

 private:
  // The next whole entry; `begin` moves behind it.
  std::optional<std::string_view> Next(size_t& begin) const {
    const std::string_view rest = std::string_view(pending_).substr(begin);
    if (!binary_) {
      const size_t end = rest.find('\n');
      if (end == std::string_view::npos) return std::nullopt;
      begin += end + 1;
      return rest.substr(0, end);
    }
    if (rest.size() < 2) return std::nullopt;
    const size_t length = base::ReadBigEndian16(rest);
    if (rest.size() < 2 + length) return std::nullopt;
    begin += 2 + length;
    return rest.substr(2, length);
  }

  absl::Status Take(std::string_view entry) {
    if (entry.size() > base::kMaxEntryBytes) return TooLong();
    if (tree_.size() == base::kMaxVerifiedEntries)
      return Usage("TREE_ENTRY", "file",
                   absl::StrCat("more than ", base::kMaxVerifiedEntries, " entries"));
    tree_.Append(merkle::LeafHash(entry));
    return absl::OkStatus();
  }

  absl::Status TooLong() const {
    return Usage("TREE_ENTRY", "file",
                 absl::StrCat("entry ", tree_.size(), ": longer than ", base::kMaxEntryBytes));
  }

  const bool binary_;
  merkle::MemoryTree& tree_;
  std::string pending_;
};

absl::StatusOr<merkle::MemoryTree> TreeOf(const Options& options) {
  merkle::MemoryTree tree;
  Cutter cutter(options.binary, tree);
  absl::Status status;
  RETURN_IF_ERROR(base::ReadChunks(options.file, [&](std::string_view chunk) {
    status = cutter.Add(chunk);
    return status.ok();
  }));
  RETURN_IF_ERROR(status);
  RETURN_IF_ERROR(cutter.Finish());
  return tree;
}

// A number below or at a bound.
absl::StatusOr<uint64_t> NumberOf(const std::string& typed, const char* option, uint64_t most) {
  const absl::StatusOr<uint64_t> number = base::FromDecimal(typed);
  if (number.ok() && *number <= most) return *number;
  return Usage("OPTION_VALUE", option, absl::StrCat(typed, ": a number from 0 to ", most));
}

nlohmann::json HexOf(const std::vector<Digest>& hashes) {
  nlohmann::json list = nlohmann::json::array();
  for (const Digest& hash : hashes) list.push_back(base::ToHex(base::View(hash)));
  return list;
}

// What is asked of the first `size` leaves.
absl::StatusOr<nlohmann::json> Describe(const merkle::MemoryTree& tree, uint64_t size,
                                        const Options& options) {
  const auto read = [&tree](merkle::NodeId node) -> absl::StatusOr<Digest> {
    return tree.Node(node);
  };
  nlohmann::json json = {{"size", size}, {"root", base::ToHex(base::View(tree.RootAt(size)))}};
  if (!options.index.empty()) {
    ASSIGN_OR_RETURN(const uint64_t index, NumberOf(options.index, "--index", tree.size()));
    if (index >= size)
      return Usage("OPTION_VALUE", "--index",
                   absl::StrCat(index, ": a tree of ", size, " has no such entry"));
    const Digest& leaf = tree.Node({.level = 0, .index = index});
    ASSIGN_OR_RETURN(const std::vector<Digest> proof, merkle::InclusionProof(index, size, read));
    json["inclusion"] = {
        {"index", index}, {"leaf", base::ToHex(base::View(leaf))}, {"proof", HexOf(proof)}};
  }
  if (!options.from.empty()) {
    ASSIGN_OR_RETURN(const uint64_t from, NumberOf(options.from, "--from", tree.size()));
    if (from == 0 || from > size)
      return Usage("OPTION_VALUE", "--from",
                   absl::StrCat(from, ": a tree of ", size, " extends none of that size"));
    ASSIGN_OR_RETURN(const std::vector<Digest> proof, merkle::ConsistencyProof(from, size, read));
    json["consistency"] = {{"from", from}, {"proof", HexOf(proof)}};
  }
  return json;
}

void Print(const nlohmann::json& tree) {
  std::printf("%lu %s\n", tree["size"].get<uint64_t>(), tree["root"].get<std::string>().c_str());
  for (const auto& [part, key] :
       {std::pair("inclusion", "index"), std::pair("consistency", "from")})
    if (tree.contains(part)) {
      std::printf("  %s %lu\n", part, tree[part][key].get<uint64_t>());
      for (const auto& hash : tree[part]["proof"])
        std::printf("    %s\n", hash.get<std::string>().c_str());
    }
}

absl::StatusOr<int> Run(App& app, const Options& options) {
  ASSIGN_OR_RETURN(const merkle::MemoryTree tree, TreeOf(options));
  std::vector<uint64_t> sizes;
  for (const std::string& typed : options.sizes) {
    ASSIGN_OR_RETURN(const uint64_t size, NumberOf(typed, "--size", tree.size()));
    sizes.push_back(size);
  }
  if (sizes.empty()) sizes.push_back(tree.size());
  nlohmann::json trees = nlohmann::json::array();
  for (const uint64_t size : sizes) {
    ASSIGN_OR_RETURN(nlohmann::json one, Describe(tree, size, options));
    trees.push_back(std::move(one));
  }
  if (app.json())
    std::printf("%s\n", TextOf({{"entries", tree.size()}, {"trees", trees}}).c_str());
  else
    for (const nlohmann::json& one : trees) Print(one);
  return kDone;
}

}  // namespace

void AddAuditTree(App& app, const Command& noun) {
  auto options = std::make_shared<Options>();
  const Command verb = app.commands().AddVerb(
      noun, "tree", "Calculer l'arbre de Merkle d'un fichier quelconque : racines et preuves",
      "Compute the Merkle tree of any file: roots and proofs",
      [&app, options] { return Run(app, *options); });
  verb.Add("file", options->file, "Fichier : une entrée par ligne", "File: one entry a line")
      .Required();
  verb.AddFlag("--binary", options->binary,
               "Avant chaque entrée, sa longueur sur deux octets, gros-boutiste",
               "Before each entry its length in two bytes, big-endian");
  verb.Add("--size", options->sizes, "Des tant premières entrées ; répétable ; par défaut toutes",
           "Of so many first entries; repeatable; default all");
  verb.Add("--index", options->index, "Avec la preuve d'inclusion de cette entrée (depuis 0)",
           "With the inclusion proof of this entry (from 0)");
  verb.Add("--from", options->from, "Avec la preuve de cohérence depuis cette taille",
           "With the consistency proof from this size");
}

}  // namespace passerelle::gateway::cli
