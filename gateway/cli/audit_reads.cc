#include "gateway/cli/audit_reads.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/entry/codec.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/status.h"
#include "gateway/cli/show.h"
#include "gateway/cli/words.h"
#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/statement/v1/statement.pb.h"

namespace passerelle::gateway::cli {
namespace {

using audit::checkpoint::Checkpoint;
using base::Digest;

// More than that at once is an export's.
constexpr int64_t kMostTail = 10000;

struct TailOptions {
  int64_t last = 10;
  bool follow = false;
};

struct ConsistencyOptions {
  int64_t from = 0, to = 0;
};

// An act as a line shows it: whose it is, and what.
struct ShownAct {
  std::string party, act;
};

// The name of an act's case in passerelle.statement.v1.Act.
std::string NameOfCase(int number) {
  const auto* field = statement::v1::Act::descriptor()->FindFieldByNumber(number);
  return field == nullptr ? std::to_string(number) : field->name();
}

absl::StatusOr<std::vector<ShownAct>> ActsOf(const record::v1::Entry& entry) {
  std::vector<ShownAct> acts;
  for (const record::v1::RefusedAct& act : entry.refused().acts())
    acts.push_back({act.party(), NameOfCase(static_cast<int>(act.type()))});
  if (!entry.has_recorded()) return acts;
  ASSIGN_OR_RETURN(const audit::entry::SignedStatement decoded,
                   audit::entry::DecodeSigned(entry.recorded().envelope()));
  for (const statement::v1::Act& act : decoded.statement.acts())
    acts.push_back({act.party(), NameOfCase(act.body_case())});
  return acts;
}

// One entry as a line; what cannot be read (it may be of a newer format) is shown by its hash.
std::string LineOf(const App& app, uint64_t index, const std::string& leaf) {
  nlohmann::json json = {{"index", index},
                         {"leaf", base::ToHex(base::View(audit::merkle::LeafHash(leaf)))}};
  std::string line = absl::StrCat(index, "  ");
  const absl::StatusOr<record::v1::Entry> entry = audit::entry::DecodeLeaf(leaf);
  const absl::StatusOr<std::vector<ShownAct>> acts =
      entry.ok() ? ActsOf(*entry) : absl::StatusOr<std::vector<ShownAct>>(entry.status());
  if (!acts.ok()) {
    absl::StrAppend(&line, app.Say("non interprétée", "not interpreted"), "  ",
                    json["leaf"].get<std::string>());
    return app.json() ? TextOf(json) : line;
  }
  const record::v1::Effect effect =
      entry->has_recorded() ? entry->recorded().decisions(0).effect() : record::v1::EFFECT_REFUSED;
  json["time"] = base::ToIsoInstant(entry->time_ms());
  json["effect"] = ShowEnum(*record::v1::Effect_descriptor(), effect);
  std::vector<std::string> words;
  for (const ShownAct& act : *acts) {
    json["acts"].push_back({{"party", act.party}, {"act", act.act}});
    words.push_back(act.party.empty() ? act.act : absl::StrCat(act.party, " ", act.act));
  }
  absl::StrAppend(&line, base::ToIsoInstant(entry->time_ms()), "  ",
                  WordOf(*record::v1::Effect_descriptor(), effect, app.language()), "  ",
                  absl::StrJoin(words, ", "));
  return app.json() ? TextOf(json) : line;
}

// The end of a log on its way to the screen: prints entries once they lead to a signed root.
class Tail {
 public:
  Tail(App& app, client::Session& session) : app_(app), session_(session) {}

  absl::Status BeginAt(uint64_t size) {
    if (size > 0) {
      ASSIGN_OR_RETURN(tree_, session_.TakeUp(size));
    }
    return absl::OkStatus();
  }

  absl::Status GoOnTo(const Checkpoint& head) {
    std::vector<std::string> lines;
    RETURN_IF_ERROR(session_.ReadEntries(tree_.size(), head.size, [&](const std::string& entry) {
      lines.push_back(LineOf(app_, tree_.size(), entry));
      tree_.Append(audit::merkle::LeafHash(entry));
      return absl::OkStatus();
    }));
    if (tree_.Root() != head.root)
      return base::Corrupt("ENTRIES",
                           "the gateway's entries do not lead to the root that it signed");
    for (const std::string& line : lines) std::printf("%s\n", line.c_str());
    std::fflush(stdout);
    return absl::OkStatus();
  }

 private:
  App& app_;
  client::Session& session_;
  audit::merkle::Frontier tree_;
};

absl::StatusOr<int> Run(App& app, const TailOptions& options) {
  if (options.last < 0 || options.last > kMostTail)
    return base::Malformed("RANGE", "--last",
                           absl::StrCat("from 0 to ", kMostTail, "; take an export for more"));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const client::Profile profile, app.Profile());
  ASSIGN_OR_RETURN(const auto verifier,
                   audit::checkpoint::NoteVerifier::FromVkey(profile.checkpoint_vkey));
  ASSIGN_OR_RETURN(const std::string note, session->UpdateCheckpoint());
  ASSIGN_OR_RETURN(const Checkpoint head,
                   audit::checkpoint::OpenCheckpoint(note, verifier, profile.origin));
  Tail tail(app, *session);
  const uint64_t last = std::min(static_cast<uint64_t>(options.last), head.size);
  RETURN_IF_ERROR(tail.BeginAt(head.size - last));
  RETURN_IF_ERROR(tail.GoOnTo(head));
  if (options.follow)
    RETURN_IF_ERROR(session->WatchCheckpoint(
        0, [&](const Checkpoint& checkpoint) { return tail.GoOnTo(checkpoint); }));
  return kDone;
}

absl::StatusOr<int> Run(App& app, const ConsistencyOptions& options) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const client::Continued proved,
                   session->ProveConsistency(static_cast<uint64_t>(options.from),
                                             static_cast<uint64_t>(options.to)));
  std::vector<std::string> hashes;
  for (const Digest& hash : proved.proof) hashes.push_back(base::ToBase64(base::View(hash)));
  const std::string from_root = base::ToBase64(base::View(proved.from_root));
  const std::string to_root = base::ToBase64(base::View(proved.to_root));
  if (app.json()) {
    std::printf("%s\n", TextOf({{"from", options.from},
                                {"from_root", from_root},
                                {"to", options.to},
                                {"to_root", to_root},
                                {"consistency", hashes}})
                            .c_str());
    return kDone;
  }
  std::printf("%ld %s\n%ld %s\n", options.from, from_root.c_str(), options.to, to_root.c_str());
  for (const std::string& hash : hashes) std::printf("  %s\n", hash.c_str());
  return kDone;
}

}  // namespace

void AddAuditReads(App& app, const Command& noun) {
  auto tail = std::make_shared<TailOptions>();
  const Command verb = app.commands().AddVerb(
      noun, "tail", "Les dernières inscriptions (mandat d'auditeur du journal)",
      "The last entries (a log auditor's mandate)", [&app, tail] { return Run(app, *tail); });
  verb.Add("--last", tail->last, "Combien ; par défaut 10", "How many; default 10");
  verb.AddFlag("--follow", tail->follow, "Puis chaque nouvelle, jusqu'à l'interruption",
               "Then every new one, until interrupted");
  auto sizes = std::make_shared<ConsistencyOptions>();
  const Command consistency = app.commands().AddVerb(
      noun, "consistency", "Prouver qu'une taille du journal en prolonge une autre",
      "Prove that one size of the log continues another",
      [&app, sizes] { return Run(app, *sizes); });
  consistency.Add("from", sizes->from, "La plus petite", "The smaller one").Required();
  consistency.Add("to", sizes->to, "La plus grande", "The larger one").Required();
}

}  // namespace passerelle::gateway::cli
