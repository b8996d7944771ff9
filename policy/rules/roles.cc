// Who carries a business act: an agent with the right role in the party it speaks for (DESIGN
// section 4). Under a deed its transcribers do (deeds.cc).
#include <string>

#include "policy/rules/checks.h"
#include "policy/rules/fields.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::MandateRow;
using statement::v1::Role;
using statement::v1::ROLE_DECIDER;
using statement::v1::ROLE_READER;
using statement::v1::ROLE_REPRESENTATIVE;
using statement::v1::ROLE_REQUESTER;
using statement::v1::ROLE_SENDER;
using statement::v1::ROLE_STEWARD;

constexpr std::string_view kMend =
    "Le représentant de la partie donne le mandat, ou un agent qui l'a signe.";
constexpr std::string_view kMendEn =
    "The party's representative gives the mandate, or an agent who has it signs.";

constexpr Message kMessages[] = {
    {"steward-missing", "Aucun signataire n'administre les données de la partie aujourd'hui.",
     "No signer is a steward of the party today.", kMend, kMendEn},
    {"requester-missing",
     "Aucun signataire ne peut demander un échange pour la partie aujourd'hui.",
     "No signer may request an exchange for the party today.", kMend, kMendEn},
    {"decider-missing",
     "Aucun signataire n'est décideur ni représentant légal de la partie aujourd'hui.",
     "No signer is a decider or legal representative of the party today.", kMend, kMendEn},
    {"sender-missing", "Aucun signataire ne peut envoyer pour la partie aujourd'hui.",
     "No signer may send for the party today.", kMend, kMendEn},
    {"reader-missing", "Aucun signataire ne peut lire pour la partie aujourd'hui.",
     "No signer may read for the party today.", kMend, kMendEn},
    {"dataset-not-named", "Le mandat du signataire ne nomme pas ce jeu de données.",
     "The signer's mandate does not name this dataset.",
     "Le représentant de la partie donne un mandat qui nomme ce jeu de données.",
     "The party's representative gives a mandate that names this dataset."},
    {"not-answered-for",
     "L'agent qui répond de cette clé de service n'a plus de mandat en vigueur.",
     "The agent who answers for this service key has no mandate in force any more.",
     "Le représentant de la partie désigne un autre agent qui en répond.",
     "The party's representative names another agent to answer for it."},
    {"not-concerned", "L'échange est proposé par le destinataire ou par le détenteur des données.",
     "An exchange is proposed by the recipient or by the holder of the data.",
     "Le destinataire ou le détenteur propose l'échange.",
     "The recipient or the holder proposes the exchange."},
};

}  // namespace

constexpr Rule kMandateRole = {
    "mandate.role",
    Source::kPolicy,
    "29, 32(4)",
    "Nul n'agit pour une partie sans un mandat d'elle, en vigueur ce jour.",
    "Nobody acts for a party without a mandate of it, in force that day.",
    kMessages,
};

namespace {

// Carries the act by a signer whose mandate covers the dataset of the exchange.
void CarryForDataset(Judgement& j, Role role, Reason none) {
  if (j.act().has_under_deed()) return;
  bool unnamed = false, unanswered = false;
  for (const Signer& signer : j.signers()) {
    for (const state::HeldMandate& held : state::MandatesOf(j.state(), signer.agent)) {
      const Reach reach = ReachOf(j, *held.row, role);
      unnamed = unnamed || reach == Reach::kUnnamed;
      unanswered = unanswered || reach == Reach::kUnanswered;
      if (reach != Reach::kCovers) continue;
      j.Carry(signer, role, held);
      return;
    }
  }
  if (unanswered)
    j.Refuse({kMandateRole, "not-answered-for"});
  else if (unnamed)
    j.Refuse({kMandateRole, "dataset-not-named"});
  else
    j.Refuse(none);
}

}  // namespace

Reach ReachOf(const Judgement& j, const MandateRow& mandate, Role role) {
  if (mandate.role() != role || mandate.party() != j.act().party() ||
      !state::InForce(j.state(), mandate, j.time_ms(), j.today()))
    return Reach::kNone;
  const std::string slug = j.subject.exchange == nullptr ? "" : j.subject.exchange->slug();
  if (!mandate.datasets().empty() && !Contains(mandate.datasets(), slug)) return Reach::kUnnamed;
  if (!mandate.answerable_agent().empty() &&
      !IsAnsweredFor(j.state(), mandate, j.time_ms(), j.today()))
    return Reach::kUnanswered;
  return Reach::kCovers;
}

void CheckSteward(Judgement& j) {
  if (j.act().has_under_deed()) return;
  if (!j.CarryBy(j.act().party(), {ROLE_STEWARD})) j.Refuse({kMandateRole, "steward-missing"});
}

void CheckProposer(Judgement& j) {
  const std::string& party = j.act().party();
  if (j.subject.dataset == nullptr) return;
  if (party == j.subject.holder) {
    CheckSteward(j);
  } else if (j.IsRecipient(party)) {
    if (!j.act().has_under_deed() && !j.CarryBy(party, {ROLE_REQUESTER}))
      j.Refuse({kMandateRole, "requester-missing"});
  } else {
    j.Refuse({kMandateRole, "not-concerned"}, "party");
  }
}

void CheckDecider(Judgement& j) {
  if (j.act().has_under_deed()) return;
  if (!j.CarryBy(j.act().party(), {ROLE_DECIDER, ROLE_REPRESENTATIVE}))
    j.Refuse({kMandateRole, "decider-missing"});
}

void CheckSender(Judgement& j) {
  CarryForDataset(j, ROLE_SENDER, {kMandateRole, "sender-missing"});
}

void CheckReaderRole(Judgement& j) {
  CarryForDataset(j, ROLE_READER, {kMandateRole, "reader-missing"});
}

}  // namespace passerelle::policy::rules
