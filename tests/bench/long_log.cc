// P5 and P6: long logs. `make` lets one convention grow to so many entries through the real hall,
// from where it was left, and lays it to rest; `start` opens it as a gateway does, from its
// snapshot or, with --whole, from its entries alone; `export` writes it as `audit export` does.
// `unread` writes an export of entries of a later format minor, of which `audit verify` checks the
// bytes and interprets nothing. `hash` and `signatures` are the baselines: one pass of SHA-256 over
// the bundles of an export, and Ed25519 verifications on so many threads. Each prints one JSON
// object.
//
//   passerelle_tests_bench_long_log make|start|export|unread|hash|signatures ...
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "audit/checkpoint/checkpoint.h"
#include "audit/entry/codec.h"
#include "audit/log/export.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/random.h"
#include "gateway/base/secret.h"
#include "gateway/base/status.h"
#include "gateway/core/convention.h"
#include "gateway/core/host.h"
#include "gateway/core/pool.h"
#include "gateway/core/surroundings.h"
#include "tests/bench/make_towns.h"
#include "tests/bench/timing.h"
#include "tests/bench/town.h"
#include "tests/support/need.h"

namespace passerelle::tests {
namespace {

namespace base = gateway::base;
namespace core = gateway::core;

constexpr int kInFlight = 64;
// Statements signed at a time, before they are sent.
constexpr uint64_t kBatch = 5000;
constexpr uint64_t kEntriesABundle = 256;
constexpr char kUnreadOrigin[] = "passerelle.example/bench/unread";

struct Options {
  std::string folder, exported;
  uint64_t entries = 1;
  size_t bytes = 512;
  int threads = 1;
  bool whole = false;
};

// What a process gives to its convention.
class Machine {
 public:
  explicit Machine(int64_t wall_ms) : clock_(system_, wall_ms - system_.WallMs()) {}

  const base::Clock& clock() const { return clock_; }
  base::Random& random() { return random_; }
  core::Surroundings surroundings() {
    return {clock_, random_, pool_, [](const absl::Status& status) { Need(status); },
            [](core::Fault, const absl::Status& fault) { Need(fault); }};
  }

 private:
  const base::SystemClock system_;
  const base::ShiftedClock clock_;
  base::SystemRandom random_;
  core::Pool pool_{static_cast<int>(std::max(2u, std::thread::hardware_concurrency()))};
};

core::StoragePaths PathsOf(const Options& options, const Towns& towns) {
  return core::PathsOf(TownsPaths(options.folder), towns.notes[0].slug);
}

Towns ReadOrMake(const Options& options) {
  absl::StatusOr<Towns> towns = ReadTowns(options.folder);
  if (towns.ok()) return *std::move(towns);
  std::filesystem::remove_all(options.folder);
  Machine machine(kTownsBeginMs);
  Towns made = Need(MakeTowns(options.folder, TownsPlan(), machine.surroundings()));
  Need(WriteTowns(options.folder, made));
  return made;
}

// Transfers of 1 KiB, each under a signature of its own, that saw the head of the batch before.
nlohmann::json Make(const Options& options) {
  Towns towns = ReadOrMake(options);
  if (const uint64_t there = towns.notes[0].seen.size; there >= options.entries)
    return {{"entries", there}, {"more", 0}, {"seconds", 0}};
  Machine machine(towns.wall_ms);
  const double began = MonotonicSeconds();
  auto convention = Need(core::Convention::Open(PathsOf(options, towns), machine.surroundings()));
  Town town(towns.notes[0], machine.clock(), machine.random());
  town.notes().seen = convention->log().head();
  const uint64_t first = town.notes().seen.size;
  while (town.notes().seen.size < options.entries) {
    const uint64_t count = std::min(kBatch, options.entries - town.notes().seen.size);
    std::vector<Signed> sent;
    for (uint64_t i = 0; i < count; ++i) sent.push_back(town.Send());
    Need(Repeat({.in_flight = kInFlight, .calls = count}, [&](int, uint64_t number) {
           return Carry(*convention, sent[number].request);
         }).status());
    convention->Tick();
    town.notes().seen = convention->log().head();
  }
  convention->Rest();
  convention.reset();
  towns.notes[0] = town.notes();
  towns.wall_ms = machine.clock().WallMs();
  Need(WriteTowns(options.folder, towns));
  return {{"entries", towns.notes[0].seen.size},
          {"more", towns.notes[0].seen.size - first},
          {"seconds", MonotonicSeconds() - began}};
}

void ForgetSnapshot(const std::string& path) {
  sqlite3* database = nullptr;
  const bool done = sqlite3_open(path.c_str(), &database) == SQLITE_OK &&
                    sqlite3_exec(database, "DELETE FROM snapshot; PRAGMA wal_checkpoint(TRUNCATE)",
                                 nullptr, nullptr, nullptr) == SQLITE_OK;
  sqlite3_close(database);
  if (!done) Fail("the snapshot cannot be removed");
}

nlohmann::json Start(const Options& options) {
  const Towns towns = Need(ReadTowns(options.folder));
  const core::StoragePaths paths = PathsOf(options, towns);
  if (options.whole) ForgetSnapshot(paths.folder + "/audit.db");
  Machine machine(towns.wall_ms);
  const double began = MonotonicSeconds(), cpu = ProcessSeconds();
  auto convention = Need(core::Convention::Open(paths, machine.surroundings()));
  const double seconds = MonotonicSeconds() - began;
  nlohmann::json found = {{"seconds", seconds},
                          {"cpu_seconds", ProcessSeconds() - cpu},
                          {"first", convention->log().start().first},
                          {"entries", convention->log().head().size},
                          {"resident_mib", MemoryMib("VmRSS")},
                          {"peak_mib", MemoryMib("VmHWM")}};
  if ((convention->log().start().first == 0) != options.whole)
    Fail("not the start that was asked for");
  // Keeps a snapshot again where none is.
  if (options.whole) convention->Rest();
  return found;
}

nlohmann::json Export(const Options& options) {
  const Towns towns = Need(ReadTowns(options.folder));
  Machine machine(towns.wall_ms);
  const auto convention =
      Need(core::Convention::Open(PathsOf(options, towns), machine.surroundings()));
  const audit::log::SignedHead head = convention->log().signed_head();
  audit::log::ExportHead wanted{
      .checkpoint = head.checkpoint, .vkey = "", .size = head.head.size, .root = head.head.root};
  convention->Read([&](const policy::state::State& state) {
    wanted.vkey = state.founding()->checkpoint_vkey();
  });
  uint64_t bytes = 0;
  const auto read = [&](uint64_t begin, uint64_t end) {
    auto entries = convention->log().ReadEntries(begin, end);
    if (entries.ok())
      for (const std::string& entry : *entries) bytes += entry.size();
    return entries;
  };
  const uint64_t fetched =
      Need(audit::log::WriteExport(options.exported, wanted, read, [](uint64_t) {}));
  return {{"entries", head.head.size}, {"fetched", fetched}, {"fetched_bytes", bytes}};
}

// Entries of a later format minor, all different and of the same length.
class Unread {
 public:
  explicit Unread(size_t bytes) {
    record::v1::Entry entry;
    entry.set_format_minor(audit::entry::kFormatMinor + 1);
    // The length of the salt is spelled in two bytes from here on.
    constexpr size_t kLeast = 256;
    entry.set_salt(random_.Bytes(kLeast));
    const size_t least = Need(audit::entry::EncodeLeaf(entry)).size();
    if (bytes < least) Fail("no entry is so short");
    entry.set_salt(random_.Bytes(kLeast + bytes - least));
    entry_ = Need(audit::entry::EncodeLeaf(entry));
    salt_at_ = entry_.find(entry.salt());
    if (entry_.size() != bytes) Fail("an entry of another length");
  }

  std::vector<std::string> Read(uint64_t begin, uint64_t end) const {
    std::vector<std::string> entries;
    for (uint64_t index = begin; index < end; ++index) {
      std::string number;
      base::AppendBigEndian64(number, index);
      entries.push_back(entry_);
      entries.back().replace(salt_at_, number.size(), number);
    }
    return entries;
  }

 private:
  base::SystemRandom random_;
  std::string entry_;
  size_t salt_at_ = 0;
};

nlohmann::json WriteUnread(const Options& options) {
  base::SystemRandom random;
  const Unread unread(options.bytes);
  const auto signer =
      Need(audit::checkpoint::NoteSigner::FromSeed(kUnreadOrigin, base::Secret(random.Bytes(32))));
  audit::merkle::Frontier frontier;
  while (frontier.size() < options.entries)
    for (const std::string& entry :
         unread.Read(frontier.size(), std::min(options.entries, frontier.size() + kEntriesABundle)))
      frontier.Append(audit::merkle::LeafHash(entry));
  const audit::log::ExportHead head{
      .checkpoint = Need(audit::checkpoint::SignCheckpoint(
          signer, {.origin = kUnreadOrigin, .size = frontier.size(), .root = frontier.Root()})),
      .vkey = signer.verifier().ToVkey(),
      .size = frontier.size(),
      .root = frontier.Root()};
  const auto read = [&](uint64_t begin, uint64_t end) {
    return absl::StatusOr<std::vector<std::string>>(unread.Read(begin, end));
  };
  Need(audit::log::WriteExport(options.exported, head, read, [](uint64_t) {}).status());
  return {{"entries", head.size}, {"bytes", options.bytes}};
}

// Nothing of ours but the walk over the file names.
nlohmann::json Hash(const Options& options) {
  std::vector<std::string> paths;
  uint64_t bytes = 0;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(options.exported + "/tile/entries"))
    if (file.is_regular_file()) paths.push_back(file.path().string());
  std::sort(paths.begin(), paths.end());
  std::vector<char> buffer(size_t{1} << 20);
  base::Sha256Hasher hasher;
  const double began = MonotonicSeconds();
  for (const std::string& path : paths) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) Fail(path + ": not to be opened");
    for (ssize_t got = 0; (got = read(file, buffer.data(), buffer.size())) > 0;) {
      hasher.Update({buffer.data(), static_cast<size_t>(got)});
      bytes += static_cast<uint64_t>(got);
    }
    close(file);
  }
  hasher.Finish();
  return {{"seconds", MonotonicSeconds() - began}, {"bytes", bytes}, {"files", paths.size()}};
}

nlohmann::json Signatures(const Options& options) {
  const auto key = Need(certs::keys::PrivateKey::Generate(certs::keys::KeyType::kEd25519));
  base::SystemRandom random;
  const std::string message = random.Bytes(options.bytes);
  const std::string signature = key.Sign(message);
  const double began = MonotonicSeconds();
  std::vector<std::thread> threads;
  for (int i = 0; i < options.threads; ++i)
    threads.emplace_back([&] {
      const certs::keys::PublicKey own =
          Need(certs::keys::PublicKey::FromSpki(key.public_key().spki()));
      for (uint64_t n = 0; n < options.entries; ++n) Need(own.Verify(message, signature));
    });
  for (std::thread& thread : threads) thread.join();
  const double seconds = MonotonicSeconds() - began;
  return {{"seconds", seconds},
          {"threads", options.threads},
          {"per_second", static_cast<double>(options.entries) * options.threads / seconds}};
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Long logs");
  app.require_subcommand(1);
  nlohmann::json found;
  const auto command = [&](const char* name, const char* says, auto run) {
    CLI::App* added = app.add_subcommand(name, says);
    added->callback([&options, &found, run] { found = run(options); });
    return added;
  };
  CLI::App* make = command("make", "Lets a log grow to so many entries", Make);
  CLI::App* start = command("start", "Opens it", Start);
  CLI::App* exported = command("export", "Exports it", Export);
  CLI::App* unread = command("unread", "Writes an export that is not interpreted", WriteUnread);
  CLI::App* hash = command("hash", "Hashes an export's bundles", Hash);
  CLI::App* signatures = command("signatures", "Verifies signatures", Signatures);
  for (CLI::App* one : {make, start, exported})
    one->add_option("--folder", options.folder)->required();
  for (CLI::App* one : {exported, unread, hash})
    one->add_option("--export", options.exported)->required();
  for (CLI::App* one : {make, unread, signatures})
    one->add_option("--entries", options.entries)->required()->check(CLI::PositiveNumber);
  for (CLI::App* one : {unread, signatures})
    one->add_option("--bytes", options.bytes)->required()->check(CLI::Range(1, 65535));
  signatures->add_option("--threads", options.threads)->required()->check(CLI::PositiveNumber);
  start->add_flag("--whole", options.whole, "Without its snapshot");
  CLI11_PARSE(app, argc, argv);
  std::printf("%s\n", found.dump().c_str());
  return 0;
}

}  // namespace
}  // namespace passerelle::tests

int main(int argc, char** argv) { return passerelle::tests::Main(argc, argv); }
