// passerelle agent: keys of persons and services. Whoever holds the key proves it (`request`);
// whoever may enrol it does (`enrol`).
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/commitment.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/input.h"
#include "gateway/cli/show.h"

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
absl::StatusOr<int> Request(App&, const RequestOptions& options) {
  ASSIGN_OR_RETURN(const certs::keys::PrivateKey key, certs::keys::PrivateKey::Load(options.key));
  ASSIGN_OR_RETURN(const std::string agent, ReadAgent("--agent", options.agent));
  const absl::StatusOr<std::string> log = base::FromHex(options.log);
  if (!log.ok() || log->size() != 32)
    return base::Malformed("OPTION", "--log", "the name of a log is 64 hexadecimal digits");
  const std::string& spki = key.public_key().spki();
  const nlohmann::json request = {
      {"agent", base::ToHex(agent)},
      {"kind", options.kind},
      {"log", base::ToHex(*log)},
      {"spki", base::ToHex(spki)},
      {"possession", base::ToBase64(key.Sign(base::EnrolmentMessage(*log, agent, spki)))}};
  RETURN_IF_ERROR(base::WriteFile(options.out, TextOf(request, 1) + "\n", base::FileMode::kPublic));
  return kDone;
}

// A member of a request as text; empty when it is missing or no text.
std::string Member(const nlohmann::json& request, const char* name) {
  const auto it = request.find(name);
  return it != request.end() && it->is_string() ? it->get<std::string>() : std::string();
}

absl::StatusOr<int> Enrol(App& app, const EnrolOptions& options) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(options.request, kMaxRequestBytes));
  const nlohmann::json request = nlohmann::json::parse(text, nullptr, false);
  if (!request.is_object())
    return base::Malformed("REQUEST", "request",
                           "not a request made by `passerelle agent request`");
  client::Draft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::AgentEnrolled& enrolled = *act.mutable_agent_enrolled();
  ASSIGN_OR_RETURN(*enrolled.mutable_agent(), ReadAgent("agent", Member(request, "agent")));
  ASSIGN_OR_RETURN(const int kind, ReadEnum("kind", Member(request, "kind"),
                                            *statement::v1::AgentKind_descriptor()));
  enrolled.set_kind(static_cast<statement::v1::AgentKind>(kind));
  ASSIGN_OR_RETURN(*enrolled.mutable_spki(), base::FromHex(Member(request, "spki")));
  ASSIGN_OR_RETURN(*enrolled.mutable_possession()->mutable_raw(),
                   base::FromBase64(Member(request, "possession")));
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
  CLI::App* noun = app.AddNoun("agent", "Agents et leurs clés", "Agents and their keys");
  auto request = std::make_shared<RequestOptions>();
  CLI::App* verb =
      app.AddVerb(noun, "request", "Demander l'inscription de sa clé (preuve de possession)",
                  "Ask for the enrolment of one's key (proof of possession)",
                  [&app, request] { return Request(app, *request); });
  verb->add_option("--key", request->key, app.Say("Clé (PEM)", "Key (PEM)"))->required();
  verb->add_option("--agent", request->agent, app.Say("Identifiant de l'agent", "Id of the agent"))
      ->required();
  verb->add_option("--kind", request->kind, "person | service")
      ->check(CLI::IsMember({"person", "service"}));
  verb->add_option("--log", request->log,
                   app.Say("Nom du journal (hexadécimal)", "Name of the log (hexadecimal)"))
      ->required();
  verb->add_option("--out", request->out, app.Say("Fichier de la demande", "File of the request"))
      ->required();
  auto enrol = std::make_shared<EnrolOptions>();
  verb = app.AddVerb(noun, "enrol", "Inscrire une clé", "Enrol a key",
                     [&app, enrol] { return Enrol(app, *enrol); });
  verb->add_option("request", enrol->request,
                   app.Say("Fichier de la demande", "File of the request"))
      ->required();
  verb->add_option("--party", enrol->party,
                   app.Say("Partie qui répond de l'agent", "Party that answers for the agent"))
      ->required();
  verb->add_option("--days", enrol->days, app.Say("Validité en jours", "Validity in days"))
      ->check(CLI::Range(1, 3650));
  AddDestination(app, verb, enrol->destination);
}

}  // namespace passerelle::gateway::cli
