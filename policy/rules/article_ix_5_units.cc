// Article IX, fifth paragraph, d: authorised persons, in authorised units, with a confidentiality
// agreement.
#include "gateway/base/limits.h"
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"

namespace passerelle::policy::rules {
namespace {

using gateway::base::kMaxCodes;

constexpr std::string_view kReader =
    "Le représentant du destinataire donne un mandat de lecture dans un service habilité, avec "
    "accord de confidentialité.";
constexpr std::string_view kReaderEn =
    "The recipient's representative gives a reader's mandate in an authorised unit, with a "
    "confidentiality agreement.";
constexpr std::string_view kAuthor = "L'auteur de l'acte le corrige et signe de nouveau.";
constexpr std::string_view kAuthorEn = "The author of the act corrects it and signs again.";

constexpr Message kMessages[] = {
    {"unit-missing", "Aucun service habilité n'est nommé.", "No authorised unit is named.", kAuthor,
     kAuthorEn},
    {"unit-unknown", "Ce service n'est pas dans la liste des réglages.",
     "This unit is not in the settings' list.", kAuthor, kAuthorEn},
    {"unit-not-of-dataset", "Le jeu de données n'est pas ouvert à ce service.",
     "The dataset is not open to this unit.", kAuthor, kAuthorEn},
    {"agreement-missing", "L'accord de confidentialité manque.",
     "The confidentiality agreement is missing.", kReader, kReaderEn},
    {"agreement-ahead", "L'accord de confidentialité porte une date à venir.",
     "The confidentiality agreement bears a date to come.", kReader, kReaderEn},
    {"no-reader-mandate", "L'agent n'a pas de mandat de lecture du destinataire en vigueur.",
     "The agent has no reader's mandate of the recipient in force.", kReader, kReaderEn},
    {"unit-not-authorised", "Le service de l'agent n'est pas habilité pour cet échange.",
     "The agent's unit is not authorised for this exchange.", kReader, kReaderEn},
    {"dataset-not-named", "Le mandat de lecture ne nomme pas ce jeu de données.",
     "The reader's mandate does not name this dataset.", kReader, kReaderEn},
    {"not-answered-for", "Personne ne répond plus de cette clé de service.",
     "Nobody answers for this service key any more.", kReader, kReaderEn},
};

// Whether an agent is bound to confidentiality in this party: a service key reads under the
// agreement of the person who answers for it (WIRE 12).
bool IsBound(const state::State& state, std::string_view agent, std::string_view party,
             int64_t time_ms, const convention::v1::Date& today) {
  if (agent.empty()) return false;
  for (const state::HeldMandate& held : state::MandatesOf(state, agent))
    if (held.row->party() == party && held.row->has_confidentiality_on() &&
        state::InForce(state, *held.row, time_ms, today))
      return true;
  return false;
}

}  // namespace

constexpr Rule kIx5d = {
    "IX.5d",
    Source::kPolicy,
    "5(1)(f), 29, 32(4)",
    "Seules des personnes habilitées, tenues à la confidentialité, utilisent les données.",
    "Only authorised persons, bound to confidentiality, use the data.",
    kMessages,
};

void CheckDatasetUnits(Judgement& j) {
  const auto& units = j.act().dataset_declared().units();
  if (units.empty()) j.Refuse({kIx5d, "unit-missing"}, j.At("units"));
  if (!NeedList(j, units, "units", kMaxCodes, false)) return;
  for (int i = 0; i < units.size(); ++i)
    if (!HasCode(j.settings().units(), units[i]))
      j.Refuse({kIx5d, "unit-unknown"}, j.At("units", i));
}

void CheckExchangeUnits(Judgement& j) {
  const auto& units = j.act().exchange_proposed().units();
  if (units.empty()) j.Refuse({kIx5d, "unit-missing"}, j.At("units"));
  if (!NeedList(j, units, "units", kMaxCodes, false) || j.subject.dataset == nullptr) return;
  for (int i = 0; i < units.size(); ++i)
    if (!Contains(j.subject.dataset->declared().units(), units[i]))
      j.Refuse({kIx5d, "unit-not-of-dataset"}, j.At("units", i));
}

void CheckMandateReader(Judgement& j) {
  const auto& given = j.act().mandate_given();
  if (given.role() != statement::v1::ROLE_READER) {
    if (!given.unit().empty()) NotAllowed(j, j.At("unit"));
    if (given.has_confidentiality()) NotAllowed(j, j.At("confidentiality"));
    return;
  }
  if (given.unit().empty())
    j.Refuse({kIx5d, "unit-missing"}, j.At("unit"));
  else if (!HasCode(j.settings().units(), given.unit()))
    j.Refuse({kIx5d, "unit-unknown"}, j.At("unit"));
  if (!given.has_confidentiality()) {
    if (!IsBound(j.state(), given.answerable_agent(), j.act().party(), j.time_ms(), j.today()))
      j.Refuse({kIx5d, "agreement-missing"}, j.At("confidentiality"));
    return;
  }
  const auto& agreement = given.confidentiality();
  NeedCommitment(j, agreement.has_document(), agreement.document(),
                 j.At("confidentiality.document"));
  if (NeedDate(j, agreement.has_signed_on(), agreement.signed_on(),
               j.At("confidentiality.signed_on")) &&
      state::NumberOf(agreement.signed_on()) > j.day())
    j.Refuse({kIx5d, "agreement-ahead"}, j.At("confidentiality.signed_on"));
}

namespace {

// How far a mandate goes towards reading a transfer: each step but the last is a reason of its own.
// A good mandate of a party whose share waits is passed over for one whose share does not.
enum class Step { kNone, kUnit, kDataset, kAgreement, kAnswer, kWaits, kGood };

Step StepOf(const state::State& state, const record::v1::MandateRow& mandate,
            const record::v1::ExchangeRow& exchange, const record::v1::TransferRow& transfer,
            int64_t time_ms, const convention::v1::Date& today) {
  const record::v1::DeliveryRow* share = ShareOf(transfer, mandate.party());
  if (mandate.role() != statement::v1::ROLE_READER || share == nullptr ||
      !state::InForce(state, mandate, time_ms, today))
    return Step::kNone;
  if (!Contains(exchange.units(), mandate.unit())) return Step::kUnit;
  if (!mandate.datasets().empty() && !Contains(mandate.datasets(), exchange.slug()))
    return Step::kDataset;
  if (!mandate.has_confidentiality_on() &&
      !IsBound(state, mandate.answerable_agent(), mandate.party(), time_ms, today))
    return Step::kAgreement;
  if (!mandate.answerable_agent().empty() && !IsAnsweredFor(state, mandate, time_ms, today))
    return Step::kAnswer;
  return share->phase() == record::v1::DELIVERY_PHASE_RELEASED ? Step::kGood : Step::kWaits;
}

}  // namespace

record::v1::ReaderObserved CheckReader(const state::State& state, std::string_view agent,
                                       const record::v1::ExchangeRow& exchange,
                                       const record::v1::TransferRow& transfer, int64_t time_ms,
                                       const convention::v1::Date& today, Findings& findings) {
  record::v1::ReaderObserved reader;
  Step best = Step::kNone;
  for (const state::HeldMandate& held : state::MandatesOf(state, agent)) {
    const Step step = StepOf(state, *held.row, exchange, transfer, time_ms, today);
    if (step <= best) continue;
    best = step;
    reader.set_party(held.row->party());
    reader.set_unit(held.row->unit());
    reader.set_role(statement::v1::ROLE_READER);
    reader.set_kind(static_cast<uint32_t>(KindOf(state, agent)));
  }
  switch (best) {
    case Step::kNone:
      findings.Refuse(0, {kIx5d, "no-reader-mandate"}, "");
      break;
    case Step::kUnit:
      findings.Refuse(0, {kIx5d, "unit-not-authorised"}, "");
      break;
    case Step::kDataset:
      findings.Refuse(0, {kIx5d, "dataset-not-named"}, "");
      break;
    case Step::kAgreement:
      findings.Refuse(0, {kIx5d, "agreement-missing"}, "");
      break;
    case Step::kAnswer:
      findings.Refuse(0, {kIx5d, "not-answered-for"}, "");
      break;
    case Step::kWaits:  // as CheckDeliverable says
    case Step::kGood:
      break;
  }
  return reader;
}

}  // namespace passerelle::policy::rules
