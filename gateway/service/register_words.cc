#include "gateway/service/register_words.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/base/civil.h"
#include "policy/state/query.h"

namespace passerelle::gateway::service {
namespace {

// The words behind a code of one of the convention's closed lists.
template <typename Entries>
std::string Label(const Entries& entries, const std::string& code,
                  const std::string& (Entries::value_type::*words)() const) {
  for (const auto& entry : entries)
    if (entry.code() == code) return (entry.*words)();
  return code;
}

}  // namespace

std::string DateText(const convention::v1::Date& date) {
  return base::ToIsoDate({static_cast<int>(date.year()), static_cast<int>(date.month()),
                          static_cast<int>(date.day())});
}

std::string PartyText(const RegisterRow& row, const std::string& id) {
  for (const auto& party : row.founding->convention().parties())
    if (party.id() == id) return policy::state::NameOf(party, row.today);
  return id;
}

std::string PurposeText(const RegisterRow& row) {
  const std::string& code = row.activity->proposed.purpose();
  return absl::StrCat(
      code, " ",
      Label(row.founding->convention().purposes(), code, &convention::v1::Purpose::text));
}

std::string SubjectsText(const RegisterRow& row) {
  std::vector<std::string> labels;
  for (const std::string& code : row.activity->dataset.declared.data_subjects())
    labels.push_back(Label(row.founding->convention().data_subjects(), code,
                           &convention::v1::DataSubjectCategory::label));
  return absl::StrJoin(labels, kBetween);
}

// The recipient, and its offices that may use the data.
std::string RecipientText(const RegisterRow& row) {
  std::vector<std::string> units;
  for (const std::string& code : row.activity->proposed.units())
    units.push_back(Label(row.founding->settings().units(), code, &convention::v1::Unit::label_fr));
  return absl::StrCat(PartyText(row, row.activity->recipient), " (", absl::StrJoin(units, ", "),
                      ")");
}

std::string LegalBasisText(const RegisterRow& row) {
  if (row.sheet == nullptr) return std::string(kNotGiven);
  switch (row.sheet->entry.legal_basis()) {
    case statement::v1::LEGAL_BASIS_CONSENT:
      return "Consentement (RGPD 6(1)(a))";
    case statement::v1::LEGAL_BASIS_CONTRACT:
      return "Contrat (RGPD 6(1)(b))";
    case statement::v1::LEGAL_BASIS_LEGAL_OBLIGATION:
      return "Obligation légale (RGPD 6(1)(c))";
    case statement::v1::LEGAL_BASIS_VITAL_INTERESTS:
      return "Sauvegarde des intérêts vitaux (RGPD 6(1)(d))";
    case statement::v1::LEGAL_BASIS_PUBLIC_TASK:
      return "Mission d'intérêt public (RGPD 6(1)(e))";
    case statement::v1::LEGAL_BASIS_LEGITIMATE_INTERESTS:
      return "Intérêts légitimes (RGPD 6(1)(f))";
    default:
      return std::string(kNotGiven);
  }
}

std::string StatusText(const RegisterRow& row) {
  if (!row.activity->decision.has_value()) return "échange non décidé";
  if (row.activity->decision->verdict == statement::v1::VERDICT_REFUSED) return "échange refusé";
  return row.sheet == nullptr ? "échange approuvé, fiche manquante" : "en vigueur";
}

std::string OpinionText(const RegisterRow& row) {
  if (!row.activity->opinion.has_value()) return std::string(kNotGiven);
  return row.activity->opinion->given.opinion() == statement::v1::OPINION_FAVOURABLE
             ? "favorable"
             : "défavorable";
}

std::string ConditionsText(const RegisterRow& row) {
  if (!row.activity->opinion.has_value()) return std::string(kNotGiven);
  const statement::v1::Conditions& conditions = row.activity->opinion->given.conditions();
  std::vector<std::string> texts;
  if (conditions.dropped_fields_size() > 0)
    texts.push_back(
        absl::StrCat("champs retirés : ", absl::StrJoin(conditions.dropped_fields(), ", ")));
  if (conditions.threshold() > 0) texts.push_back(absl::StrCat("seuil ", conditions.threshold()));
  if (conditions.transfer_cap() > 0)
    texts.push_back(absl::StrCat(conditions.transfer_cap(), " envois au plus"));
  if (conditions.has_until())
    texts.push_back(absl::StrCat("fin le ", DateText(conditions.until())));
  if (conditions.release() == statement::v1::RELEASE_EACH_RULED)
    texts.push_back("chaque envoi soumis au délégué");
  return texts.empty() ? "aucune" : absl::StrJoin(texts, kBetween);
}

std::string DecisionText(const RegisterRow& row) {
  if (!row.activity->decision.has_value()) return std::string(kNotGiven);
  return row.activity->decision->verdict == statement::v1::VERDICT_APPROVED ? "approuvé" : "refusé";
}

std::string ProofsText(const RegisterRow& row) {
  const ActivityProofs& proofs = row.activity->proofs;
  const std::pair<std::string_view, const std::vector<uint64_t>&> steps[] = {
      {"proposition", proofs.proposal},
      {"avis", proofs.opinions},
      {"décision", proofs.decision},
      {"fiche", proofs.sheets},
      {"envois", proofs.transfers},
      {"arrêts du délégué", proofs.rulings},
      {"remises", proofs.handovers},
      {"accusés", proofs.acknowledgements},
      {"fins de conservation", proofs.retentions},
      {"effacements", proofs.erasures},
  };
  std::vector<std::string> texts;
  for (const auto& [step, indices] : steps) {
    // The transfers of one set stand in one entry.
    std::vector<uint64_t> entries = indices;
    entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
    if (!entries.empty())
      texts.push_back(absl::StrCat(std::string(step), " ", absl::StrJoin(entries, ", ")));
  }
  return absl::StrJoin(texts, kBetween);
}

}  // namespace passerelle::gateway::service
