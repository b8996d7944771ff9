#include "tests/support/golden_life.h"

#include "absl/strings/str_cat.h"
#include "gateway/base/digest.h"
#include "policy/state/query.h"
#include "tests/support/need.h"
#include "tests/support/succession.h"
#include "tests/support/temp_folder.h"

namespace passerelle::tests {
namespace {

using statement::v1::ActRef;

constexpr int64_t kHourMs = int64_t{3600} * 1000;
constexpr int64_t kDayMs = 24 * kHourMs;

TestGateway::Options OptionsOfTheLife() {
  TestGateway::Options options;
  options.p256 = {"decider-p001", "dpo-p001", "representative-p002"};
  return options;
}

statement::v1::Conditions AtMost(uint32_t transfers) {
  statement::v1::Conditions conditions;
  conditions.set_transfer_cap(transfers);
  return conditions;
}

}  // namespace

GoldenLife::GoldenLife() : gateway_(Progress::kProposed, OptionsOfTheLife()) {
  Exchange();
  Freezes();
  Class();
  Keys();
  Offices();
  Stamp();
  Succession();
}

void GoldenLife::MustRefuse(const TestDraft& draft, const std::vector<std::string>& signers) {
  const TestEntry entry = gateway_.Record(draft, signers);
  if (!entry.entry.has_refused()) Fail(absl::StrCat("entry ", entry.index, " is not refused"));
}

ActRef GoldenLife::MustNote(const TestDraft& draft, const std::vector<std::string>& signers) {
  const TestEntry entry = gateway_.Record(draft, signers);
  if (!entry.accepted() || entry.entry.recorded().decisions(0).effect() != record::v1::EFFECT_NOTED)
    Fail(absl::StrCat("entry ", entry.index, " is not noted: ", entry.entry.ShortDebugString()));
  return entry.Ref();
}

void GoldenLife::MustFetch(std::string_view reader, const ActRef& transfer) {
  const auto answer = gateway_.Fetch(reader, transfer);
  Need(answer.status());
  for (const record::v1::Finding& finding : answer->findings) Fail(finding.ShortDebugString());
}

void GoldenLife::MustNotFetch(std::string_view reader, const ActRef& transfer) {
  const auto answer = gateway_.Fetch(reader, transfer);
  Need(answer.status());
  if (answer->findings.empty()) Fail("a transfer that is held was handed over");
}

void GoldenLife::Exchange() {
  using namespace statement::v1;  // NOLINT(google-build-using-namespace): the enumerators alone
  // A DPO does not decide, a decider does not advise.
  MustRefuse(gateway_.Decide(VERDICT_APPROVED), {"dpo-p001"});
  MustRefuse(gateway_.Opine(OPINION_FAVOURABLE), {"decider-p001"});
  TestDraft opinion = gateway_.Opine(OPINION_FAVOURABLE);
  opinion.acts[0].mutable_dpo_opinion_given()->mutable_conditions()->set_threshold(11);
  gateway_.Recommend(opinion, RECOMMENDATION_WEIGHT_CONDITION, AtMost(12));
  gateway_.Recommend(opinion, RECOMMENDATION_WEIGHT_ADVICE, Conditions());
  gateway_.opinion = gateway_.Must(opinion, {"dpo-p001"}).Ref();
  Pass(kHourMs);
  MustRefuse(gateway_.Decide(VERDICT_APPROVED), {"decider-p001"});
  gateway_.Must(gateway_.AnswerTo(0, ANSWER_ACCEPTED), {"decider-p001"});
  gateway_.Must(gateway_.AnswerTo(1, ANSWER_REJECTED), {"decider-p001"});
  gateway_.decision = gateway_.Must(gateway_.Decide(VERDICT_APPROVED), {"decider-p001"}).Ref();
  gateway_.Must(gateway_.Register("p001", 1, R"({"name": "Familles, synthétique"})"),
                {"steward-p001"});
  gateway_.Must(gateway_.Register("p001", 2, R"({"name": "Familles, synthétique, revu"})"),
                {"steward-p001"});
  gateway_.Must(gateway_.Register("p002", 1, R"({"name": "Familles reçues, synthétique"})"),
                {"steward-p002"});
  Pass(kHourMs);
  const ActRef erased = gateway_
                            .Must(gateway_.Send("2022", gateway_.Payload("2022"),
                                                gateway_.clock().WallMs() + kHourMs),
                                  {"system-p001"})
                            .Ref();
  MustFetch("reader-p002", erased);
  gateway_.Must(gateway_.Acknowledge(erased), {"reader-p002"});
  Pass(kHourMs);
  gateway_.Settle();
  gateway_.transfer =
      gateway_.Must(gateway_.Send("2023", gateway_.Payload("2023"), 0), {"system-p001"}).Ref();
}

void GoldenLife::Freezes() {
  const ActRef freeze =
      gateway_.Must(gateway_.FreezeTransfer("p001", gateway_.transfer), {"dpo-p001"}).Ref();
  MustNotFetch("reader-p002", gateway_.transfer);
  gateway_.Must(gateway_.Lift("p001", freeze), {"steward-p001"});
  MustFetch("reader-p002", gateway_.transfer);
  // A freeze of the recipient's that nobody confirms lapses.
  gateway_.Must(gateway_.FreezeExchange("p002"), {"reader-p002"});
  Pass(30 * kDayMs);
  gateway_.Settle();
  gateway_.Must(gateway_.Acknowledge(gateway_.transfer), {"reader-p002"});
  // Another party is heard, and binds nobody.
  MustNote(gateway_.FreezeExchange("p003"), {"steward-p003"});
}

void GoldenLife::Class() {
  using namespace statement::v1;  // NOLINT(google-build-using-namespace): the enumerators alone
  const ActRef first = gateway_.exchange;
  TestDraft proposal = gateway_.Propose();
  proposal.acts[0].set_party("p001");
  proposal.acts[0].mutable_exchange_proposed()->mutable_recipient()->set_recipient_class(
      "communes");
  gateway_.exchange = gateway_.Must(proposal, {"steward-p001"}).Ref();
  TestDraft opinion = gateway_.Opine(OPINION_FAVOURABLE);
  opinion.acts[0].mutable_dpo_opinion_given()->mutable_conditions()->set_release(
      RELEASE_EACH_RULED);
  gateway_.opinion = gateway_.Must(opinion, {"dpo-p001"}).Ref();
  gateway_.Must(gateway_.Decide(VERDICT_APPROVED), {"decider-p001"});
  gateway_.Must(gateway_.Register("p001", 1, R"({"name": "Communes, synthétique"})"),
                {"steward-p001"});
  gateway_.Must(gateway_.Adhesion("p004"), Transcribers());
  std::vector<ActRef> sent;
  for (const char* period : {"2022", "2023"}) {
    TestDraft draft = gateway_.Send(period, gateway_.Payload(period), 0);
    draft.acts[0].mutable_transfer_submitted()->mutable_recipient()->set_recipient_class(
        "communes");
    sent.push_back(gateway_.Must(draft, {"system-p001"}).Ref());
  }
  MustNotFetch("reader-p003", sent[0]);
  gateway_.Must(gateway_.Rule(sent[0], RULING_RELEASED), {"dpo-p001"});
  gateway_.Must(gateway_.Rule(sent[1], RULING_REFUSED), {"dpo-p001"});
  MustFetch("reader-p003", sent[0]);
  gateway_.Settle();
  gateway_.exchange = first;
}

void GoldenLife::Keys() {
  using namespace statement::v1;  // NOLINT(google-build-using-namespace): the enumerators alone
  // Suspended: no act any more, yet still heard.
  gateway_.Must(gateway_.StopKey("p001", "steward-p001", STOP_CAUSE_SUSPENDED, 0),
                {"representative-p001"});
  const ActRef alarm = gateway_.Must(gateway_.FreezeExchange("p001"), {"steward-p001"}).Ref();
  gateway_.Must(gateway_.Reinstate("p001", "steward-p001", REINSTATEMENT_KEY, {}),
                {"representative-p001"});
  gateway_.Must(gateway_.Lift("p001", alarm), {"dpo-p001"});
  // Lost, for good.
  gateway_.Must(gateway_.StopKey("p002", "requester-p002", STOP_CAUSE_LOST, 0),
                {"representative-p002"});
  // Compromised for an hour: what it did waits until somebody ratifies it.
  Pass(kHourMs);
  const int64_t since_ms = gateway_.clock().WallMs();
  TestDraft version = gateway_.Declare("p001/agg-familles", "Familles, version 2 (synthétique)");
  version.acts[0].mutable_dataset_declared()->set_version(2);
  const ActRef paused = gateway_.Must(version, {"steward-p001"}).Ref();
  Pass(kHourMs);
  gateway_.Must(gateway_.StopKey("p001", "steward-p001", STOP_CAUSE_COMPROMISED, since_ms),
                {"representative-p001"});
  MustNote(gateway_.FreezeExchange("p001"), {"steward-p001"});
  gateway_.Must(gateway_.Reinstate("p001", "steward-p001", REINSTATEMENT_ACTS, {paused}),
                {"representative-p001"});
}

void GoldenLife::Offices() {
  using namespace statement::v1;  // NOLINT(google-build-using-namespace): the enumerators alone
  // A new DPO follows the first.
  ActRef office;
  gateway_.convention().Read([&](const policy::state::State& state) {
    office = policy::state::FindMandate(state, TestGateway::AgentOf("dpo-p001"), "p001", ROLE_DPO,
                                        gateway_.clock().WallMs(), TestDate("2024-07-15"))
                 .ref;
  });
  gateway_.Must(gateway_.EndMandate("p001", office), {"representative-p001"});
  Pass(kDayMs);
  gateway_.Must(gateway_.Appoint("p001", {{"next-dpo", ROLE_DPO}}), {"representative-p001"});
  TestDraft settings = gateway_.EnactSettings();
  convention::v1::Settings& changed =
      *settings.acts[0].mutable_settings_enacted()->mutable_settings();
  changed.set_least_threshold(11);
  changed.set_stop_working_days(4);
  gateway_.Must(settings, Transcribers());
}

void GoldenLife::Stamp() {
  TestDraft draft;
  statement::v1::CheckpointStamped& stamped =
      *draft.acts.emplace_back().mutable_checkpoint_stamped();
  stamped.set_size(gateway_.size());
  stamped.set_checkpoint(gateway::base::ToBytes(
      gateway::base::Sha256({gateway_.convention().log().signed_head().checkpoint})));
  stamped.set_time_stamp(gateway::base::ToBytes(gateway::base::Sha256({"an invented response"})));
  stamped.set_time_ms(gateway_.clock().WallMs());
  gateway::core::Request request = gateway_.RequestOf(draft, {"gateway"});
  request.door = gateway::core::Door::kGateway;
  if (!gateway_.Record(request).accepted()) Fail("the stamp is refused");
}

void GoldenLife::Succession() {
  // A freeze is lost with the disk, the log goes on, and its receipt is presented.
  const TempFolder copies;
  gateway_.CopyTo(copies / "night");
  const TestEntry freeze = gateway_.Record(gateway_.FreezeExchange("p001"), {"next-dpo-p001"});
  if (!freeze.accepted()) Fail("the freeze is refused");
  gateway_.Restore(copies / "night");
  const auto opened = GoOn(gateway_, statement::v1::SHARD_CAUSE_LOSS, {NoteOf(freeze)});
  Need(opened.status());
  Need(gateway_.Open());
  gateway_.Must(PresentOf(freeze), {"next-dpo-p001"});
}

}  // namespace passerelle::tests
