// Article XII: the window of the convention. Nothing new is exchanged outside it; dates of
// exchanges and effective dates lie inside it.
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"

namespace passerelle::policy::rules {
namespace {

constexpr Message kMessages[] = {
    {"outside-window", "Nous ne sommes pas ({actual:date}) dans la durée de la convention.",
     "Today ({actual:date}) is not within the convention's duration.",
     "Les parties prolongent la convention par un titre.",
     "The parties extend the convention by a deed."},
    {"date-outside", "Cette date ({actual:date}) n'est pas dans la durée de la convention.",
     "This date ({actual:date}) is not within the convention's duration.",
     "L'auteur corrige la date et signe de nouveau.",
     "The author corrects the date and signs again."},
    {"until-before-from", "Le dernier jour précède le premier.",
     "The last day is before the first.", "L'auteur corrige les dates et signe de nouveau.",
     "The author corrects the dates and signs again."},
    {"until-past", "Le dernier jour des envois est déjà passé.",
     "The last day of transfers is past already.", "L'auteur propose un échange à venir.",
     "The author proposes an exchange to come."},
};

}  // namespace

constexpr Rule kXii = {
    "XII",
    Source::kConvention,
    "5(1)(e)",
    "Rien n'est échangé hors de la durée de la convention.",
    "Nothing is exchanged outside the convention's duration.",
    kMessages,
};

namespace {

void CheckInside(Judgement& j, int64_t day, std::string_view path) {
  if (!InWindow(j.convention(), day)) j.Refuse({kXii, "date-outside"}, path).set_actual(day);
}

}  // namespace

bool InWindow(const convention::v1::Convention& convention, int64_t day) {
  return state::NumberOf(convention.starts_on()) <= day &&
         day <= state::NumberOf(convention.ends_on());
}

void CheckWindow(Judgement& j) {
  if (!InWindow(j.convention(), j.day())) j.Refuse({kXii, "outside-window"}).set_actual(j.day());
}

void CheckEffectiveDate(Judgement& j) {
  if (j.act().has_effective_on() && NeedDate(j, true, j.act().effective_on(), "effective_on"))
    CheckInside(j, state::NumberOf(j.act().effective_on()), "effective_on");
}

void CheckNoEffectiveDate(Judgement& j) {
  if (j.act().has_effective_on()) NotAllowed(j, "effective_on");
}

void CheckExchangeWindow(Judgement& j) {
  const auto& proposal = j.act().exchange_proposed();
  const bool from = NeedDate(j, proposal.has_from(), proposal.from(), j.At("from"));
  const bool until = NeedDate(j, proposal.has_until(), proposal.until(), j.At("until"));
  if (from) CheckInside(j, state::NumberOf(proposal.from()), j.At("from"));
  if (!until) return;
  const int64_t last = state::NumberOf(proposal.until());
  CheckInside(j, last, j.At("until"));
  if (last < j.day()) j.Refuse({kXii, "until-past"}, j.At("until"));
  if (from && last < state::NumberOf(proposal.from()))
    j.Refuse({kXii, "until-before-from"}, j.At("until"));
}

}  // namespace passerelle::policy::rules
