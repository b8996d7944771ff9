// Freezes (WIRE 16, ARTICLE-IX section 9): who stops an exchange or a transfer at once, for how
// long, and who lets it go on. A freeze is a report of fact: what cannot bind is noted.
#include "policy/state/freezes.h"

#include <string>

#include "policy/rules/checks.h"
#include "policy/rules/derived.h"
#include "policy/rules/fields.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::FreezeRow;
using statement::v1::ActRef;
using statement::v1::Role;
using statement::v1::ROLE_DECIDER;
using statement::v1::ROLE_DPO;
using statement::v1::ROLE_REPRESENTATIVE;
using statement::v1::ROLE_SENDER;
using statement::v1::ROLE_STEWARD;

constexpr std::string_view kSide =
    "Un délégué, administrateur des données, expéditeur, décideur ou représentant du détenteur ou "
    "d'un destinataire signe le gel au nom de sa partie.";
constexpr std::string_view kSideEn =
    "A DPO, steward, sender, decider or representative of the holder or of a recipient signs the "
    "freeze in the name of her party.";
constexpr std::string_view kSecond = "Un second agent de la même partie place son propre gel.";
constexpr std::string_view kSecondEn = "A second agent of the same party places her own freeze.";
constexpr std::string_view kNobody = "Rien n'est à faire.";
constexpr std::string_view kNobodyEn = "Nothing is to be done.";
constexpr std::string_view kOther =
    "Un autre agent de la partie qui a gelé lève le gel : délégué, administrateur des données, "
    "expéditeur, décideur ou représentant.";
constexpr std::string_view kOtherEn =
    "Another agent of the party that froze lifts the freeze: DPO, steward, sender, decider or "
    "representative.";

constexpr Message kPowerMessages[] = {
    {"on-a-deed", "Un gel ne repose pas sur un titre : il est pris en note et n'arrête rien.",
     "A freeze rests on no deed: it is noted and stops nothing.", kSide, kSideEn},
    {"not-a-side",
     "La partie n'est ni le détenteur ni un destinataire : le gel est pris en note et n'arrête "
     "rien.",
     "The party is neither the holder nor a recipient: the freeze is noted and stops nothing.",
     kSide, kSideEn},
    {"without-power",
     "Aucun signataire n'a de mandat qui permette de geler : le gel est pris en note et n'arrête "
     "rien.",
     "No signer holds a mandate that allows to freeze: the freeze is noted and stops nothing.",
     kSide, kSideEn},
    {"nothing-to-stop", "L'échange est refusé ou l'envoi détruit : il n'y a rien à arrêter.",
     "The exchange is refused or the transfer destroyed: there is nothing to stop.", kNobody,
     kNobodyEn},
    {"not-renewed",
     "Le même agent a déjà gelé, jusqu'au {limit:date} : il ne prolonge pas son propre gel.",
     "The same agent froze already, until {limit:date}: she does not prolong her own freeze.",
     kSecond, kSecondEn},
    {"already-confirmed", "Ce gel est déjà confirmé par un second agent et ne prend plus fin seul.",
     "This freeze is confirmed by a second agent already and does not lapse any more.", kNobody,
     kNobodyEn},
};
constexpr Message kLiftMessages[] = {
    {"other-side", "Le gel a été placé par l'autre côté de l'échange.",
     "The freeze was placed by the other side of the exchange.", kOther, kOtherEn},
    {"same-agent", "Qui a placé le gel ne le lève pas.",
     "Whoever placed the freeze does not lift it.", kOther, kOtherEn},
    {"without-power", "Aucun signataire n'a de mandat de la partie qui permette de lever le gel.",
     "No signer holds a mandate of the party that allows to lift the freeze.", kOther, kOtherEn},
    {"not-in-force", "Ce gel n'est plus en vigueur : il est levé ou a pris fin.",
     "This freeze is not in force any more: it is lifted or has lapsed.", kNobody, kNobodyEn},
};
constexpr Message kGateMessages[] = {
    {"frozen", "L'échange ou l'envoi est gelé.", "The exchange or the transfer is frozen.", kOther,
     kOtherEn},
};

}  // namespace

constexpr Rule kFreezePower = {
    "freeze.power",
    Source::kPolicy,
    "5(1)(f), 24, 33",
    "Chaque côté d'un échange l'arrête sur-le-champ ; l'arrêt prend fin s'il n'est pas confirmé.",
    "Either side of an exchange stops it at once; the stop lapses unless it is confirmed.",
    kPowerMessages,
};
constexpr Rule kFreezeLift = {
    "freeze.lift",
    Source::kPolicy,
    "24, 32",
    "Un autre agent du côté qui a gelé lève le gel.",
    "Another agent of the side that froze lifts the freeze.",
    kLiftMessages,
};
constexpr Rule kFreezeGate = {
    "freeze.gate",
    Source::kPolicy,
    "5(1)(f), 24, 33",
    "Rien n'est envoyé, libéré ni remis tant qu'un gel est en vigueur.",
    "Nothing is sent, released or handed over while a freeze is in force.",
    kGateMessages,
};

namespace {

// What the act freezes: the transfer, or the whole exchange.
const ActRef& TargetOf(const Judgement& j) {
  return j.subject.transfer == nullptr ? j.subject.exchange_ref : j.subject.transfer_ref;
}

bool IsASide(const Judgement& j, std::string_view party) {
  if (party == j.subject.holder) return true;
  return j.subject.transfer == nullptr ? j.IsRecipient(party)
                                       : ShareOf(*j.subject.transfer, party) != nullptr;
}

// Carries the act by a signer, other than `apart_from`, who may stop and let go on in the name of
// the act's party.
bool CarryByASide(Judgement& j, std::string_view apart_from) {
  for (const Signer& signer : j.signers()) {
    if (!signer.binds || signer.agent == apart_from) continue;
    for (const Role role : {ROLE_DPO, ROLE_STEWARD, ROLE_DECIDER, ROLE_REPRESENTATIVE}) {
      const state::HeldMandate mandate = j.MandateOf(signer, j.act().party(), role);
      if (mandate.row == nullptr) continue;
      j.Carry(signer, role, mandate);
      return true;
    }
    for (const state::HeldMandate& held : state::MandatesOf(j.state(), signer.agent)) {
      if (ReachOf(j, *held.row, ROLE_SENDER) != Reach::kCovers) continue;
      j.Carry(signer, ROLE_SENDER, held);
      return true;
    }
  }
  return false;
}

bool NothingToStop(const Judgement& j) {
  if (j.subject.transfer != nullptr)
    return j.subject.transfer->phase() != record::v1::TRANSFER_PHASE_KEPT;
  return j.subject.exchange->phase() == record::v1::EXCHANGE_PHASE_REFUSED;
}

// Notes a freeze that adds nothing to the ones placed before.
void CheckEarlierFreezes(Judgement& j) {
  if (FreezeToConfirm(j) != nullptr) return;
  const std::string& agent = j.carriers().front().agent();
  for (const FreezeRow* freeze : state::FreezesOf(j.state(), TargetOf(j))) {
    if (state::IsLifted(j.state(), *freeze, j.time_ms())) continue;
    if (freeze->party() == j.act().party() && freeze->has_confirmed()) {
      *j.Refuse({kFreezePower, "already-confirmed"}).mutable_about() = freeze->placed().act();
      return;
    }
    if (freeze->agent() == agent) {
      auto& finding = j.Refuse({kFreezePower, "not-renewed"});
      *finding.mutable_about() = freeze->placed().act();
      finding.set_limit(state::NumberOf(freeze->lapses_on()));
      return;
    }
  }
}

}  // namespace

const FreezeRow* FreezeToConfirm(const Judgement& j) {
  for (const FreezeRow* freeze : state::FreezesOf(j.state(), TargetOf(j)))
    if (freeze->party() == j.act().party() && freeze->agent() != j.carriers().front().agent() &&
        state::FreezeInForce(j.state(), *freeze, j.time_ms(), j.today()) &&
        !freeze->has_confirmed())
      return freeze;
  return nullptr;
}

void CheckFreeze(Judgement& j) {
  const auto& placed = j.act().freeze_placed();
  if (placed.has_reasons()) NeedCommitment(j, true, placed.reasons(), j.At("reasons"));
  if (j.subject.exchange == nullptr) return;
  if (j.act().has_under_deed()) {
    j.Refuse({kFreezePower, "on-a-deed"}, "under_deed");
  } else if (!IsASide(j, j.act().party())) {
    j.Refuse({kFreezePower, "not-a-side"}, "party");
  } else if (!CarryByASide(j, "")) {
    j.Refuse({kFreezePower, "without-power"});
  } else if (NothingToStop(j)) {
    j.Refuse({kFreezePower, "nothing-to-stop"});
  } else {
    CheckEarlierFreezes(j);
  }
}

void CheckLift(Judgement& j) {
  const auto& lifted = j.act().freeze_lifted();
  NeedCommitment(j, lifted.has_reasons(), lifted.reasons(), j.At("reasons"));
  if (j.subject.freeze == nullptr) return;
  const FreezeRow& freeze = *j.subject.freeze;
  if (j.act().party() != freeze.party()) {
    j.Refuse({kFreezeLift, "other-side"}, "party");
    return;
  }
  if (!state::FreezeInForce(j.state(), freeze, j.time_ms(), j.today()))
    *j.Refuse({kFreezeLift, "not-in-force"}, j.At("freeze")).mutable_about() =
        freeze.has_lifted() ? freeze.lifted().act() : freeze.placed().act();
  if (j.act().has_under_deed() || CarryByASide(j, freeze.agent())) return;
  if (CarryByASide(j, ""))
    j.Refuse({kFreezeLift, "same-agent"});
  else
    j.Refuse({kFreezeLift, "without-power"});
}

void CheckNotFrozen(const state::State& state, const ActRef& exchange, const ActRef& transfer,
                    int64_t time_ms, const convention::v1::Date& today, uint32_t act,
                    Findings& findings) {
  const FreezeRow* freeze = state::FrozenBy(state, exchange, transfer, time_ms, today);
  if (freeze != nullptr)
    *findings.Refuse(act, {kFreezeGate, "frozen"}, "").mutable_about() = freeze->placed().act();
}

void CheckUnfrozen(Judgement& j) {
  CheckNotFrozen(j.state(), j.subject.exchange_ref, j.subject.transfer_ref, j.time_ms(), j.today(),
                 j.ordinal(), j.findings());
}

}  // namespace passerelle::policy::rules
