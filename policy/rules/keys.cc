// Which keys may sign: enrolled, their enrolment in force, within their validity (WIRE 15).
#include "absl/strings/str_cat.h"
#include "policy/rules/areas.h"
#include "policy/rules/checks.h"

namespace passerelle::policy::rules {
namespace {

constexpr Message kEnrolledMessages[] = {
    {"unknown-key", "Une clé signataire n'est pas enrôlée dans ce journal.",
     "A signing key is not enrolled in this log.",
     "Le représentant de la partie enrôle la clé, ou un titre transcrit l'enrôle.",
     "The party's representative enrols the key, or a transcribed deed does."},
};
constexpr Message kInForceMessages[] = {
    {"not-yet", "L'enrôlement d'une clé signataire n'a pas encore pris effet.",
     "The enrolment of a signing key is not in force yet.",
     "Le signataire attend la prise d'effet, ou signe d'une autre clé.",
     "The signer waits until it is, or signs with another key."},
    {"stopped", "Une clé signataire est arrêtée : elle ne signe plus que des signalements.",
     "A signing key is stopped: it signs reports only.",
     "Le représentant de la partie la rétablit, ou le signataire enrôle une nouvelle clé.",
     "The party's representative reinstates it, or the signer enrols a new key."},
    {"reports-only",
     "Une clé signataire est compromise, ou n'a jamais été en vigueur : son signalement ne lie "
     "personne.",
     "A signing key is compromised, or never was in force: its report binds nobody.",
     "Un agent habilité signale le fait de sa clé en vigueur.",
     "An entitled agent reports the fact with a key in force."},
    {"expired", "La validité d'une clé signataire est finie.",
     "The validity of a signing key is over.", "Le signataire enrôle une nouvelle clé.",
     "The signer enrols a new key."},
};

constexpr Message kCompromisedMessages[] = {
    {"awaits-ratification",
     "L'acte repose sur ce qu'une clé compromise a fait : il attend d'être ratifié.",
     "The act rests on what a compromised key did, which waits for its ratification.",
     "Le représentant de la partie ratifie l'acte, ou un titre transcrit le ratifie.",
     "The party's representative ratifies the act, or a transcribed deed does."},
};

}  // namespace

constexpr Rule kKeyEnrolled = {
    "key.enrolled",
    Source::kPolicy,
    "5(1)(f), 32",
    "Seule une clé enrôlée dans le journal signe un acte.",
    "Only a key enrolled in the log signs an act.",
    kEnrolledMessages,
};
constexpr Rule kKeyInForce = {
    "key.in-force",
    Source::kPolicy,
    "5(1)(f), 32",
    "Une clé signe pendant sa validité seulement.",
    "A key signs during its validity only.",
    kInForceMessages,
};
constexpr Rule kKeyCompromised = {
    "key.compromised",
    Source::kPolicy,
    "5(1)(f), 32",
    "Ce qu'une clé compromise a fait depuis attend d'être ratifié.",
    "What a compromised key did since then waits for its ratification.",
    kCompromisedMessages,
};

void RefuseFallen(uint32_t act, const record::v1::Provenance& fallen, std::string_view path,
                  Findings& findings) {
  *findings.Refuse(act, {kKeyCompromised, "awaits-ratification"}, path).mutable_about() =
      fallen.act();
}

bool NeedStanding(Judgement& j, const record::v1::Provenance& act, std::string_view path) {
  if (state::Stands(j.state(), act, j.time_ms())) return true;
  *j.Refuse({kKeyCompromised, "awaits-ratification"}, path).mutable_about() = act.act();
  return false;
}

void CheckKeys(const state::State& state, const Matter& matter, Findings& findings) {
  const bool reports = IsReportOnly(matter.statement);
  const auto& signers = matter.statement.header().signers();
  for (int i = 0; i < signers.size(); ++i) {
    const std::string path = absl::StrCat("header.signers[", i, "]");
    const record::v1::KeyRow* key = state.keys.Find(signers[i]);
    if (key == nullptr)
      findings.Refuse(0, {kKeyEnrolled, "unknown-key"}, path);
    else if (reports)
      continue;  // a key that is no longer in force still reports; whether it binds is asked later
    else if (matter.time_ms > key->valid_until_ms())
      findings.Refuse(0, {kKeyInForce, "expired"}, path);
    else if (state::StoppedFor(state, *key, matter.time_ms, matter.today) !=
             statement::v1::STOP_CAUSE_UNSPECIFIED)
      findings.Refuse(0, {kKeyInForce, "stopped"}, path);
    else if (!state::Stands(state, key->enrolled(), matter.time_ms))
      RefuseFallen(0, key->enrolled(), path, findings);
    else if (!state::KeyInForce(state, *key, matter.time_ms, matter.today))
      findings.Refuse(0, {kKeyInForce, "not-yet"}, path);
  }
}

void CheckReporters(Judgement& j) {
  for (int i = 0; i < static_cast<int>(j.signers().size()); ++i)
    if (!j.signers()[static_cast<size_t>(i)].binds)
      j.Refuse({kKeyInForce, "reports-only"}, absl::StrCat("header.signers[", i, "]"));
}

}  // namespace passerelle::policy::rules
