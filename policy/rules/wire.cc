// The header of a statement (WIRE 5, 8, 26) and the size of its entry (WIRE 2).
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "policy/rules/areas.h"
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"
#include "policy/state/succession.h"

namespace passerelle::policy::rules {
namespace {

using gateway::base::kMaxClockSkewMs;
using gateway::base::kMaxSigners;
using gateway::base::kMaxStatementLifeMs;
using statement::v1::Act;
using statement::v1::Header;

constexpr size_t kDigestBytes = 32;
constexpr size_t kNonceBytes = 16;
constexpr std::string_view kResign = "Le signataire refait l'acte et signe de nouveau.";
constexpr std::string_view kResignEn = "The signer makes the act again and signs again.";

constexpr Message kLogMessages[] = {
    {"foreign-log", "L'acte est signé pour un autre journal que celui-ci.",
     "The act is signed for another log than this one.",
     "Le signataire vérifie le nom du journal de la convention et signe de nouveau.",
     "The signer checks the name of the convention's log and signs again."},
    {"not-founded", "Le journal n'est pas encore fondé : seul l'acte fondateur est admis.",
     "The log is not founded yet: only the founding act is allowed.",
     "Les fondateurs signent et enregistrent l'acte fondateur.",
     "The founders sign and record the founding act."},
};
constexpr Message kSeenMessages[] = {
    {"seen-missing", "L'acte ne cite pas le dernier point de contrôle vérifié par le signataire.",
     "The act does not cite the last checkpoint that its signer verified.",
     "Le signataire vérifie le journal et signe de nouveau.",
     "The signer verifies the log and signs again."},
    {"seen-never-was",
     "Le point de contrôle cité n'a jamais été celui de ce journal : l'un des deux a bifurqué.",
     "The checkpoint cited never was this log's: one of the two has forked.",
     "Le signataire conserve les deux points de contrôle et alerte l'auditeur sans attendre.",
     "The signer keeps both checkpoints and alerts the auditor at once."},
    {"seen-unchecked", "Le point de contrôle cité n'a pas pu être comparé au journal.",
     "The checkpoint cited could not be compared with the log.",
     "L'opérateur de la passerelle examine le journal.",
     "The operator of the gateway examines the log."},
};
constexpr Message kTimeMessages[] = {
    {"issued-ahead", "L'acte est daté du futur.", "The act is dated in the future.",
     "Le signataire règle l'horloge de son poste et signe de nouveau.",
     "The signer sets the clock of her machine and signs again."},
    {"expired", "L'acte est arrivé après la fin de sa validité.",
     "The act arrived after the end of its validity.", kResign, kResignEn},
    {"ends-before-issue", "La validité de l'acte finit avant sa signature.",
     "The act's validity ends before it was signed.", kResign, kResignEn},
    {"life-too-long", "La validité de l'acte dépasse trente jours.",
     "The act's validity exceeds thirty days.", kResign, kResignEn},
};
constexpr Message kSignersMessages[] = {
    {"unsorted", "Les signataires ne sont pas rangés, ou l'un d'eux figure deux fois.",
     "The signers are not sorted, or one of them stands twice.", kResign, kResignEn},
};
constexpr Message kRepeatMessages[] = {
    {"repeated", "Cet acte est déjà enregistré.", "This act is recorded already.",
     "Le signataire demande le récépissé de l'acte enregistré.",
     "The signer asks for the receipt of the recorded act."},
};
constexpr Message kSizeMessages[] = {
    {"envelope-too-large", "L'enveloppe dépasse {limit} octets.",
     "The envelope exceeds {limit} bytes.", "L'auteur répartit les actes en plusieurs ensembles.",
     "The author spreads the acts over several sets."},
    {"entry-too-large", "L'écriture au journal dépasserait {limit} octets.",
     "The log entry would exceed {limit} bytes.",
     "L'auteur répartit les actes en plusieurs ensembles.",
     "The author spreads the acts over several sets."},
};

}  // namespace

constexpr Rule kWireLog = {
    "wire.log",
    Source::kPolicy,
    "5(1)(f)",
    "Un acte est signé pour un seul journal.",
    "An act is signed for one log.",
    kLogMessages,
};
constexpr Rule kWireSeen = {
    "wire.seen",
    Source::kPolicy,
    "5(2)",
    "Chaque acte témoigne du passé du journal.",
    "Every act testifies to the log's past.",
    kSeenMessages,
};
constexpr Rule kWireTime = {
    "wire.time",
    Source::kPolicy,
    "5(2)",
    "Un acte vaut de sa signature à la fin de sa validité, trente jours au plus.",
    "An act is good from its signature to the end of its validity, thirty days at most.",
    kTimeMessages,
};
constexpr Rule kWireSigners = {
    "wire.signers",
    Source::kPolicy,
    "5(1)(f)",
    "L'en-tête nomme tous les signataires, une fois chacun.",
    "The header names all signers, once each.",
    kSignersMessages,
};
constexpr Rule kWireRepeat = {
    "wire.repeat",
    Source::kPolicy,
    "5(1)(d)",
    "Un acte n'est enregistré qu'une fois.",
    "An act is recorded once.",
    kRepeatMessages,
};
constexpr Rule kWireSize = {
    "wire.size",
    Source::kPolicy,
    "",
    "Une écriture du journal tient dans 65 535 octets.",
    "An entry of the log fits in 65,535 bytes.",
    kSizeMessages,
};

namespace {

bool FoundsALog(const statement::v1::Statement& statement) {
  return statement.acts_size() > 0 && statement.acts(0).body_case() == Act::kConventionEnacted;
}

void CheckLog(const state::State& state, const Matter& matter, Findings& findings) {
  const std::string& log = matter.statement.header().log();
  const record::v1::FoundingRow* founding = state.founding();
  if (founding == nullptr) {
    if (!FoundsALog(matter.statement))
      findings.Refuse(0, {kWireLog, "not-founded"}, "");
    else if (!log.empty())
      findings.Refuse(0, {kWireLog, "foreign-log"}, "header.log");
    return;
  }
  // A second founding act has no log of its own to name: Article XIII refuses it.
  if (FoundsALog(matter.statement) && log.empty()) return;
  if (log.empty())
    HeaderMissing(findings, "header.log");
  else if (log != founding->log())
    findings.Refuse(0, {kWireLog, "foreign-log"}, "header.log");
}

void CheckSeen(const state::State& state, const Matter& matter, Findings& findings) {
  const Header& header = matter.statement.header();
  if (!header.has_seen()) {
    if (IsReportOnly(matter.statement)) return;  // who only reports may have nothing to cite
    for (const std::string& signer : header.signers()) {
      const record::v1::KeyRow* key = state.keys.Find(signer);
      if (key == nullptr || key->acted() == 0) continue;
      findings.Refuse(0, {kWireSeen, "seen-missing"}, "header.seen");
      return;
    }
    return;
  }
  if (header.seen().root().size() != kDigestBytes) {
    HeaderMalformed(findings, "header.seen.root");
    return;
  }
  if (!matter.observed.has_seen())
    findings.Refuse(0, {kWireSeen, "seen-unchecked"}, "header.seen");
  else if (matter.observed.seen() != record::v1::CHECK_HOLDS)
    findings.Refuse(0, {kWireSeen, "seen-never-was"}, "header.seen");
}

void CheckTime(const state::State& state, const Matter& matter, Findings& findings) {
  const Header& header = matter.statement.header();
  const int64_t issued = header.issued_at_ms(), not_after = header.not_after_ms();
  if (issued <= 0) HeaderMissing(findings, "header.issued_at_ms");
  if (not_after <= 0) HeaderMissing(findings, "header.not_after_ms");
  if (issued <= 0 || not_after <= 0) return;
  if (issued > matter.time_ms && issued - matter.time_ms > kMaxClockSkewMs)
    findings.Refuse(0, {kWireTime, "issued-ahead"}, "header.issued_at_ms");
  // What was recorded in time and lost is recorded again.
  if (not_after < matter.time_ms && !state::AwaitsRecord(state, gateway::base::View(matter.digest)))
    findings.Refuse(0, {kWireTime, "expired"}, "header.not_after_ms");
  if (not_after < issued)
    findings.Refuse(0, {kWireTime, "ends-before-issue"}, "header.not_after_ms");
  else if (not_after - issued > kMaxStatementLifeMs)
    findings.Refuse(0, {kWireTime, "life-too-long"}, "header.not_after_ms");
}

void CheckSigners(const Matter& matter, Findings& findings) {
  const auto& signers = matter.statement.header().signers();
  if (signers.empty()) HeaderMissing(findings, "header.signers");
  if (static_cast<size_t>(signers.size()) > kMaxSigners) {
    HeaderTooMany(findings, "header.signers", kMaxSigners, static_cast<size_t>(signers.size()));
    return;
  }
  for (int i = 0; i < signers.size(); ++i) {
    if (signers[i].size() != kDigestBytes)
      HeaderMalformed(findings, absl::StrCat("header.signers[", i, "]"));
    else if (i > 0 && signers[i - 1] >= signers[i])
      findings.Refuse(0, {kWireSigners, "unsorted"}, absl::StrCat("header.signers[", i, "]"));
  }
}

// What may carry an act: a key in force. What may carry a report: a key that is or was in force, so
// long as nobody else may hold it.
bool Binds(const state::State& state, const Matter& matter, const record::v1::KeyRow& key) {
  if (!IsReportOnly(matter.statement))
    return state::KeyInForce(state, key, matter.time_ms, matter.today);
  return key.in_force_from_ms() <= matter.time_ms && key.valid_from_ms() <= matter.time_ms &&
         state::Stands(state, key.enrolled(), matter.time_ms) &&
         state::StoppedFor(state, key, matter.time_ms, matter.today) !=
             statement::v1::STOP_CAUSE_COMPROMISED;
}

}  // namespace

std::vector<Signer> CheckHeader(const state::State& state, const Matter& matter,
                                Findings& findings) {
  CheckLog(state, matter, findings);
  CheckTime(state, matter, findings);
  CheckSigners(matter, findings);
  const Header& header = matter.statement.header();
  if (header.nonce().empty())
    HeaderMissing(findings, "header.nonce");
  else if (header.nonce().size() != kNonceBytes)
    HeaderMalformed(findings, "header.nonce");
  if (state.statements.Find(gateway::base::View(matter.digest)) != nullptr)
    findings.Refuse(0, {kWireRepeat, "repeated"}, "");
  if (matter.envelope_bytes > gateway::base::kMaxEnvelopeBytes) {
    auto& finding = findings.Refuse(0, {kWireSize, "envelope-too-large"}, "");
    finding.set_limit(gateway::base::kMaxEnvelopeBytes);
    finding.set_actual(static_cast<int64_t>(matter.envelope_bytes));
  }
  std::vector<Signer> signers;
  if (findings.refused()) return signers;
  CheckSeen(state, matter, findings);
  for (const std::string& fingerprint : header.signers()) {
    Signer& signer = signers.emplace_back();
    signer.fingerprint = fingerprint;
    signer.agent = state::AgentOfKey(state, fingerprint);
    signer.kind = KindOf(state, signer.agent);
    const record::v1::KeyRow* key = state.keys.Find(fingerprint);
    signer.binds = key != nullptr && Binds(state, matter, *key);
  }
  return signers;
}

void RefuseSize(size_t bytes, Findings& findings) {
  auto& finding = findings.Refuse(0, {kWireSize, "entry-too-large"}, "");
  finding.set_limit(gateway::base::kMaxEntryBytes);
  finding.set_actual(static_cast<int64_t>(bytes));
}

}  // namespace passerelle::policy::rules
