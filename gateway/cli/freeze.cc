#include "gateway/cli/freeze.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "gateway/base/civil.h"
#include "gateway/base/status.h"
#include "gateway/cli/find.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

using passerelle::gateway::v1::Freeze;
using statement::v1::ActRef;

struct Options {
  std::string party, target, reasons;
  Destination destination;
};

std::string WordFor(Freezable kind) {
  return kind == Freezable::kExchange ? "exchange" : "transfer";
}

absl::StatusOr<int> Place(App& app, Freezable kind, const Options& options) {
  client::Draft draft;
  statement::v1::Act act;
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::FreezePlaced& placed = *act.mutable_freeze_placed();
  if (kind == Freezable::kExchange) {
    ASSIGN_OR_RETURN(*placed.mutable_exchange(), FindExchange(app, options.target));
  } else {
    ASSIGN_OR_RETURN(*placed.mutable_transfer(), FindTransferName(app, options.target));
  }
  if (!options.reasons.empty()) {
    ASSIGN_OR_RETURN(*placed.mutable_reasons()->mutable_digest(),
                     AttachFile(app, draft, "--reasons", options.reasons));
  }
  draft.acts.push_back(std::move(act));
  return Deliver(app, options.destination, std::move(draft));
}

// All exchanges, or all transfers, that the caller sees.
absl::StatusOr<std::vector<ActRef>> Targets(client::Session& session, Freezable kind) {
  std::vector<ActRef> names;
  if (kind == Freezable::kExchange) {
    ASSIGN_OR_RETURN(const auto exchanges, session.ListExchanges());
    for (const auto& exchange : exchanges) names.push_back(exchange.name());
  } else {
    ASSIGN_OR_RETURN(const auto transfers, session.ListTransfers());
    for (const auto& transfer : transfers) names.push_back(transfer.name());
  }
  return names;
}

// The freezes of exactly this target: a transfer lists those of its exchange too.
absl::StatusOr<std::vector<Freeze>> FreezesOf(client::Session& session, Freezable kind,
                                              const ActRef& target) {
  std::vector<Freeze> freezes;
  if (kind == Freezable::kExchange) {
    ASSIGN_OR_RETURN(const auto found, session.GetExchange(target));
    freezes.assign(found.freezes().begin(), found.freezes().end());
    return freezes;
  }
  ASSIGN_OR_RETURN(const auto found, session.GetTransfer(target));
  for (const Freeze& freeze : found.freezes())
    if (freeze.row().has_transfer()) freezes.push_back(freeze);
  return freezes;
}

// The one freeze of a side on a target.
absl::StatusOr<ActRef> OnlyFreeze(client::Session& session, Freezable kind, const ActRef& target,
                                  const std::string& party) {
  ASSIGN_OR_RETURN(const std::vector<Freeze> freezes, FreezesOf(session, kind, target));
  std::vector<std::string> names;
  ActRef only;
  for (const Freeze& freeze : freezes) {
    if (freeze.row().party() != party) continue;
    only = freeze.name();
    names.push_back(NameOf(only, true));
  }
  if (names.size() == 1) return only;
  if (names.empty()) return Absent("FREEZE_NONE", WordFor(kind));
  return Usage("FREEZE_SEVERAL", WordFor(kind), absl::StrJoin(names, ", "));
}

// What is typed names the target, or the freeze itself.
absl::StatusOr<ActRef> FindFreeze(App& app, Freezable kind, const std::string& party,
                                  const std::string& text) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const std::vector<ActRef> targets, Targets(*session, kind));
  const absl::StatusOr<ActRef> target = ResolveRef(WordFor(kind), text, targets);
  if (target.ok()) return OnlyFreeze(*session, kind, *target, party);
  if (base::ReasonOf(target.status()) != "NAME_UNKNOWN") return target.status();
  if (absl::StatusOr<ActRef> whole = ReadRef(WordFor(kind), text); whole.ok()) return whole;
  std::vector<ActRef> names;
  for (const ActRef& each : targets) {
    ASSIGN_OR_RETURN(const std::vector<Freeze> freezes, FreezesOf(*session, kind, each));
    for (const Freeze& freeze : freezes) names.push_back(freeze.name());
  }
  return ResolveRef(WordFor(kind), text, names);
}

absl::StatusOr<int> Lift(App& app, Freezable kind, const Options& options) {
  client::Draft draft;
  statement::v1::Act act;
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::FreezeLifted& lifted = *act.mutable_freeze_lifted();
  ASSIGN_OR_RETURN(*lifted.mutable_freeze(), FindFreeze(app, kind, act.party(), options.target));
  ASSIGN_OR_RETURN(*lifted.mutable_reasons()->mutable_digest(),
                   AttachFile(app, draft, "--reasons", options.reasons));
  draft.acts.push_back(std::move(act));
  return Deliver(app, options.destination, std::move(draft));
}

}  // namespace

void AddFreezeVerbs(App& app, const Command& noun, Freezable kind) {
  const bool exchange = kind == Freezable::kExchange;
  auto place = std::make_shared<Options>();
  Command verb =
      app.commands().AddVerb(noun, "freeze",
                             exchange ? "Geler un échange à l'instant, ou confirmer un gel"
                                      : "Geler un envoi à l'instant, ou confirmer un gel",
                             exchange ? "Freeze an exchange at once, or confirm a freeze"
                                      : "Freeze a transfer at once, or confirm a freeze",
                             [&app, kind, place] { return Place(app, kind, *place); });
  verb.Add(WordFor(kind), place->target, exchange ? "L'échange" : "L'envoi",
           exchange ? "The exchange" : "The transfer")
      .Required();
  verb.Add("--party", place->party, "Au nom de", "In the name of").Required();
  verb.Add("--reasons", place->reasons, "Fichier des motifs", "File of the reasons");
  AddDestination(verb, place->destination);
  auto lift = std::make_shared<Options>();
  verb = app.commands().AddVerb(noun, "unfreeze", "Lever un gel", "Lift a freeze",
                                [&app, kind, lift] { return Lift(app, kind, *lift); });
  verb.Add(WordFor(kind), lift->target,
           exchange ? "L'échange, ou le gel lui-même" : "L'envoi, ou le gel lui-même",
           exchange ? "The exchange, or the freeze itself" : "The transfer, or the freeze itself")
      .Required();
  verb.Add("--party", lift->party, "Partie au nom de laquelle il fut placé",
           "Party in whose name it was placed")
      .Required();
  verb.Add("--reasons", lift->reasons, "Fichier des motifs", "File of the reasons").Required();
  AddDestination(verb, lift->destination);
}

std::string FrozenWord(const App& app, const google::protobuf::RepeatedPtrField<Freeze>& freezes) {
  return freezes.empty() ? "" : app.Say("gelé", "frozen");
}

void PrintFreezes(const App& app, const google::protobuf::RepeatedPtrField<Freeze>& freezes) {
  for (const Freeze& freeze : freezes) {
    const record::v1::FreezeRow& row = freeze.row();
    std::string end = app.Say("confirmé", "confirmed");
    if (!row.has_confirmed())
      end = app.Say("cesse après le ", "lapses after ") + ShowDate(row.lapses_on());
    std::printf("%s %s  %s  %s, %s %s, %s\n", app.Say("gel", "freeze").c_str(),
                NameOf(freeze.name(), true).c_str(),
                (row.has_transfer() ? app.Say("de l'envoi", "of the transfer")
                                    : app.Say("de l'échange", "of the exchange"))
                    .c_str(),
                row.party().c_str(), app.Say("depuis", "since").c_str(),
                base::ToIsoInstant(row.placed().time_ms()).c_str(), end.c_str());
  }
}

}  // namespace passerelle::gateway::cli
