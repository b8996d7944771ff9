// P4: durable appends of small entries. `log`: through the log as a convention opens it (SQLite
// store, guard, signed checkpoints), behind a queue that gathers groups as core/convention.cc does,
// with what runs behind the answer; `unindexed`: without the index of statements that is filled
// there. `sqlite`: the same bytes as rows of a bare table, a transaction
// a group, one after the other, and nothing else. Prints one JSON object.
//
//   passerelle_tests_bench_append --job log|unindexed|sqlite --folder DIR --bytes N --entries N
//                                 --writers N --group N
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "audit/log/guard.h"
#include "audit/log/log.h"
#include "audit/log/sqlite_store.h"
#include "gateway/base/clock.h"
#include "gateway/base/limits.h"
#include "gateway/base/mutex.h"
#include "gateway/base/random.h"
#include "gateway/base/secret.h"
#include "gateway/core/gathering.h"
#include "gateway/core/pool.h"
#include "tests/bench/timing.h"
#include "tests/support/need.h"

namespace passerelle::tests {
namespace {

namespace base = gateway::base;
namespace core = gateway::core;

constexpr char kOrigin[] = "passerelle.example/bench/append";
constexpr int64_t kTickMs = 100;
// Different entries; each comes again and again.
constexpr size_t kPatterns = 4096;

struct Options {
  std::string job, folder;
  size_t bytes = 512;
  uint64_t entries = 1;
  int writers = 64;
  uint64_t group = 64;
};

std::vector<std::string> Patterns(size_t bytes, base::Random& random) {
  std::vector<std::string> patterns;
  for (size_t i = 0; i < kPatterns; ++i) patterns.push_back(random.Bytes(bytes));
  return patterns;
}

// In place of a statement's digest, which admission computes: another for each entry, in no order.
base::Digest StatementOf(uint64_t index) {
  constexpr uint64_t kOdd = 0x9E3779B97F4A7C15;
  const uint64_t mixed = (index + 1) * kOdd;
  base::Digest digest{};
  std::memcpy(digest.data(), &mixed, sizeof(mixed));
  return digest;
}

// The durable log of a convention, and the queue before it.
class Appender {
 public:
  // Hears that an entry is durable and under a signed checkpoint. Must not block.
  using Reply = std::function<void()>;

  Appender(const std::string& folder, bool indexed, base::Random& random)
      : indexed_(indexed),
        signer_(
            Need(audit::checkpoint::NoteSigner::FromSeed(kOrigin, base::Secret(random.Bytes(32))))),
        store_(Need(audit::log::OpenSqliteStore(folder + "/audit.db"))),
        guard_(Need(audit::log::Guard::Open(folder + "/guard", kOrigin))),
        log_(Need(audit::log::Log::Open(
            kOrigin, *store_, guard_.get(), signer_,
            [](uint64_t, const std::string&, const base::Digest&) { return absl::OkStatus(); }))) {}

  // As Convention::Submit once a statement is admitted.
  void Append(std::string entry, Reply reply) EXCLUDES_LOCK(mutex_) {
    core::Gathering::Call call = gathering_.Begin();
    bool lead = false, enough = false;
    {
      base::MutexLock lock(mutex_);
      queue_.push_back({std::move(entry), std::move(reply), std::move(call)});
      lead = !running_;
      running_ = true;
      if (lead) awaited_ = gathering_.Target();
      enough = queue_.size() >= awaited_;
      if (enough) gathered_.NotifyOne();
    }
    if (!lead) return;
    if (enough)
      RunGroup();
    else
      pool_.Post([this] { RunGroup(); });
  }

  // As Convention::Tick: the guard, and the permanent index of statements.
  void Tick() EXCLUDES_LOCK(mutex_) {
    std::vector<std::pair<base::Digest, uint64_t>> unindexed;
    {
      base::MutexLock lock(mutex_);
      unindexed.swap(unindexed_);
    }
    Need(log_->WriteGuard());
    // Without any, the write-ahead log is copied back all the same.
    if (!indexed_) unindexed.clear();
    Need(store_->IndexStatements(unindexed));
  }

  uint64_t groups() const { return groups_; }
  uint64_t size() const { return log_->head().size; }

 private:
  struct Waiting {
    std::string entry;
    Reply reply;
    core::Gathering::Call call;
  };

  void RunGroup() EXCLUDES_LOCK(mutex_) {
    std::vector<Waiting> group;
    {
      base::MutexLock lock(mutex_);
      if (queue_.size() < awaited_) gathered_.WaitFor(mutex_, base::kGatherMs);
      const auto end =
          queue_.begin() + static_cast<ptrdiff_t>(std::min(queue_.size(), base::kMaxGroupEntries));
      group.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
      queue_.erase(queue_.begin(), end);
    }
    Carry(group);
    base::MutexLock lock(mutex_);
    running_ = !queue_.empty();
    if (!running_) return;
    awaited_ = gathering_.Target();
    pool_.Post([this] { RunGroup(); });
  }

  void Carry(std::vector<Waiting>& group) EXCLUDES_LOCK(mutex_) {
    std::vector<std::string> entries;
    std::vector<std::pair<base::Digest, uint64_t>> named;
    uint64_t index = log_->head().size;
    for (Waiting& one : group) {
      named.emplace_back(StatementOf(index), index);
      ++index;
      entries.push_back(std::move(one.entry));
    }
    Need(log_->Append(entries, clock_.WallMs()));
    ++groups_;
    {
      base::MutexLock lock(mutex_);
      unindexed_.insert(unindexed_.end(), named.begin(), named.end());
    }
    for (const Waiting& one : group) one.reply();
  }

  const bool indexed_;
  const audit::checkpoint::NoteSigner signer_;
  const std::unique_ptr<audit::log::LogStore> store_;
  const std::unique_ptr<audit::log::Guard> guard_;
  const std::unique_ptr<audit::log::Log> log_;
  const base::SystemClock clock_;
  core::Gathering gathering_;
  std::atomic<uint64_t> groups_{0};
  base::Mutex mutex_;
  base::CondVar gathered_;
  std::vector<Waiting> queue_ GUARDED_BY(mutex_);
  size_t awaited_ GUARDED_BY(mutex_) = 0;
  bool running_ GUARDED_BY(mutex_) = false;
  std::vector<std::pair<base::Digest, uint64_t>> unindexed_ GUARDED_BY(mutex_);
  // Last: its tasks are over before anything else goes.
  core::Pool pool_{static_cast<int>(std::max(2u, std::thread::hardware_concurrency()))};
};

// Ticks as a host does, for as long as it lives.
class Ticker {
 public:
  explicit Ticker(Appender& log) : log_(log), thread_([this] { Run(); }) {}
  ~Ticker() {
    {
      base::MutexLock lock(mutex_);
      over_ = true;
    }
    ended_.NotifyOne();
    thread_.join();
  }

 private:
  void Run() EXCLUDES_LOCK(mutex_) {
    bool over = false;
    while (!over) {
      {
        base::MutexLock lock(mutex_);
        if (!over_) ended_.WaitFor(mutex_, kTickMs);
        over = over_;
      }
      log_.Tick();
    }
  }

  Appender& log_;
  base::Mutex mutex_;
  base::CondVar ended_;
  bool over_ GUARDED_BY(mutex_) = false;
  // Last: it uses the others.
  std::thread thread_;
};

// Some of the writers, on one thread: each appends again as soon as its last entry is durable. The
// baseline's client is built alike.
class Desk {
 public:
  Desk(Appender& log, const std::vector<std::string>& patterns, int writers,
       std::atomic<uint64_t>& left)
      : log_(log), patterns_(patterns), left_(left), began_(static_cast<size_t>(writers)) {
    base::MutexLock lock(mutex_);
    for (int i = 0; i < writers; ++i) answered_.push_back(i);
  }

  // Until nothing is left to append and all is answered.
  void Run() EXCLUDES_LOCK(mutex_) {
    size_t under_way = 0;
    bool first = true;
    while (true) {
      std::vector<int> free;
      {
        base::MutexLock lock(mutex_);
        while (answered_.empty() && under_way > 0) changed_.Wait(mutex_);
        free.swap(answered_);
      }
      if (!first) under_way -= free.size();
      first = false;
      for (const int writer : free) {
        if (!Begin(writer)) continue;
        ++under_way;
      }
      if (under_way == 0) return;
    }
  }

  const std::vector<double>& seconds() const { return seconds_; }

 private:
  bool Begin(int writer) {
    double& began = began_[static_cast<size_t>(writer)];
    const double now = MonotonicSeconds();
    if (began != 0) seconds_.push_back(now - began);
    uint64_t left = left_.load();
    do {
      if (left == 0) return false;
    } while (!left_.compare_exchange_weak(left, left - 1));
    began = now;
    log_.Append(patterns_[left % patterns_.size()], [this, writer] {
      base::MutexLock lock(mutex_);
      answered_.push_back(writer);
      changed_.NotifyOne();
    });
    return true;
  }

  Appender& log_;
  const std::vector<std::string>& patterns_;
  std::atomic<uint64_t>& left_;
  // Used by the thread of Run alone.
  std::vector<double> began_;
  std::vector<double> seconds_;
  base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<int> answered_ GUARDED_BY(mutex_);
};

nlohmann::json AppendToLog(const Options& options) {
  base::SystemRandom random;
  const std::vector<std::string> patterns = Patterns(options.bytes, random);
  Appender log(options.folder, options.job == "log", random);
  std::atomic<uint64_t> left = options.entries;
  const int threads =
      std::min(options.writers, static_cast<int>(std::thread::hardware_concurrency()));
  std::deque<Desk> desks;
  for (int i = 0; i < threads; ++i)
    desks.emplace_back(log, patterns, options.writers / threads, left);
  std::optional<Ticker> ticker(std::in_place, log);
  const double began = MonotonicSeconds(), cpu = ProcessSeconds();
  std::vector<std::thread> running;
  for (Desk& desk : desks) running.emplace_back([&desk] { desk.Run(); });
  for (std::thread& thread : running) thread.join();
  const double seconds = MonotonicSeconds() - began;
  const double cpu_seconds = ProcessSeconds() - cpu;
  ticker.reset();
  if (log.size() != options.entries) Fail("not every entry is in the log");
  std::vector<double> waits;
  for (const Desk& desk : desks)
    waits.insert(waits.end(), desk.seconds().begin(), desk.seconds().end());
  const auto count = static_cast<double>(options.entries);
  return {{"seconds", seconds},
          {"appends_per_second", count / seconds},
          {"entries_a_group", count / static_cast<double>(log.groups())},
          {"p50_us", Quantile(waits, 0.50) * 1e6},
          {"p99_us", Quantile(waits, 0.99) * 1e6},
          {"cpu_us", cpu_seconds / count * 1e6}};
}

void Run(sqlite3* database, const char* sql) {
  if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    Fail(sqlite3_errmsg(database));
}

nlohmann::json AppendToTable(const Options& options) {
  base::SystemRandom random;
  const std::vector<std::string> patterns = Patterns(options.bytes, random);
  sqlite3* database = nullptr;
  if (sqlite3_open((options.folder + "/bare.db").c_str(), &database) != SQLITE_OK)
    Fail(sqlite3_errmsg(database));
  Run(database, "PRAGMA journal_mode = WAL");
  Run(database, "PRAGMA synchronous = FULL");
  Run(database, "CREATE TABLE entries(idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT");
  sqlite3_stmt* insert = nullptr;
  if (sqlite3_prepare_v2(database, "INSERT INTO entries VALUES (?1, ?2)", -1, &insert, nullptr) !=
      SQLITE_OK)
    Fail(sqlite3_errmsg(database));
  const double began = MonotonicSeconds(), cpu = ProcessSeconds();
  for (uint64_t index = 0; index < options.entries;) {
    Run(database, "BEGIN IMMEDIATE");
    for (uint64_t i = 0; i < options.group && index < options.entries; ++i, ++index) {
      const std::string& entry = patterns[index % patterns.size()];
      sqlite3_bind_int64(insert, 1, static_cast<sqlite3_int64>(index));
      sqlite3_bind_blob64(insert, 2, entry.data(), entry.size(), SQLITE_STATIC);
      if (sqlite3_step(insert) != SQLITE_DONE) Fail(sqlite3_errmsg(database));
      sqlite3_reset(insert);
    }
    Run(database, "COMMIT");
  }
  const double seconds = MonotonicSeconds() - began;
  const auto count = static_cast<double>(options.entries);
  const nlohmann::json figures = {{"seconds", seconds},
                                  {"appends_per_second", count / seconds},
                                  {"entries_a_group", options.group},
                                  {"cpu_us", (ProcessSeconds() - cpu) / count * 1e6}};
  sqlite3_finalize(insert);
  sqlite3_close(database);
  return figures;
}

}  // namespace
}  // namespace passerelle::tests

int main(int argc, char** argv) {
  passerelle::tests::Options options;
  CLI::App app("Durable appends");
  app.add_option("--job", options.job)
      ->required()
      ->check(CLI::IsMember({"log", "unindexed", "sqlite"}));
  app.add_option("--folder", options.folder, "Empty; whose disk is measured")->required();
  app.add_option("--bytes", options.bytes)->required()->check(CLI::Range(32, 65535));
  app.add_option("--entries", options.entries)->required()->check(CLI::PositiveNumber);
  app.add_option("--writers", options.writers)->check(CLI::PositiveNumber);
  app.add_option("--group", options.group)->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  const nlohmann::json figures = options.job == "sqlite" ? passerelle::tests::AppendToTable(options)
                                                         : passerelle::tests::AppendToLog(options);
  std::printf("%s\n", figures.dump().c_str());
  return 0;
}
