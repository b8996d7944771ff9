#include "tests/bench/make_towns.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/mutex.h"
#include "gateway/base/status.h"
#include "gateway/core/card.h"
#include "gateway/core/founding.h"
#include "tests/bench/parties.h"
#include "tests/bench/timing.h"

namespace passerelle::tests {
namespace {

namespace core = gateway::core;

using statement::v1::Role;

// Raised whenever what is made changes.
constexpr int kVersion = 1;
constexpr size_t kMaxNotesBytes = size_t{64} << 20;
// Conventions made at a time, and statements in flight in each: their syncs wait for one another.
constexpr int kMakers = 4;
constexpr size_t kInFlight = 24;
// Adhesions of one statement where they do not stand alone: what its envelope has room for.
constexpr int kAdhesionsOfASet = 31;
constexpr int kProgressEvery = 50;

const Names kFounders = {"gateway", "secretary-1", "secretary-2", "counter-1", "counter-2"};

std::string NotesFile(const std::string& folder) { return folder + "/towns.json"; }

TownNotes NotesOf(std::string slug) {
  TownNotes notes;
  notes.slug = std::move(slug);
  return notes;
}

// Makes one convention.
class Maker {
 public:
  Maker(const core::HostPaths& paths, const core::Surroundings& surroundings, int number)
      : surroundings_(surroundings),
        town_(NotesOf(absl::StrFormat("ctg-invented-%04d", number)), surroundings.clock,
              surroundings.random),
        paths_(core::PathsOf(paths, town_.notes().slug)) {}

  absl::StatusOr<TownNotes> Make(const TownsPlan& plan, bool full) {
    RETURN_IF_ERROR(Found());
    ASSIGN_OR_RETURN(convention_, core::Convention::Open(paths_, surroundings_));
    RETURN_IF_ERROR(Adhere(full ? 1 : kAdhesionsOfASet));
    RETURN_IF_ERROR(Staff());
    RETURN_IF_ERROR(Approve(full ? plan.exchanges : 1));
    if (full) RETURN_IF_ERROR(Transfer(plan.entries));
    // As its host lays it to rest.
    convention_->Tick();
    See();
    const record::v1::Card card = convention_->Rest();
    convention_.reset();
    RETURN_IF_ERROR(core::WriteCard(paths_.folder, card));
    return town_.notes();
  }

 private:
  absl::Status Found() {
    RETURN_IF_ERROR(core::CreateStorage(paths_, town_.origin(), surroundings_.random));
    core::FoundingKeys keys;
    {
      ASSIGN_OR_RETURN(const auto storage, core::Storage::Open(paths_, surroundings_.random,
                                                               [](uint64_t, const std::string&,
                                                                  const gateway::base::Digest&) {
                                                                 return absl::OkStatus();
                                                               }));
      keys = core::PublicKeysOf(*storage);
    }
    ASSIGN_OR_RETURN(auto statement_key,
                     certs::keys::PrivateKey::Load(paths_.folder + "/keys/statement.key"));
    town_.SetKey("gateway", std::move(statement_key));
    const statement::v1::Act act = town_.Found(keys.checkpoint_vkey, keys.statement_spki);
    ASSIGN_OR_RETURN(const core::Founded founded,
                     core::Enact(paths_, town_.Sign({act}, kFounders).request.envelope,
                                 surroundings_.clock, surroundings_.random));
    town_.notes().log = gateway::base::ToBytes(founded.log);
    return absl::OkStatus();
  }

  void See() { town_.notes().seen = convention_->log().head(); }

  // Has every statement recorded, in no order.
  absl::Status Record(const std::vector<Signed>& statements) {
    const auto count = statements.size();
    RETURN_IF_ERROR(
        Repeat(
            {.in_flight = static_cast<int>(std::min(count, kInFlight)), .calls = count},
            [&](int, uint64_t number) { return Carry(*convention_, statements[number].request); })
            .status());
    See();
    return absl::OkStatus();
  }

  absl::Status Adhere(int of_a_set) {
    See();
    std::vector<Signed> statements;
    Acts acts;
    for (int number = 1; number <= kParties; ++number) {
      Acts more = town_.acts().Adhesion(PartyOf(number));
      // What they rely on stands before them in the same set.
      for (statement::v1::Act& act : more) Shift(act, static_cast<uint32_t>(acts.size()));
      acts.insert(acts.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
      if (number % of_a_set != 0 && number != kParties) continue;
      statements.push_back(town_.Sign(std::move(acts), World::transcribers()));
      acts.clear();
    }
    return Record(statements);
  }

  static void Shift(statement::v1::Act& act, uint32_t by) {
    const auto shift = [by](statement::v1::ActRef& ref) { ref.set_ordinal(ref.ordinal() + by); };
    if (act.has_under_deed()) shift(*act.mutable_under_deed());
    if (!act.has_party_adhered()) return;
    shift(*act.mutable_party_adhered()->mutable_deliberation());
    shift(*act.mutable_party_adhered()->mutable_signature());
    shift(*act.mutable_party_adhered()->mutable_representative());
  }

  absl::Status Staff() {
    const std::vector<std::pair<std::string, std::vector<std::pair<std::string, Role>>>> staff = {
        {"p001",
         {{"steward", statement::v1::ROLE_STEWARD},
          {"decider", statement::v1::ROLE_DECIDER},
          {"dpo", statement::v1::ROLE_DPO},
          {"sender", statement::v1::ROLE_SENDER}}},
        {"p002",
         {{"requester", statement::v1::ROLE_REQUESTER}, {"reader", statement::v1::ROLE_READER}}}};
    std::vector<Signed> statements;
    for (const auto& [party, roles] : staff) {
      Acts acts;
      for (const auto& [name, role] : roles) {
        const std::string agent = absl::StrCat(name, "-", party);
        acts.push_back(town_.acts().Mandate(party, agent, role));
        acts.push_back(town_.acts().Enrol(party, agent, statement::v1::AGENT_KIND_PERSON));
      }
      statements.push_back(town_.Sign(std::move(acts), {absl::StrCat("representative-", party)}));
    }
    return Record(statements);
  }

  absl::Status Approve(int count) {
    World& acts = town_.acts();
    std::vector<Signed> declared = {town_.Sign({acts.Declare()}, {"steward-p001"})};
    RETURN_IF_ERROR(Record(declared));
    acts.dataset = town_.notes().dataset = declared[0].ref;
    std::vector<Signed> proposed, opined, decided, registered;
    for (int i = 0; i < count; ++i)
      proposed.push_back(town_.Sign({acts.Propose()}, {"requester-p002"}));
    RETURN_IF_ERROR(Record(proposed));
    for (const Signed& one : proposed) {
      acts.exchange = one.ref;
      opined.push_back(town_.Sign({acts.Opine()}, {"dpo-p001"}));
    }
    RETURN_IF_ERROR(Record(opined));
    for (size_t i = 0; i < proposed.size(); ++i) {
      acts.exchange = proposed[i].ref;
      acts.opinion = opined[i].ref;
      decided.push_back(town_.Sign({acts.DecideExchange()}, {"decider-p001"}));
    }
    RETURN_IF_ERROR(Record(decided));
    for (const Signed& one : proposed) {
      acts.exchange = one.ref;
      registered.push_back(town_.Sign({acts.Register()}, {"steward-p001"}));
      exchanges_.push_back(one.ref);
    }
    town_.notes().exchange = exchanges_[0];
    return Record(registered);
  }

  absl::Status Transfer(uint64_t entries) {
    std::vector<Signed> sent;
    while (town_.notes().seen.size + sent.size() < entries) {
      town_.acts().exchange = exchanges_[sent.size() % exchanges_.size()];
      sent.push_back(town_.Send());
    }
    return Record(sent);
  }

  const core::Surroundings& surroundings_;
  Town town_;
  const core::StoragePaths paths_;
  std::unique_ptr<core::Convention> convention_;
  std::vector<statement::v1::ActRef> exchanges_;
};

// What several makers share.
class Making {
 public:
  Making(const core::HostPaths& paths, const TownsPlan& plan,
         const core::Surroundings& surroundings)
      : paths_(paths), plan_(plan), surroundings_(surroundings) {
    notes_.resize(static_cast<size_t>(plan.conventions));
  }

  absl::StatusOr<std::vector<TownNotes>> Run() {
    std::vector<std::thread> makers;
    for (int i = 0; i < kMakers; ++i) makers.emplace_back([this] { Work(); });
    for (std::thread& maker : makers) maker.join();
    gateway::base::MutexLock lock(mutex_);
    if (!failed_.ok()) return failed_;
    return std::move(notes_);
  }

  double full_seconds() const { return full_seconds_; }

 private:
  void Work() {
    while (!stopped_) {
      const int number = next_++;
      if (number >= plan_.conventions) return;
      absl::StatusOr<TownNotes> made =
          Maker(paths_, surroundings_, number).Make(plan_, number < plan_.full);
      gateway::base::MutexLock lock(mutex_);
      if (!made.ok()) {
        failed_ = made.status();
        stopped_ = true;
        return;
      }
      notes_[static_cast<size_t>(number)] = *std::move(made);
      Tell(++made_);
    }
  }

  void Tell(int made) REQUIRES_LOCK(mutex_) {
    const double seconds = MonotonicSeconds() - began_;
    if (made == plan_.full) full_seconds_ = seconds;
    if (made % kProgressEvery == 0 || made == plan_.conventions)
      std::fprintf(stderr, "making: %d of %d conventions, %.0f s\n", made, plan_.conventions,
                   seconds);
  }

  const core::HostPaths& paths_;
  const TownsPlan& plan_;
  const core::Surroundings& surroundings_;
  const double began_ = MonotonicSeconds();
  std::atomic<int> next_{0};
  std::atomic<bool> stopped_{false};
  std::atomic<double> full_seconds_{0};
  gateway::base::Mutex mutex_;
  int made_ GUARDED_BY(mutex_) = 0;
  std::vector<TownNotes> notes_ GUARDED_BY(mutex_);
  absl::Status failed_ GUARDED_BY(mutex_);
};

nlohmann::json ToJson(const TownNotes& notes) {
  return {{"slug", notes.slug},
          {"log", gateway::base::ToHex(notes.log)},
          {"size", notes.seen.size},
          {"root", gateway::base::ToHex(gateway::base::View(notes.seen.root))},
          {"dataset", gateway::base::ToHex(notes.dataset.statement())},
          {"exchange", gateway::base::ToHex(notes.exchange.statement())}};
}

absl::StatusOr<TownNotes> FromJson(const nlohmann::json& json) {
  const auto bytes = [&](const char* field) {
    return gateway::base::FromHex(json.value(field, std::string()));
  };
  TownNotes notes;
  notes.slug = json.value("slug", std::string());
  notes.seen.size = json.value("size", uint64_t{0});
  ASSIGN_OR_RETURN(notes.log, bytes("log"));
  ASSIGN_OR_RETURN(const std::string root, bytes("root"));
  ASSIGN_OR_RETURN(notes.seen.root, gateway::base::DigestFromBytes(root));
  ASSIGN_OR_RETURN(*notes.dataset.mutable_statement(), bytes("dataset"));
  ASSIGN_OR_RETURN(*notes.exchange.mutable_statement(), bytes("exchange"));
  return notes;
}

}  // namespace

core::HostPaths TownsPaths(const std::string& folder) {
  return {folder + "/data", folder + "/guards"};
}

absl::StatusOr<Towns> MakeTowns(const std::string& folder, const TownsPlan& plan,
                                const core::Surroundings& surroundings) {
  const core::HostPaths paths = TownsPaths(folder);
  RETURN_IF_ERROR(gateway::base::MakeFolder(folder, gateway::base::FileMode::kPrivate));
  ASSIGN_OR_RETURN(const gateway::base::FileLock lock, core::LockData(paths));
  const double began = MonotonicSeconds(), cpu = ProcessSeconds();
  Making making(paths, plan, surroundings);
  Towns towns;
  ASSIGN_OR_RETURN(towns.notes, making.Run());
  towns.wall_ms = surroundings.clock.WallMs();
  uint64_t entries = 0;
  for (const TownNotes& notes : towns.notes) entries += notes.seen.size;
  towns.making = {{"conventions", plan.conventions},
                  {"full", plan.full},
                  {"parties", kParties},
                  {"exchanges_of_a_full_one", plan.exchanges},
                  {"entries_of_a_full_one", towns.notes.front().seen.size},
                  {"exchanges_of_another", 1},
                  {"entries_of_another", towns.notes.back().seen.size},
                  {"entries", entries},
                  {"seconds", MonotonicSeconds() - began},
                  {"seconds_of_the_full_ones", making.full_seconds()},
                  {"cpu_seconds", ProcessSeconds() - cpu}};
  return towns;
}

absl::StatusOr<Towns> ReadTowns(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::string text,
                   gateway::base::ReadFile(NotesFile(folder), kMaxNotesBytes));
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded() || json.value("version", 0) != kVersion)
    return absl::NotFoundError(absl::StrCat(folder, ": made by another version"));
  Towns towns;
  towns.wall_ms = json.value("wall_ms", int64_t{0});
  towns.left_well = json.value("left_well", false);
  towns.making = json.at("making");
  for (const nlohmann::json& one : json.at("towns")) {
    ASSIGN_OR_RETURN(TownNotes notes, FromJson(one));
    towns.notes.push_back(std::move(notes));
  }
  return towns;
}

absl::Status WriteTowns(const std::string& folder, const Towns& towns) {
  nlohmann::json json = {{"version", kVersion},
                         {"wall_ms", towns.wall_ms},
                         {"left_well", towns.left_well},
                         {"making", towns.making}};
  for (const TownNotes& notes : towns.notes) json["towns"].push_back(ToJson(notes));
  return gateway::base::WriteFile(NotesFile(folder), json.dump() + "\n",
                                  gateway::base::FileMode::kPrivate);
}

}  // namespace passerelle::tests
