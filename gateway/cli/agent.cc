// passerelle agent: keys of persons and services. Whoever holds the key proves it (`request`);
// whoever may enrol it does (`enrol`). How a key stops and returns is in agent_key.cc.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/commitment.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/cli/agent_key.h"
#include "gateway/cli/app.h"
#include "gateway/cli/input.h"
#include "gateway/cli/key_file.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"
#include "gateway/client/strict_json.h"

namespace passerelle::gateway::cli {
namespace {

constexpr size_t kMaxRequestBytes = 64 * 1024;
constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;

struct RequestOptions {
  std::string key, agent, kind = "person", log, out;
};

struct EnrolOptions {
  std::string request, party;
  int days = 825;
  Destination destination;
};

// The request carries the public key and the proof of possession, bound to one log and one agent.
absl::StatusOr<int> Request(App& app, const RequestOptions& options) {
  ASSIGN_OR_RETURN(const certs::keys::PrivateKey key, app.LoadKey(options.key));
  ASSIGN_OR_RETURN(const std::string agent, ReadAgent("--agent", options.agent));
  const absl::StatusOr<std::string> log = base::FromHex(options.log);
  if (!log.ok() || log->size() != 32) return Usage("LOG_FORM", "--log");
  const std::string& spki = key.public_key().spki();
  const std::string request = JsonObject(
      {{"agent", base::ToHex(agent)},
       {"kind", options.kind},
       {"log", base::ToHex(*log)},
       {"spki", base::ToHex(spki)},
       {"possession", base::ToBase64(key.Sign(base::EnrolmentMessage(*log, agent, spki)))}});
  RETURN_IF_ERROR(base::WriteFile(options.out, request + "\n", base::FileMode::kPublic));
  if (app.json())
    std::printf("%s\n", JsonObject({{"file", options.out}, {"agent", base::ToHex(agent)}}).c_str());
  else
    std::printf("%s  %s\n", options.out.c_str(),
                app.Say("à remettre à qui inscrit les clés : passerelle agent enrol",
                        "for whoever enrols keys: passerelle agent enrol")
                    .c_str());
  return kDone;
}

absl::StatusOr<int> Enrol(App& app, const EnrolOptions& options) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(options.request, kMaxRequestBytes));
  const absl::StatusOr<nlohmann::json> request = client::ParseStrict(text);
  if (!request.ok() ||
      !client::CheckMembers(*request, "", {"agent", "kind", "log", "spki", "possession"}).ok())
    return Usage("REQUEST", "request");
  client::Draft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::AgentEnrolled& enrolled = *act.mutable_agent_enrolled();
  ASSIGN_OR_RETURN(const std::string agent, client::TextAt(*request, "request", "agent"));
  ASSIGN_OR_RETURN(*enrolled.mutable_agent(), ReadAgent("request.agent", agent));
  ASSIGN_OR_RETURN(const std::string named, client::TextAt(*request, "request", "kind"));
  ASSIGN_OR_RETURN(const int kind,
                   ReadEnum("request.kind", named, *statement::v1::AgentKind_descriptor()));
  enrolled.set_kind(static_cast<statement::v1::AgentKind>(kind));
  ASSIGN_OR_RETURN(const std::string spki, client::TextAt(*request, "request", "spki"));
  ASSIGN_OR_RETURN(*enrolled.mutable_spki(), base::FromHex(spki));
  ASSIGN_OR_RETURN(*enrolled.mutable_possession()->mutable_raw(),
                   client::Base64At(*request, "request", "possession"));
  enrolled.set_scheme(statement::v1::SIGNATURE_SCHEME_RAW);
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  // The header knows the log's own time, which a test log may shift.
  ASSIGN_OR_RETURN(const statement::v1::Header header, session->NewHeader({}));
  enrolled.set_valid_from_ms(header.issued_at_ms());
  enrolled.set_valid_until_ms(header.issued_at_ms() + options.days * kDayMs);
  return Deliver(app, options.destination, std::move(draft));
}

}  // namespace

void AddAgent(App& app) {
  const Command noun =
      app.commands().AddNoun("agent", "Agents et leurs clés", "Agents and their keys");
  auto request = std::make_shared<RequestOptions>();
  Command verb = app.commands().AddVerb(noun, "request",
                                        "Demander l'inscription de sa clé (preuve de possession)",
                                        "Ask for the enrolment of one's key (proof of possession)",
                                        [&app, request] { return Request(app, *request); });
  verb.Add("--key", request->key, "Clé (PEM)", "Key (PEM)").Required();
  verb.Add("--agent", request->agent, "Identifiant de l'agent", "Id of the agent").Required();
  verb.Add("--kind", request->kind, "Nature : person | service | gateway",
           "Kind: person | service | gateway")
      .OneOf({"person", "service", "gateway"});
  verb.Add("--log", request->log, "Nom du journal (hexadécimal)", "Name of the log (hexadecimal)")
      .Required();
  verb.Add("--out", request->out, "Fichier de la demande", "File of the request").Required();
  auto enrol = std::make_shared<EnrolOptions>();
  verb = app.commands().AddVerb(noun, "enrol", "Inscrire une clé", "Enrol a key",
                                [&app, enrol] { return Enrol(app, *enrol); });
  verb.Add("request", enrol->request, "Fichier de la demande", "File of the request").Required();
  verb.Add("--party", enrol->party, "Partie qui répond de l'agent",
           "Party that answers for the agent")
      .Required();
  verb.Add("--days", enrol->days, "Validité en jours", "Validity in days").Between(1, 3650);
  AddDestination(verb, enrol->destination);
  AddKeyVerbs(app, noun);
  AddKeyFileVerbs(app, noun);
}

}  // namespace passerelle::gateway::cli
