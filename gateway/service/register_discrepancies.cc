#include "gateway/service/register_discrepancies.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gateway/base/civil.h"
#include "gateway/base/strings.h"
#include "gateway/service/register_cadence.h"

namespace passerelle::gateway::service {
namespace {

using Transfers = std::vector<const RegisteredTransfer*>;

// How long after its instant a payload's erasure may be under way.
constexpr int64_t kErasureUnderWayMs = int64_t{3600} * 1000;
// Periods listed one by one; the rest is counted.
constexpr size_t kListedPeriods = 12;

enum Place : size_t {
  kEntryMissing,
  kReviewOverdue,
  kAwaitingRatification,
  kOnceRepeated,
  kPeriodRepeated,
  kTransferExtra,
  kPeriodMissing,
  kPeriodForm,
  kTransferOverdue,
  kRetentionExceeded,
  kErasurePending,
  kKeptAfterEnd,
  kFreezeInForce,
  kRecommendationPending,
};

constexpr DiscrepancyKind kCatalogue[] = {
    {"register-entry-missing",
     Gravity::kDiscrepancy,
     {"échange approuvé le {when} sans fiche du détenteur au registre",
      "exchange approved on {when} without the holder's register entry"},
     {"le gestionnaire du détenteur inscrit sa fiche", "the holder's steward records its entry"}},
    {"review-overdue",
     Gravity::kDiscrepancy,
     {"la fiche devait être révisée le {when}", "the entry was to be reviewed on {when}"},
     {"le gestionnaire inscrit une version révisée de sa fiche",
      "the steward records a reviewed version of the entry"}},
    {"awaiting-ratification",
     Gravity::kDiscrepancy,
     {"{n} acte(s) dont l'échange dépend, portés par une clé compromise et pas encore ratifiés",
      "{n} act(s) that the exchange rests on, carried by a compromised key and not yet ratified"},
     {"qui remet la clé en service les ratifie, ou ils sont refaits par une autre clé",
      "whoever reinstates the key ratifies them, or they are done again by another key"}},
    {"once-repeated",
     Gravity::kDiscrepancy,
     {"{n} envois pour un échange déclaré unique", "{n} transfers of an exchange declared once"},
     {"le détenteur dit lequel vaut et demande un nouvel échange pour la suite",
      "the holder says which one counts and proposes another exchange for what follows"}},
    {"period-repeated",
     Gravity::kDiscrepancy,
     {"{n} envois pour la même période {what}", "{n} transfers of one period, {what}"},
     {"le détenteur dit au destinataire lequel vaut",
      "the holder tells the recipient which one counts"}},
    {"transfer-extra",
     Gravity::kDiscrepancy,
     {"{n} périodes ({what}) envoyées dans un seul intervalle, celui du {when}",
      "{n} periods ({what}) sent within one interval, that of {when}"},
     {"le détenteur fait corriger la fréquence déclarée, ou espace ses envois",
      "the holder has the declared frequency corrected, or spaces its transfers"}},
    {"period-missing",
     Gravity::kDiscrepancy,
     {"{n} période(s) manquante(s) dans la série : {what}",
      "{n} period(s) missing in the series: {what}"},
     {"l'expéditeur envoie les périodes manquantes, ou le détenteur dit pourquoi il n'y en a pas",
      "the sender sends the missing periods, or the holder says why there are none"}},
    {"period-form",
     Gravity::kDiscrepancy,
     {"{n} envoi(s) dont la période ({what}) n'est pas de la fréquence déclarée",
      "{n} transfer(s) whose period ({what}) is not of the declared frequency"},
     {"l'expéditeur donne AAAA-MM pour un mois ou un trimestre, AAAA pour une année",
      "the sender gives YYYY-MM for a month or a quarter, YYYY for a year"}},
    {"transfer-overdue",
     Gravity::kDiscrepancy,
     {"rien n'a été envoyé depuis le {when} : {n} envoi(s) attendu(s)",
      "nothing has been sent since {when}: {n} transfer(s) expected"},
     {"l'expéditeur envoie, ou le détenteur met fin à l'échange",
      "the sender sends, or the holder ends the exchange"}},
    {"retention-exceeded",
     Gravity::kDiscrepancy,
     {"{n} charge(s) conservée(s) au-delà du {when}, sans fin de conservation au journal",
      "{n} payload(s) kept past {when}, with no end of retention in the log"},
     {"l'exploitant cherche dans les traces de la passerelle pourquoi rien n'a été effacé",
      "the operator looks in the gateway's traces why nothing was erased"}},
    {"erasure-pending",
     Gravity::kDiscrepancy,
     {"{n} effacement(s) ordonné(s) dès le {when} et pas encore attesté(s)",
      "{n} erasure(s) ordered from {when} on and not yet attested"},
     {"l'exploitant cherche dans les traces de la passerelle ce qui retient l'effacement",
      "the operator looks in the gateway's traces what holds the erasure up"}},
    {"kept-after-end",
     Gravity::kWatch,
     {"échange terminé le {when} ; {n} charge(s) encore conservée(s), au plus tard jusqu'au "
      "{until}",
      "exchange over on {when}; {n} payload(s) still kept, until {until} at the latest"},
     {"rien, si la durée déclarée reste nécessaire ; sinon le détenteur demande l'effacement",
      "nothing, while the declared retention is still needed; else the holder asks for erasure"}},
    {"freeze-in-force",
     Gravity::kWatch,
     {"{n} gel(s) en vigueur, le premier depuis le {when}",
      "{n} freeze(s) in force, the first since {when}"},
     {"un autre agent du côté qui l'a posé le lève, le confirme ou le laisse devenir caduc",
      "another agent of the side that placed it lifts it, confirms it or lets it lapse"}},
    {"recommendation-pending",
     Gravity::kWatch,
     {"{n} recommandation(s) acceptée(s) et pas encore exécutée(s), la première dès le {when} : "
      "aucun envoi avant",
      "{n} recommendation(s) accepted and not yet carried out, the first from {when} on: no "
      "transfer before"},
     {"le détenteur l'exécute ; son décideur le dit, preuve à l'appui",
      "the holder carries it out; its decider says so, with the evidence"}},
};

const std::vector<DiscrepancyKind>& Kinds() {
  static const auto& kinds =
      *new std::vector<DiscrepancyKind>(std::begin(kCatalogue), std::end(kCatalogue));
  return kinds;
}

// Finds the discrepancies of one activity.
class Search {
 public:
  Search(const Activity& activity, Day as_of, int64_t time_ms)
      : activity_(activity), as_of_(as_of), time_ms_(time_ms) {
    // What the DPO refused has gone to nobody, and may be sent again.
    for (const RegisteredTransfer& transfer : activity.transfers)
      if (!transfer.refused) sent_.push_back(&transfer);
  }

  std::vector<Discrepancy> Run() {
    FindSheets();
    FindUnratified();
    FindRepeated();
    if (const auto cadence = Cadence::Of(activity_.proposed.frequency())) {
      FindExtra(*cadence);
      FindSeries(*cadence);
    }
    FindOverdue();
    FindKept();
    FindStopped();
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Discrepancy& a, const Discrepancy& b) { return a.kind < b.kind; });
    return std::move(found_);
  }

 private:
  Discrepancy& Add(Place kind, std::vector<uint64_t> entries) {
    Discrepancy& discrepancy = found_.emplace_back();
    discrepancy.kind = &Kinds()[kind];
    std::sort(entries.begin(), entries.end());
    entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
    discrepancy.entries = std::move(entries);
    return discrepancy;
  }

  Discrepancy& Add(Place kind, const Transfers& transfers) {
    std::vector<uint64_t> entries;
    for (const RegisteredTransfer* transfer : transfers) entries.push_back(transfer->index);
    Discrepancy& discrepancy = Add(kind, std::move(entries));
    discrepancy.count = transfers.size();
    return discrepancy;
  }

  static std::string List(const std::vector<std::string>& periods) {
    const size_t listed = std::min(periods.size(), kListedPeriods);
    std::string text =
        absl::StrJoin(periods.begin(), periods.begin() + static_cast<std::ptrdiff_t>(listed), ", ");
    if (listed < periods.size()) absl::StrAppend(&text, ", …");
    return text;
  }

  void FindSheets() {
    if (activity_.IsApproved() && activity_.sheets.count(activity_.holder) == 0)
      Add(kEntryMissing, std::vector<uint64_t>{activity_.decision->index}).when =
          activity_.decision->recorded_on;
    for (const auto& [party, sheet] : activity_.sheets) {
      const convention::v1::Date& review = sheet.entry.next_review_on();
      const Day due = review.year() * 10000 + review.month() * 100 + review.day();
      if (due == 0 || due >= as_of_) continue;
      Discrepancy& overdue = Add(kReviewOverdue, std::vector<uint64_t>{sheet.index});
      overdue.controller = party;
      overdue.when = due;
    }
  }

  void FindUnratified() {
    std::vector<uint64_t> entries = activity_.AwaitingRatification();
    if (entries.empty()) return;
    const uint64_t count = entries.size();
    Add(kAwaitingRatification, std::move(entries)).count = count;
  }

  void FindRepeated() {
    if (activity_.proposed.frequency() == statement::v1::FREQUENCY_ONCE) {
      if (sent_.size() > 1) Add(kOnceRepeated, sent_);
      return;
    }
    std::map<std::string, Transfers> by_period;
    for (const RegisteredTransfer* transfer : sent_)
      by_period[transfer->period].push_back(transfer);
    for (const auto& [period, transfers] : by_period)
      if (transfers.size() > 1) Add(kPeriodRepeated, transfers).what = period;
  }

  // Several periods recorded within one interval: one too many, whatever they are.
  void FindExtra(const Cadence& cadence) {
    std::map<int64_t, Transfers> by_interval;
    for (const RegisteredTransfer* transfer : sent_)
      by_interval[cadence.IntervalOf(transfer->recorded_on)].push_back(transfer);
    for (const auto& [interval, transfers] : by_interval) {
      std::vector<std::string> periods;
      for (const RegisteredTransfer* transfer : transfers)
        if (std::find(periods.begin(), periods.end(), transfer->period) == periods.end())
          periods.push_back(transfer->period);
      if (periods.size() < 2) continue;
      Discrepancy& extra = Add(kTransferExtra, transfers);
      extra.count = periods.size();
      extra.when = transfers.back()->recorded_on;
      extra.what = List(periods);
    }
  }

  // Gaps between the first and the last period sent, and periods of another form.
  void FindSeries(const Cadence& cadence) {
    std::map<int64_t, const RegisteredTransfer*> series;
    Transfers malformed;
    std::vector<std::string> periods, missing;
    for (const RegisteredTransfer* transfer : sent_) {
      if (const auto interval = cadence.IntervalOfPeriod(transfer->period)) {
        series.emplace(*interval, transfer);
      } else {
        malformed.push_back(transfer);
        periods.push_back(transfer->period);
      }
    }
    if (!malformed.empty()) Add(kPeriodForm, malformed).what = List(periods);
    Transfers around;
    for (auto it = series.begin(); it != series.end() && std::next(it) != series.end(); ++it) {
      const auto next = std::next(it);
      if (next->first == it->first + 1) continue;
      around.push_back(it->second);
      around.push_back(next->second);
      for (int64_t interval = it->first + 1; interval < next->first; ++interval)
        missing.push_back(cadence.PeriodOf(interval));
    }
    // What is missing here may have gone to others.
    if (missing.empty() || activity_.partial) return;
    Discrepancy& gap = Add(kPeriodMissing, around);
    gap.count = missing.size();
    gap.what = List(missing);
  }

  // Whole intervals that went by without a transfer since the last one, or since the exchange
  // opened; none is expected of an exchange that is stopped.
  void FindOverdue() {
    if (activity_.partial || activity_.IsFrozen() || !activity_.PendingRecommendations().empty())
      return;
    const auto sheet = activity_.sheets.find(activity_.holder);
    if (!activity_.IsApproved() || sheet == activity_.sheets.end()) return;
    const convention::v1::Date& from = activity_.proposed.from();
    const Day first = from.year() * 10000 + from.month() * 100 + from.day();
    const Day opened =
        std::max({first, activity_.decision->recorded_on, sheet->second.first_recorded_on});
    const Day since = sent_.empty() ? opened : sent_.back()->recorded_on;
    uint64_t expected = 0;
    if (const auto cadence = Cadence::Of(activity_.proposed.frequency()))
      expected = cadence->WholeIntervals(since, std::min(as_of_, DayAfter(activity_.until)));
    else if (activity_.proposed.frequency() == statement::v1::FREQUENCY_ONCE)
      expected = sent_.empty() && activity_.until < as_of_ ? 1 : 0;
    if (expected == 0) return;
    Discrepancy& overdue =
        Add(kTransferOverdue,
            sent_.empty() ? std::vector<uint64_t>{activity_.decision->index, sheet->second.index}
                          : std::vector<uint64_t>{sent_.back()->index});
    overdue.when = since;
    overdue.count = expected;
  }

  // Payloads that stand in the vault, by what should have become of them.
  void FindKept() {
    Transfers exceeded, pending, kept;
    std::vector<uint64_t> grounds;
    Day limit = 0, ordered = 0, latest = 0;
    const auto earlier = [](Day a, Day b) { return a == 0 ? b : std::min(a, b); };
    for (const RegisteredTransfer& transfer : activity_.transfers) {
      if (transfer.erased_on != 0) continue;
      const bool past = transfer.retain_until < as_of_ ||
                        (transfer.destroy_after_ms != 0 &&
                         transfer.destroy_after_ms + kErasureUnderWayMs < time_ms_);
      if (transfer.ground_on != 0) {
        if (transfer.ground_on >= as_of_) continue;
        pending.push_back(&transfer);
        grounds.push_back(transfer.ground_index);
        ordered = earlier(ordered, transfer.ground_on);
      } else if (past) {
        exceeded.push_back(&transfer);
        limit = earlier(limit, std::min(transfer.retain_until, as_of_));
      } else {
        kept.push_back(&transfer);
        latest = std::max(latest, transfer.retain_until);
      }
    }
    if (!exceeded.empty()) Add(kRetentionExceeded, exceeded).when = limit;
    if (!pending.empty()) {
      Discrepancy& discrepancy = Add(kErasurePending, std::move(grounds));
      discrepancy.count = pending.size();
      discrepancy.when = ordered;
    }
    if (kept.empty() || activity_.until >= as_of_) return;
    Discrepancy& ended = Add(kKeptAfterEnd, kept);
    ended.when = activity_.until;
    ended.until = latest;
  }

  // What keeps the exchange or a transfer still.
  void FindStopped() {
    std::vector<uint64_t> entries;
    uint64_t count = 0;
    Day since = 0;
    for (const RegisteredFreeze& freeze : activity_.freezes) {
      if (!freeze.IsInForce()) continue;
      if (count++ == 0) since = freeze.placed_on;
      entries.push_back(freeze.index);
      if (freeze.confirmed_index != 0) entries.push_back(freeze.confirmed_index);
    }
    if (count > 0) {
      Discrepancy& frozen = Add(kFreezeInForce, std::move(entries));
      frozen.count = count;
      frozen.when = since;
    }
    entries.clear();
    since = as_of_;
    for (const RegisteredRecommendation* pending : activity_.PendingRecommendations()) {
      entries.push_back(pending->index);
      since = std::min(since, pending->answered_on);
    }
    if (entries.empty() || !activity_.IsApproved()) return;
    Discrepancy& waiting = Add(kRecommendationPending, entries);
    waiting.count = entries.size();
    waiting.when = since;
  }

  const Activity& activity_;
  const Day as_of_;
  const int64_t time_ms_;
  Transfers sent_;
  std::vector<Discrepancy> found_;
};

std::string IsoDay(Day day) {
  return base::ToIsoDate({static_cast<int>(day / 10000), static_cast<int>(day / 100 % 100),
                          static_cast<int>(day % 100)});
}

std::string Fill(std::string_view words, const Discrepancy& discrepancy) {
  return absl::StrReplaceAll(base::Absl(words), {{"{when}", IsoDay(discrepancy.when)},
                                                 {"{until}", IsoDay(discrepancy.until)},
                                                 {"{n}", absl::StrCat(discrepancy.count)},
                                                 {"{what}", discrepancy.what}});
}

}  // namespace

const std::vector<DiscrepancyKind>& DiscrepancyKinds() { return Kinds(); }

std::vector<Discrepancy> FindDiscrepancies(const Activity& activity, Day as_of, int64_t time_ms) {
  return Search(activity, as_of, time_ms).Run();
}

std::string DescribeDiscrepancy(const Discrepancy& discrepancy, Language language) {
  return Fill(discrepancy.kind->words.In(language), discrepancy);
}

std::string DescribeMend(const Discrepancy& discrepancy, Language language) {
  return Fill(discrepancy.kind->mend.In(language), discrepancy);
}

}  // namespace passerelle::gateway::service
