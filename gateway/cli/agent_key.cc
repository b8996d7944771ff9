#include "gateway/cli/agent_key.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/status.h"
#include "gateway/cli/find.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/proved_act.h"
#include "gateway/cli/show.h"
#include "gateway/cli/words.h"

namespace passerelle::gateway::cli {
namespace {

using passerelle::gateway::v1::Key;
using statement::v1::ActRef;

// Digits that a fingerprint is shown with: a prefix that can be typed.
constexpr size_t kShortHex = 12;

struct StopOptions {
  std::string key, party, cause, since;
  Destination destination;
};

struct ReinstateOptions {
  std::string key, party;
  std::vector<std::string> ratified;
  bool acts_only = false;
  Destination destination;
};

std::string ShortHex(const std::string& bytes) { return base::ToHex(bytes).substr(0, kShortHex); }

// The day of a bound of validity; a founding key has none.
std::string DayOf(int64_t time_ms) {
  constexpr int64_t kYear10000Ms = int64_t{253402300800000};
  return time_ms <= 0 || time_ms >= kYear10000Ms ? "-" : base::ToIsoInstant(time_ms).substr(0, 10);
}

// Whether the key may sign now; otherwise which stop stands, or that its validity does not.
std::string StateOf(const App& app, const Key& key) {
  if (key.in_force()) return app.Say("en vigueur", "in force");
  const auto& stops = key.row().stops();
  if (stops.empty() || stops.rbegin()->has_reinstated())
    return app.Say("hors de sa validité", "outside its validity");
  const record::v1::KeyStopRow& stop = *stops.rbegin();
  std::string state =
      absl::StrCat(WordOf(*statement::v1::StopCause_descriptor(), stop.cause(), app.language()),
                   " (", stop.party(), ") ", app.Say("depuis ", "since "),
                   base::ToIsoInstant(stop.compromised_since_ms() != 0 ? stop.compromised_since_ms()
                                                                       : stop.in_force_from_ms()));
  if (stop.has_lapses_on() && !stop.has_confirmed())
    absl::StrAppend(&state, app.Say(", cesse après le ", ", lapses after "),
                    ShowDate(stop.lapses_on()));
  return state;
}

absl::StatusOr<int> List(App& app, const std::string& typed) {
  std::string party;
  if (!typed.empty()) {
    ASSIGN_OR_RETURN(party, ReadParty(app, typed));
  }
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const std::vector<Key> keys, session->ListKeys(party));
  std::vector<std::string> list;
  std::vector<std::vector<std::string>> rows;
  for (const Key& key : keys) {
    list.push_back(JsonOf(key));
    const int64_t waiting = key.awaiting_size() + int64_t{key.awaiting_omitted()};
    rows.push_back({ShortHex(key.fingerprint()), base::ToHex(key.row().agent()),
                    DayOf(key.row().valid_from_ms()), DayOf(key.row().valid_until_ms()),
                    waiting == 0 ? "-" : absl::StrCat(waiting), StateOf(app, key)});
  }
  if (app.json())
    std::printf("%s\n", JsonList(list).c_str());
  else
    PrintTable({app.Say("clé", "key"), "agent", app.Say("du", "from"), app.Say("au", "until"),
                app.Say("à ratifier", "to ratify"), app.Say("état", "state")},
               rows);
  return kDone;
}

absl::StatusOr<int> Stop(App& app, const StopOptions& options) {
  ASSIGN_OR_RETURN(const int cause,
                   ReadEnum("--cause", options.cause, *statement::v1::StopCause_descriptor()));
  const bool compromised = cause == statement::v1::STOP_CAUSE_COMPROMISED;
  if (compromised && options.since.empty()) return Usage("SINCE_MISSING", "--since");
  if (!compromised && !options.since.empty()) return Usage("SINCE_NOT_ALLOWED", "--since");
  client::Draft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::KeyStopped& stopped = *act.mutable_key_stopped();
  ASSIGN_OR_RETURN(*stopped.mutable_key(), FindKey(app, options.key));
  stopped.set_cause(static_cast<statement::v1::StopCause>(cause));
  if (!options.since.empty()) {
    ASSIGN_OR_RETURN(const int64_t since, ReadInstant("--since", options.since));
    stopped.set_compromised_since_ms(since);
  }
  return Deliver(app, options.destination, std::move(draft));
}

// A key that the caller sees.
absl::StatusOr<Key> SeenKey(App& app, const std::string& fingerprint) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const std::vector<Key> keys, session->ListKeys(""));
  for (const Key& key : keys)
    if (key.fingerprint() == fingerprint) return key;
  return Absent("NAME_UNKNOWN", "key");
}

// An act to ratify: a whole name, or the beginning of one that waits.
absl::StatusOr<ActRef> FindAwaiting(App& app, const std::string& fingerprint,
                                    const std::string& text) {
  if (absl::StatusOr<ActRef> whole = ReadRef("--ratify", text); whole.ok()) return whole;
  ASSIGN_OR_RETURN(const Key key, SeenKey(app, fingerprint));
  return ResolveRef("--ratify", text, {key.awaiting().begin(), key.awaiting().end()});
}

absl::StatusOr<int> Reinstate(App& app, const ReinstateOptions& options) {
  client::Draft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::KeyReinstated& reinstated = *act.mutable_key_reinstated();
  ASSIGN_OR_RETURN(*reinstated.mutable_key(), FindKey(app, options.key));
  reinstated.set_reinstatement(options.acts_only ? statement::v1::REINSTATEMENT_ACTS
                                                 : statement::v1::REINSTATEMENT_KEY);
  for (const std::string& text : options.ratified) {
    ASSIGN_OR_RETURN(*reinstated.add_ratified(), FindAwaiting(app, reinstated.key(), text));
  }
  return Deliver(app, options.destination, std::move(draft));
}

// What an act does and when it was recorded, from its receipt; empty where we may not see it.
std::vector<std::string> Described(client::Session& session, const ActRef& name) {
  const std::optional<ProvedAct> proved = FindProvedAct(session, name);
  if (!proved.has_value()) return {"", ""};
  const auto* body = statement::v1::Act::descriptor()->FindFieldByNumber(proved->act.body_case());
  return {body == nullptr ? "" : body->name(), base::ToIsoInstant(proved->time_ms)};
}

absl::StatusOr<int> Awaiting(App& app, const std::string& typed) {
  ASSIGN_OR_RETURN(const std::string fingerprint, FindKey(app, typed));
  ASSIGN_OR_RETURN(const Key key, SeenKey(app, fingerprint));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  std::vector<std::string> list;
  std::vector<std::vector<std::string>> rows;
  for (const ActRef& name : key.awaiting()) {
    const std::vector<std::string> described = Described(*session, name);
    list.push_back(JsonObject(
        {{"name", NameOf(name, false)}, {"act", described[0]}, {"recorded", described[1]}}));
    rows.push_back({NameOf(name, true), described[0], described[1]});
  }
  if (app.json()) {
    std::printf("%s\n", JsonList(list).c_str());
    return kDone;
  }
  PrintTable({app.Say("nom", "name"), app.Say("acte", "act"), app.Say("inscrit", "recorded")},
             rows);
  if (key.awaiting_omitted() > 0) std::printf("+ %u\n", key.awaiting_omitted());
  return kDone;
}

Option AddKey(const Command& verb, std::string& key) {
  return verb
      .Add("key", key, "Empreinte de la clé, ou son début, ou son fichier .spki",
           "Fingerprint of the key, or its beginning, or its .spki file")
      .Required();
}

}  // namespace

void AddKeyVerbs(App& app, const Command& noun) {
  auto party = std::make_shared<std::string>();
  Command verb = app.commands().AddVerb(noun, "list", "Lister les clés", "List the keys",
                                        [&app, party] { return List(app, *party); });
  verb.Add("--party", *party, "Des agents de cette partie seulement",
           "Only those of this party's agents");
  auto stop = std::make_shared<StopOptions>();
  verb = app.commands().AddVerb(noun, "stop", "Arrêter une clé à l'instant", "Stop a key at once",
                                [&app, stop] { return Stop(app, *stop); });
  AddKey(verb, stop->key);
  verb.Add("--party", stop->party, "Au nom de", "In the name of").Required();
  verb.Add("--cause", stop->cause, "Cause : lost | suspended | compromised",
           "Cause: lost | suspended | compromised")
      .Required();
  verb.Add("--since", stop->since,
           "Compromise depuis cet instant (AAAA-MM-JJTHH:MM:SSZ) : ce qu'elle a signé depuis "
           "attend d'être ratifié",
           "Compromised since this instant (YYYY-MM-DDTHH:MM:SSZ): what it signed from then on "
           "awaits ratification");
  AddDestination(verb, stop->destination);
  auto reinstate = std::make_shared<ReinstateOptions>();
  verb = app.commands().AddVerb(noun, "reinstate",
                                "Rétablir une clé arrêtée, ratifier ce qu'elle a fait",
                                "Reinstate a stopped key, ratify what it did",
                                [&app, reinstate] { return Reinstate(app, *reinstate); });
  AddKey(verb, reinstate->key);
  verb.Add("--party", reinstate->party, "Au nom de", "In the name of").Required();
  verb.Add("--ratify", reinstate->ratified, "Acte qui vaut malgré tout ; voir agent awaiting",
           "Act that stands after all; see agent awaiting");
  verb.AddFlag("--acts-only", reinstate->acts_only, "La clé reste arrêtée",
               "The key stays stopped");
  AddDestination(verb, reinstate->destination);
  auto typed = std::make_shared<std::string>();
  verb = app.commands().AddVerb(
      noun, "awaiting", "Lister ce qu'une clé compromise a fait et qui attend d'être ratifié",
      "List what a compromised key did that awaits ratification",
      [&app, typed] { return Awaiting(app, *typed); });
  AddKey(verb, *typed);
}

}  // namespace passerelle::gateway::cli
