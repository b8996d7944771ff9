// Conflicts of interests (ARTICLE-IX section 5): C1, the DPO decides nothing of the exchange she
// gives her opinion on; C4, the decider does not act for the other side; C6, the operator takes no
// business step.
#include <algorithm>
#include <string>

#include "policy/rules/checks.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::ExchangeRow;
using statement::v1::ROLE_DECIDER;
using statement::v1::ROLE_DPO;
using statement::v1::ROLE_OPERATOR;
using statement::v1::ROLE_REPRESENTATIVE;
using statement::v1::ROLE_REQUESTER;
using statement::v1::ROLE_STEWARD;

constexpr std::string_view kDeputy = "Un suppléant sans conflit rend l'avis ou la décision.";
constexpr std::string_view kDeputyEn = "A deputy without a conflict gives the opinion or ruling.";
constexpr std::string_view kOther = "Un autre agent de la partie fait l'acte.";
constexpr std::string_view kOtherEn = "Another agent of the party does the act.";

constexpr Message kC1Messages[] = {
    {"dpo-proposed", "Le délégué a lui-même proposé cet échange.",
     "The DPO proposed this exchange herself.", kDeputy, kDeputyEn},
    {"dpo-holds-office",
     "Le délégué représente, décide, demande ou administre les données d'un côté de l'échange.",
     "The DPO represents, decides, requests or is a steward on one side of the exchange.", kDeputy,
     kDeputyEn},
    {"dpo-acts", "Le délégué du détenteur ne propose, ne décide ni n'inscrit l'échange.",
     "The holder's DPO neither proposes, nor decides, nor registers the exchange.", kOther,
     kOtherEn},
};
constexpr Message kC4Messages[] = {
    {"other-side", "Le décideur représente l'autre côté de l'échange, ou y décide.",
     "The decider represents the other side of the exchange, or decides there.", kOther, kOtherEn},
};
constexpr Message kC5Messages[] = {
    {"opinion-open", "{actual} échanges de la partie attendent encore l'avis de ce délégué.",
     "{actual} exchanges of the party still await this DPO's opinion.",
     "Le délégué suivant, ou un suppléant, rend ces avis ; rien ne l'y remplace.",
     "The next DPO, or a deputy, gives these opinions; nothing stands in for them."},
};
constexpr Message kC6Messages[] = {
    {"operator-acts", "Un exploitant de la passerelle ne prend part à aucun échange.",
     "An operator of the gateway takes no part in any exchange.", kOther, kOtherEn},
};

}  // namespace

constexpr Rule kConflictC1 = {
    "conflict.C1",
    Source::kLaw,
    "38(6)",
    "Le délégué ne détermine pas les finalités et moyens sur lesquels il rend un avis.",
    "The DPO does not determine the purposes and means that she gives an opinion on.",
    kC1Messages,
};
constexpr Rule kConflictC4 = {
    "conflict.C4",
    Source::kPolicy,
    "24",
    "Le décideur du détenteur n'agit pas pour l'autre côté de l'échange.",
    "The holder's decider does not act for the other side of the exchange.",
    kC4Messages,
};
constexpr Rule kConflictC5 = {
    "conflict.C5",
    Source::kLaw,
    "38(3)",
    "Le délégué n'est pas relevé de ses fonctions pour un avis : sa fin de mandat se voit.",
    "The DPO is not dismissed for an opinion: the end of her mandate shows.",
    kC5Messages,
};
constexpr Rule kConflictC6 = {
    "conflict.C6",
    Source::kPolicy,
    "28, 32",
    "Qui exploite la passerelle ne prend part à aucun échange.",
    "Whoever runs the gateway takes no part in any exchange.",
    kC6Messages,
};

namespace {

bool Operates(const state::State& state, std::string_view agent, int64_t time_ms,
              const convention::v1::Date& today) {
  for (const state::HeldMandate& held : state::MandatesOf(state, agent))
    if (held.row->role() == ROLE_OPERATOR && state::InForce(state, *held.row, time_ms, today))
      return true;
  return false;
}

}  // namespace

void CheckDpoConflict(Judgement& j) {
  if (j.subject.exchange == nullptr) return;
  const ExchangeRow& exchange = *j.subject.exchange;
  for (const Signer& signer : j.signers()) {
    const auto& proposers = exchange.proposers();
    if (std::find(proposers.begin(), proposers.end(), signer.agent) != proposers.end())
      *j.Refuse({kConflictC1, "dpo-proposed"}).mutable_about() = j.subject.exchange_ref;
    std::vector<std::string> sides = j.subject.recipients;
    sides.push_back(exchange.holder());
    for (const std::string& side : sides) {
      if (!Holds(j.state(), signer.agent, side,
                 {ROLE_REPRESENTATIVE, ROLE_DECIDER, ROLE_REQUESTER, ROLE_STEWARD}, j.time_ms(),
                 j.today()))
        continue;
      j.Refuse({kConflictC1, "dpo-holds-office"});
      break;
    }
  }
}

void CheckDpoElsewhere(Judgement& j) {
  if (j.act().has_under_deed() || j.subject.holder.empty()) return;
  for (const Signer& signer : j.signers()) {
    const bool in_office = j.MandateOf(signer, j.subject.holder, ROLE_DPO).row != nullptr;
    const bool gave_opinion = j.subject.exchange != nullptr && j.subject.exchange->has_opinion() &&
                              j.subject.exchange->opinion_agent() == signer.agent;
    if (in_office || gave_opinion) j.Refuse({kConflictC1, "dpo-acts"});
  }
}

void CheckDeciderConflict(Judgement& j) {
  if (j.act().has_under_deed() || j.subject.exchange == nullptr) return;
  for (const Signer& signer : j.signers())
    for (const std::string& side : j.subject.recipients)
      if (Holds(j.state(), signer.agent, side, {ROLE_REPRESENTATIVE, ROLE_DECIDER}, j.time_ms(),
                j.today()))
        j.Refuse({kConflictC4, "other-side"});
}

void CheckDpoLeaves(Judgement& j, const record::v1::MandateRow& mandate) {
  if (mandate.role() != ROLE_DPO) return;
  int64_t open = 0;
  j.state().exchanges.Scan("", [&](const std::string&, const ExchangeRow& exchange) {
    if (exchange.holder() == mandate.party() &&
        exchange.phase() == record::v1::EXCHANGE_PHASE_PROPOSED)
      ++open;
    return true;
  });
  if (open > 0) j.Warn({kConflictC5, "opinion-open"}, j.At("mandate")).set_actual(open);
}

void CheckOperatorConflict(Judgement& j) {
  for (const Signer& signer : j.signers())
    if (Operates(j.state(), signer.agent, j.time_ms(), j.today()))
      j.Refuse({kConflictC6, "operator-acts"});
}

void CheckOperatorReads(const state::State& state, std::string_view agent, int64_t time_ms,
                        const convention::v1::Date& today, Findings& findings) {
  if (Operates(state, agent, time_ms, today))
    findings.Refuse(0, {kConflictC6, "operator-acts"}, "");
}

}  // namespace passerelle::policy::rules
