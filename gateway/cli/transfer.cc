// passerelle transfer: check, send, list, show, fetch, acknowledge, rule, freeze.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "gateway/base/civil.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/documents.h"
#include "gateway/cli/exchange_verbs.h"
#include "gateway/cli/find.h"
#include "gateway/cli/findings.h"
#include "gateway/cli/freeze.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/show.h"
#include "gateway/cli/words.h"
#include "policy/content/check.h"

namespace passerelle::gateway::cli {
namespace {

using statement::v1::Act;

struct SendOptions {
  std::string party, exchange, file, period, destroy_after;
  bool check_only = false;
};

struct FetchOptions {
  std::string transfer, out;
};

struct RuleOptions {
  std::string party, transfer, ruling, recipient, reasons;
  Destination destination;
};

struct AckOptions {
  std::string party, transfer;
  Destination destination;
};

// Says what the check found. Nothing has left yet.
bool PrintReport(App& app, const client::PayloadReport& report) {
  for (const std::string& warning : report.warnings)
    std::fprintf(stderr, "  %s %s\n", app.Say("attention :", "warning:").c_str(), warning.c_str());
  for (const std::string& refusal : report.refusals)
    std::fprintf(stderr, "  %s %s\n", app.Say("refusé :", "refused:").c_str(), refusal.c_str());
  if (!report.refusals.empty())
    std::fprintf(
        stderr, "%s\n",
        app.Say("Rien n'a été envoyé : corrigez le fichier.", "Nothing was sent: mend the file.")
            .c_str());
  return report.refusals.empty();
}

// The same report for a program.
std::string JsonOfReport(const client::PayloadReport& report) {
  return TextOf(nlohmann::json({{"fit", report.refusals.empty()},
                                {"refusals", report.refusals},
                                {"warnings", report.warnings}}));
}

absl::StatusOr<Act> Manifest(App& app, const SendOptions& options,
                             const passerelle::gateway::v1::GetExchangeResponse& found) {
  Act act;
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::TransferSubmitted& transfer = *act.mutable_transfer_submitted();
  *transfer.mutable_exchange() = found.exchange().name();
  *transfer.mutable_dataset() = found.exchange().row().dataset();
  const record::v1::ExchangeRow& exchange = found.exchange().row();
  if (exchange.recipient_class().empty())
    transfer.mutable_recipient()->set_party(exchange.recipient());
  else
    transfer.mutable_recipient()->set_recipient_class(exchange.recipient_class());
  transfer.set_period(options.period);
  if (!options.destroy_after.empty()) {
    ASSIGN_OR_RETURN(const int64_t instant, ReadInstant("--destroy-after", options.destroy_after));
    transfer.set_destroy_after_ms(instant);
  }
  return act;
}

// In one request what fits into one, else as a stream.
absl::StatusOr<client::Answer> Carry(App& app, client::Session& session, Act manifest,
                                     const std::string& file) {
  client::Draft draft;
  draft.acts.push_back(std::move(manifest));
  statement::v1::TransferSubmitted& transfer = *draft.acts[0].mutable_transfer_submitted();
  ProgressBar committing(app.Say("empreinte", "digest"));
  ASSIGN_OR_RETURN(const client::ContentFile payload,
                   client::CommitToFile(file, base::CommitmentKind::kPayload, "text/csv",
                                        app.random(), committing));
  transfer.set_size_band(policy::content::SizeBand(payload.length));
  if (payload.length > base::kMaxUnaryPayloadBytes) {
    transfer.mutable_payload()->set_digest(payload.head.commitment());
    ProgressBar sending(app.Say("envoi", "sending"));
    return session.Upload(draft, payload, sending);
  }
  ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(file, base::kMaxUnaryPayloadBytes));
  transfer.mutable_payload()->set_digest(
      client::Attach(draft, base::CommitmentKind::kPayload, "text/csv", bytes, app.random()));
  return session.Send(draft);
}

absl::StatusOr<int> Send(App& app, const SendOptions& options) {
  ASSIGN_OR_RETURN(const statement::v1::ActRef exchange, FindExchange(app, options.exchange));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto found, session->GetExchange(exchange));
  ProgressBar checking(app.Say("contrôle", "checking"));
  ASSIGN_OR_RETURN(
      const client::PayloadReport report,
      session->CheckPayload(found, options.file, app.language() == policy::rules::Language::kFrench,
                            checking));
  const bool fit = PrintReport(app, report);
  if (app.json() && (options.check_only || !fit)) std::printf("%s\n", JsonOfReport(report).c_str());
  if (!fit) return kRefused;
  if (options.check_only) {
    if (!app.json()) std::printf("%s\n", app.Say("conforme", "fit to send").c_str());
    return kDone;
  }
  ASSIGN_OR_RETURN(Act manifest, Manifest(app, options, found));
  ASSIGN_OR_RETURN(const client::Answer answer,
                   Carry(app, *session, std::move(manifest), options.file));
  return FinishAnswer(app, answer);
}

// Only the transfer itself tells its freezes; of what is destroyed nobody asks any more.
absl::StatusOr<std::string> FrozenOf(const App& app, client::Session& session,
                                     const passerelle::gateway::v1::Transfer& transfer) {
  if (transfer.row().phase() != record::v1::TRANSFER_PHASE_KEPT) return std::string();
  ASSIGN_OR_RETURN(const auto found, session.GetTransfer(transfer.name()));
  return FrozenWord(app, found.freezes());
}

// The newest last.
absl::StatusOr<int> List(App& app, const std::string& typed) {
  statement::v1::ActRef exchange;
  if (!typed.empty()) {
    ASSIGN_OR_RETURN(exchange, FindExchange(app, typed));
  }
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(auto transfers, session->ListTransfers());
  std::stable_sort(transfers.begin(), transfers.end(), [](const auto& a, const auto& b) {
    return a.row().submitted().time_ms() < b.row().submitted().time_ms();
  });
  std::vector<std::string> list;
  std::vector<std::vector<std::string>> rows;
  for (const auto& transfer : transfers) {
    const record::v1::TransferRow& row = transfer.row();
    if (!typed.empty() && NameOf(row.exchange(), false) != NameOf(exchange, false)) continue;
    ASSIGN_OR_RETURN(const std::string frozen, FrozenOf(app, *session, transfer));
    nlohmann::json json = ToJson(transfer);
    json["frozen"] = !frozen.empty();
    list.push_back(TextOf(json));
    for (const record::v1::DeliveryRow& share : row.deliveries())
      rows.push_back({NameOf(transfer.name(), true), NameOf(row.exchange(), true),
                      base::ToIsoInstant(row.submitted().time_ms()), row.period(), row.holder(),
                      ShareOf(app, row, share), ShowDate(row.retain_until()), frozen});
  }
  if (app.json())
    std::printf("%s\n", JsonList(list).c_str());
  else
    PrintTable({app.Say("nom", "name"), app.Say("échange", "exchange"), app.Say("envoyé", "sent"),
                app.Say("période", "period"), app.Say("détenteur", "holder"),
                app.Say("destinataire", "recipient"), app.Say("conservation", "retained until"),
                app.Say("gel", "freeze")},
               rows);
  return kDone;
}

absl::StatusOr<int> Show(App& app, const std::string& typed) {
  ASSIGN_OR_RETURN(const statement::v1::ActRef name, FindTransferName(app, typed));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const passerelle::gateway::v1::GetTransferResponse found,
                   session->GetTransfer(name));
  if (app.json()) {
    nlohmann::json json = ToJson(found);
    json["documents"] = JsonOfDocuments(DocumentsOf(app, *session, found));
    std::printf("%s\n", TextOf(json).c_str());
    return kDone;
  }
  const record::v1::TransferRow& row = found.transfer().row();
  std::printf("%s %s\n", app.Say("envoi", "transfer").c_str(), NameOf(name, false).c_str());
  std::vector<std::vector<std::string>> rows = {
      {app.Say("état", "phase"),
       WordOf(*record::v1::TransferPhase_descriptor(), row.phase(), app.language())},
      {app.Say("échange", "exchange"), NameOf(row.exchange(), true)},
      {app.Say("envoyé", "sent"), base::ToIsoInstant(row.submitted().time_ms())},
      {app.Say("détenteur", "holder"), row.holder()},
      {app.Say("période", "period"), row.period()},
      {app.Say("conservation", "retained until"), ShowDate(row.retain_until())}};
  if (row.destroy_after_ms() != 0)
    rows.push_back(
        {app.Say("détruit après", "destroyed after"), base::ToIsoInstant(row.destroy_after_ms())});
  for (const record::v1::DeliveryRow& share : row.deliveries())
    rows.push_back({app.Say("destinataire", "recipient"), ShareOf(app, row, share)});
  PrintTable({"", ""}, rows);
  PrintFreezes(app, found.freezes());
  PrintDocuments(app, DocumentsOf(app, *session, found));
  return kDone;
}

// A handover is recorded before the first byte leaves: what could not be written is not asked for.
absl::Status CheckFolder(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  if (folder.empty() || base::Exists(folder)) return absl::OkStatus();
  return Usage("FOLDER_MISSING", "--out", folder);
}

absl::StatusOr<int> Fetch(App& app, const FetchOptions& options) {
  RETURN_IF_ERROR(CheckFolder(options.out));
  ASSIGN_OR_RETURN(const passerelle::gateway::v1::Transfer transfer,
                   FindTransfer(app, options.transfer));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ProgressBar receiving(app.Say("réception", "receiving"));
  ASSIGN_OR_RETURN(const client::Fetched fetched,
                   session->Download(transfer.name(), options.out, receiving));
  if (!fetched.findings.empty()) {
    if (app.json()) {
      nlohmann::json json = {{"effect", "refused"}, {"findings", nlohmann::json::array()}};
      for (const record::v1::Finding& finding : fetched.findings)
        json["findings"].push_back(ToJson(finding));
      std::printf("%s\n", TextOf(json).c_str());
    }
    std::fprintf(stderr, "%s\n", app.Say("refusé", "refused").c_str());
    PrintFindings(app, fetched.findings);
    return kRefused;
  }
  std::fprintf(stderr, "%s (%lu %s)\n", options.out.c_str(), fetched.length,
               app.Say("octets", "bytes").c_str());
  return FinishAnswer(app, fetched.handover);
}

// What is acknowledged is what was received: the commitment is the one the fetch verified.
absl::StatusOr<int> Acknowledge(App& app, const AckOptions& options) {
  ASSIGN_OR_RETURN(const passerelle::gateway::v1::Transfer transfer,
                   FindTransfer(app, options.transfer));
  client::Draft draft;
  Act& act = draft.acts.emplace_back();
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  *act.mutable_transfer_acknowledged()->mutable_transfer() = transfer.name();
  act.mutable_transfer_acknowledged()->set_payload(transfer.row().payload());
  return Deliver(app, options.destination, std::move(draft));
}

absl::StatusOr<int> Rule(App& app, const RuleOptions& options) {
  ASSIGN_OR_RETURN(const passerelle::gateway::v1::Transfer transfer,
                   FindTransfer(app, options.transfer));
  client::Draft draft;
  Act act;
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::TransferRuled& ruled = *act.mutable_transfer_ruled();
  *ruled.mutable_transfer() = transfer.name();
  ASSIGN_OR_RETURN(const int ruling,
                   ReadEnum("--ruling", options.ruling, *statement::v1::Ruling_descriptor()));
  ruled.set_ruling(static_cast<statement::v1::Ruling>(ruling));
  if (!options.recipient.empty()) {
    ASSIGN_OR_RETURN(*ruled.mutable_recipient(), ReadParty(app, options.recipient));
  }
  if (!options.reasons.empty()) {
    ASSIGN_OR_RETURN(*ruled.mutable_reasons()->mutable_digest(),
                     AttachFile(app, draft, "--reasons", options.reasons));
  }
  draft.acts.push_back(std::move(act));
  return Deliver(app, options.destination, std::move(draft));
}

void AddSend(App& app, const Command& noun, bool check_only) {
  auto options = std::make_shared<SendOptions>();
  options->check_only = check_only;
  Command verb = check_only
                     ? app.commands().AddVerb(noun, "check", "Contrôler un fichier sans l'envoyer",
                                              "Check a file, sending nothing",
                                              [&app, options] { return Send(app, *options); })
                     : app.commands().AddVerb(noun, "send", "Contrôler puis envoyer un fichier",
                                              "Check, then send, a file",
                                              [&app, options] { return Send(app, *options); });
  verb.Add("exchange", options->exchange, "L'échange", "The exchange").Required();
  verb.Add("file", options->file, "Fichier CSV", "CSV file").Required();
  if (check_only) return;
  verb.Add("--party", options->party, "Partie qui envoie", "Party that sends").Required();
  verb.Add("--period", options->period, "Période : AAAA ou AAAA-MM", "Period: YYYY or YYYY-MM")
      .Required();
  verb.Add("--destroy-after", options->destroy_after,
           "Détruire après cet instant (AAAA-MM-JJTHH:MM:SSZ)",
           "Destroy after this instant (YYYY-MM-DDTHH:MM:SSZ)");
}

void AddRule(App& app, const Command& noun) {
  auto options = std::make_shared<RuleOptions>();
  Command verb =
      app.commands().AddVerb(noun, "rule", "Statuer sur un envoi retenu", "Rule on a held transfer",
                             [&app, options] { return Rule(app, *options); });
  verb.Add("transfer", options->transfer, "L'envoi", "The transfer").Required();
  verb.Add("--party", options->party, "Partie dont vous êtes le DPO", "Party whose DPO you are")
      .Required();
  verb.Add("--ruling", options->ruling, "Il part ou non : released | refused",
           "It leaves or not: released | refused")
      .Required();
  verb.Add("--recipient", options->recipient,
           "Ce membre de la classe seulement ; sans lui, tous ceux qui attendent",
           "Only this member of the class; without it, all that wait");
  verb.Add("--reasons", options->reasons, "Fichier des motifs", "File of the reasons");
  AddDestination(verb, options->destination);
}

}  // namespace

void AddTransfer(App& app) {
  const Command noun = app.commands().AddNoun("transfer", "Envois", "Transfers");
  AddSend(app, noun, true);
  AddSend(app, noun, false);
  auto exchange = std::make_shared<std::string>();
  Command verb = app.commands().AddVerb(noun, "list", "Lister les envois", "List the transfers",
                                        [&app, exchange] { return List(app, *exchange); });
  verb.Add("--exchange", *exchange, "De cet échange seulement", "Only those of this exchange");
  auto shown = std::make_shared<std::string>();
  verb = app.commands().AddVerb(noun, "show", "Montrer un envoi, ses destinataires et ses gels",
                                "Show a transfer, its recipients and its freezes",
                                [&app, shown] { return Show(app, *shown); });
  verb.Add("transfer", *shown, "L'envoi", "The transfer").Required();
  auto fetch = std::make_shared<FetchOptions>();
  verb = app.commands().AddVerb(noun, "fetch", "Recevoir un envoi", "Fetch a transfer",
                                [&app, fetch] { return Fetch(app, *fetch); });
  verb.Add("transfer", fetch->transfer, "L'envoi", "The transfer").Required();
  verb.Add("--out", fetch->out, "Fichier à écrire", "File to write").Required();
  auto ack = std::make_shared<AckOptions>();
  verb = app.commands().AddVerb(noun, "ack", "Accuser réception", "Acknowledge receipt",
                                [&app, ack] { return Acknowledge(app, *ack); });
  verb.Add("transfer", ack->transfer, "L'envoi", "The transfer").Required();
  verb.Add("--party", ack->party, "Partie destinataire", "Recipient").Required();
  AddDestination(verb, ack->destination);
  AddRule(app, noun);
  AddFreezeVerbs(app, noun, Freezable::kTransfer);
}

}  // namespace passerelle::gateway::cli
