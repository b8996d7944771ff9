// A small invented convention and what happens in it, as policy sees it: statements decided and
// applied without keys, files or clocks. Everything in it is synthetic.
#ifndef PASSERELLE_TESTS_SUPPORT_WORLD_H_
#define PASSERELLE_TESTS_SUPPORT_WORLD_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/digest.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/decide.h"
#include "policy/state/state.h"
#include "tests/support/fakes.h"

namespace passerelle::tests {

using Acts = std::vector<statement::v1::Act>;
using Names = std::vector<std::string>;

// An agent by a name of the test's choice; the same name always gives the same agent. Nobody holds
// its key.
struct Agent {
  std::string id;           // 16 bytes
  std::string spki;         // 44 bytes
  std::string fingerprint;  // SHA-256 of spki
};
Agent MakeAgent(std::string_view name);

// The 32 bytes of a commitment to whatever the label stands for.
std::string Commitment(std::string_view label);

// `YYYY-MM-DD` as a date.
convention::v1::Date DateOf(std::string_view iso);

// The reference of an act of the same set.
statement::v1::ActRef Earlier(uint32_t ordinal);

// What came of one statement.
struct Step {
  statement::v1::Statement statement;
  gateway::base::Digest digest{};
  uint64_t index = 0;
  gateway::base::Digest leaf{};
  record::v1::Entry entry;

  bool accepted() const { return entry.has_recorded(); }
  // The name of an act of the statement.
  statement::v1::ActRef Ref(uint32_t ordinal = 0) const;
  // As Apply takes it; points into this step.
  policy::AppliedEntry Applied() const;
};

// How far a world has come. The exchange is p001's dataset to p002.
enum class Stage {
  kEmpty,       // no entry
  kFounded,     // entry 0
  kAdhered,     // all parties but p006 adhered, each with `representative-<party>`
  kStaffed,     // roles given in p001, p002 and p003: see World::Staff
  kDeclared,    // the dataset
  kProposed,    // the exchange
  kFavourable,  // the DPO's opinion
  kApproved,    // the decision
  kRegistered,  // the holder's register entry
  kSent,        // one transfer
  kHandedOver,  // fetched by `reader-p002`
};

// A recommendation, without conditions.
statement::v1::Recommendation Recommend(statement::v1::RecommendationWeight weight);

// Six parties: p001 a fund, p002 an agglomeration that keeps the secretariat, p003 to p005
// communes, p006 a syndicate that has not adhered. Units `stats` and `childhood`; the class `group`
// is p002, p003 and p006, `later` is p006 alone; stops last five working days, requests a hundred
// days. The window is 2024-01-01 to 2029-12-31 in Europe/Paris. A step that has to succeed and does
// not ends the process with its findings. Thread-compatible.
class World {
 public:
  struct Options {
    uint64_t deed_delay_ms = 0;
    // The DPO's conditions.
    statement::v1::Conditions conditions;
    // Her recommendations.
    std::vector<statement::v1::Recommendation> recommendations;
    // The class that receives, instead of p002.
    std::string recipient_class;
    int64_t destroy_after_ms = 0;
  };

  explicit World(Stage stage) : World(stage, Options{}) {}
  World(Stage stage, Options options);

  const policy::state::State& state() const { return state_; }
  std::string Dump() const { return state_.Dump(); }
  // What the state would hold (see SubstanceOf) once a refused entry was applied.
  std::string SubstanceAfter(const record::v1::Entry& refused) const;
  // Every statement submitted, in order.
  const std::deque<Step>& steps() const { return steps_; }

  policy::Now now() const;
  void Advance(int64_t ms) { clock_.Advance(ms); }
  // Moves to noon UTC of a day.
  void SetDay(std::string_view iso);

  // A statement ready to submit, by agents given by name.
  statement::v1::Statement Draft(const Acts& acts, const Names& signers);
  // What an honest gateway observes of it, when everything is as it should be.
  record::v1::Observed Observe(const statement::v1::Statement& statement) const;
  // Size of the envelope that would carry it.
  static size_t EnvelopeBytes(const statement::v1::Statement& statement);
  // Decides without applying.
  record::v1::Entry Decide(const statement::v1::Statement& statement,
                           const record::v1::Observed& observed) const;
  // Decides and applies.
  const Step& Submit(const Acts& acts, const Names& signers);
  const Step& Submit(const statement::v1::Statement& statement,
                     const record::v1::Observed& observed);
  // The same, and it has to be accepted.
  const Step& Must(const Acts& acts, const Names& signers);

  // Acts that are accepted at the right stage, to be submitted as they are or spoilt.
  statement::v1::Act Found() const;
  statement::v1::Act Deed(std::string_view party, statement::v1::DeedKind kind) const;
  statement::v1::Act Enrol(std::string_view party, std::string_view name,
                           statement::v1::AgentKind kind) const;
  statement::v1::Act Mandate(std::string_view party, std::string_view name,
                             statement::v1::Role role) const;
  // A service's mandate for the dataset, answered for by an agent.
  statement::v1::Act ServiceMandate(std::string_view party, std::string_view name,
                                    statement::v1::Role role, std::string_view answerable) const;
  // Replaces the settings in force by the same ones.
  statement::v1::Act EnactSettings() const;
  statement::v1::Act EndMandate(std::string_view party, const statement::v1::ActRef& mandate) const;
  // The mandate in force of an agent; it has to be there.
  statement::v1::ActRef MandateOf(std::string_view name, std::string_view party,
                                  statement::v1::Role role) const;
  // Stops an agent's key; as compromised, since now.
  statement::v1::Act StopKey(std::string_view party, std::string_view name,
                             statement::v1::StopCause cause) const;
  statement::v1::Act Reinstate(std::string_view party, std::string_view name) const;
  statement::v1::Act Declare() const;
  statement::v1::Act Propose() const;
  statement::v1::Act Opine() const;
  statement::v1::Act DecideExchange() const;
  statement::v1::Act Register() const;
  statement::v1::Act Send() const;
  statement::v1::Act Rule(statement::v1::Ruling ruling) const;
  statement::v1::Act HandOver() const;
  statement::v1::Act Acknowledge() const;
  statement::v1::Act ReachRetention() const;
  statement::v1::Act Erase(const statement::v1::ActRef& ground) const;
  // The heads of the chains as they are.
  statement::v1::Act StateHeads() const;
  // Has settings ask for two witnesses and an authority, all invented.
  static void AskForEvidence(convention::v1::Settings& settings);
  // A stamp over the log as it stands, at its last record time.
  statement::v1::Act Stamp() const;
  // The log goes on under a new key after three more entries were lost, or to change the key.
  statement::v1::Act OpenShard(statement::v1::ShardCause cause) const;
  // The receipt of an entry lost then, of each in turn. REQUIRES: such a loss.
  statement::v1::Act Present() const;
  // The holder's answer, with reasons unless it merely accepts.
  statement::v1::Act AnswerTo(uint32_t recommendation, statement::v1::Answer answer) const;
  statement::v1::Act FreezeExchange(std::string_view party) const;
  statement::v1::Act FreezeTransfer(std::string_view party) const;
  statement::v1::Act Lift(std::string_view party, const statement::v1::ActRef& freeze) const;

  // Adhesion of a party in one set under its deeds: deliberation (0), signature (1), mandate (2),
  // the representative's mandate (3) and key (4), the adhesion (5).
  Acts Adhesion(std::string_view party) const;
  // The last of these acts, by itself, when the others stand in a step.
  statement::v1::Act AdhesionAfter(std::string_view party, const Step& others) const;
  void Adhere(std::string_view party) { Must(Adhesion(party), transcribers()); }
  // A mandate and, for an agent without one, a key, given by the party's representative.
  void Appoint(std::string_view party, statement::v1::Role role, std::string_view name);
  // p001: steward, decider, dpo, sender; p002 and p003: requester, steward, reader, decider; each
  // named `<role>-<party>`.
  void Staff();

  // A secretary and a countersigner.
  static Names transcribers() { return {"secretary-1", "counter-1"}; }

  // The names of what the stages made.
  statement::v1::ActRef dataset, exchange, opinion, decision, register_entry, transfer;

 private:
  void Advance(Stage stage);

  const Options options_;
  FakeClock clock_;
  policy::state::State state_;
  std::deque<Step> steps_;
  uint64_t nonce_ = 0;
};

// Options that many tests ask for: every transfer waits for the DPO's ruling; the class `group`
// receives.
World::Options EachRuled();
World::Options ToTheGroup();

// The invented convention and its first settings.
convention::v1::Convention InventedConvention();
convention::v1::Settings InventedSettings();

// The dump of a state without heads and chains, which every entry moves, and without statements,
// which time alone removes: what no refused and no noted entry changes.
std::string SubstanceOf(const policy::state::State& state);

// The keys of a state's indexes, one `index hex-key` a line.
std::string IndexesOf(const policy::state::State& state);

// The refusals or warnings of an entry, one `rule/code path` a line.
std::string FindingsOf(const record::v1::Entry& entry);

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_WORLD_H_
