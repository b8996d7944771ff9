#include "policy/explain.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"
#include "policy/acts.h"
#include "policy/assume.h"
#include "policy/calendar/calendar.h"
#include "policy/rules/checks.h"
#include "policy/state/query.h"

namespace passerelle::policy {
namespace {

using record::v1::ExchangeRow;
using record::v1::Finding;
using record::v1::Provenance;
using rules::Rule;
using state::State;
using statement::v1::Act;
using statement::v1::ActRef;
using statement::v1::Role;

constexpr uint64_t kLeastBand = 1024;
constexpr size_t kDigestBytes = 32;

// What the rules found in an act that was tried, and the mandate that would carry it.
struct Trial {
  std::vector<Finding> findings;
  std::optional<ActRef> mandate;
};

// Tries acts of the holder on the state, as Decide would judge them.
class Probe {
 public:
  Probe(const State& state, const ActRef& exchange, const ExchangeRow& row, const Now& now)
      : state_(state), exchange_(exchange), row_(row), now_(now) {}

  Trial Opinion() const {
    Act act = InNameOfHolder();
    auto& given = *act.mutable_dpo_opinion_given();
    *given.mutable_exchange() = exchange_;
    given.set_opinion(statement::v1::OPINION_FAVOURABLE);
    given.mutable_reasons()->set_digest(std::string(kDigestBytes, '\0'));
    return BestOf(act, {statement::v1::ROLE_DPO});
  }

  Trial Decision() const {
    Act act = InNameOfHolder();
    auto& decided = *act.mutable_exchange_decided();
    *decided.mutable_exchange() = exchange_;
    *decided.mutable_opinion() = row_.opinion().act();
    decided.set_verdict(statement::v1::VERDICT_APPROVED);
    decided.mutable_reasons()->set_digest(std::string(kDigestBytes, '\0'));
    return BestOf(act, {statement::v1::ROLE_DECIDER, statement::v1::ROLE_REPRESENTATIVE});
  }

  Trial Transfer() const {
    Act act = InNameOfHolder();
    auto& submitted = *act.mutable_transfer_submitted();
    *submitted.mutable_exchange() = exchange_;
    *submitted.mutable_dataset() = row_.dataset();
    if (row_.recipient_class().empty())
      submitted.mutable_recipient()->set_party(row_.recipient());
    else
      submitted.mutable_recipient()->set_recipient_class(row_.recipient_class());
    submitted.set_period(std::to_string(now_.civil_date.year()));
    submitted.mutable_payload()->set_digest(std::string(kDigestBytes, '\0'));
    submitted.set_size_band(kLeastBand);
    return BestOf(act, {statement::v1::ROLE_SENDER});
  }

 private:
  Act InNameOfHolder() const {
    Act act;
    act.set_party(row_.holder());
    return act;
  }

  // Whoever holds one of the roles of the holder today, each under a key in force.
  std::vector<rules::Signer> Candidates(const std::vector<Role>& roles) const {
    std::vector<rules::Signer> candidates;
    state_.keys.Scan("", [&](const std::string& fingerprint, const record::v1::KeyRow& key) {
      if (!state::KeyInForce(state_, key, now_.time_ms, now_.civil_date)) return true;
      const bool holds = std::any_of(roles.begin(), roles.end(), [&](Role role) {
        return rules::Holds(state_, key.agent(), row_.holder(), {role}, now_.time_ms,
                            now_.civil_date);
      });
      if (holds)
        candidates.push_back({fingerprint, key.agent(), rules::KindOf(state_, key.agent()), true});
      return true;
    });
    return candidates;
  }

  // The trial under the candidate with the fewest objections; under nobody when there is none.
  Trial BestOf(const Act& act, const std::vector<Role>& roles) const {
    const std::vector<rules::Signer> candidates = Candidates(roles);
    if (candidates.empty()) return Try(act, {});
    Trial best;
    bool first = true;
    for (const rules::Signer& candidate : candidates) {
      Trial trial = Try(act, {candidate});
      if (first || trial.findings.size() < best.findings.size()) best = std::move(trial);
      first = false;
      if (best.findings.empty()) break;
    }
    return best;
  }

  Trial Try(const Act& act, const std::vector<rules::Signer>& signers) const {
    statement::v1::Statement statement;
    for (const rules::Signer& signer : signers)
      statement.mutable_header()->add_signers(signer.fingerprint);
    *statement.add_acts() = act;
    record::v1::Observed observed;
    *observed.add_acts() = AssumeObserved(state_, act);
    const gateway::base::Digest digest{};
    const rules::Matter matter{statement, digest, 0, observed, now_.time_ms, now_.civil_date};
    rules::Findings findings;
    rules::Judgement judgement(state_, matter, signers, 0, findings);
    for (const rules::Check check : FindSpec(act.body_case())->checks) check(judgement);
    rules::Conclude(judgement);
    Trial trial;
    trial.findings = findings.refusals();
    for (const record::v1::Carrier& carrier : judgement.carriers())
      if (carrier.has_mandate()) trial.mandate = carrier.mandate();
    return trial;
  }

  const State& state_;
  const ActRef& exchange_;
  const ExchangeRow& row_;
  const Now& now_;
};

// Makes the clauses, in the order of the procedure.
class Teller {
 public:
  Teller(const State& state, const ActRef& exchange, const ExchangeRow& row, const Now& now)
      : state_(state),
        settings_(state.founding()->settings()),
        row_(row),
        now_(now),
        probe_(state, exchange, row, now) {}

  Explanation Tell() && {
    AddAct(rules::kIx1.id, row_.proposal());
    TellOpinion();
    TellRecommendations();
    TellDecision();
    if (row_.has_register_entry()) AddAct(rules::kIx3c.id, row_.register_entry());
    TellTransfer();
    return std::move(told_);
  }

 private:
  bool IsDecided() const {
    return row_.phase() == record::v1::EXCHANGE_PHASE_APPROVED ||
           row_.phase() == record::v1::EXCHANGE_PHASE_REFUSED;
  }

  void TellOpinion() {
    if (row_.phase() == record::v1::EXCHANGE_PHASE_UNFAVOURABLE) {
      AddGap(Make(rules::kIx2c, "opinion-unfavourable", row_.opinion().act()));
      return;
    }
    if (row_.has_opinion()) {
      AddAct(rules::kIx2c.id, row_.opinion());
      return;
    }
    Clause& clause = AddGap(Make(rules::kIx2c, "opinion-missing", std::nullopt));
    if (settings_.opinion_due_days() > 0)
      clause.due = calendar::AddCivilDays(row_.proposed_on(), settings_.opinion_due_days());
    AddGaps(probe_.Opinion());
  }

  void TellRecommendations() {
    for (int i = 0; i < row_.recommendations_size(); ++i) {
      const record::v1::RecommendationRow& recommendation = row_.recommendations(i);
      const bool rejected = recommendation.answer() == statement::v1::ANSWER_REJECTED;
      if (!recommendation.has_answered() ||
          (rejected && recommendation.weight() == statement::v1::RECOMMENDATION_WEIGHT_CONDITION))
        continue;
      AddAct(rules::kIx2d.id, recommendation.answered()).recommendation = static_cast<uint32_t>(i);
    }
  }

  void TellDecision() {
    if (row_.phase() == record::v1::EXCHANGE_PHASE_APPROVED) {
      AddAct(rules::kIx2b.id, row_.decision());
      return;
    }
    if (row_.phase() == record::v1::EXCHANGE_PHASE_REFUSED) {
      AddGap(Make(rules::kIx2b, "already-decided", row_.decision().act()));
      return;
    }
    if (row_.has_opinion()) AddGaps(probe_.Decision());
  }

  void TellTransfer() {
    const Trial trial = probe_.Transfer();
    told_.open = trial.findings.empty();
    for (const Finding& finding : trial.findings) {
      Clause& clause = AddGap(finding);
      if (finding.rule() == rules::kTransferApproval.id && finding.code() == "not-approved" &&
          row_.has_opinion() && !IsDecided() && settings_.decision_due_days() > 0)
        clause.due = calendar::AddCivilDays(row_.opinion_on(), settings_.decision_due_days());
    }
    // What nothing was found against holds.
    for (const Rule* rule : {&rules::kXii, &rules::kTransferApproval, &rules::kIx3c})
      if (!Says(*rule)) told_.clauses.emplace_back().rule = std::string(rule->id);
    if (Says(rules::kMandateRole)) return;
    Clause& clause = told_.clauses.emplace_back();
    clause.rule = std::string(rules::kMandateRole.id);
    clause.act = trial.mandate;
  }

  bool Says(const Rule& rule) const {
    return std::any_of(told_.clauses.begin(), told_.clauses.end(),
                       [&](const Clause& clause) { return clause.rule == rule.id; });
  }

  static Finding Make(const Rule& rule, std::string_view code, std::optional<ActRef> about) {
    Finding finding;
    finding.set_rule(std::string(rule.id));
    finding.set_code(std::string(code));
    finding.set_severity(record::v1::SEVERITY_REFUSES);
    if (about.has_value()) *finding.mutable_about() = *about;
    return finding;
  }

  // An act that was done: it satisfies its clause as long as it stands.
  Clause& AddAct(std::string_view rule, const Provenance& act) {
    if (!state::Stands(state_, act, now_.time_ms)) {
      Clause& clause = AddGap(Make(rules::kKeyCompromised, "awaits-ratification", act.act()));
      return clause;
    }
    Clause& clause = told_.clauses.emplace_back();
    clause.rule = std::string(rule);
    clause.act = act.act();
    return clause;
  }

  void AddGaps(const Trial& trial) {
    for (const Finding& finding : trial.findings) AddGap(finding);
  }

  // Something missing or in the way, said once.
  Clause& AddGap(const Finding& finding) {
    for (Clause& said : told_.clauses)
      if (said.finding.has_value() && said.finding->rule() == finding.rule() &&
          said.finding->code() == finding.code() && said.finding->actual() == finding.actual() &&
          state::KeyOf(said.finding->about()) == state::KeyOf(finding.about()))
        return said;
    Clause& clause = told_.clauses.emplace_back();
    clause.rule = finding.rule();
    clause.finding = finding;
    // Its messages count recommendations from 1.
    if (finding.rule() == rules::kIx2d.id && finding.has_actual())
      clause.recommendation = static_cast<uint32_t>(finding.actual() - 1);
    clause.mend = MendOf(state_, finding, row_.holder(), &row_);
    clause.standing = clause.mend.missing ? Standing::kMissing : Standing::kBlocked;
    return clause;
  }

  const State& state_;
  const convention::v1::Settings& settings_;
  const ExchangeRow& row_;
  const Now& now_;
  const Probe probe_;
  Explanation told_;
};

}  // namespace

Explanation Explain(const State& state, const ActRef& exchange, const Now& now) {
  const ExchangeRow& row = *state.exchanges.Find(state::KeyOf(exchange));
  return Teller(state, exchange, row, now).Tell();
}

}  // namespace passerelle::policy
