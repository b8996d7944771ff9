// Grows a log of any size with the store of the gateway, and serves proofs from it after a start:
// `grow_log FOLDER grow ENTRIES`, then `check PROOFS` from the snapshot or `replay PROOFS` from
// every entry. Prints the number of entries and the most memory that it ever held, KiB. Synthetic.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "audit/checkpoint/note.h"
#include "audit/log/log.h"
#include "audit/log/sqlite_store.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/limits.h"
#include "gateway/base/secret.h"
#include "tests/support/need.h"

namespace passerelle::tests {
namespace {

namespace base = gateway::base;
using audit::log::Log;

constexpr char kOrigin[] = "passerelle.example/synthetic/test";
constexpr int64_t kStartMs = 1717408800000;

std::string EntryOf(uint64_t index) { return absl::StrCat("synthetic entry ", index); }

// The most memory that this process ever held, KiB.
uint64_t PeakKib() {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.rfind("VmHWM:", 0) == 0) return std::strtoull(line.c_str() + 6, nullptr, 10);
  return 0;
}

// Every entry, and from the snapshot where there is one.
std::unique_ptr<Log> Open(audit::log::LogStore& store, const audit::checkpoint::NoteSigner& signer,
                          bool from_snapshot) {
  const auto hear = [](uint64_t, const std::string&, const audit::log::Digest&) {
    return absl::OkStatus();
  };
  if (!from_snapshot) return Need(Log::Open(kOrigin, store, nullptr, signer, hear), "opening");
  return Need(
      Log::OpenFromSnapshot(
          kOrigin, store, nullptr, signer,
          [](const audit::log::StateSnapshot&) -> absl::StatusOr<bool> { return true; }, hear),
      "opening from the snapshot");
}

void Grow(Log& log, uint64_t entries) {
  while (log.head().size < entries) {
    const uint64_t begin = log.head().size;
    const uint64_t end = std::min(entries, begin + base::kMaxGroupEntries);
    std::vector<std::string> group;
    for (uint64_t index = begin; index < end; ++index) group.push_back(EntryOf(index));
    Need(log.Append(group, kStartMs + static_cast<int64_t>(end)), "appending");
  }
  Need(log.KeepSnapshot(log.head(), "synthetic"), "the snapshot");
}

// Proofs at random places, each verified.
void Check(const Log& log, uint64_t proofs) {
  const uint64_t size = log.head().size;
  std::mt19937_64 random(1);
  for (uint64_t i = 0; i < proofs; ++i) {
    const uint64_t to = 1 + random() % size;
    const uint64_t index = random() % to;
    const audit::log::Digest root = Need(log.RootAt(to), "a root");
    const audit::log::Digest leaf = audit::merkle::LeafHash(EntryOf(index));
    Need(audit::merkle::VerifyInclusion(index, to, leaf,
                                        Need(log.InclusionProof(index, to), "inclusion"), root),
         "an inclusion proof");
    Need(audit::merkle::VerifyConsistency(to, size, Need(log.ConsistencyProof(to, size), "consist"),
                                          root, log.head().root),
         "a consistency proof");
    if (Need(log.ReadEntries(index, index + 1), "an entry")[0] != EntryOf(index))
      Need(absl::DataLossError(EntryOf(index)), "an entry");
  }
}

int Run(const std::string& folder, std::string_view verb, uint64_t number) {
  const auto signer =
      Need(audit::checkpoint::NoteSigner::FromSeed(kOrigin, base::Secret(std::string(32, 's'))),
           "the key");
  const auto store = Need(audit::log::OpenSqliteStore(folder + "/audit.db"), "the store");
  const std::unique_ptr<Log> log = Open(*store, signer, verb != "replay");
  if (verb == "grow")
    Grow(*log, number);
  else
    Check(*log, number);
  std::printf("%llu %llu\n", static_cast<unsigned long long>(log->head().size),
              static_cast<unsigned long long>(PeakKib()));
  return 0;
}

}  // namespace
}  // namespace passerelle::tests

int main(int argc, char** argv) {
  uint64_t number = 0;
  if (argc != 4 || !absl::SimpleAtoi(argv[3], &number)) {
    std::fprintf(stderr, "usage: grow_log FOLDER grow ENTRIES | check PROOFS | replay PROOFS\n");
    return 2;
  }
  return passerelle::tests::Run(argv[1], argv[2], number);
}
