// The acts of the invented convention, each accepted at the right stage.
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/strings.h"
#include "policy/state/heads.h"
#include "policy/state/query.h"
#include "policy/state/succession.h"
#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

using gateway::base::Absl;
using statement::v1::Act;
using statement::v1::ActRef;

Act InNameOf(std::string_view party) {
  Act act;
  act.set_party(std::string(party));
  return act;
}

void AddField(statement::v1::DatasetDeclared& dataset, std::string_view name,
              statement::v1::FieldType type) {
  statement::v1::Field& field = *dataset.add_fields();
  field.set_name(std::string(name));
  field.set_type(type);
}

void AddParty(convention::v1::Convention& convention, std::string_view id,
              convention::v1::PartyKind kind, std::string_view name, std::string_view code) {
  convention::v1::Party& party = *convention.add_parties();
  party.set_id(std::string(id));
  party.set_kind(kind);
  party.add_names()->set_name(std::string(name));
  if (!code.empty()) party.add_insee_codes()->set_code(std::string(code));
}

void AddFounder(statement::v1::ConventionEnacted& enacted, std::string_view name,
                std::string_view party, statement::v1::Role role) {
  const Agent agent = MakeAgent(name);
  statement::v1::FoundingKey& key = *enacted.add_founding_keys();
  key.set_agent(agent.id);
  key.set_kind(role == statement::v1::ROLE_OPERATOR ? statement::v1::AGENT_KIND_GATEWAY
                                                    : statement::v1::AGENT_KIND_PERSON);
  key.set_party(std::string(party));
  key.set_role(role);
  key.set_spki(agent.spki);
  key.set_scheme(statement::v1::SIGNATURE_SCHEME_RAW);
}

statement::v1::Recipient RecipientOf(const std::string& recipient_class) {
  statement::v1::Recipient recipient;
  if (recipient_class.empty())
    recipient.set_party("p002");
  else
    recipient.set_recipient_class(recipient_class);
  return recipient;
}

}  // namespace

statement::v1::Recommendation Recommend(statement::v1::RecommendationWeight weight) {
  statement::v1::Recommendation recommendation;
  recommendation.mutable_text()->set_digest(Commitment("recommendation"));
  recommendation.set_weight(weight);
  return recommendation;
}

convention::v1::Convention InventedConvention() {
  convention::v1::Convention convention;
  convention.set_slug("ctg-invented");
  convention.set_title("Convention inventée (synthétique)");
  convention.set_zone("Europe/Paris");
  convention.set_language("fr");
  *convention.mutable_starts_on() = DateOf("2024-01-01");
  *convention.mutable_ends_on() = DateOf("2029-12-31");
  convention.set_secretariat_party("p002");
  convention.set_countersigning_party("p001");
  AddParty(convention, "p001", convention::v1::PARTY_KIND_FUND, "Caisse de Valmont", "");
  AddParty(convention, "p002", convention::v1::PARTY_KIND_AGGLOMERATION, "Valmont Agglo", "");
  AddParty(convention, "p003", convention::v1::PARTY_KIND_COMMUNE, "Aubigny-le-Haut", "99001");
  AddParty(convention, "p004", convention::v1::PARTY_KIND_COMMUNE, "Belleroche", "99002");
  AddParty(convention, "p005", convention::v1::PARTY_KIND_COMMUNE, "Courzel", "99003");
  AddParty(convention, "p006", convention::v1::PARTY_KIND_SYNDICATE, "Syndicat du Val", "");
  for (const std::string_view code : {"I-1", "I-2", "II-1"}) {
    convention::v1::Purpose& purpose = *convention.add_purposes();
    purpose.set_code(std::string(code));
    purpose.set_article(std::string(code.substr(0, code.find('-'))));
    purpose.set_text("Une finalité inventée");
  }
  convention.add_tags()->set_code("axe-1");
  for (const std::string_view code : {"families", "children"})
    convention.add_data_subjects()->set_code(std::string(code));
  for (const std::string_view rule : {"IX.1", "IX.2c", "XII", "XIII.1"}) {
    convention::v1::Clause& clause = *convention.add_clauses();
    clause.set_rule(std::string(rule));
    clause.set_sentence(absl::StrCat("Phrase inventée de l'article ", Absl(rule), "."));
  }
  return convention;
}

convention::v1::Settings InventedSettings() {
  convention::v1::Settings settings;
  for (const std::string_view code : {"stats", "childhood", "housing"})
    settings.add_units()->set_code(std::string(code));
  settings.set_least_threshold(5);
  settings.set_reader_opening_days(180);
  settings.set_decision_file_years(5);
  convention::v1::RecipientClass& group = *settings.add_recipient_classes();
  group.set_code("group");
  for (const std::string_view party : {"p002", "p003", "p006"})
    group.add_parties(std::string(party));
  convention::v1::RecipientClass& later = *settings.add_recipient_classes();
  later.set_code("later");
  later.add_parties("p006");
  settings.set_stop_working_days(5);
  settings.set_request_lapse_days(100);
  settings.add_holidays()->set_month_day(605);
  return settings;
}

Act World::Found() const {
  Act act;
  statement::v1::ConventionEnacted& enacted = *act.mutable_convention_enacted();
  *enacted.mutable_convention() = InventedConvention();
  *enacted.mutable_settings() = InventedSettings();
  enacted.mutable_settings()->set_deed_delay_ms(options_.deed_delay_ms);
  enacted.set_environment(statement::v1::ENVIRONMENT_TEST);
  enacted.set_origin("passerelle.example/ctg-invented/test");
  enacted.set_checkpoint_vkey("passerelle.example/ctg-invented/test+00000000+synthetic");
  AddFounder(enacted, "gateway", "p002", statement::v1::ROLE_OPERATOR);
  AddFounder(enacted, "secretary-1", "p002", statement::v1::ROLE_SECRETARIAT);
  AddFounder(enacted, "secretary-2", "p002", statement::v1::ROLE_SECRETARIAT);
  AddFounder(enacted, "counter-1", "p001", statement::v1::ROLE_COUNTERSIGNER);
  AddFounder(enacted, "counter-2", "p001", statement::v1::ROLE_COUNTERSIGNER);
  return act;
}

Act World::Deed(std::string_view party, statement::v1::DeedKind kind) const {
  Act act = InNameOf(party);
  statement::v1::DeedRecorded& deed = *act.mutable_deed_recorded();
  deed.set_kind(kind);
  *deed.mutable_dated() = DateOf("2024-02-01");
  deed.mutable_document()->set_digest(Commitment("deed"));
  return act;
}

Act World::Enrol(std::string_view party, std::string_view name,
                 statement::v1::AgentKind kind) const {
  const Agent agent = MakeAgent(name);
  Act act = InNameOf(party);
  statement::v1::AgentEnrolled& enrolled = *act.mutable_agent_enrolled();
  enrolled.set_agent(agent.id);
  enrolled.set_kind(kind);
  enrolled.set_spki(agent.spki);
  enrolled.set_scheme(statement::v1::SIGNATURE_SCHEME_RAW);
  enrolled.set_valid_from_ms(1704067200000);   // 2024-01-01
  enrolled.set_valid_until_ms(1893456000000);  // 2030-01-01
  enrolled.mutable_possession()->set_raw("synthetic");
  return act;
}

Act World::Mandate(std::string_view party, std::string_view name, statement::v1::Role role) const {
  Act act = InNameOf(party);
  statement::v1::MandateGiven& given = *act.mutable_mandate_given();
  given.set_agent(MakeAgent(name).id);
  given.set_role(role);
  given.set_rank(statement::v1::RANK_TITULAR);
  *given.mutable_from() = DateOf("2024-01-01");
  given.mutable_person()->set_digest(Commitment(name));
  if (role != statement::v1::ROLE_READER) return act;
  given.set_unit("stats");
  *given.mutable_confidentiality()->mutable_signed_on() = DateOf("2024-02-01");
  given.mutable_confidentiality()->mutable_document()->set_digest(Commitment("agreement"));
  return act;
}

Act World::ServiceMandate(std::string_view party, std::string_view name, statement::v1::Role role,
                          std::string_view answerable) const {
  Act act = Mandate(party, name, role);
  act.mutable_mandate_given()->clear_person();
  act.mutable_mandate_given()->add_datasets("p001/children");
  act.mutable_mandate_given()->set_answerable_agent(MakeAgent(answerable).id);
  return act;
}

Acts World::Adhesion(std::string_view party) const {
  const std::string representative = absl::StrCat("representative-", Absl(party));
  Acts acts = {
      Deed(party, statement::v1::DEED_KIND_DELIBERATION),
      Deed(party, statement::v1::DEED_KIND_SIGNATURE),
      Deed(party, statement::v1::DEED_KIND_MANDATE),
      Mandate(party, representative, statement::v1::ROLE_REPRESENTATIVE),
      Enrol(party, representative, statement::v1::AGENT_KIND_PERSON),
      InNameOf(party),
  };
  *acts[3].mutable_under_deed() = Earlier(2);
  *acts[4].mutable_under_deed() = Earlier(2);
  *acts[5].mutable_under_deed() = Earlier(1);
  statement::v1::PartyAdhered& adhered = *acts[5].mutable_party_adhered();
  *adhered.mutable_deliberation() = Earlier(0);
  *adhered.mutable_signature() = Earlier(1);
  *adhered.mutable_representative() = Earlier(3);
  return acts;
}

Act World::AdhesionAfter(std::string_view party, const Step& others) const {
  Act act = Adhesion(party).back();
  *act.mutable_under_deed() = others.Ref(1);
  *act.mutable_party_adhered()->mutable_deliberation() = others.Ref(0);
  *act.mutable_party_adhered()->mutable_signature() = others.Ref(1);
  *act.mutable_party_adhered()->mutable_representative() = others.Ref(3);
  return act;
}

Act World::EnactSettings() const {
  Act act = InNameOf("p002");
  *act.mutable_settings_enacted()->mutable_replaces() = state_.founding()->settings_ref();
  *act.mutable_settings_enacted()->mutable_settings() = state_.founding()->settings();
  return act;
}

Act World::EndMandate(std::string_view party, const ActRef& mandate) const {
  Act act = InNameOf(party);
  *act.mutable_mandate_ended()->mutable_mandate() = mandate;
  return act;
}

ActRef World::MandateOf(std::string_view name, std::string_view party,
                        statement::v1::Role role) const {
  const auto held = policy::state::FindMandate(state_, MakeAgent(name).id, party, role,
                                               now().time_ms, now().civil_date);
  if (held.row == nullptr) std::abort();
  return held.ref;
}

Act World::StopKey(std::string_view party, std::string_view name,
                   statement::v1::StopCause cause) const {
  Act act = InNameOf(party);
  act.mutable_key_stopped()->set_key(MakeAgent(name).fingerprint);
  act.mutable_key_stopped()->set_cause(cause);
  if (cause == statement::v1::STOP_CAUSE_COMPROMISED)
    act.mutable_key_stopped()->set_compromised_since_ms(now().time_ms);
  return act;
}

Act World::Reinstate(std::string_view party, std::string_view name) const {
  Act act = InNameOf(party);
  act.mutable_key_reinstated()->set_key(MakeAgent(name).fingerprint);
  act.mutable_key_reinstated()->set_reinstatement(statement::v1::REINSTATEMENT_KEY);
  return act;
}

Act World::Declare() const {
  Act act = InNameOf("p001");
  statement::v1::DatasetDeclared& declared = *act.mutable_dataset_declared();
  declared.set_slug("p001/children");
  declared.set_version(1);
  declared.set_lane(statement::v1::LANE_AGGREGATE);
  for (const std::string_view purpose : {"I-1", "I-2"}) declared.add_purposes(std::string(purpose));
  declared.add_tags("axe-1");
  declared.add_data_subjects("children");
  for (const std::string_view unit : {"stats", "childhood"}) declared.add_units(std::string(unit));
  AddField(declared, "annee", statement::v1::FIELD_TYPE_YEAR);
  AddField(declared, "commune", statement::v1::FIELD_TYPE_COMMUNE);
  AddField(declared, "tranche", statement::v1::FIELD_TYPE_CATEGORY);
  declared.mutable_fields(2)->add_codes("0-2");
  declared.mutable_fields(2)->add_codes("3-5");
  AddField(declared, "enfants", statement::v1::FIELD_TYPE_COUNT);
  AddField(declared, "places", statement::v1::FIELD_TYPE_COUNT);
  declared.set_threshold(5);
  *declared.mutable_retain_until() = DateOf("2028-12-31");
  declared.set_geography_year(2023);
  declared.mutable_title()->set_digest(Commitment("title"));
  return act;
}

Act World::Propose() const {
  Act act = InNameOf("p002");
  statement::v1::ExchangeProposed& proposed = *act.mutable_exchange_proposed();
  *proposed.mutable_dataset() = dataset;
  *proposed.mutable_recipient() = RecipientOf(options_.recipient_class);
  proposed.set_purpose("I-1");
  proposed.add_tags("axe-1");
  proposed.add_units("stats");
  for (const std::string_view field : {"places", "annee", "commune", "tranche", "enfants"})
    proposed.add_fields(std::string(field));
  *proposed.mutable_from() = DateOf("2024-01-01");
  *proposed.mutable_until() = DateOf("2025-12-31");
  *proposed.mutable_retain_until() = DateOf("2026-12-31");
  proposed.set_frequency(statement::v1::FREQUENCY_YEARLY);
  proposed.mutable_reasons()->set_digest(Commitment("reasons"));
  return act;
}

Act World::Opine() const {
  Act act = InNameOf("p001");
  statement::v1::DpoOpinionGiven& given = *act.mutable_dpo_opinion_given();
  *given.mutable_exchange() = exchange;
  given.set_opinion(statement::v1::OPINION_FAVOURABLE);
  *given.mutable_conditions() = options_.conditions;
  for (const statement::v1::Recommendation& recommendation : options_.recommendations)
    *given.add_recommendations() = recommendation;
  given.mutable_reasons()->set_digest(Commitment("opinion"));
  return act;
}

Act World::DecideExchange() const {
  Act act = InNameOf("p001");
  statement::v1::ExchangeDecided& decided = *act.mutable_exchange_decided();
  *decided.mutable_exchange() = exchange;
  *decided.mutable_opinion() = opinion;
  decided.set_verdict(statement::v1::VERDICT_APPROVED);
  decided.mutable_reasons()->set_digest(Commitment("decision"));
  return act;
}

Act World::Register() const {
  Act act = InNameOf("p001");
  statement::v1::RegisterEntryRecorded& entry = *act.mutable_register_entry_recorded();
  *entry.mutable_exchange() = exchange;
  entry.set_reference("sheet-12");
  entry.set_version(1);
  entry.set_legal_basis(statement::v1::LEGAL_BASIS_PUBLIC_TASK);
  *entry.mutable_next_review_on() = DateOf("2026-01-01");
  entry.mutable_sheet()->set_digest(Commitment("sheet"));
  return act;
}

Act World::Send() const {
  Act act = InNameOf("p001");
  statement::v1::TransferSubmitted& submitted = *act.mutable_transfer_submitted();
  *submitted.mutable_exchange() = exchange;
  *submitted.mutable_dataset() = dataset;
  *submitted.mutable_recipient() = RecipientOf(options_.recipient_class);
  submitted.set_period("2023");
  submitted.mutable_payload()->set_digest(Commitment("payload"));
  submitted.set_size_band(2048);
  submitted.set_destroy_after_ms(options_.destroy_after_ms);
  return act;
}

Act World::Rule(statement::v1::Ruling ruling) const {
  Act act = InNameOf("p001");
  statement::v1::TransferRuled& ruled = *act.mutable_transfer_ruled();
  *ruled.mutable_transfer() = transfer;
  ruled.set_ruling(ruling);
  ruled.mutable_reasons()->set_digest(Commitment("ruling"));
  return act;
}

Act World::HandOver() const {
  Act act;
  *act.mutable_content_handed_over()->mutable_transfer() = transfer;
  act.mutable_content_handed_over()->mutable_reader()->set_digest(Commitment("reader"));
  return act;
}

Act World::Acknowledge() const {
  Act act = InNameOf("p002");
  *act.mutable_transfer_acknowledged()->mutable_transfer() = transfer;
  act.mutable_transfer_acknowledged()->set_payload(Commitment("payload"));
  return act;
}

Act World::ReachRetention() const {
  Act act;
  *act.mutable_retention_reached()->mutable_transfer() = transfer;
  return act;
}

Act World::Erase(const ActRef& ground) const {
  Act act;
  *act.mutable_payload_erased()->mutable_transfer() = transfer;
  *act.mutable_payload_erased()->mutable_ground() = ground;
  return act;
}

Act World::StateHeads() const {
  const std::vector<record::v1::ChainHead> heads = policy::state::HeadsOf(state());
  Act act;
  act.mutable_party_heads()->set_root(gateway::base::ToBytes(policy::state::HeadsRoot(heads)));
  act.mutable_party_heads()->set_chains(heads.size());
  return act;
}

void World::AskForEvidence(convention::v1::Settings& settings) {
  for (const char* name : {"one.example/w", "two.example"}) {
    convention::v1::Witness& witness = *settings.add_witnesses();
    const std::string key = "\4" + std::string(32, name[0]);
    witness.set_vkey(absl::StrCat(name, "+0123abcd+", gateway::base::ToBase64(key)));
    witness.set_url("https://witness.example:8445/a/b");
  }
  settings.set_witness_quorum(2);
  convention::v1::TimeStampAuthority& authority = *settings.add_time_stamp_authorities();
  authority.set_url("http://tsa.example/tsr");
  authority.add_trust_anchors(std::string("\x30\x00", 2));
  settings.set_time_stamp_tolerance_ms(1000);
  settings.set_evidence_lag_minutes(43'200);
}

Act World::Stamp() const {
  Act act;
  statement::v1::CheckpointStamped& stamped = *act.mutable_checkpoint_stamped();
  stamped.set_size(state().size());
  stamped.set_checkpoint(Commitment("checkpoint"));
  stamped.set_time_stamp(Commitment("time stamp"));
  stamped.set_time_ms(state().time_ms());
  return act;
}

Act World::OpenShard(statement::v1::ShardCause cause) const {
  const bool loss = cause == statement::v1::SHARD_CAUSE_LOSS;
  Act act = InNameOf("p002");
  statement::v1::ShardOpened& opened = *act.mutable_shard_opened();
  opened.set_cause(cause);
  opened.set_origin(absl::StrCat("synthetic.example/log/", state().size()));
  const std::string key = "\1" + Commitment(opened.origin());
  opened.set_checkpoint_vkey(
      absl::StrCat(opened.origin(), "+0123abcd+", gateway::base::ToBase64(key)));
  opened.set_closed_size(state().size() + (loss ? 3 : 0));
  opened.set_closed_root(Commitment("closed"));
  opened.set_closing("synthetic note");
  opened.set_succession("synthetic note");
  return act;
}

Act World::Present() const {
  Act act = InNameOf("p001");
  statement::v1::ReceiptPresented& presented = *act.mutable_receipt_presented();
  uint64_t before = 0;
  state().presented.Scan("", [&](const std::string&, const record::v1::PresentedRow&) {
    ++before;
    return true;
  });
  const record::v1::ShardRow* loss = policy::state::LastLoss(state());
  presented.set_index(loss->index() + before % (loss->closed_size() - loss->index()));
  presented.set_entry("synthetic entry");
  presented.set_path(Commitment("path"));
  presented.set_checkpoint("synthetic note");
  return act;
}

Act World::AnswerTo(uint32_t recommendation, statement::v1::Answer answer) const {
  Act act = InNameOf("p001");
  statement::v1::RecommendationAnswered& answered = *act.mutable_recommendation_answered();
  *answered.mutable_exchange() = exchange;
  *answered.mutable_opinion() = opinion;
  answered.set_recommendation(recommendation);
  answered.set_answer(answer);
  if (answer != statement::v1::ANSWER_ACCEPTED)
    answered.mutable_reasons()->set_digest(Commitment("answer"));
  return act;
}

Act World::FreezeExchange(std::string_view party) const {
  Act act = InNameOf(party);
  *act.mutable_freeze_placed()->mutable_exchange() = exchange;
  return act;
}

Act World::FreezeTransfer(std::string_view party) const {
  Act act = InNameOf(party);
  *act.mutable_freeze_placed()->mutable_transfer() = transfer;
  return act;
}

Act World::Lift(std::string_view party, const ActRef& freeze) const {
  Act act = InNameOf(party);
  *act.mutable_freeze_lifted()->mutable_freeze() = freeze;
  act.mutable_freeze_lifted()->mutable_reasons()->set_digest(Commitment("lift"));
  return act;
}

}  // namespace passerelle::tests
