#include "tests/support/world.h"

#include <algorithm>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/limits.h"
#include "gateway/base/strings.h"
#include "tests/support/need.h"

namespace passerelle::tests {
namespace {

using gateway::base::Absl;
using gateway::base::Sha256;
using gateway::base::ToBytes;
using record::v1::Entry;
using record::v1::Observed;
using statement::v1::Act;
using statement::v1::ActRef;
using statement::v1::Statement;

constexpr std::string_view kZone = "Europe/Paris";
constexpr size_t kEnvelopeOverhead = 256;

}  // namespace

Agent MakeAgent(std::string_view name) {
  Agent agent;
  agent.id = ToBytes(Sha256({"agent/", name})).substr(0, 16);
  agent.spki = std::string(12, 'k') + ToBytes(Sha256({"key/", name}));
  agent.fingerprint = ToBytes(Sha256(agent.spki));
  return agent;
}

std::string Commitment(std::string_view label) { return ToBytes(Sha256({"commitment/", label})); }

convention::v1::Date DateOf(std::string_view iso) {
  const auto day = gateway::base::FromIsoDate(iso);
  if (!day.ok()) Fail(absl::StrCat("date: ", Absl(iso)));
  convention::v1::Date date;
  date.set_year(static_cast<uint32_t>(day->year));
  date.set_month(static_cast<uint32_t>(day->month));
  date.set_day(static_cast<uint32_t>(day->day));
  return date;
}

ActRef Earlier(uint32_t ordinal) {
  ActRef ref;
  ref.set_ordinal(ordinal);
  return ref;
}

ActRef Step::Ref(uint32_t ordinal) const {
  ActRef ref;
  ref.set_statement(ToBytes(digest));
  ref.set_ordinal(ordinal);
  return ref;
}

policy::AppliedEntry Step::Applied() const {
  return {entry, index, leaf, accepted() ? &statement : nullptr, digest};
}

World::Options EachRuled() {
  World::Options options;
  options.conditions.set_release(statement::v1::RELEASE_EACH_RULED);
  return options;
}

World::Options ToTheGroup() {
  World::Options options;
  options.recipient_class = "group";
  return options;
}

World::World(Stage stage, Options options) : options_(std::move(options)) {
  for (int next = static_cast<int>(Stage::kFounded); next <= static_cast<int>(stage); ++next)
    Advance(static_cast<Stage>(next));
}

policy::Now World::now() const {
  const auto day = gateway::base::CivilDayIn(kZone, clock_.WallMs());
  Need(day.status(), "zone");
  return {clock_.WallMs(), DateOf(gateway::base::ToIsoDate(*day))};
}

void World::SetDay(std::string_view iso) {
  const auto instant = gateway::base::FromIsoInstant(absl::StrCat(Absl(iso), "T12:00:00Z"));
  if (!instant.ok()) Fail(absl::StrCat("day: ", Absl(iso)));
  clock_.SetWall(*instant);
}

Statement World::Draft(const Acts& acts, const Names& signers) {
  Statement statement;
  auto& header = *statement.mutable_header();
  for (const std::string& name : signers) header.add_signers(MakeAgent(name).fingerprint);
  std::sort(header.mutable_signers()->begin(), header.mutable_signers()->end());
  header.set_issued_at_ms(clock_.WallMs());
  header.set_not_after_ms(clock_.WallMs() + gateway::base::kDefaultStatementLifeMs);
  std::string nonce(8, 'n');
  gateway::base::AppendBigEndian64(nonce, ++nonce_);
  header.set_nonce(nonce);
  if (const auto* founding = state_.founding()) {
    header.set_log(founding->log());
    header.mutable_seen()->set_origin(founding->origin());
    header.mutable_seen()->set_size(state_.size());
    header.mutable_seen()->set_root(Commitment("root"));
  }
  for (const Act& act : acts) *statement.add_acts() = act;
  return statement;
}

Observed World::Observe(const Statement& statement) const {
  Observed observed;
  observed.set_detectors_version(1);
  if (statement.header().has_seen()) observed.set_seen(record::v1::CHECK_HOLDS);
  for (const Act& act : statement.acts()) {
    record::v1::ActObserved& out = *observed.add_acts();
    out.set_attachments(record::v1::CHECK_HOLDS);
    if (act.has_agent_enrolled()) out.set_possession(record::v1::CHECK_HOLDS);
    if (act.has_shard_opened()) out.set_succession(record::v1::CHECK_HOLDS);
    if (act.has_receipt_presented()) {
      out.mutable_presented()->set_statement(
          Commitment(absl::StrCat("lost statement ", act.receipt_presented().index())));
      out.mutable_presented()->set_time_ms(state_.time_ms());
    }
    if (act.has_content_handed_over()) {
      out.mutable_reader()->set_party("p002");
      out.mutable_reader()->set_unit("stats");
      out.mutable_reader()->set_role(statement::v1::ROLE_READER);
      out.mutable_reader()->set_kind(statement::v1::AGENT_KIND_PERSON);
    }
    if (!act.has_transfer_submitted()) continue;
    auto& payload = *out.mutable_payload();
    payload.set_rows(10);
    payload.set_size_band(act.transfer_submitted().size_band());
    payload.set_readable(record::v1::CHECK_HOLDS);
    const auto key =
        policy::state::KeyOf(policy::state::Absolute(act.transfer_submitted().exchange(), {}));
    const record::v1::ExchangeRow* exchange_row = state_.exchanges.Find(key);
    if (exchange_row == nullptr) continue;
    payload.set_threshold_respected(exchange_row->terms().threshold());
    const record::v1::DatasetRow* dataset_row =
        state_.datasets.Find(policy::state::KeyOf(exchange_row->dataset()));
    uint32_t column = 0;
    for (const std::string& name : exchange_row->terms().fields()) {
      auto& observed_column = *payload.add_columns();
      observed_column.set_column(++column);
      for (int i = 0; i < dataset_row->declared().fields_size(); ++i)
        if (dataset_row->declared().fields(i).name() == name)
          observed_column.set_field(static_cast<uint32_t>(i) + 1);
    }
  }
  return observed;
}

size_t World::EnvelopeBytes(const Statement& statement) {
  return statement.ByteSizeLong() + kEnvelopeOverhead;
}

Entry World::Decide(const Statement& statement, const Observed& observed) const {
  const gateway::base::Digest digest = Sha256(statement.SerializeAsString());
  const policy::Submission submission{statement, digest, EnvelopeBytes(statement), observed};
  return policy::DecideSet(state_, submission, now());
}

std::string World::SubstanceAfter(const Entry& refused) const {
  policy::state::State draft = state_.Fork();
  const absl::Status applied = policy::Apply(draft, {refused, state_.size(), {}, nullptr, {}});
  Need(applied, "apply");
  return SubstanceOf(draft);
}

const Step& World::Submit(const Acts& acts, const Names& signers) {
  const Statement statement = Draft(acts, signers);
  return Submit(statement, Observe(statement));
}

const Step& World::Submit(const Statement& statement, const Observed& observed) {
  Step step;
  step.statement = statement;
  step.digest = Sha256(statement.SerializeAsString());
  step.index = state_.size();
  step.entry = Decide(statement, observed);
  step.leaf = Sha256({"leaf/", step.entry.SerializeAsString()});
  steps_.push_back(std::move(step));
  const absl::Status applied = policy::Apply(state_, steps_.back().Applied());
  Need(applied, "apply");
  return steps_.back();
}

const Step& World::Must(const Acts& acts, const Names& signers) {
  const Step& step = Submit(acts, signers);
  if (!step.accepted()) Fail(absl::StrCat("refused: ", FindingsOf(step.entry)));
  return step;
}

void World::Appoint(std::string_view party, statement::v1::Role role, std::string_view name) {
  Acts acts = {Mandate(party, name, role)};
  if (state_.agents.Find(MakeAgent(name).id) == nullptr)
    acts.push_back(Enrol(party, name, statement::v1::AGENT_KIND_PERSON));
  Must(acts, {absl::StrCat("representative-", Absl(party))});
}

void World::Staff() {
  const auto appoint = [this](std::string_view party, statement::v1::Role role,
                              std::string_view name) {
    Appoint(party, role, absl::StrCat(Absl(name), "-", Absl(party)));
  };
  appoint("p001", statement::v1::ROLE_STEWARD, "steward");
  appoint("p001", statement::v1::ROLE_DECIDER, "decider");
  appoint("p001", statement::v1::ROLE_DPO, "dpo");
  appoint("p001", statement::v1::ROLE_SENDER, "sender");
  for (const std::string_view party : {"p002", "p003"}) {
    appoint(party, statement::v1::ROLE_REQUESTER, "requester");
    appoint(party, statement::v1::ROLE_STEWARD, "steward");
    appoint(party, statement::v1::ROLE_READER, "reader");
    appoint(party, statement::v1::ROLE_DECIDER, "decider");
  }
}

void World::Advance(Stage stage) {
  switch (stage) {
    case Stage::kEmpty:
      return;
    case Stage::kFounded:
      Must({Found()}, {"gateway", "secretary-1", "secretary-2", "counter-1", "counter-2"});
      return;
    case Stage::kAdhered:
      for (const std::string_view party : {"p001", "p002", "p003", "p004", "p005"}) Adhere(party);
      clock_.Advance(static_cast<int64_t>(options_.deed_delay_ms));
      return;
    case Stage::kStaffed:
      Staff();
      return;
    case Stage::kDeclared:
      dataset = Must({Declare()}, {"steward-p001"}).Ref();
      return;
    case Stage::kProposed:
      exchange = Must({Propose()}, {"requester-p002"}).Ref();
      return;
    case Stage::kFavourable:
      opinion = Must({Opine()}, {"dpo-p001"}).Ref();
      return;
    case Stage::kApproved:
      decision = Must({DecideExchange()}, {"decider-p001"}).Ref();
      return;
    case Stage::kRegistered:
      register_entry = Must({Register()}, {"steward-p001"}).Ref();
      return;
    case Stage::kSent:
      transfer = Must({Send()}, {"sender-p001"}).Ref();
      return;
    case Stage::kHandedOver:
      Must({HandOver()}, {"gateway"});
      return;
  }
}

std::string SubstanceOf(const policy::state::State& state) {
  std::istringstream in(state.Dump());
  std::string out;
  for (std::string line; std::getline(in, line);) {
    const std::string table = line.substr(0, line.find(' '));
    if (table != "heads" && table != "chains" && table != "statements")
      absl::StrAppend(&out, line, "\n");
  }
  return out;
}

std::string IndexesOf(const policy::state::State& state) {
  std::string text;
  const auto add = [&text](std::string_view name, const auto& index) {
    index.Scan("", [&](const std::string& key, const auto&) {
      absl::StrAppend(&text, Absl(name), " ", gateway::base::ToHex(key), "\n");
      return true;
    });
  };
  policy::state::State::ForEachIndex(add, state);
  return text;
}

std::string FindingsOf(const Entry& entry) {
  std::string text;
  const auto add = [&text](const record::v1::Finding& finding) {
    absl::StrAppend(&text, finding.rule(), "/", finding.code(), " ", finding.path(), "\n");
  };
  for (const record::v1::Finding& finding : entry.refused().findings()) add(finding);
  for (const record::v1::Decision& decision : entry.recorded().decisions())
    for (const record::v1::Finding& finding : decision.findings()) add(finding);
  return text;
}

}  // namespace passerelle::tests
