// Article IX, second paragraph: the controller decides on an exchange of its data, after the prior
// opinion of its data protection officer. The convention asks this of personal data; in the
// aggregate lane it is a policy of the installation (WIRE 30).
#include <algorithm>
#include <string>

#include "policy/rules/checks.h"
#include "policy/rules/derived.h"
#include "policy/rules/fields.h"
#include "policy/rules/references.h"
#include "policy/state/indexes.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::ExchangePhase;
using record::v1::ExchangeRow;
using record::v1::TermsOutcome;
using statement::v1::ActRef;
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

constexpr Message kLapseMessages[] = {
    {"request-lapsed", "La demande, sans décision, a pris fin le {limit:date}.",
     "The request, undecided, lapsed on {limit:date}.", "Le demandeur propose un nouvel échange.",
     "The requester proposes a new exchange."},
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
constexpr Rule kExchangeLapse = {
    "exchange.lapse",
    Source::kPolicy,
    "25(2)",
    "Une demande sans décision prend fin au terme des réglages ; le silence n'approuve jamais.",
    "An undecided request lapses at the settings' term; silence never approves.",
    kLapseMessages,
};

namespace {

bool HasDpo(const Judgement& j, const std::string& party) {
  bool found = false;
  const auto is_dpo = [&](std::string_view, const record::v1::MandateRow& row) {
    found = row.role() == ROLE_DPO && state::InForce(j.state(), row, j.time_ms(), j.today());
    return !found;
  };
  state::VisitMandatesOfParty(j.state(), party, is_dpo);
  return found;
}

void CheckDropped(Judgement& j, const Conditions& conditions, std::string_view field) {
  const ExchangeRow& exchange = *j.subject.exchange;
  const auto& dropped = conditions.dropped_fields();
  const std::string at = std::string(field) + ".dropped_fields";
  if (!NeedList(j, dropped, at, static_cast<size_t>(exchange.terms().fields_size()), false)) return;
  // Terms only narrow: a later opinion drops more, and gives back nothing.
  int kept = exchange.terms().fields_size();
  for (int i = 0; i < dropped.size(); ++i) {
    if (Contains(exchange.terms().fields(), dropped[i]))
      --kept;
    else
      j.Refuse({kDpoConditions, "field-not-asked"}, j.At(at, i));
  }
  if (kept <= 0) j.Refuse({kDpoConditions, "every-field"}, j.At(at));
}

}  // namespace

bool IsDecided(const ExchangeRow& exchange) {
  return exchange.phase() == ExchangePhase::EXCHANGE_PHASE_APPROVED ||
         exchange.phase() == ExchangePhase::EXCHANGE_PHASE_REFUSED;
}

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
  CheckNarrowing(j, given.conditions(), "conditions");
}

void CheckNarrowing(Judgement& j, const Conditions& conditions, std::string_view field) {
  const ExchangeRow& exchange = *j.subject.exchange;
  const std::string at = j.At(field);
  CheckDropped(j, conditions, field);
  const uint32_t least = exchange.terms().threshold();
  if (conditions.threshold() != 0 &&
      (!IsThreshold(conditions.threshold()) || conditions.threshold() < least)) {
    auto& finding = j.Refuse({kDpoConditions, "threshold"}, at + ".threshold");
    finding.set_limit(least);
    finding.set_actual(conditions.threshold());
  }
  if (conditions.has_until() && NeedDate(j, true, conditions.until(), at + ".until")) {
    const int64_t until = state::NumberOf(conditions.until());
    if (until < state::NumberOf(exchange.from()) ||
        until > state::NumberOf(exchange.terms().until()))
      j.Refuse({kDpoConditions, "until-outside"}, at + ".until");
  }
  if (conditions.has_release() && conditions.release() == statement::v1::RELEASE_UNSPECIFIED)
    Missing(j, at + ".release");
}

TermsOutcome Narrowed(const TermsOutcome& terms, const Conditions& conditions) {
  TermsOutcome narrow = terms;
  narrow.clear_fields();
  for (const std::string& field : terms.fields())
    if (!Contains(conditions.dropped_fields(), field)) narrow.add_fields(field);
  narrow.set_threshold(std::max(terms.threshold(), conditions.threshold()));
  const uint32_t cap = conditions.transfer_cap();
  if (cap != 0 && (terms.transfer_cap() == 0 || cap < terms.transfer_cap()))
    narrow.set_transfer_cap(cap);
  if (conditions.has_until() &&
      state::NumberOf(conditions.until()) < state::NumberOf(terms.until()))
    *narrow.mutable_until() = conditions.until();
  if (conditions.release() == statement::v1::RELEASE_EACH_RULED)
    narrow.set_release(statement::v1::RELEASE_EACH_RULED);
  return narrow;
}

void CheckSomethingLeft(Judgement& j, const Conditions& conditions, std::string_view path) {
  if (Narrowed(j.subject.exchange->terms(), conditions).fields().empty())
    j.Refuse({kDpoConditions, "every-field"}, path);
}

bool CheckOpinionCited(Judgement& j, bool present, const ActRef& opinion) {
  const record::v1::Provenance& standing = j.subject.exchange->opinion();
  const std::string path = j.At("opinion");
  if (!j.subject.exchange->has_opinion()) {
    j.Refuse({kIx2c, "opinion-missing"}, path);
    return false;
  }
  if (!NeedStanding(j, standing, path)) return false;
  const auto ref = NeedReference(j, present, opinion, path);
  if (!ref.has_value()) return false;
  if (state::KeyOf(*ref) == state::KeyOf(standing.act())) return true;
  *j.Refuse({kIx2c, "opinion-superseded"}, path).mutable_about() = standing.act();
  return false;
}

void CheckNotLapsed(Judgement& j) {
  if (j.subject.exchange == nullptr) return;
  const ExchangeRow& exchange = *j.subject.exchange;
  const int64_t last = state::NumberOf(exchange.lapses_on());
  if (!IsDecided(exchange) && exchange.has_lapses_on() && j.day() > last)
    j.Refuse({kExchangeLapse, "request-lapsed"}, j.At("exchange")).set_limit(last);
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
  CheckOpinionCited(j, decided.has_opinion(), decided.opinion());
  if (exchange.phase() == ExchangePhase::EXCHANGE_PHASE_UNFAVOURABLE &&
      decided.verdict() == statement::v1::VERDICT_APPROVED)
    *j.Refuse({kIx2c, "opinion-unfavourable"}, j.At("verdict")).mutable_about() =
        exchange.opinion().act();
}

}  // namespace passerelle::policy::rules
