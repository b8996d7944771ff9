// What a check sees of one act, and where it says what it found. Checks are pure functions of a
// Judgement; a code that its rule does not declare does not compile.
#ifndef PASSERELLE_POLICY_RULES_JUDGEMENT_H_
#define PASSERELLE_POLICY_RULES_JUDGEMENT_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/digest.h"
#include "passerelle/convention/v1/date.pb.h"
#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/record/v1/observed.pb.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/rules/catalogue.h"
#include "policy/state/query.h"
#include "policy/state/state.h"

namespace passerelle::policy::rules {

// A rule and one of its codes, checked when compiling.
struct Reason {
  consteval Reason(const Rule& of, std::string_view which) : rule(&of), code(which) {
    bool declared = false;
    for (const Message& message : of.messages) declared = declared || message.code == which;
    if (!declared) throw "the rule declares no such code";
  }

  const Rule* rule;
  std::string_view code;
};

// Findings in the order in which they were made, refusals apart from warnings; at most kMaxFindings
// of each are kept, the rest is counted. Thread-compatible.
class Findings {
 public:
  // Adds a finding and returns it, to be given its numbers; valid until the next is added.
  record::v1::Finding& Refuse(uint32_t act, Reason reason, std::string_view path);
  record::v1::Finding& Warn(uint32_t act, Reason reason, std::string_view path);

  // Whether anything refuses.
  bool refused() const { return !refusals_.kept.empty(); }

  // The refusals.
  const std::vector<record::v1::Finding>& refusals() const { return refusals_.kept; }
  uint32_t refusals_omitted() const { return refusals_.omitted; }

  // The warnings.
  const std::vector<record::v1::Finding>& warnings() const { return warnings_.kept; }
  uint32_t warnings_omitted() const { return warnings_.omitted; }

 private:
  struct List {
    std::vector<record::v1::Finding> kept;
    uint32_t omitted = 0;
  };

  record::v1::Finding& Add(List& list, record::v1::Severity severity, uint32_t act, Reason reason,
                           std::string_view path);

  List refusals_, warnings_;
  record::v1::Finding scratch_;  // what is counted and not kept is written here
};

// A statement before the rules, and the moment. Everything outlives the judgement.
struct Matter {
  const statement::v1::Statement& statement;
  const gateway::base::Digest& digest;
  size_t envelope_bytes;
  const record::v1::Observed& observed;
  int64_t time_ms;
  const convention::v1::Date& today;
};

// A signer of the statement, resolved once for the set; signers are enrolled before it (WIRE 9).
struct Signer {
  std::string fingerprint;
  std::string agent;
  statement::v1::AgentKind kind = statement::v1::AGENT_KIND_UNSPECIFIED;
  // Whether its key may carry the statement: of an act, a key in force; of a report, a key that is
  // or was in force, save a compromised one.
  bool binds = false;
};

// What an act is about, resolved from its references before the rules look at it. Rows point into
// the state and are null when the act refers to none, or to nothing.
struct Subject {
  // Absolute references.
  statement::v1::ActRef exchange_ref, transfer_ref, dataset_ref;
  const record::v1::ExchangeRow* exchange = nullptr;
  const record::v1::TransferRow* transfer = nullptr;
  const record::v1::DatasetRow* dataset = nullptr;
  const record::v1::FreezeRow* freeze = nullptr;
  // The parties of the exchange; empty outside exchanges. For a class, its members today.
  std::string holder;
  std::vector<std::string> recipients;
};

// One act before the rules. Thread-compatible.
class Judgement {
 public:
  // Everything given outlives the judgement. REQUIRES: `ordinal` is an act of the statement.
  Judgement(const state::State& state, const Matter& matter, const std::vector<Signer>& signers,
            uint32_t ordinal, Findings& findings);

  const state::State& state() const { return state_; }
  const Matter& matter() const { return matter_; }
  const std::vector<Signer>& signers() const { return signers_; }
  uint32_t ordinal() const { return ordinal_; }
  const statement::v1::Act& act() const { return act_; }
  const record::v1::ActObserved& observed() const { return observed_; }
  int64_t time_ms() const { return matter_.time_ms; }
  // The civil date of the record time, and as the number YYYYMMDD.
  const convention::v1::Date& today() const { return matter_.today; }
  int64_t day() const { return day_; }
  // REQUIRES: the log is founded.
  const convention::v1::Convention& convention() const;
  const convention::v1::Settings& settings() const;
  // What was found so far, and whether any of it refuses.
  Findings& findings() const { return findings_; }
  bool refused() const { return findings_.refused(); }
  // Whether the act is a report that binds nobody.
  bool noted() const { return noted_; }

  // Refuses the act (or warns), with the path of the field at fault, relative to the act. A report
  // of fact is refused for its form alone; anything else becomes a warning that says why it binds
  // nobody.
  record::v1::Finding& Refuse(Reason reason, std::string_view path = "");
  record::v1::Finding& Warn(Reason reason, std::string_view path = "");

  // The name of the act's case, such as `exchange_proposed`.
  std::string_view body_name() const;
  // Path of a field of the act's case.
  std::string At(std::string_view field) const;
  // Path of an element of a repeated field of the act's case.
  std::string At(std::string_view field, int index) const;

  // Notes the signer and mandate that carry the act. An act that nothing carries is refused.
  void Carry(const Signer& signer, statement::v1::Role role, const state::HeldMandate& mandate);
  const std::vector<record::v1::Carrier>& carriers() const { return carriers_; }

  // The mandate in force that a signer holds of a party, or a null row.
  state::HeldMandate MandateOf(const Signer& signer, std::string_view party,
                               statement::v1::Role role) const;

  // Carries the act by the first signer who holds one of the roles of the party today; false when
  // none does.
  bool CarryBy(std::string_view party, std::initializer_list<statement::v1::Role> roles);

  // Whether a party is one of the recipients.
  bool IsRecipient(std::string_view party) const;

  // What the act is about; set by the reference checks.
  Subject subject;

 private:
  const state::State& state_;
  const Matter& matter_;
  const std::vector<Signer>& signers_;
  const uint32_t ordinal_;
  const statement::v1::Act& act_;
  const record::v1::ActObserved& observed_;
  const int64_t day_;
  Findings& findings_;
  std::vector<record::v1::Carrier> carriers_;
  bool noted_ = false;
};

// A check of one act by the rules of one file.
using Check = void (*)(Judgement&);

// Whether a mandate stands in entry 0: it is the one kind that has no last day.
bool IsFounding(const record::v1::MandateRow& mandate);

// The kind of an agent; AGENT_KIND_UNSPECIFIED when it has no key.
statement::v1::AgentKind KindOf(const state::State& state, std::string_view agent);

// Whether an agent holds one of the roles of a party at a moment.
bool Holds(const state::State& state, std::string_view agent, std::string_view party,
           std::initializer_list<statement::v1::Role> roles, int64_t time_ms,
           const convention::v1::Date& today);

}  // namespace passerelle::policy::rules

#endif  // PASSERELLE_POLICY_RULES_JUDGEMENT_H_
