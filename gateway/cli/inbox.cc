// passerelle inbox: what awaits the caller, in whose name, since when, by what day, and the command
// that does it.
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/show.h"
#include "gateway/cli/words.h"

namespace passerelle::gateway::cli {
namespace {

namespace api = passerelle::gateway::v1;
using api::InboxItem;
using google::protobuf::RepeatedPtrField;

// What it is about: the names that its command takes.
std::string SubjectOf(const App& app, const InboxItem& item) {
  std::string text;
  if (item.has_exchange())
    absl::StrAppend(&text, " ", app.Say("échange", "exchange"), " ", NameOf(item.exchange(), true));
  if (item.has_transfer())
    absl::StrAppend(&text, " ", app.Say("envoi", "transfer"), " ", NameOf(item.transfer(), true));
  if (item.has_recommendation())
    absl::StrAppend(&text, " ", app.Say("recommandation n°", "recommendation no."), " ",
                    item.recommendation() + 1);
  if (!item.recipient().empty())
    absl::StrAppend(&text, " ", app.Say("destinataire", "recipient"), " ", item.recipient());
  if (!item.key().empty())
    absl::StrAppend(&text, " ", app.Say("clé", "key"), " ", base::ToHex(item.key()).substr(0, 12));
  if (!item.agent().empty()) absl::StrAppend(&text, " agent ", base::ToHex(item.agent()));
  if (item.has_about()) absl::StrAppend(&text, " ", NameOf(item.about(), true));
  return text;
}

// The command that does it, up to what only the caller knows, in capitals.
std::string CommandOf(const App& app, const InboxItem& item) {
  const std::string exchange = NameOf(item.exchange(), true);
  const std::string transfer = NameOf(item.transfer(), true);
  const std::string key = base::ToHex(item.key()).substr(0, 12);
  const std::string party = absl::StrCat(" --party ", item.party());
  const std::string file = app.Say("FICHIER", "FILE");
  const std::string day = app.Say("AAAA-MM-JJ", "YYYY-MM-DD");
  const std::string answer = absl::StrCat("passerelle exchange answer ", exchange, party,
                                          " --recommendation ", item.recommendation() + 1);
  switch (item.kind()) {
    case api::INBOX_ITEM_KIND_OPINION_TO_GIVE:
    case api::INBOX_ITEM_KIND_RECOMMENDATION_REJECTED:
      return absl::StrCat("passerelle exchange opinion ", exchange, party,
                          " --opinion favourable|unfavourable --reasons ", file);
    case api::INBOX_ITEM_KIND_TRANSFER_TO_RULE:
      return absl::StrCat("passerelle transfer rule ", transfer, party,
                          item.recipient().empty() ? "" : " --recipient ", item.recipient(),
                          " --ruling released|refused");
    case api::INBOX_ITEM_KIND_FREEZE_TO_CONFIRM:
      return item.has_transfer() ? absl::StrCat("passerelle transfer freeze ", transfer, party)
                                 : absl::StrCat("passerelle exchange freeze ", exchange, party);
    case api::INBOX_ITEM_KIND_RECOMMENDATION_TO_ANSWER:
      return absl::StrCat(answer, " --answer accepted|rejected --reasons ", file);
    case api::INBOX_ITEM_KIND_RECOMMENDATION_TO_CARRY_OUT:
      return absl::StrCat(answer, " --answer carried_out --reasons ", file);
    case api::INBOX_ITEM_KIND_EXCHANGE_TO_DECIDE:
      return absl::StrCat("passerelle exchange decide ", exchange, party,
                          " --verdict approved|refused --reasons ", file);
    case api::INBOX_ITEM_KIND_REGISTER_ENTRY_MISSING:
    case api::INBOX_ITEM_KIND_REGISTER_ENTRY_TO_REVIEW:
      return absl::StrCat("passerelle register record ", exchange, party, " --reference ",
                          app.Say("RÉFÉRENCE", "REFERENCE"), " --sheet-version N --legal-basis ",
                          app.Say("BASE", "BASIS"), " --review-on ", day, " --sheet ", file);
    case api::INBOX_ITEM_KIND_TRANSFER_TO_ACKNOWLEDGE:
      return absl::StrCat("passerelle transfer fetch ", transfer, " --out ", file,
                          " && passerelle transfer ack ", transfer, party);
    case api::INBOX_ITEM_KIND_KEY_TO_REINSTATE:
      return absl::StrCat("passerelle agent reinstate ", key, party);
    case api::INBOX_ITEM_KIND_ACTS_TO_RATIFY:
      return absl::StrCat("passerelle agent awaiting ", key, " && passerelle agent reinstate ", key,
                          party, " --acts-only --ratify ", app.Say("ACTE", "ACT"));
    case api::INBOX_ITEM_KIND_STOP_TO_CONFIRM:
      return absl::StrCat("passerelle agent stop ", key, party, " --cause suspended");
    case api::INBOX_ITEM_KIND_MANDATE_ENDING:
      return absl::StrCat("passerelle mandate give", party, " --agent ", base::ToHex(item.agent()),
                          " --role ", app.Say("RÔLE", "ROLE"), " --from ", day, " --person ", file);
    default:
      return "";
  }
}

std::string WhatOf(const App& app, const InboxItem& item) {
  return WordOf(*api::InboxItemKind_descriptor(), item.kind(), app.language());
}

void PrintItem(const App& app, const char* mark, const InboxItem& item) {
  std::printf("%s%s, %s : %s :%s\n", mark, item.party().c_str(),
              WordOf(*statement::v1::Role_descriptor(), item.role(), app.language()).c_str(),
              WhatOf(app, item).c_str(), SubjectOf(app, item).c_str());
  std::printf("    %s %s", app.Say("depuis", "since").c_str(),
              base::ToIsoInstant(item.since_ms()).c_str());
  if (item.has_due())
    std::printf("%s %s", app.Say(", avant le", ", by").c_str(), ShowDate(item.due()).c_str());
  if (item.has_frozen_by())
    std::printf("%s %s", app.Say(" ; attend la levée du gel", "; waits for the freeze").c_str(),
                NameOf(item.frozen_by(), true).c_str());
  std::printf("\n    %s\n", CommandOf(app, item).c_str());
}

nlohmann::json JsonOfItem(const App& app, const InboxItem& item) {
  nlohmann::json json = ToJson(item);
  json["text"] = WhatOf(app, item);
  json["command"] = CommandOf(app, item);
  return json;
}

absl::StatusOr<int> List(App& app) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const std::vector<InboxItem> items, session->ListInbox());
  if (app.json()) {
    nlohmann::json list = nlohmann::json::array();
    for (const InboxItem& item : items) list.push_back(JsonOfItem(app, item));
    std::printf("%s\n", TextOf(list).c_str());
    return kDone;
  }
  for (const InboxItem& item : items) PrintItem(app, "", item);
  if (items.empty())
    std::printf("%s\n", app.Say("Rien ne vous attend.", "Nothing awaits you.").c_str());
  return kDone;
}

// Items by their bytes: an item that changed is another one.
std::map<std::string, InboxItem> ByBytes(const RepeatedPtrField<InboxItem>& items) {
  std::map<std::string, InboxItem> by_bytes;
  for (const InboxItem& item : items) by_bytes.emplace(item.SerializeAsString(), item);
  return by_bytes;
}

// Tells what came and what went since the state before.
void PrintChange(const App& app, const RepeatedPtrField<InboxItem>& before,
                 const api::WatchInboxResponse& now) {
  std::printf("%s %lu  %s %u\n", app.Say("inscriptions", "entries").c_str(), now.size(),
              app.Say("en attente", "awaiting").c_str(), now.total());
  const std::map<std::string, InboxItem> old_items = ByBytes(before), items = ByBytes(now.items());
  for (const InboxItem& item : before)
    if (items.count(item.SerializeAsString()) == 0) PrintItem(app, "- ", item);
  for (const InboxItem& item : now.items())
    if (old_items.count(item.SerializeAsString()) == 0) PrintItem(app, "+ ", item);
}

absl::StatusOr<int> Watch(App& app) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  RepeatedPtrField<InboxItem> before;
  RETURN_IF_ERROR(session->WatchInbox(0, [&](const api::WatchInboxResponse& now) {
    if (app.json()) {
      nlohmann::json json = ToJson(now);
      json["items"] = nlohmann::json::array();
      for (const InboxItem& item : now.items()) json["items"].push_back(JsonOfItem(app, item));
      std::printf("%s\n", TextOf(json).c_str());
    } else {
      PrintChange(app, before, now);
    }
    std::fflush(stdout);
    before = now.items();
    return absl::OkStatus();
  }));
  return kDone;
}

}  // namespace

void AddInbox(App& app) {
  auto watch = std::make_shared<bool>(false);
  const auto run = [&app, watch] { return *watch ? Watch(app) : List(app); };
  const Command inbox =
      app.commands().AddVerb("inbox", "Ce qui vous attend", "What awaits you", run);
  inbox.AddFlag("--watch", *watch, "Dire chaque changement, jusqu'à l'interruption",
                "Tell each change, until interrupted");
  app.commands().AddVerb(inbox, "list", "Lister ce qui vous attend", "List what awaits you", run);
}

}  // namespace passerelle::gateway::cli
