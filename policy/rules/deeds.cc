// What rests on paper: transcribed deeds, and who transcribes them (WIRE 14).
#include <algorithm>
#include <string>

#include "policy/rules/checks.h"
#include "policy/rules/fields.h"
#include "policy/rules/references.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::DeedRow;
using record::v1::MandateRow;
using statement::v1::ROLE_COUNTERSIGNER;
using statement::v1::ROLE_REPRESENTATIVE;
using statement::v1::ROLE_SECRETARIAT;

constexpr std::string_view kSecretary = "Le secrétariat corrige l'acte et signe de nouveau.";
constexpr std::string_view kSecretaryEn = "The secretariat corrects the act and signs again.";

constexpr Message kSignaturesMessages[] = {
    {"secretary-missing", "Aucun agent du secrétariat n'a signé.",
     "No agent of the secretariat signed.", "Un agent du secrétariat signe l'acte.",
     "An agent of the secretariat signs the act."},
    {"countersigner-missing", "Aucun autre agent n'a contresigné.", "No other agent countersigned.",
     "Un contresignataire de la CAF signe l'acte.", "A countersigner of the CAF signs the act."},
};
constexpr Message kGroundMessages[] = {
    {"other-party", "Le titre est celui d'une autre partie.", "The deed is another party's.",
     kSecretary, kSecretaryEn},
    {"notice", "Une notification ne fonde pas un acte.", "A notice is no ground of an act.",
     kSecretary, kSecretaryEn},
};
constexpr Message kNeverMessages[] = {
    {"never-on-a-deed", "Cet acte ne repose jamais sur un titre.",
     "This act never rests on a deed.", "L'auteur signe l'acte de sa propre clé.",
     "The author signs the act with her own key."},
};
constexpr Message kDelayMessages[] = {
    {"cannot-wait",
     "Les réglages font attendre les actes transcrits, et celui-ci prendrait effet aussitôt.",
     "The settings make transcribed acts wait, and this one would take effect at once.",
     "La partie signe l'acte de sa propre clé.", "The party signs the act with its own key."},
};
constexpr Message kRecordMessages[] = {
    {"dated-ahead", "Le titre porte une date à venir.", "The deed bears a date to come.",
     kSecretary, kSecretaryEn},
};
constexpr Message kAdhesionMessages[] = {
    {"already-adhered", "Cette partie a déjà adhéré.", "This party has adhered already.",
     "Rien n'est à faire.", "Nothing is to be done."},
    {"deliberation-kind", "Le titre cité n'est pas une délibération de cette partie.",
     "The deed cited is not a deliberation of this party.", kSecretary, kSecretaryEn},
    {"signature-kind", "Le titre cité n'est pas la signature de cette partie.",
     "The deed cited is not the signature of this party.", kSecretary, kSecretaryEn},
    {"representative-role", "Le mandat cité n'est pas celui du représentant légal de cette partie.",
     "The mandate cited is not that of the legal representative of this party.", kSecretary,
     kSecretaryEn},
    {"representative-not-in-force", "Le mandat du représentant légal n'est pas en vigueur.",
     "The mandate of the legal representative is not in force.", kSecretary, kSecretaryEn},
    {"not-signed", "Ni le représentant légal, ni le secrétariat sous un titre n'a signé.",
     "Neither the legal representative nor the secretariat under a deed signed.",
     "Le représentant légal signe, ou le secrétariat transcrit un titre.",
     "The legal representative signs, or the secretariat transcribes a deed."},
};

}  // namespace

constexpr Rule kDeedSignatures = {
    "deed.signatures",
    Source::kPolicy,
    "5(1)(d)",
    "Le secrétariat transcrit un titre et un agent de la CAF le contresigne.",
    "The secretariat transcribes a deed and an agent of the CAF countersigns it.",
    kSignaturesMessages,
};
constexpr Rule kDeedGround = {
    "deed.ground",
    Source::kPolicy,
    "5(1)(d)",
    "Un acte repose sur un titre de la partie au nom de laquelle il est fait.",
    "An act rests on a deed of the party in whose name it is done.",
    kGroundMessages,
};
constexpr Rule kDeedNever = {
    "deed.never",
    Source::kPolicy,
    "38(3)",
    "L'acte du délégué, celui de la passerelle et la transcription ne reposent pas sur un titre.",
    "The DPO's act, the gateway's and a transcription rest on no deed.",
    kNeverMessages,
};
constexpr Rule kDeedDelay = {
    "deed.delay",
    Source::kPolicy,
    "25",
    "Un acte transcrit attend le délai des réglages.",
    "A transcribed act waits for the settings' delay.",
    kDelayMessages,
};
constexpr Rule kDeedRecord = {
    "deed.record",
    Source::kPolicy,
    "5(1)(d)",
    "Un titre transcrit porte sa nature et sa date.",
    "A transcribed deed bears its kind and date.",
    kRecordMessages,
};
constexpr Rule kDeedAdhesion = {
    "deed.adhesion",
    Source::kPolicy,
    "24",
    "Une partie adhère par sa délibération, sa signature et son représentant légal.",
    "A party adheres by its deliberation, its signature and its legal representative.",
    kAdhesionMessages,
};

namespace {

// Carries the act by an agent with the role, other than `apart_from`.
bool CarryApart(Judgement& j, const std::string& party, statement::v1::Role role,
                std::string_view apart_from, std::string& agent) {
  for (const Signer& signer : j.signers()) {
    if (signer.agent == apart_from) continue;
    const state::HeldMandate mandate = j.MandateOf(signer, party, role);
    if (mandate.row == nullptr) continue;
    j.Carry(signer, role, mandate);
    agent = signer.agent;
    return true;
  }
  return false;
}

// The deed that a reference names, when it is of this party and kind.
void CheckPaper(Judgement& j, bool present, const statement::v1::ActRef& given,
                statement::v1::DeedKind kind, Reason otherwise, const std::string& path) {
  const auto ref = NeedReference(j, present, given, path);
  if (!ref.has_value()) return;
  const DeedRow* deed = FindOrRefuse(j, j.state().deeds, *ref, path);
  if (deed == nullptr) return;
  NeedStanding(j, deed->recorded(), path);
  if (deed->kind() != kind || deed->party() != j.act().party()) j.Refuse(otherwise, path);
}

void CheckRepresentative(Judgement& j) {
  const auto& adhered = j.act().party_adhered();
  const std::string path = j.At("representative");
  const auto ref = NeedReference(j, adhered.has_representative(), adhered.representative(), path);
  if (!ref.has_value()) return;
  const MandateRow* mandate = FindOrRefuse(j, j.state().mandates, *ref, path);
  if (mandate == nullptr) return;
  if (mandate->role() != ROLE_REPRESENTATIVE || mandate->party() != j.act().party())
    j.Refuse({kDeedAdhesion, "representative-role"}, path);
  else if (!state::InForce(j.state(), *mandate, InForceFrom(j), j.today()))
    j.Refuse({kDeedAdhesion, "representative-not-in-force"}, path);
}

}  // namespace

void CarryByBoth(Judgement& j) {
  std::string secretary, countersigner;
  if (!CarryApart(j, j.convention().secretariat_party(), ROLE_SECRETARIAT, "", secretary)) {
    j.Refuse({kDeedSignatures, "secretary-missing"});
    return;
  }
  if (!CarryApart(j, j.convention().countersigning_party(), ROLE_COUNTERSIGNER, secretary,
                  countersigner))
    j.Refuse({kDeedSignatures, "countersigner-missing"});
}

int64_t InForceFrom(const Judgement& j) {
  if (!j.act().has_under_deed()) return j.time_ms();
  constexpr uint64_t kLongest = uint64_t{1} << 53;  // a delay that no clock reaches
  return j.time_ms() +
         static_cast<int64_t>(std::min<uint64_t>(j.settings().deed_delay_ms(), kLongest));
}

void CheckGround(Judgement& j) {
  if (!j.act().has_under_deed()) return;
  CarryByBoth(j);
  const auto ref = NeedReference(j, true, j.act().under_deed(), "under_deed");
  if (!ref.has_value()) return;
  const DeedRow* deed = FindOrRefuse(j, j.state().deeds, *ref, "under_deed");
  if (deed == nullptr) return;
  NeedStanding(j, deed->recorded(), "under_deed");
  if (deed->party() != j.act().party()) j.Refuse({kDeedGround, "other-party"}, "under_deed");
  if (deed->kind() == statement::v1::DEED_KIND_NOTICE)
    j.Refuse({kDeedGround, "notice"}, "under_deed");
}

void CheckNoDeed(Judgement& j) {
  if (j.act().has_under_deed()) j.Refuse({kDeedNever, "never-on-a-deed"}, "under_deed");
}

void CheckDeedAtOnce(Judgement& j) {
  if (j.act().has_under_deed() && j.settings().deed_delay_ms() > 0)
    j.Refuse({kDeedDelay, "cannot-wait"}, "under_deed");
}

void CheckDeedRecord(Judgement& j) {
  const auto& deed = j.act().deed_recorded();
  if (deed.kind() == statement::v1::DEED_KIND_UNSPECIFIED) Missing(j, j.At("kind"));
  if (NeedDate(j, deed.has_dated(), deed.dated(), j.At("dated")) &&
      state::NumberOf(deed.dated()) > j.day())
    j.Refuse({kDeedRecord, "dated-ahead"}, j.At("dated"));
  NeedCommitment(j, deed.has_document(), deed.document(), j.At("document"));
  CarryByBoth(j);
}

void CheckAdhesion(Judgement& j) {
  const auto& adhered = j.act().party_adhered();
  if (j.state().adhesions.Find(j.act().party()) != nullptr)
    j.Refuse({kDeedAdhesion, "already-adhered"}, "party");
  CheckPaper(j, adhered.has_deliberation(), adhered.deliberation(),
             statement::v1::DEED_KIND_DELIBERATION, {kDeedAdhesion, "deliberation-kind"},
             j.At("deliberation"));
  CheckPaper(j, adhered.has_signature(), adhered.signature(), statement::v1::DEED_KIND_SIGNATURE,
             {kDeedAdhesion, "signature-kind"}, j.At("signature"));
  CheckRepresentative(j);
  if (!j.act().has_under_deed() && !j.CarryBy(j.act().party(), {ROLE_REPRESENTATIVE}))
    j.Refuse({kDeedAdhesion, "not-signed"});
}

}  // namespace passerelle::policy::rules
