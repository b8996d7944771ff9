// The doctor at a partner's: profile, files, the way to the gateway, log, key, mandates, clocks.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "certs/x509/handshake.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/socket.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/cli/doctor.h"
#include "gateway/cli/input.h"
#include "gateway/cli/show.h"
#include "gateway/client/grpc_channel.h"

namespace passerelle::gateway::cli {
namespace {

using certs::x509::Certificate;
using passerelle::gateway::v1::Key;
using passerelle::gateway::v1::Mandate;

constexpr int kPatienceMs = 10000;
constexpr int64_t kDriftMs = 30 * 1000;

// Everything that a profile names, read.
struct Belongings {
  client::Profile profile;
  std::string host, port;
  std::optional<certs::keys::PrivateKey> key;
  std::vector<Certificate> chain, anchors;
};

// Each file that the profile names, for itself; false when one of them is of no use.
bool ReadFiles(const App& app, Belongings& ours, Diagnosis& diagnosis) {
  bool all = true;
  absl::StatusOr<certs::keys::PrivateKey> key = client::LoadKey(ours.profile);
  if (key.ok())
    diagnosis.Fine("key", ours.profile.key_file);
  else
    diagnosis.Failed("key", key.status());
  const std::pair<const std::string&, std::vector<Certificate>&> files[] = {
      {ours.profile.certificate_file, ours.chain}, {ours.profile.ca_file, ours.anchors}};
  for (const auto& [file, list] : files) {
    absl::StatusOr<std::vector<Certificate>> read = ReadCertificates(file);
    if (read.ok())
      list = *std::move(read);
    else
      diagnosis.Failed(&list == &ours.chain ? "certificate" : "anchor", read.status());
    all = all && !list.empty();
  }
  if (!key.ok() || !all) return false;
  ours.key.emplace(*std::move(key));
  const absl::StatusOr<certs::keys::PublicKey> certified = ours.chain[0].PublicKey();
  if (certified.ok() && certified->fingerprint() == ours.key->public_key().fingerprint())
    return CheckDays(app, Whose::kOurs, ours.chain[0], ours.profile.certificate_file, diagnosis);
  diagnosis.Found("certificate", "certificate-of-another",
                  absl::StrCat(ours.profile.certificate_file, ", ", ours.profile.key_file));
  return false;
}

std::string_view AilmentOfDial(const absl::Status& error) {
  const std::string reason = base::ReasonOf(error);
  if (reason == "HOST_UNKNOWN") return "host-unknown";
  return reason == "PORT_CLOSED" ? "port-closed" : "port-silent";
}

// The names that a certificate is made out to.
std::string NamesOf(const Certificate& certificate) {
  return absl::StrJoin(certificate.DnsNames(), ", ");
}

// What the gateway shows, held against the profile.
bool CheckShown(const App& app, const Belongings& ours, const std::vector<Certificate>& shown,
                Diagnosis& diagnosis) {
  const Certificate& leaf = shown[0];
  bool good = CheckDays(app, Whose::kGateways, leaf, ours.profile.target, diagnosis);
  if (!leaf.IsFor(ours.host)) {
    diagnosis.Found("gateway-name", "gateway-name", absl::StrCat(ours.host, " ≠ ", NamesOf(leaf)));
    good = false;
  }
  // At an instant when the leaf was good: its days have been judged already.
  const int64_t at =
      std::clamp(app.clock().WallMs(), leaf.not_before_ms(), leaf.not_after_ms() - 1000);
  const absl::Status chained =
      certs::x509::VerifyChain(leaf, absl::MakeConstSpan(shown).subspan(1), ours.anchors, at,
                               certs::x509::Usage::kTlsServer);
  if (!chained.ok())
    diagnosis.Found("anchor", "gateway-untrusted",
                    absl::StrCat(ours.profile.ca_file, ", ", chained.message()));
  else
    diagnosis.Fine("anchor", ours.profile.ca_file);
  return good && chained.ok();
}

// From the name of the host to a TLS connection that both ends believe.
bool CheckWay(const App& app, const Belongings& ours, Diagnosis& diagnosis) {
  const absl::StatusOr<base::Socket> socket =
      base::Socket::Connect(ours.host, ours.port, kPatienceMs);
  if (!socket.ok()) {
    diagnosis.Found("port", AilmentOfDial(socket.status()), ours.profile.target);
    return false;
  }
  diagnosis.Fine("port", ours.profile.target);
  // A server that hangs up must not end us.
  std::signal(SIGPIPE, SIG_IGN);
  const certs::x509::Identity identity{ours.chain, *ours.key};
  const absl::StatusOr<certs::x509::Handshake> handshake =
      certs::x509::ShakeHands(socket->descriptor(), ours.host, &identity);
  if (!handshake.ok()) {
    diagnosis.Found("tls", "tls-none", base::Std(handshake.status().message()));
    return false;
  }
  if (!CheckShown(app, ours, handshake->chain, diagnosis)) return false;
  if (handshake->refusal.empty()) {
    diagnosis.Fine("tls", "TLS 1.3");
    return true;
  }
  diagnosis.Found("tls", "tls-refused", handshake->refusal);
  return false;
}

// The logs of this gateway in which our key is in force.
std::string LogsOf(client::Session& session) {
  const auto served = session.ListConventions();
  std::vector<std::string> names;
  if (served.ok())
    for (const auto& each : *served)
      names.push_back(absl::StrCat(each.slug(), " ", base::ToHex(each.log())));
  return absl::StrJoin(names, ", ");
}

// Whether the gateway keeps the log that we pin and answers this key.
std::optional<record::v1::FoundingRow> CheckLog(client::Session& session,
                                                const client::Profile& profile,
                                                Diagnosis& diagnosis) {
  absl::StatusOr<record::v1::FoundingRow> founding = session.GetConvention();
  const std::string name = base::ToHex(profile.log);
  const std::string fingerprint = base::ToHex(base::View(session.key().public_key().fingerprint()));
  if (founding.ok()) {
    diagnosis.Fine("log", absl::StrCat(founding->convention().slug(), " ", name));
    return *std::move(founding);
  }
  const std::string reason = base::ReasonOf(founding.status());
  if (reason == "LOG_UNKNOWN") {
    const std::string others = LogsOf(session);
    diagnosis.Found("log", others.empty() ? "log-not-served" : "log-name",
                    others.empty() ? name : absl::StrCat(name, " ≠ ", others));
  } else if (reason == "CONVENTION_STOPPED") {
    diagnosis.Found("log", "log-not-served", name);
  } else if (reason == "KEY_NOT_ENROLLED") {
    diagnosis.Found("enrolment", "key-unknown", fingerprint);
  } else if (reason == "KEY_NOT_IN_FORCE") {
    diagnosis.Found("enrolment", "key-stopped", fingerprint);
  } else {
    diagnosis.Failed("log", founding.status());
  }
  return std::nullopt;
}

// The log's own time, and the day it is in the convention.
struct LogTime {
  int64_t now_ms = 0;
  int64_t day = 0;
};

int64_t NumberOf(const convention::v1::Date& date) {
  return int64_t{date.year()} * 10000 + date.month() * 100 + date.day();
}

// As the gateway judges it, save that it knows which acts of a compromised key wait.
bool InForce(const record::v1::MandateRow& mandate, const LogTime& time) {
  if (mandate.in_force_from_ms() > time.now_ms || NumberOf(mandate.from()) > time.day ||
      (mandate.has_until() && NumberOf(mandate.until()) < time.day))
    return false;
  return std::none_of(mandate.endings().begin(), mandate.endings().end(), [&](const auto& ending) {
    return ending.in_force_from_ms() <= time.now_ms &&
           (!ending.has_last_day() || NumberOf(ending.last_day()) < time.day);
  });
}

// What the log says of us and of our parties.
struct Standing {
  std::string agent;
  std::vector<Key> keys;
  std::vector<Mandate> mandates;
  LogTime time;
  // Parties in whose name we may act today.
  std::set<std::string> parties;
};

// The agent that a certificate of our own authority names; another authority's names none.
std::string AgentOf(const Certificate& certificate) {
  const std::vector<std::string> uris = certificate.Uris();
  if (uris.size() != 1) return "";
  return base::FromHex(uris[0].substr(uris[0].rfind('/') + 1)).value_or("");
}

absl::StatusOr<Standing> StandingOf(const App& app, client::Session& session,
                                    const record::v1::FoundingRow& founding,
                                    const Certificate& certificate) {
  Standing standing;
  standing.time.now_ms = app.clock().WallMs() + founding.settings().clock_shift_ms();
  ASSIGN_OR_RETURN(const base::CivilDay day,
                   base::CivilDayIn(founding.convention().zone(), standing.time.now_ms));
  standing.time.day = base::ToNumber(day);
  ASSIGN_OR_RETURN(standing.keys, session.ListKeys(""));
  ASSIGN_OR_RETURN(standing.mandates, session.ListMandates(""));
  standing.agent = AgentOf(certificate);
  for (const Key& key : standing.keys)
    if (key.fingerprint() == base::View(session.key().public_key().fingerprint()))
      standing.agent = key.row().agent();
  for (const Mandate& mandate : standing.mandates)
    if (mandate.row().agent() == standing.agent && InForce(mandate.row(), standing.time))
      standing.parties.insert(mandate.row().party());
  return standing;
}

void CheckKeyEnd(const App& app, const client::Session& session, const Standing& standing,
                 Diagnosis& diagnosis) {
  for (const Key& key : standing.keys) {
    if (key.fingerprint() != base::View(session.key().public_key().fingerprint())) continue;
    // A founding key has no end.
    const int64_t end = key.row().valid_until_ms();
    const bool soon = end - standing.time.now_ms < kSoonMs;
    if (soon) diagnosis.Found("enrolment", "key-ends-soon", base::ToIsoInstant(end).substr(0, 10));
    if (soon) return;
  }
  diagnosis.Fine("enrolment",
                 absl::StrCat(app.Say("agent ", "agent "), base::ToHex(standing.agent)));
}

// Each of our parties has somebody whose opinion opens exchanges.
void CheckDpos(const Standing& standing, const std::set<std::string>& holders,
               Diagnosis& diagnosis) {
  for (const std::string& party : standing.parties) {
    bool designated = false, armed = false;
    for (const Mandate& mandate : standing.mandates) {
      const record::v1::MandateRow& row = mandate.row();
      if (row.party() != party || row.role() != statement::v1::ROLE_DPO ||
          !InForce(row, standing.time))
        continue;
      designated = true;
      armed = armed || std::any_of(standing.keys.begin(), standing.keys.end(), [&](const Key& key) {
                return key.in_force() && key.row().agent() == row.agent();
              });
    }
    if (!designated)
      diagnosis.Found("dpo", holders.count(party) > 0 ? "dpo-none" : "dpo-none-yet", party);
    else if (!armed)
      diagnosis.Found("dpo", "dpo-keyless", party);
    else
      diagnosis.Fine("dpo", party);
  }
}

// What the gateway's clock said, milliseconds, when it judged an act that nobody signed: its answer
// tells from when on the act would be in force, and nothing is recorded.
absl::StatusOr<int64_t> AskTheTime(client::Session& session, const std::string& party) {
  client::Draft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  act.set_party(party);
  statement::v1::KeyStopped& stopped = *act.mutable_key_stopped();
  stopped.set_key(base::ToBytes(session.key().public_key().fingerprint()));
  stopped.set_cause(statement::v1::STOP_CAUSE_LOST);
  ASSIGN_OR_RETURN(const auto preview, session.Preview(draft, {}));
  if (preview.decisions_size() != 1)
    return base::Error(absl::StatusCode::kFailedPrecondition, "FAILED_PRECONDITION", "", "");
  return preview.decisions(0).outcome().in_force_from_ms();
}

void CheckClock(const App& app, client::Session& session, const std::string& party,
                int64_t shift_ms, Diagnosis& diagnosis) {
  const int64_t before = app.clock().WallMs();
  const absl::StatusOr<int64_t> theirs = AskTheTime(session, party);
  const int64_t after = app.clock().WallMs();
  if (!theirs.ok()) {
    diagnosis.Failed("clock", theirs.status());
    return;
  }
  const int64_t ahead_ms = (before + after) / 2 - (*theirs - shift_ms);
  const std::string detail = absl::StrCat(ahead_ms > 0 ? "+" : "", ahead_ms / 1000, ".",
                                          std::abs(ahead_ms) % 1000 / 100, " s");
  if (std::abs(ahead_ms) > base::kMaxClockSkewMs)
    diagnosis.Found("clock", "clock-off", detail);
  else if (std::abs(ahead_ms) > kDriftMs)
    diagnosis.Found("clock", "clock-drifts", detail);
  else
    diagnosis.Fine("clock", detail);
}

void CheckStanding(const App& app, client::Session& session, const Belongings& ours,
                   Diagnosis& diagnosis) {
  const std::optional<record::v1::FoundingRow> founding =
      CheckLog(session, ours.profile, diagnosis);
  if (!founding.has_value()) return;
  const absl::StatusOr<Standing> standing = StandingOf(app, session, *founding, ours.chain[0]);
  if (!standing.ok()) {
    diagnosis.Failed("enrolment", standing.status());
    return;
  }
  CheckKeyEnd(app, session, *standing, diagnosis);
  if (standing->parties.empty()) {
    diagnosis.Found("mandate", "mandate-none", base::ToHex(standing->agent));
    return;
  }
  diagnosis.Fine("mandate", absl::StrJoin(standing->parties, ", "));
  std::set<std::string> holders;
  if (const auto datasets = session.ListDatasets(""); datasets.ok())
    for (const auto& dataset : *datasets) holders.insert(dataset.row().controller());
  CheckDpos(*standing, holders, diagnosis);
  CheckClock(app, session, *standing->parties.begin(), founding->settings().clock_shift_ms(),
             diagnosis);
}

absl::StatusOr<std::unique_ptr<client::Session>> Open(App& app, Belongings& ours) {
  client::Connection connection;
  connection.target = ours.profile.target;
  ASSIGN_OR_RETURN(connection.anchors_pem,
                   base::ReadFile(ours.profile.ca_file, base::kMaxPemBytes));
  ASSIGN_OR_RETURN(connection.certificate_pem,
                   base::ReadFile(ours.profile.certificate_file, base::kMaxPemBytes));
  connection.key_pem = ours.key->ToPem();
  return client::Session::OpenOver(ours.profile, client::MakeGrpcChannel(connection),
                                   *std::move(ours.key), app.clock(), app.random());
}

}  // namespace

void ExaminePartner(App& app, Diagnosis& diagnosis) {
  Belongings ours;
  absl::StatusOr<client::Profile> profile = app.Profile();
  if (!profile.ok()) return diagnosis.Failed("profile", profile.status());
  ours.profile = *std::move(profile);
  absl::StatusOr<std::pair<std::string, std::string>> address =
      base::SplitAddress(ours.profile.target);
  if (!address.ok()) return diagnosis.Failed("profile", address.status());
  std::tie(ours.host, ours.port) = *std::move(address);
  diagnosis.Fine("profile", ours.profile.target);
  if (!ReadFiles(app, ours, diagnosis) || !CheckWay(app, ours, diagnosis)) return;
  absl::StatusOr<std::unique_ptr<client::Session>> session = Open(app, ours);
  if (!session.ok()) return diagnosis.Failed("log", session.status());
  CheckStanding(app, **session, ours, diagnosis);
}

}  // namespace passerelle::gateway::cli
