// Random legal and illegal acts, thousands of them from a seed: the state that lives equals the
// state replayed, whichever way entries come into it; each entry re-decided is the same bytes; a
// refusal changes nothing but heads; and what the state holds was permitted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "gateway/verify/redecide.h"
#include "policy/decide.h"
#include "policy/state/query.h"
#include "policy/state/snapshot.h"
#include "policy/state/succession.h"
#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using policy::state::KeyOf;
using policy::state::State;
using statement::v1::Act;
using statement::v1::ActRef;
using statement::v1::AGENT_KIND_PERSON;
using statement::v1::RELEASE_EACH_RULED;
using statement::v1::RELEASE_STANDING;
using statement::v1::Role;
using statement::v1::RULING_REFUSED;
using statement::v1::RULING_RELEASED;
using statement::v1::Statement;

constexpr int kSteps = 4000;
constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;

// Chooses acts, signers, faults and times at random, and submits them.
class Wanderer {
 public:
  explicit Wanderer(uint32_t seed) : random_(seed), world_(Stage::kStaffed, OptionsOf(seed)) {
    for (const char* role : {"steward", "decider", "dpo", "sender"})
      names_.push_back(absl::StrCat(role, "-p001"));
    for (const char* role : {"requester", "steward", "reader", "decider", "representative"})
      for (const char* party : {"p002", "p003"}) names_.push_back(absl::StrCat(role, "-", party));
    for (const char* name : {"gateway", "secretary-1", "counter-1", "representative-p001"})
      names_.push_back(name);
    deed_ =
        world_.Must({world_.Deed("p001", statement::v1::DEED_KIND_MANDATE)}, World::transcribers())
            .Ref();
  }

  void Step() {
    if (Chance(8)) world_.Advance(static_cast<int64_t>(Below(3)) * kDayMs);
    world_.Advance(1 + static_cast<int64_t>(Below(1000)));
    Pick(datasets_, world_.dataset);
    Pick(exchanges_, world_.exchange);
    Pick(transfers_, world_.transfer);
    const auto* exchange = world_.state().exchanges.Find(KeyOf(world_.exchange));
    if (exchange != nullptr && !Chance(5)) {
      world_.opinion = exchange->opinion().act();
      world_.dataset = exchange->dataset();
    }
    cosigner_.clear();
    Acts acts = {Chance(40) && exchange != nullptr ? MakeFitting(*exchange) : Make()};
    Names signers = {signer_};
    if (!cosigner_.empty()) signers.push_back(cosigner_);
    if (Chance(5)) acts.push_back(Make());
    if (Chance(15)) signers[0] = names_[Below(names_.size())];
    if (Chance(5)) signers.push_back(names_[Below(names_.size())]);
    std::sort(signers.begin(), signers.end());
    signers.erase(std::unique(signers.begin(), signers.end()), signers.end());
    if (Chance(25)) Spoil(acts[0]);
    Statement statement = world_.Draft(acts, signers);
    record::v1::Observed observed = world_.Observe(statement);
    if (Chance(10)) Spoil(*observed.mutable_acts(0));
    if (Chance(3)) Spoil(*statement.mutable_header());
    Remember(world_.Submit(statement, observed));
  }

  World& world() { return world_; }
  // Number of accepted acts of each kind.
  const std::map<Act::BodyCase, int>& accepted() const { return accepted_; }

 private:
  static World::Options OptionsOf(uint32_t seed) {
    World::Options options;
    options.conditions.set_release(seed % 2 == 0 ? RELEASE_EACH_RULED : RELEASE_STANDING);
    options.conditions.set_transfer_cap(seed % 3 == 0 ? 4 : 0);
    if (seed % 3 == 1) options.recipient_class = "group";
    options.recommendations = {Recommend(statement::v1::RECOMMENDATION_WEIGHT_ADVICE),
                               Recommend(statement::v1::RECOMMENDATION_WEIGHT_CONDITION)};
    options.recommendations[1].mutable_conditions()->set_threshold(11);
    return options;
  }

  uint64_t Below(uint64_t bound) { return random_() % bound; }
  bool Chance(uint64_t percent) { return Below(100) < percent; }

  void Pick(const std::vector<ActRef>& pool, ActRef& out) {
    if (!pool.empty()) out = pool[Below(pool.size())];
  }

  // The act that an exchange waits for.
  Act MakeFitting(const record::v1::ExchangeRow& exchange) {
    signer_ = "dpo-p001";
    if (exchange.phase() == record::v1::EXCHANGE_PHASE_PROPOSED) return world_.Opine();
    signer_ = "decider-p001";
    for (int i = 0; i < exchange.recommendations_size(); ++i) {
      const auto answer = exchange.recommendations(i).answer();
      if (answer != statement::v1::ANSWER_CARRIED_OUT && Chance(80))
        return world_.AnswerTo(static_cast<uint32_t>(i), statement::v1::ANSWER_CARRIED_OUT);
    }
    if (exchange.phase() == record::v1::EXCHANGE_PHASE_FAVOURABLE) return world_.DecideExchange();
    signer_ = "steward-p001";
    if (!exchange.has_register_entry()) return world_.Register();
    return Sending();
  }

  // One act, and who would rightly sign it.
  Act Make() {
    if (Chance(4)) return Stopping();
    if (!stopped_.empty() && Chance(25)) return Reinstating();
    if (Chance(3)) return Freezing();
    if (!freezes_.empty() && Chance(12)) return Lifting();
    if (Chance(4)) return Answering();
    switch (Below(17)) {
      case 0: {
        signer_ = "steward-p001";
        Act act = world_.Declare();
        const auto* latest = world_.state().slugs.Find("p001/children");
        if (latest != nullptr) act.mutable_dataset_declared()->set_version(latest->version() + 1);
        return act;
      }
      case 1:
        signer_ = "requester-p002";
        return world_.Propose();
      case 3:
        signer_ = "dpo-p001";
        return world_.Opine();
      case 4:
        signer_ = "decider-p001";
        return world_.DecideExchange();
      case 5:
        signer_ = "steward-p001";
        return world_.Register();
      case 2:
      case 6:
      case 7:
        return Sending();
      case 8:
        signer_ = "dpo-p001";
        return world_.Rule(Chance(70) ? RULING_RELEASED : RULING_REFUSED);
      case 9:
        signer_ = "gateway";
        return world_.HandOver();
      case 10:
        signer_ = "reader-p002";
        return world_.Acknowledge();
      case 11:
        return Upkeep();
      case 12: {
        signer_ = "gateway";
        const auto* transfer = world_.state().transfers.Find(KeyOf(world_.transfer));
        return world_.Erase(transfer == nullptr ? ActRef() : transfer->ground());
      }
      case 13:
        signer_ = "representative-p001";
        return world_.Enrol("p001", absl::StrCat("newcomer-", Below(200)), AGENT_KIND_PERSON);
      case 14:
        return Ending();
      case 15: {
        signer_ = "secretary-1";
        cosigner_ = "counter-1";
        Act act = world_.EnactSettings();
        act.mutable_settings_enacted()->mutable_settings()->set_request_lapse_days(
            static_cast<uint32_t>(Below(100)));
        return act;
      }
      default:
        signer_ = "representative-p001";
        // A conflicting role given to somebody who matters ends many an exchange: seldom.
        return world_.Mandate(
            "p001",
            Chance(1) ? names_[Below(names_.size())] : absl::StrCat("newcomer-", Below(200)),
            static_cast<Role>(1 + Below(12)));
    }
  }

  // A freeze by somebody of either side, or of none.
  Act Freezing() {
    static constexpr const char* kSides[] = {"p001", "p002", "p003"};
    const std::string party = kSides[Below(3)];
    static constexpr const char* kRoles[] = {"steward-", "decider-", "reader-"};
    signer_ = kRoles[Below(3)] + party;
    return Chance(30) ? world_.FreezeExchange(party) : world_.FreezeTransfer(party);
  }

  Act Lifting() {
    const ActRef freeze = freezes_[Below(freezes_.size())];
    const auto* row = world_.state().freezes.Find(KeyOf(freeze));
    const std::string party = row == nullptr ? "p001" : row->party();
    signer_ = (Chance(50) ? "steward-" : "decider-") + party;
    return world_.Lift(party, freeze);
  }

  Act Answering() {
    signer_ = "decider-p001";
    return world_.AnswerTo(static_cast<uint32_t>(Below(3)),
                           static_cast<statement::v1::Answer>(1 + Below(3)));
  }

  // A report on a newcomer's key, seldom on one that the walk needs.
  Act Stopping() {
    signer_ = Chance(60) ? "representative-p001" : names_[Below(names_.size())];
    const std::string name =
        Chance(10) ? names_[Below(names_.size())] : absl::StrCat("newcomer-", Below(200));
    Act act = world_.StopKey("p001", name, static_cast<statement::v1::StopCause>(1 + Below(3)));
    if (act.key_stopped().compromised_since_ms() != 0)
      act.mutable_key_stopped()->set_compromised_since_ms(world_.now().time_ms -
                                                          static_cast<int64_t>(Below(2000)));
    return act;
  }

  // The return of a stopped key, and what it did ratified, whole or in part.
  Act Reinstating() {
    const std::string fingerprint = stopped_[Below(stopped_.size())];
    const auto* key = world_.state().keys.Find(fingerprint);
    const auto* agent = world_.state().agents.Find(key->agent());
    signer_ = absl::StrCat("representative-", agent->party());
    if (signer_ == "representative-p001" &&
        MakeAgent("representative-p001").fingerprint == fingerprint && Chance(90)) {
      signer_ = "secretary-1";
      cosigner_ = "counter-1";
    }
    Act act;
    act.set_party(agent->party());
    auto& reinstated = *act.mutable_key_reinstated();
    reinstated.set_key(fingerprint);
    reinstated.set_reinstatement(static_cast<statement::v1::Reinstatement>(1 + Below(2)));
    if (!cosigner_.empty()) *act.mutable_under_deed() = deed_;
    for (const auto& waiting :
         policy::state::AwaitingRatification(world_.state(), fingerprint, world_.now().time_ms))
      if (Chance(70)) *reinstated.add_ratified() = waiting.act();
    return act;
  }

  Act Ending() {
    signer_ = "representative-p001";
    const std::string name = absl::StrCat("newcomer-", Below(200));
    const auto held = policy::state::MandatesOf(world_.state(), MakeAgent(name).id);
    Act act = world_.EndMandate(
        "p001", held.empty() ? world_.steps().front().Ref(static_cast<uint32_t>(Below(6)))
                             : held[Below(held.size())].ref);
    if (Chance(50)) *act.mutable_mandate_ended()->mutable_last_day() = world_.now().civil_date;
    return act;
  }

  Act Upkeep() {
    if (Chance(18)) return Succession();
    signer_ = "gateway";
    if (Chance(80)) return world_.ReachRetention();
    return Chance(50) ? world_.StateHeads() : world_.Stamp();
  }

  Act Succession() {
    if (policy::state::LastLoss(world_.state()) != nullptr && Chance(80)) {
      signer_ = "steward-p001";
      return world_.Present();
    }
    signer_ = "secretary-1";
    cosigner_ = "counter-1";
    return world_.OpenShard(Chance(60) ? statement::v1::SHARD_CAUSE_LOSS
                                       : statement::v1::SHARD_CAUSE_KEY_CHANGE);
  }

  Act Sending() {
    signer_ = "sender-p001";
    Act act = world_.Send();
    if (Chance(60))
      act.mutable_transfer_submitted()->set_destroy_after_ms(
          world_.now().time_ms + static_cast<int64_t>(Below(5)) * kDayMs);
    return act;
  }

  // Clears or disturbs one field somewhere in a message.
  void Spoil(Message& message) {
    const auto* reflection = message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(message, &fields);
    if (fields.empty()) return;
    const FieldDescriptor* field = fields[Below(fields.size())];
    if (field->is_repeated()) {
      if (Chance(50)) {
        reflection->ClearField(&message, field);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        const int index =
            static_cast<int>(Below(static_cast<uint64_t>(reflection->FieldSize(message, field))));
        Spoil(*reflection->MutableRepeatedMessage(&message, field, index));
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !Chance(20)) {
      Spoil(*reflection->MutableMessage(&message, field));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_UINT32) {
      reflection->SetUInt32(&message, field, static_cast<uint32_t>(random_()));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_UINT64) {
      reflection->SetUInt64(&message, field, random_());
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      reflection->SetInt64(&message, field, static_cast<int64_t>(random_() - (1ull << 63)));
    } else {
      reflection->ClearField(&message, field);
    }
  }

  void Remember(const tests::Step& step) {
    if (!step.accepted()) return;
    for (int i = 0; i < step.statement.acts_size(); ++i) {
      const Act& act = step.statement.acts(i);
      ++accepted_[act.body_case()];
      const ActRef ref = step.Ref(static_cast<uint32_t>(i));
      if (act.has_key_stopped() &&
          step.entry.recorded().decisions(i).effect() == record::v1::EFFECT_ACCEPTED)
        stopped_.push_back(act.key_stopped().key());
      if (act.has_key_reinstated() &&
          act.key_reinstated().reinstatement() == statement::v1::REINSTATEMENT_KEY)
        std::erase(stopped_, act.key_reinstated().key());
      if (act.has_freeze_placed() && world_.state().freezes.Find(KeyOf(ref)) != nullptr)
        Add(freezes_, ref);
      if (act.has_dataset_declared()) datasets_.assign(1, ref);
      if (act.has_exchange_proposed()) Add(exchanges_, ref);
      if (act.has_transfer_submitted()) Add(transfers_, ref);
    }
  }

  // Keeps the pools small, so that acts meet each other.
  static void Add(std::vector<ActRef>& pool, const ActRef& ref) {
    if (pool.size() >= 4) pool.erase(pool.begin());
    pool.push_back(ref);
  }

  std::mt19937_64 random_;
  World world_;
  Names names_;
  std::string signer_, cosigner_;
  ActRef deed_;
  std::vector<std::string> stopped_;  // fingerprints
  std::vector<ActRef> datasets_, exchanges_, transfers_, freezes_;
  std::map<Act::BodyCase, int> accepted_;
};

record::v1::Entry Redecide(const State& state, const Step& step) {
  const policy::Submission submission{step.statement, step.digest,
                                      World::EnvelopeBytes(step.statement), step.entry.observed()};
  return policy::DecideSet(state, submission, {step.entry.time_ms(), step.entry.civil_date()});
}

class Property : public testing::TestWithParam<uint32_t> {
 protected:
  void SetUp() override {
    for (int i = 0; i < kSteps; ++i) wanderer_.Step();
  }
  World& world() { return wanderer_.world(); }
  Wanderer wanderer_{GetParam()};
};

TEST_P(Property, LiveStateEqualsTheReplayedOne) {
  State direct, grouped;
  std::mt19937 random(GetParam());
  State draft = grouped.Fork();
  for (const Step& step : world().steps()) {
    ASSERT_TRUE(policy::Apply(direct, step.Applied()).ok());
    ASSERT_TRUE(policy::Apply(draft, step.Applied()).ok());
    if (random() % 7 == 0) grouped.Absorb(draft);
  }
  grouped.Absorb(draft);
  EXPECT_EQ(direct.Dump(), world().Dump());
  EXPECT_EQ(grouped.Dump(), world().Dump());
  EXPECT_EQ(grouped.DumpDigest(), world().state().DumpDigest());
}

// Starts from snapshots again and again: nothing tells the state from one that never stopped.
TEST_P(Property, ASnapshotStandsForTheStateAndGoesOnAlike) {
  State resumed;
  std::mt19937 random(GetParam());
  int restarts = 0;
  for (const Step& step : world().steps()) {
    if (step.index % 4 == 0) {
      ASSERT_EQ(Redecide(resumed, step).SerializeAsString(), step.entry.SerializeAsString());
    }
    ASSERT_TRUE(policy::Apply(resumed, step.Applied()).ok());
    if (random() % 97 != 0) continue;
    const std::string snapshot = policy::state::EncodeSnapshot(resumed);
    absl::StatusOr<State> restored = policy::state::DecodeSnapshot(snapshot);
    ASSERT_TRUE(restored.ok()) << restored.status();
    ASSERT_EQ(restored->Dump(), resumed.Dump());
    ASSERT_EQ(tests::IndexesOf(*restored), tests::IndexesOf(resumed));
    ASSERT_EQ(policy::state::EncodeSnapshot(*restored), snapshot);
    resumed = *std::move(restored);
    ++restarts;
  }
  EXPECT_GT(restarts, 20);
  EXPECT_EQ(resumed.Dump(), world().Dump());
  EXPECT_EQ(tests::IndexesOf(resumed), tests::IndexesOf(world().state()));
}

TEST_P(Property, EveryEntryIsDecidedTheSameAgain) {
  State state;
  for (const Step& step : world().steps()) {
    ASSERT_EQ(Redecide(state, step).SerializeAsString(), step.entry.SerializeAsString());
    const bool sampled = !step.accepted() && step.index % 16 == 0;  // dumps are long
    const std::string before = sampled ? SubstanceOf(state) : std::string();
    ASSERT_TRUE(policy::Apply(state, step.Applied()).ok());
    if (sampled) {
      ASSERT_EQ(SubstanceOf(state), before);
    }
  }
}

// An auditor takes the decisions again: honest ones are as recorded, and a changed one is seen.
TEST_P(Property, EveryEntryReDecidesCleanUntilItIsForged) {
  State state;
  for (const Step& step : world().steps()) {
    if (step.accepted()) {
      const auto fault = gateway::verify::Redecide(state, step.Applied());
      ASSERT_FALSE(fault.has_value()) << fault->en;
    }
    if (step.accepted() && step.index % 16 == 0) {
      tests::Step forged = step;
      auto& outcome = *forged.entry.mutable_recorded()->mutable_decisions(0)->mutable_outcome();
      outcome.set_in_force_from_ms(outcome.in_force_from_ms() - 1);
      ASSERT_TRUE(gateway::verify::Redecide(state, forged.Applied()).has_value());
    }
    ASSERT_TRUE(policy::Apply(state, step.Applied()).ok());
  }
}

TEST_P(Property, EveryTransferRestsOnOpinionDecisionAndRegister) {
  std::map<std::string, uint64_t> positions;
  for (const Step& step : world().steps())
    for (int i = 0; step.accepted() && i < step.statement.acts_size(); ++i)
      positions[KeyOf(step.Ref(static_cast<uint32_t>(i)))] = step.index;
  int transfers = 0;
  world().state().transfers.Scan("", [&](const std::string& key, const auto& transfer) {
    const auto* exchange = world().state().exchanges.Find(KeyOf(transfer.exchange()));
    EXPECT_EQ(exchange->phase(), record::v1::EXCHANGE_PHASE_APPROVED);
    EXPECT_LT(positions.at(KeyOf(exchange->opinion().act())),
              positions.at(KeyOf(exchange->decision().act())));
    EXPECT_LT(positions.at(KeyOf(exchange->decision().act())), positions.at(key));
    EXPECT_TRUE(exchange->has_register_entry());
    for (const auto& recommendation : exchange->recommendations())
      EXPECT_NE(recommendation.answer(), statement::v1::ANSWER_UNSPECIFIED);
    EXPECT_EQ(transfer.index(), positions.at(key));
    ++transfers;
    return true;
  });
  EXPECT_GT(transfers, 0);
}

// A property that no act meets proves nothing.
TEST(PropertyWalks, MeetEveryKindOfAct) {
  std::map<Act::BodyCase, int> met;
  for (const uint32_t seed : {1u, 2u, 3u}) {
    Wanderer wanderer(seed);
    for (int i = 0; i < kSteps; ++i) wanderer.Step();
    for (const auto& [body, count] : wanderer.accepted()) met[body] += count;
  }
  for (const auto body : {Act::kAgentEnrolled,
                          Act::kMandateGiven,
                          Act::kDatasetDeclared,
                          Act::kExchangeProposed,
                          Act::kDpoOpinionGiven,
                          Act::kExchangeDecided,
                          Act::kRegisterEntryRecorded,
                          Act::kTransferSubmitted,
                          Act::kTransferRuled,
                          Act::kTransferAcknowledged,
                          Act::kContentHandedOver,
                          Act::kRetentionReached,
                          Act::kPayloadErased,
                          Act::kSettingsEnacted,
                          Act::kMandateEnded,
                          Act::kKeyStopped,
                          Act::kKeyReinstated,
                          Act::kRecommendationAnswered,
                          Act::kFreezePlaced,
                          Act::kFreezeLifted,
                          Act::kShardOpened,
                          Act::kReceiptPresented,
                          Act::kPartyHeads,
                          Act::kCheckpointStamped})
    EXPECT_GT(met[body], 3) << body;
}

TEST_P(Property, ChainsHoldEveryEntryThatNamesTheirParty) {
  std::map<std::string, std::pair<uint64_t, std::string>> heads;
  for (const Step& step : world().steps()) {
    for (const auto& link : step.entry.links()) {
      auto& [length, last] = heads[link.party()];
      ASSERT_EQ(link.ordinal(), length);
      ASSERT_EQ(link.previous(), last);
      ++length;
      last = gateway::base::ToBytes(step.leaf);
    }
  }
  for (const auto& [party, head] : heads)
    EXPECT_EQ(world().state().chains.Find(party)->length(), head.first) << party;
}

INSTANTIATE_TEST_SUITE_P(Seeds, Property, testing::Values(1u, 2u, 3u));

}  // namespace
}  // namespace passerelle::tests
