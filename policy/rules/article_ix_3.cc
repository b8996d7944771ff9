// Article IX, third paragraph: legality, and the record of processing activities. The convention
// asks both sides' entries of personal data; in the aggregate lane the holder's is asked by policy.
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"

namespace passerelle::policy::rules {
namespace {

constexpr std::string_view kSteward = "L'administrateur des données corrige et signe de nouveau.";
constexpr std::string_view kStewardEn = "The steward corrects and signs again.";

constexpr Message kBasisMessages[] = {
    {"legal-basis-missing", "La base légale du traitement n'est pas dite.",
     "The legal basis of the processing is not said.", kSteward, kStewardEn},
};
constexpr Message kRegisterMessages[] = {
    {"register-missing", "Le détenteur n'a pas inscrit l'échange à son registre.",
     "The holder has not entered the exchange in its record.",
     "L'administrateur des données du détenteur inscrit l'échange.",
     "The holder's steward enters the exchange."},
    {"not-concerned", "La partie n'est ni le détenteur ni le destinataire de l'échange.",
     "The party is neither the holder nor the recipient of the exchange.", kSteward, kStewardEn},
    {"exchange-refused", "L'échange est refusé : rien n'est à inscrire.",
     "The exchange is refused: there is nothing to enter.", "Rien n'est à faire.",
     "Nothing is to be done."},
    {"version-not-newer", "La fiche porte la version {actual} ; la dernière inscrite est {limit}.",
     "The sheet bears version {actual}; the last one entered is {limit}.", kSteward, kStewardEn},
    {"review-past", "La date de révision de la fiche est passée.",
     "The review date of the sheet is past.", kSteward, kStewardEn},
};

}  // namespace

constexpr Rule kIx3b = {
    "IX.3b",
    Source::kLaw,
    "6",
    "Tout traitement a une base légale ; la convention n'en est pas une.",
    "Every processing has a legal basis; the convention is none.",
    kBasisMessages,
};
constexpr Rule kIx3c = {
    "IX.3c",
    Source::kPolicy,
    "30(1)",
    "Le détenteur inscrit l'échange à son registre avant le premier envoi.",
    "The holder enters the exchange in its record before the first transfer.",
    kRegisterMessages,
};

void CheckRegisterEntry(Judgement& j) {
  const auto& entry = j.act().register_entry_recorded();
  NeedSlug(j, entry.reference(), j.At("reference"));
  if (entry.version() == 0) Missing(j, j.At("version"));
  if (entry.legal_basis() == statement::v1::LEGAL_BASIS_UNSPECIFIED)
    j.Refuse({kIx3b, "legal-basis-missing"}, j.At("legal_basis"));
  if (NeedDate(j, entry.has_next_review_on(), entry.next_review_on(), j.At("next_review_on")) &&
      state::NumberOf(entry.next_review_on()) < j.day())
    j.Refuse({kIx3c, "review-past"}, j.At("next_review_on"));
  NeedCommitment(j, entry.has_sheet(), entry.sheet(), j.At("sheet"));
  if (j.subject.exchange == nullptr) return;
  const record::v1::ExchangeRow& exchange = *j.subject.exchange;
  if (exchange.phase() == record::v1::EXCHANGE_PHASE_REFUSED)
    j.Refuse({kIx3c, "exchange-refused"}, j.At("exchange"));
  if (j.act().party() != exchange.holder() && !j.IsRecipient(j.act().party()))
    j.Refuse({kIx3c, "not-concerned"}, "party");
  if (j.act().party() == exchange.holder() && entry.version() != 0 &&
      entry.version() <= exchange.register_version()) {
    auto& finding = j.Refuse({kIx3c, "version-not-newer"}, j.At("version"));
    finding.set_limit(exchange.register_version());
    finding.set_actual(entry.version());
  }
}

void CheckRegistered(Judgement& j) {
  if (j.subject.exchange == nullptr) return;
  if (j.subject.exchange->has_register_entry())
    NeedStanding(j, j.subject.exchange->register_entry(), j.At("exchange"));
  else
    j.Refuse({kIx3c, "register-missing"}, j.At("exchange"));
}

}  // namespace passerelle::policy::rules
