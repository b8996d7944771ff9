// The acts of the test convention, each accepted at the right stage.
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/strings.h"
#include "policy/content/check.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::tests {
namespace {

using gateway::base::Absl;
using gateway::base::CommitmentKind;
using statement::v1::Act;
using statement::v1::ActRef;

constexpr int64_t kValidFromMs = 1704067200000;   // 2024-01-01
constexpr int64_t kValidUntilMs = 1893456000000;  // 2030-01-01
constexpr char kText[] = "text/plain; charset=utf-8";
constexpr char kSlug[] = "p001/agg-familles";

ActRef Earlier(uint32_t ordinal) {
  ActRef ref;
  ref.set_ordinal(ordinal);
  return ref;
}

Act InNameOf(const std::string& party) {
  Act act;
  act.set_party(party);
  return act;
}

void AddField(statement::v1::DatasetDeclared& dataset, const std::string& name,
              statement::v1::FieldType type) {
  statement::v1::Field& field = *dataset.add_fields();
  field.set_name(name);
  field.set_type(type);
}

}  // namespace

std::string TestGateway::Attach(TestDraft& draft, CommitmentKind kind, std::string_view media_type,
                                std::string_view content) {
  record::v1::Attachment& attachment = draft.attachments.emplace_back();
  attachment.set_nonce(random_.Bytes(32));
  attachment.set_media_type(std::string(media_type));
  attachment.set_content(std::string(content));
  attachment.set_commitment(
      gateway::base::ToBytes(gateway::base::Commit(kind, attachment.nonce(), content)));
  return attachment.commitment();
}

void TestGateway::AddMandate(TestDraft& draft, const std::string& party, const std::string& name,
                             statement::v1::Role role) {
  Act& act = draft.acts.emplace_back(InNameOf(party));
  statement::v1::MandateGiven& given = *act.mutable_mandate_given();
  given.set_agent(AgentOf(name));
  given.set_role(role);
  given.set_rank(statement::v1::RANK_TITULAR);
  *given.mutable_from() = TestDate("2024-01-01");
  given.mutable_person()->set_digest(Attach(draft, CommitmentKind::kPerson, kText,
                                            absl::StrCat("Synthétique ", name, "\nEssai\n")));
  if (role == statement::v1::ROLE_LOG_AUDITOR) *given.mutable_until() = TestDate("2025-12-31");
  if (role != statement::v1::ROLE_READER) return;
  given.set_unit("stats");
  *given.mutable_confidentiality()->mutable_signed_on() = TestDate("2024-02-01");
  given.mutable_confidentiality()->mutable_document()->set_digest(
      Attach(draft, CommitmentKind::kDocument, kText, absl::StrCat("Accord de ", name)));
}

void TestGateway::AddServiceMandate(TestDraft& draft, const std::string& party,
                                    const std::string& name, statement::v1::Role role,
                                    const std::string& answerable) {
  TestDraft person;
  AddMandate(person, party, name, role);
  statement::v1::MandateGiven& given = *person.acts[0].mutable_mandate_given();
  // A service has no name.
  given.clear_person();
  person.attachments.erase(person.attachments.begin());
  given.add_datasets(kSlug);
  given.set_answerable_agent(AgentOf(answerable));
  draft.acts.push_back(person.acts[0]);
  draft.attachments.insert(draft.attachments.end(), person.attachments.begin(),
                           person.attachments.end());
}

void TestGateway::AddKey(TestDraft& draft, const std::string& party, const std::string& name,
                         statement::v1::AgentKind kind) {
  Act& act = draft.acts.emplace_back(InNameOf(party));
  statement::v1::AgentEnrolled& enrolled = *act.mutable_agent_enrolled();
  const certs::keys::PrivateKey& key = KeyOf(name);
  enrolled.set_agent(AgentOf(name));
  enrolled.set_kind(kind);
  enrolled.set_spki(key.public_key().spki());
  enrolled.set_scheme(statement::v1::SIGNATURE_SCHEME_RAW);
  enrolled.set_valid_from_ms(kValidFromMs);
  enrolled.set_valid_until_ms(kValidUntilMs);
  enrolled.mutable_possession()->set_raw(key.Sign(
      gateway::base::EnrolmentMessage(convention_->log_name(), enrolled.agent(), enrolled.spki())));
}

TestDraft TestGateway::Adhesion(const std::string& party) {
  const std::string representative = absl::StrCat("representative-", party);
  TestDraft draft;
  for (const auto kind : {statement::v1::DEED_KIND_DELIBERATION, statement::v1::DEED_KIND_SIGNATURE,
                          statement::v1::DEED_KIND_MANDATE}) {
    statement::v1::DeedRecorded& deed =
        *draft.acts.emplace_back(InNameOf(party)).mutable_deed_recorded();
    deed.set_kind(kind);
    *deed.mutable_dated() = TestDate("2024-02-01");
    deed.mutable_document()->set_digest(Attach(draft, CommitmentKind::kDocument, kText,
                                               absl::StrCat("ESSAI, acte ", kind, " de ", party)));
  }
  AddMandate(draft, party, representative, statement::v1::ROLE_REPRESENTATIVE);
  AddKey(draft, party, representative, statement::v1::AGENT_KIND_PERSON);
  statement::v1::PartyAdhered& adhered =
      *draft.acts.emplace_back(InNameOf(party)).mutable_party_adhered();
  *adhered.mutable_deliberation() = Earlier(0);
  *adhered.mutable_signature() = Earlier(1);
  *adhered.mutable_representative() = Earlier(3);
  *draft.acts[3].mutable_under_deed() = Earlier(2);
  *draft.acts[4].mutable_under_deed() = Earlier(2);
  *draft.acts[5].mutable_under_deed() = Earlier(1);
  return draft;
}

TestDraft TestGateway::Declare(const std::string& slug, std::string_view title) {
  TestDraft draft;
  statement::v1::DatasetDeclared& declared =
      *draft.acts.emplace_back(InNameOf(slug.substr(0, slug.find('/')))).mutable_dataset_declared();
  declared.set_slug(slug);
  declared.set_version(1);
  declared.set_lane(statement::v1::LANE_AGGREGATE);
  declared.add_purposes("I-1");
  declared.add_data_subjects("familles");
  declared.add_units("stats");
  AddField(declared, "annee", statement::v1::FIELD_TYPE_YEAR);
  AddField(declared, "code_insee", statement::v1::FIELD_TYPE_COMMUNE);
  AddField(declared, "foyers", statement::v1::FIELD_TYPE_COUNT);
  AddField(declared, "mineurs", statement::v1::FIELD_TYPE_COUNT);
  declared.set_threshold(5);
  *declared.mutable_retain_until() = TestDate("2028-12-31");
  declared.set_geography_year(2024);
  declared.mutable_title()->set_digest(Attach(draft, CommitmentKind::kDocument, kText, title));
  return draft;
}

TestDraft TestGateway::Propose() {
  TestDraft draft;
  statement::v1::ExchangeProposed& proposed =
      *draft.acts.emplace_back(InNameOf("p002")).mutable_exchange_proposed();
  *proposed.mutable_dataset() = dataset;
  proposed.mutable_recipient()->set_party("p002");
  proposed.set_purpose("I-1");
  proposed.add_units("stats");
  for (const char* field : {"annee", "code_insee", "foyers", "mineurs"}) proposed.add_fields(field);
  *proposed.mutable_from() = TestDate("2024-01-01");
  *proposed.mutable_until() = TestDate("2025-12-31");
  *proposed.mutable_retain_until() = TestDate("2026-12-31");
  proposed.mutable_reasons()->set_digest(
      Attach(draft, CommitmentKind::kDocument, kText, "Motifs de la demande, synthétiques"));
  return draft;
}

TestDraft TestGateway::Opine(statement::v1::Opinion given_opinion) {
  TestDraft draft;
  statement::v1::DpoOpinionGiven& given =
      *draft.acts.emplace_back(InNameOf("p001")).mutable_dpo_opinion_given();
  *given.mutable_exchange() = exchange;
  given.set_opinion(given_opinion);
  if (given_opinion == statement::v1::OPINION_FAVOURABLE)
    *given.mutable_conditions() = options_.conditions;
  given.mutable_reasons()->set_digest(
      Attach(draft, CommitmentKind::kDocument, kText, "Motifs de l'avis, synthétiques"));
  return draft;
}

TestDraft TestGateway::Decide(statement::v1::Verdict verdict) {
  TestDraft draft;
  statement::v1::ExchangeDecided& decided =
      *draft.acts.emplace_back(InNameOf("p001")).mutable_exchange_decided();
  *decided.mutable_exchange() = exchange;
  *decided.mutable_opinion() = opinion;
  decided.set_verdict(verdict);
  decided.mutable_reasons()->set_digest(
      Attach(draft, CommitmentKind::kDocument, kText, "Motifs de la décision, synthétiques"));
  return draft;
}

TestDraft TestGateway::Register(const std::string& party, uint32_t version,
                                std::string_view sheet) {
  TestDraft draft;
  statement::v1::RegisterEntryRecorded& entry =
      *draft.acts.emplace_back(InNameOf(party)).mutable_register_entry_recorded();
  *entry.mutable_exchange() = exchange;
  entry.set_reference(absl::StrCat("fiche-", party));
  entry.set_version(version);
  entry.set_legal_basis(statement::v1::LEGAL_BASIS_PUBLIC_TASK);
  *entry.mutable_next_review_on() = TestDate("2025-06-01");
  entry.mutable_sheet()->set_digest(
      Attach(draft, CommitmentKind::kDocument, "application/json", sheet));
  return draft;
}

TestDraft TestGateway::Send(std::string_view period, std::string_view payload,
                            int64_t destroy_after_ms) {
  TestDraft draft;
  statement::v1::TransferSubmitted& submitted =
      *draft.acts.emplace_back(InNameOf("p001")).mutable_transfer_submitted();
  *submitted.mutable_exchange() = exchange;
  *submitted.mutable_dataset() = dataset;
  submitted.mutable_recipient()->set_party("p002");
  submitted.set_period(std::string(period));
  submitted.set_size_band(policy::content::SizeBand(payload.size()));
  submitted.set_destroy_after_ms(destroy_after_ms);
  submitted.mutable_payload()->set_digest(
      Attach(draft, CommitmentKind::kPayload, "text/csv", payload));
  return draft;
}

TestDraft TestGateway::Rule(const ActRef& ruled_transfer, statement::v1::Ruling ruling) {
  TestDraft draft;
  statement::v1::TransferRuled& ruled =
      *draft.acts.emplace_back(InNameOf("p001")).mutable_transfer_ruled();
  *ruled.mutable_transfer() = ruled_transfer;
  ruled.set_ruling(ruling);
  ruled.mutable_reasons()->set_digest(
      Attach(draft, CommitmentKind::kDocument, kText, "Motifs de l'arrêt, synthétiques"));
  return draft;
}

TestDraft TestGateway::Acknowledge(const ActRef& acknowledged_transfer) {
  TestDraft draft;
  statement::v1::TransferAcknowledged& acknowledged =
      *draft.acts.emplace_back(InNameOf("p002")).mutable_transfer_acknowledged();
  *acknowledged.mutable_transfer() = acknowledged_transfer;
  convention_->Read([&](const policy::state::State& state) {
    acknowledged.set_payload(
        state.transfers.Find(policy::state::KeyOf(acknowledged_transfer))->payload());
  });
  return draft;
}

void TestGateway::Recommend(TestDraft& draft, statement::v1::RecommendationWeight weight,
                            const statement::v1::Conditions& conditions) {
  statement::v1::Recommendation& recommendation =
      *draft.acts[0].mutable_dpo_opinion_given()->add_recommendations();
  recommendation.mutable_text()->set_digest(
      Attach(draft, CommitmentKind::kDocument, kText, "Recommandation, synthétique"));
  recommendation.set_weight(weight);
  if (conditions.ByteSizeLong() > 0) *recommendation.mutable_conditions() = conditions;
}

TestDraft TestGateway::AnswerTo(uint32_t recommendation, statement::v1::Answer answer) {
  TestDraft draft;
  statement::v1::RecommendationAnswered& answered =
      *draft.acts.emplace_back(InNameOf("p001")).mutable_recommendation_answered();
  *answered.mutable_exchange() = exchange;
  *answered.mutable_opinion() = opinion;
  answered.set_recommendation(recommendation);
  answered.set_answer(answer);
  if (answer != statement::v1::ANSWER_ACCEPTED)
    answered.mutable_reasons()->set_digest(
        Attach(draft, CommitmentKind::kDocument, kText, "Motifs de la réponse, synthétiques"));
  return draft;
}

TestDraft TestGateway::FreezeExchange(const std::string& party) {
  TestDraft draft;
  *draft.acts.emplace_back(InNameOf(party)).mutable_freeze_placed()->mutable_exchange() = exchange;
  return draft;
}

TestDraft TestGateway::FreezeTransfer(const std::string& party, const ActRef& frozen) {
  TestDraft draft;
  statement::v1::FreezePlaced& placed =
      *draft.acts.emplace_back(InNameOf(party)).mutable_freeze_placed();
  *placed.mutable_transfer() = frozen;
  placed.mutable_reasons()->set_digest(
      Attach(draft, CommitmentKind::kDocument, kText, "Motifs du gel, synthétiques"));
  return draft;
}

TestDraft TestGateway::Lift(const std::string& party, const ActRef& freeze) {
  TestDraft draft;
  statement::v1::FreezeLifted& lifted =
      *draft.acts.emplace_back(InNameOf(party)).mutable_freeze_lifted();
  *lifted.mutable_freeze() = freeze;
  lifted.mutable_reasons()->set_digest(
      Attach(draft, CommitmentKind::kDocument, kText, "Motifs de la levée, synthétiques"));
  return draft;
}

TestDraft TestGateway::EnactSettings() const {
  TestDraft draft;
  statement::v1::SettingsEnacted& enacted =
      *draft.acts.emplace_back(InNameOf("p002")).mutable_settings_enacted();
  convention_->Read([&](const policy::state::State& state) {
    *enacted.mutable_replaces() = state.founding()->settings_ref();
    *enacted.mutable_settings() = state.founding()->settings();
  });
  return draft;
}

TestDraft TestGateway::EndMandate(const std::string& party, const ActRef& mandate) const {
  TestDraft draft;
  *draft.acts.emplace_back(InNameOf(party)).mutable_mandate_ended()->mutable_mandate() = mandate;
  return draft;
}

TestDraft TestGateway::StopKey(const std::string& party, std::string_view name,
                               statement::v1::StopCause cause, int64_t since_ms) {
  TestDraft draft;
  statement::v1::KeyStopped& stopped =
      *draft.acts.emplace_back(InNameOf(party)).mutable_key_stopped();
  stopped.set_key(gateway::base::ToBytes(KeyOf(name).public_key().fingerprint()));
  stopped.set_cause(cause);
  stopped.set_compromised_since_ms(since_ms);
  return draft;
}

TestDraft TestGateway::Reinstate(const std::string& party, std::string_view name,
                                 statement::v1::Reinstatement reinstatement,
                                 const std::vector<ActRef>& ratified) {
  TestDraft draft;
  statement::v1::KeyReinstated& reinstated =
      *draft.acts.emplace_back(InNameOf(party)).mutable_key_reinstated();
  reinstated.set_key(gateway::base::ToBytes(KeyOf(name).public_key().fingerprint()));
  reinstated.set_reinstatement(reinstatement);
  *reinstated.mutable_ratified() = {ratified.begin(), ratified.end()};
  return draft;
}

TestDraft TestGateway::Appoint(
    const std::string& party,
    const std::vector<std::pair<std::string, statement::v1::Role>>& roles) {
  TestDraft draft;
  for (const auto& [name, role] : roles) {
    AddMandate(draft, party, absl::StrCat(name, "-", party), role);
    AddKey(draft, party, absl::StrCat(name, "-", party), statement::v1::AGENT_KIND_PERSON);
  }
  return draft;
}

std::string TestGateway::Payload(std::string_view year) const {
  const auto& dropped = options_.conditions.dropped_fields();
  const bool minors = dropped.empty();
  std::string payload = minors ? "annee;code_insee;foyers;mineurs\n" : "annee;code_insee;foyers\n";
  for (const char* code : {"01991", "01992"})
    absl::StrAppend(&payload, Absl(year), ";", code, ";25", minors ? ";31" : "", "\n");
  return payload;
}

void TestGateway::Staff() {
  const auto appoint = [&](const std::string& party,
                           const std::vector<std::pair<std::string, statement::v1::Role>>& roles) {
    Must(Appoint(party, roles), {absl::StrCat("representative-", party)});
  };
  appoint("p001", {{"dpo", statement::v1::ROLE_DPO},
                   {"decider", statement::v1::ROLE_DECIDER},
                   {"steward", statement::v1::ROLE_STEWARD},
                   {"sender", statement::v1::ROLE_SENDER},
                   {"auditor", statement::v1::ROLE_AUDITOR}});
  appoint("p002", {{"dpo", statement::v1::ROLE_DPO},
                   {"requester", statement::v1::ROLE_REQUESTER},
                   {"steward", statement::v1::ROLE_STEWARD},
                   {"reader", statement::v1::ROLE_READER}});
  appoint("p003",
          {{"steward", statement::v1::ROLE_STEWARD}, {"reader", statement::v1::ROLE_READER}});
  TestDraft services;
  AddServiceMandate(services, "p001", "system-p001", statement::v1::ROLE_SENDER, "steward-p001");
  AddKey(services, "p001", "system-p001", statement::v1::AGENT_KIND_SERVICE);
  Must(services, {"representative-p001"});
  TestDraft auditor;
  AddMandate(auditor, "p002", "log-auditor", statement::v1::ROLE_LOG_AUDITOR);
  Must(auditor, Transcribers());
  TestDraft key;
  AddKey(key, "p002", "log-auditor", statement::v1::AGENT_KIND_PERSON);
  Must(key, {"representative-p002"});
}

void TestGateway::Advance(Progress progress) {
  if (progress >= Progress::kAdhered)
    for (const char* party : {"p001", "p002", "p003"}) Must(Adhesion(party), Transcribers());
  if (progress >= Progress::kStaffed) Staff();
  if (progress >= Progress::kDeclared)
    dataset = Must(Declare(kSlug, "Familles par commune (synthétique)"), {"steward-p001"}).Ref();
  if (progress >= Progress::kProposed) exchange = Must(Propose(), {"requester-p002"}).Ref();
  if (progress >= Progress::kFavourable)
    opinion = Must(Opine(statement::v1::OPINION_FAVOURABLE), {"dpo-p001"}).Ref();
  if (progress >= Progress::kApproved)
    decision = Must(Decide(statement::v1::VERDICT_APPROVED), {"decider-p001"}).Ref();
  if (progress >= Progress::kRegistered)
    register_entry =
        Must(Register("p001", 1, R"({"name": "Familles", "main_purpose": "Connaître"})"),
             {"steward-p001"})
            .Ref();
  if (progress >= Progress::kSent)
    transfer =
        Must(Send("2023", Payload("2023"), options_.destroy_after_ms), {"system-p001"}).Ref();
}

}  // namespace passerelle::tests
