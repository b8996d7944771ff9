#include "gateway/service/register_words.h"

#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/strings.h"
#include "policy/state/query.h"

namespace passerelle::gateway::service {
namespace {

using base::Absl;

std::string Say(const RegisterRow& row, std::string_view fr, std::string_view en) {
  return std::string(Words{fr, en}.In(row.language()));
}

// The words behind a code of one of the convention's closed lists.
template <typename Entries>
std::string Label(const Entries& entries, const std::string& code,
                  const std::string& (Entries::value_type::*words)() const) {
  for (const auto& entry : entries)
    if (entry.code() == code) return (entry.*words)();
  return code;
}

const convention::v1::Convention& ConventionOf(const RegisterRow& row) {
  return row.frame->founding.convention();
}

struct StepName {
  StepKind kind;
  std::string_view id;
  Words one, many;
};
constexpr std::array kSteps = {
    StepName{
        StepKind::kProposal, "proposal", {"proposition", "proposal"}, {"proposition", "proposal"}},
    StepName{StepKind::kOpinion, "opinion", {"avis", "opinion"}, {"avis", "opinion"}},
    StepName{StepKind::kRecommendation,
             "recommendation",
             {"recommandation", "recommendation"},
             {"recommandations", "recommendations"}},
    StepName{StepKind::kAnswer,
             "recommendation_answer",
             {"réponse à une recommandation", "answer to a recommendation"},
             {"réponses aux recommandations", "answers to recommendations"}},
    StepName{StepKind::kDecision, "decision", {"décision", "decision"}, {"décision", "decision"}},
    StepName{StepKind::kSheet,
             "register_entry",
             {"fiche", "register entry"},
             {"fiche", "register entry"}},
    StepName{StepKind::kTransfer, "transfer", {"envoi", "transfer"}, {"envois", "transfers"}},
    StepName{StepKind::kRuling,
             "ruling",
             {"arrêt du délégué", "ruling of the DPO"},
             {"arrêts du délégué", "rulings of the DPO"}},
    StepName{StepKind::kHandover, "handover", {"remise", "handover"}, {"remises", "handovers"}},
    StepName{StepKind::kAcknowledgement,
             "acknowledgement",
             {"accusé", "acknowledgement"},
             {"accusés", "acknowledgements"}},
    StepName{StepKind::kFreeze, "freeze", {"gel", "freeze"}, {"gels", "freezes"}},
    StepName{StepKind::kFreezeConfirmation,
             "freeze_confirmation",
             {"confirmation d'un gel", "confirmation of a freeze"},
             {"confirmations de gel", "confirmations of freezes"}},
    StepName{StepKind::kFreezeLift,
             "freeze_lift",
             {"levée d'un gel", "lifting of a freeze"},
             {"levées de gel", "liftings of freezes"}},
    StepName{StepKind::kFreezeLapse,
             "freeze_lapse",
             {"caducité d'un gel", "lapse of a freeze"},
             {"caducités de gel, par leur pose", "lapses of freezes, by their placing"}},
    StepName{StepKind::kRetention,
             "retention",
             {"fin de conservation", "end of retention"},
             {"fins de conservation", "ends of retention"}},
    StepName{StepKind::kErasure, "erasure", {"effacement", "erasure"}, {"effacements", "erasures"}},
};

const StepName& NameOf(StepKind kind) {
  for (const StepName& step : kSteps)
    if (step.kind == kind) return step;
  return kSteps.front();
}

std::string BasisText(statement::v1::LegalBasis basis, Language language) {
  switch (basis) {
    case statement::v1::LEGAL_BASIS_CONSENT:
      return std::string(
          Words{"Consentement (RGPD 6(1)(a))", "Consent (GDPR 6(1)(a))"}.In(language));
    case statement::v1::LEGAL_BASIS_CONTRACT:
      return std::string(Words{"Contrat (RGPD 6(1)(b))", "Contract (GDPR 6(1)(b))"}.In(language));
    case statement::v1::LEGAL_BASIS_LEGAL_OBLIGATION:
      return std::string(
          Words{"Obligation légale (RGPD 6(1)(c))", "Legal obligation (GDPR 6(1)(c))"}.In(
              language));
    case statement::v1::LEGAL_BASIS_VITAL_INTERESTS:
      return std::string(
          Words{"Sauvegarde des intérêts vitaux (RGPD 6(1)(d))", "Vital interests (GDPR 6(1)(d))"}
              .In(language));
    case statement::v1::LEGAL_BASIS_PUBLIC_TASK:
      return std::string(
          Words{"Mission d'intérêt public (RGPD 6(1)(e))", "Public task (GDPR 6(1)(e))"}.In(
              language));
    case statement::v1::LEGAL_BASIS_LEGITIMATE_INTERESTS:
      return std::string(
          Words{"Intérêts légitimes (RGPD 6(1)(f))", "Legitimate interests (GDPR 6(1)(f))"}.In(
              language));
    default:
      return "";
  }
}

}  // namespace

std::string_view WordOf(Absence absence, Language language) {
  switch (absence) {
    case Absence::kNotGiven:
      return Words{"non renseigné", "not given"}.In(language);
    case Absence::kErased:
      return Words{"effacé", "erased"}.In(language);
    case Absence::kNotYours:
      return Words{"non communiqué", "not disclosed"}.In(language);
    case Absence::kUnreadable:
      return Words{"illisible", "unreadable"}.In(language);
    case Absence::kNone:
      break;
  }
  return "";
}

std::string_view IdOf(Absence absence) {
  switch (absence) {
    case Absence::kNotGiven:
      return "not_given";
    case Absence::kErased:
      return "erased";
    case Absence::kNotYours:
      return "not_disclosed";
    case Absence::kUnreadable:
      return "unreadable";
    case Absence::kNone:
      break;
  }
  return "";
}

std::string DayText(Day day) {
  if (day == 0) return "";
  return base::ToIsoDate({static_cast<int>(day / 10000), static_cast<int>(day / 100 % 100),
                          static_cast<int>(day % 100)});
}

std::string DateText(const convention::v1::Date& date) {
  return DayText(static_cast<Day>(policy::state::NumberOf(date)));
}

convention::v1::Date DateOf(Day day) {
  convention::v1::Date date;
  date.set_year(day / 10000);
  date.set_month(day / 100 % 100);
  date.set_day(day % 100);
  return date;
}

std::string NameText(const statement::v1::ActRef& name) {
  return absl::StrCat(base::ToHex(name.statement()), "/", name.ordinal());
}

std::string_view EnvironmentText(const RegisterFrame& frame) {
  if (frame.founding.environment() != statement::v1::ENVIRONMENT_TEST) return "PRODUCTION";
  return Words{"ESSAI", "TEST"}.In(frame.language);
}

std::string PartyText(const RegisterFrame& frame, const std::string& id) {
  for (const auto& party : frame.founding.convention().parties())
    if (party.id() == id) return policy::state::NameOf(party, DateOf(frame.as_of));
  return id;
}

Cell PurposeText(const RegisterRow& row) {
  const std::string& code = row.activity->proposed.purpose();
  return absl::StrCat(code, " ",
                      Label(ConventionOf(row).purposes(), code, &convention::v1::Purpose::text));
}

Cell SubjectsText(const RegisterRow& row) {
  std::vector<std::string> labels;
  for (const std::string& code : row.activity->dataset.declared.data_subjects())
    labels.push_back(Label(ConventionOf(row).data_subjects(), code,
                           &convention::v1::DataSubjectCategory::label));
  return absl::StrJoin(labels, kBetween);
}

std::string RecipientText(const RegisterRow& row) {
  const Activity& activity = *row.activity;
  if (activity.recipient_class.empty()) return PartyText(*row.frame, activity.recipient);
  return Label(row.frame->founding.settings().recipient_classes(), activity.recipient_class,
               row.language() == Language::kFrench ? &convention::v1::RecipientClass::label_fr
                                                   : &convention::v1::RecipientClass::label_en);
}

Cell RecipientsText(const RegisterRow& row) {
  std::vector<std::string> names;
  for (const std::string& party : row.activity->recipients)
    names.push_back(PartyText(*row.frame, party));
  return names.empty() ? Say(row, "aucun", "none") : absl::StrJoin(names, kBetween);
}

Cell UnitsText(const RegisterRow& row) {
  const auto label = row.language() == Language::kFrench ? &convention::v1::Unit::label_fr
                                                         : &convention::v1::Unit::label_en;
  std::vector<std::string> units;
  for (const std::string& code : row.activity->proposed.units())
    units.push_back(Label(row.frame->founding.settings().units(), code, label));
  return absl::StrCat(RecipientText(row), " (", absl::StrJoin(units, ", "), ")");
}

Cell DatasetText(const RegisterRow& row) {
  const statement::v1::DatasetDeclared& declared = row.activity->dataset.declared;
  return absl::StrCat(row.title.In(row.language()), " (", declared.slug(), ", version ",
                      declared.version(), ")");
}

Cell FrequencyText(const RegisterRow& row) {
  switch (row.activity->proposed.frequency()) {
    case statement::v1::FREQUENCY_ONCE:
      return Say(row, "une fois", "once");
    case statement::v1::FREQUENCY_MONTHLY:
      return Say(row, "chaque mois", "every month");
    case statement::v1::FREQUENCY_QUARTERLY:
      return Say(row, "chaque trimestre", "every quarter");
    case statement::v1::FREQUENCY_YEARLY:
      return Say(row, "chaque année", "every year");
    default:
      return Absence::kNotGiven;
  }
}

Cell LegalBasisText(const RegisterRow& row) {
  std::string text;
  if (row.sheet != nullptr) text = BasisText(row.sheet->entry.legal_basis(), row.language());
  return text.empty() ? Cell(Absence::kNotGiven) : Cell(std::move(text));
}

Cell StatusText(const RegisterRow& row) {
  const Activity& activity = *row.activity;
  if (!activity.decision.has_value()) return Say(row, "échange non décidé", "exchange not decided");
  if (!activity.IsApproved()) return Say(row, "échange refusé", "exchange refused");
  if (row.sheet == nullptr)
    return Say(row, "échange approuvé, fiche manquante", "exchange approved, entry missing");
  if (!activity.AwaitingRatification().empty()) return Say(row, "à ratifier", "to be ratified");
  if (activity.IsFrozen()) return Say(row, "échange gelé", "exchange frozen");
  return Say(row, "en vigueur", "in force");
}

std::string_view StepText(StepKind kind, Language language) {
  return NameOf(kind).one.In(language);
}

std::string_view StepId(StepKind kind) { return NameOf(kind).id; }

Cell ProofsText(const RegisterRow& row) {
  std::vector<std::string> texts;
  for (const StepName& step : kSteps) {
    const std::vector<uint64_t> entries = row.activity->EntriesOf(step.kind);
    if (!entries.empty())
      texts.push_back(absl::StrCat(Absl(step.many.In(row.language())), " ", EntriesText(entries)));
  }
  return absl::StrJoin(texts, kBetween);
}

Cell DiscrepanciesText(const RegisterRow& row) {
  std::vector<std::string> texts;
  for (const Discrepancy& discrepancy : row.discrepancies)
    texts.push_back(absl::StrCat(
        Absl(discrepancy.kind->code), " : ", DescribeDiscrepancy(discrepancy, row.language()), " (",
        Say(row, "inscriptions ", "entries "), EntriesText(discrepancy.entries), ")"));
  return texts.empty() ? Say(row, "aucun", "none") : absl::StrJoin(texts, kBetween);
}

std::string_view GravityId(Gravity gravity) {
  return gravity == Gravity::kDiscrepancy ? "discrepancy" : "watch";
}

std::string_view GravityText(Gravity gravity, Language language) {
  return (gravity == Gravity::kDiscrepancy ? Words{"écart", "discrepancy"}
                                           : Words{"à surveiller", "to watch"})
      .In(language);
}

std::vector<std::string> DiscrepancyLabels(Language language) {
  if (language == Language::kFrench)
    return {"Échange", "Jeu de données", "Détenteur", "Destinataire", "Fiche de",
            "Nature",  "Code",           "Constat",   "Remède",       "Preuves : inscriptions n°"};
  return {"Exchange", "Dataset", "Holder",  "Recipient", "Entry of",
          "Kind",     "Code",    "Finding", "Mend",      "Proofs: entries no."};
}

std::vector<std::string> DiscrepancyCells(const RegisterRow& row, const Discrepancy& discrepancy) {
  const Language language = row.language();
  return {NameText(row.activity->exchange),
          row.activity->dataset.declared.slug(),
          PartyText(*row.frame, row.activity->holder),
          RecipientText(row),
          PartyText(*row.frame, row.controller),
          std::string(GravityText(discrepancy.kind->gravity, language)),
          std::string(discrepancy.kind->code),
          DescribeDiscrepancy(discrepancy, language),
          DescribeMend(discrepancy, language),
          EntriesText(discrepancy.entries)};
}

std::string EntriesText(const std::vector<uint64_t>& entries) {
  return absl::StrJoin(entries, ", ");
}

}  // namespace passerelle::gateway::service
