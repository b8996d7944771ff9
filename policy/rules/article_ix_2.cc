// Article IX, second paragraph: the controller decides on an exchange of its data, after the prior
// opinion of its data protection officer. The convention asks this of personal data; in the
// aggregate lane it is a policy of the installation (WIRE 30).
#include <string>

#include "policy/rules/checks.h"
#include "policy/rules/fields.h"
#include "policy/rules/references.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::ExchangePhase;
using record::v1::ExchangeRow;
using statement::v1::Conditions;
using statement::v1::ROLE_DPO;

constexpr std::string_view kHolder = "Le détenteur des données fait l'acte.";
constexpr std::string_view kHolderEn = "The holder of the data does the act.";
constexpr std::string_view kDpo = "Le délégué du détenteur, ou son suppléant, rend son avis.";
constexpr std::string_view kDpoEn = "The holder's DPO, or her deputy, gives her opinion.";
constexpr std::string_view kConditions = "Le délégué corrige ses conditions et signe de nouveau.";
constexpr std::string_view kConditionsEn = "The DPO corrects her conditions and signs again.";

constexpr Message kHolderMessages[] = {
    {"not-the-holder", "L'acte revient à la partie qui détient les données.",
     "The act belongs to the party that holds the data.", kHolder, kHolderEn},
    {"already-decided", "L'échange est déjà décidé.", "The exchange is decided already.",
     "Le demandeur propose un nouvel échange.", "The requester proposes a new exchange."},
};
constexpr Message kOpinionMessages[] = {
    {"no-dpo", "Le détenteur n'a pas de délégué à la protection des données en fonction.",
     "The holder has no data protection officer in office.",
     "Le représentant du détenteur désigne un délégué.",
     "The holder's representative designates a DPO."},
    {"not-the-dpo",
     "Le signataire n'est pas le délégué du détenteur en fonction, ni son suppléant.",
     "The signer is neither the holder's DPO in office nor her deputy.", kDpo, kDpoEn},
    {"several-signers", "Le délégué signe seul, de sa propre clé.",
     "The DPO signs alone, with her own key.", kDpo, kDpoEn},
    {"opinion-missing", "L'avis préalable du délégué du détenteur manque.",
     "The prior opinion of the holder's DPO is missing.", kDpo, kDpoEn},
    {"opinion-unfavourable", "L'avis du délégué est défavorable et bloque l'échange.",
     "The DPO's opinion is unfavourable and blocks the exchange.",
     "Le demandeur propose un échange que le délégué peut approuver.",
     "The requester proposes an exchange that the DPO can approve."},
    {"opinion-superseded", "L'avis cité n'est pas celui qui vaut aujourd'hui.",
     "The opinion cited is not the one that stands.",
     "Le décideur cite le dernier avis et signe de nouveau.",
     "The decider cites the latest opinion and signs again."},
    {"opinion-too-late", "L'échange est déjà décidé : l'avis doit le précéder.",
     "The exchange is decided already: the opinion has to come before.",
     "Le demandeur propose un nouvel échange.", "The requester proposes a new exchange."},
};
constexpr Message kConditionsMessages[] = {
    {"unfavourable", "Un avis défavorable n'a pas de conditions.",
     "An unfavourable opinion has no conditions.", kConditions, kConditionsEn},
    {"field-not-asked", "Le champ à retirer n'est pas demandé.",
     "The field to drop is not asked for.", kConditions, kConditionsEn},
    {"every-field", "Les conditions retirent tous les champs.", "The conditions drop every field.",
     kConditions, kConditionsEn},
    {"threshold", "Le seuil {actual} n'est pas l'un de 3, 5, 11 et 20, ou il est sous {limit}.",
     "The threshold {actual} is not one of 3, 5, 11 and 20, or is below {limit}.", kConditions,
     kConditionsEn},
    {"until-outside", "La fin choisie n'est pas dans les dates de l'échange.",
     "The end chosen is not within the exchange's dates.", kConditions, kConditionsEn},
};

}  // namespace

constexpr Rule kIx2b = {
    "IX.2b",
    Source::kPolicy,
    "4(7), 24",
    "Le responsable de traitement qui détient les données décide.",
    "The controller that holds the data decides.",
    kHolderMessages,
};
constexpr Rule kIx2c = {
    "IX.2c",
    Source::kPolicy,
    "37(1)(a), 38(1), 39",
    "Le délégué à la protection des données du détenteur rend un avis préalable.",
    "The holder's data protection officer gives a prior opinion.",
    kOpinionMessages,
};
constexpr Rule kDpoConditions = {
    "dpo.conditions",
    Source::kPolicy,
    "39(1)(a), 25",
    "Les conditions du délégué restreignent l'échange, et la machine les applique.",
    "The DPO's conditions narrow the exchange, and the machine enforces them.",
    kConditionsMessages,
};

namespace {

bool IsDecided(const ExchangeRow& exchange) {
  return exchange.phase() == ExchangePhase::EXCHANGE_PHASE_APPROVED ||
         exchange.phase() == ExchangePhase::EXCHANGE_PHASE_REFUSED;
}

bool HasDpo(const Judgement& j, const std::string& party) {
  bool found = false;
  const std::string prefix = party + '\0';
  j.state().mandates_by_party.Scan(prefix, [&](const std::string& key, const state::State::Mark&) {
    const record::v1::MandateRow* row =
        j.state().mandates.Find(std::string_view(key).substr(prefix.size()));
    found = row != nullptr && row->role() == ROLE_DPO &&
            state::InForce(j.state(), *row, j.time_ms(), j.today());
    return !found;
  });
  return found;
}

void CheckDropped(Judgement& j, const Conditions& conditions, const ExchangeRow& exchange) {
  const auto& dropped = conditions.dropped_fields();
  if (!NeedList(j, dropped, "conditions.dropped_fields",
                static_cast<size_t>(exchange.terms().fields_size()), false))
    return;
  // Terms only narrow: a later opinion drops more, and gives back nothing.
  int kept = exchange.terms().fields_size();
  for (int i = 0; i < dropped.size(); ++i) {
    if (Contains(exchange.terms().fields(), dropped[i]))
      --kept;
    else
      j.Refuse({kDpoConditions, "field-not-asked"}, j.At("conditions.dropped_fields", i));
  }
  if (kept <= 0) j.Refuse({kDpoConditions, "every-field"}, j.At("conditions.dropped_fields"));
}

}  // namespace

void CheckHolderDecides(Judgement& j) {
  if (j.subject.exchange != nullptr && j.act().party() != j.subject.holder)
    j.Refuse({kIx2b, "not-the-holder"}, "party");
}

void CheckHolderHasDpo(Judgement& j) {
  if (!j.subject.holder.empty() && !HasDpo(j, j.subject.holder)) j.Refuse({kIx2c, "no-dpo"});
}

void CheckDpoActs(Judgement& j) {
  if (j.signers().size() != 1) {
    j.Refuse({kIx2c, "several-signers"}, "header.signers");
    return;
  }
  if (j.subject.holder.empty()) return;
  if (!j.CarryBy(j.subject.holder, {ROLE_DPO})) j.Refuse({kIx2c, "not-the-dpo"});
}

void CheckOpinion(Judgement& j) {
  const auto& given = j.act().dpo_opinion_given();
  if (given.opinion() == statement::v1::OPINION_UNSPECIFIED) Missing(j, j.At("opinion"));
  NeedCommitment(j, given.has_reasons(), given.reasons(), j.At("reasons"));
  if (j.subject.exchange != nullptr && IsDecided(*j.subject.exchange))
    j.Refuse({kIx2c, "opinion-too-late"}, j.At("exchange"));
}

void CheckConditions(Judgement& j) {
  const auto& given = j.act().dpo_opinion_given();
  if (!given.has_conditions() || j.subject.exchange == nullptr) return;
  if (given.opinion() == statement::v1::OPINION_UNFAVOURABLE) {
    j.Refuse({kDpoConditions, "unfavourable"}, j.At("conditions"));
    return;
  }
  const ExchangeRow& exchange = *j.subject.exchange;
  const Conditions& conditions = given.conditions();
  CheckDropped(j, conditions, exchange);
  const uint32_t least = exchange.terms().threshold();
  if (conditions.threshold() != 0 &&
      (!IsThreshold(conditions.threshold()) || conditions.threshold() < least)) {
    auto& finding = j.Refuse({kDpoConditions, "threshold"}, j.At("conditions.threshold"));
    finding.set_limit(least);
    finding.set_actual(conditions.threshold());
  }
  if (conditions.has_until() && NeedDate(j, true, conditions.until(), j.At("conditions.until"))) {
    const int64_t until = state::NumberOf(conditions.until());
    if (until < state::NumberOf(exchange.from()) ||
        until > state::NumberOf(exchange.terms().until()))
      j.Refuse({kDpoConditions, "until-outside"}, j.At("conditions.until"));
  }
  if (conditions.has_release() && conditions.release() == statement::v1::RELEASE_UNSPECIFIED)
    Missing(j, j.At("conditions.release"));
}

void CheckDecision(Judgement& j) {
  const auto& decided = j.act().exchange_decided();
  if (decided.verdict() == statement::v1::VERDICT_UNSPECIFIED) Missing(j, j.At("verdict"));
  NeedCommitment(j, decided.has_reasons(), decided.reasons(), j.At("reasons"));
  if (j.subject.exchange == nullptr) return;
  const ExchangeRow& exchange = *j.subject.exchange;
  if (IsDecided(exchange)) {
    j.Refuse({kIx2b, "already-decided"}, j.At("exchange"));
    return;
  }
  if (!exchange.has_opinion()) {
    j.Refuse({kIx2c, "opinion-missing"}, j.At("opinion"));
    return;
  }
  NeedStanding(j, exchange.opinion(), j.At("opinion"));
  if (exchange.phase() == ExchangePhase::EXCHANGE_PHASE_UNFAVOURABLE &&
      decided.verdict() == statement::v1::VERDICT_APPROVED)
    *j.Refuse({kIx2c, "opinion-unfavourable"}, j.At("verdict")).mutable_about() =
        exchange.opinion().act();
  const auto ref = NeedReference(j, decided.has_opinion(), decided.opinion(), j.At("opinion"));
  if (ref.has_value() && state::KeyOf(*ref) != state::KeyOf(exchange.opinion().act()))
    *j.Refuse({kIx2c, "opinion-superseded"}, j.At("opinion")).mutable_about() =
        exchange.opinion().act();
}

}  // namespace passerelle::policy::rules
