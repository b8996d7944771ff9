// Article IX, fifth paragraph, a to c, e and g: purposes, retention, controller, data subjects. The
// convention promises them to users; turning them into gates is a policy in its service.
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"

namespace passerelle::policy::rules {
namespace {

using gateway::base::kMaxCodes;

constexpr std::string_view kSteward = "L'administrateur des données corrige et signe de nouveau.";
constexpr std::string_view kStewardEn = "The steward corrects and signs again.";
constexpr std::string_view kProposer = "Le demandeur corrige la proposition et signe de nouveau.";
constexpr std::string_view kProposerEn = "The requester corrects the proposal and signs again.";

constexpr Message kUseMessages[] = {
    {"purpose-not-of-dataset", "Le jeu de données n'est pas déclaré pour cette finalité.",
     "The dataset is not declared for this purpose.", kProposer, kProposerEn},
    {"dataset-superseded", "Une version plus récente du jeu de données est déclarée.",
     "A newer version of the dataset is declared.", kProposer, kProposerEn},
};
constexpr Message kPurposeMessages[] = {
    {"purpose-missing", "Aucune finalité n'est dite.", "No purpose is said.", kSteward, kStewardEn},
    {"purpose-unknown", "Cette finalité n'est pas dans la liste fermée des articles I à V.",
     "This purpose is not in the closed list of Articles I to V.", kSteward, kStewardEn},
};
constexpr Message kRetentionMessages[] = {
    {"beyond-end",
     "La conservation ({actual:date}) dépasse la fin de la convention ({limit:date}).",
     "The retention ({actual:date}) exceeds the end of the convention ({limit:date}).", kSteward,
     kStewardEn},
    {"beyond-dataset",
     "La conservation ({actual:date}) dépasse celle du jeu de données ({limit:date}).",
     "The retention ({actual:date}) exceeds that of the dataset ({limit:date}).", kProposer,
     kProposerEn},
    {"before-last-transfer",
     "La conservation ({actual:date}) finit avant le dernier envoi ({limit:date}).",
     "The retention ({actual:date}) ends before the last transfer ({limit:date}).", kProposer,
     kProposerEn},
    {"past", "La conservation est déjà finie.", "The retention is over already.", kSteward,
     kStewardEn},
};
constexpr Message kControllerMessages[] = {
    {"slug-not-of-controller",
     "Le nom du jeu de données ne commence pas par celui de son responsable.",
     "The dataset's name does not begin with its controller's.", kSteward, kStewardEn},
    {"version-not-next", "La version est {actual} ; la prochaine attendue est {limit}.",
     "The version is {actual}; the next one expected is {limit}.", kSteward, kStewardEn},
};
constexpr Message kSubjectsMessages[] = {
    {"subjects-missing", "Les personnes concernées ne sont pas dites.",
     "The data subjects are not said.", kSteward, kStewardEn},
    {"subjects-unknown", "Cette catégorie de personnes n'est pas dans la liste de la convention.",
     "This category of persons is not in the convention's list.", kSteward, kStewardEn},
    {"geography-year", "L'année du code géographique manque ou n'a pas lieu d'être.",
     "The year of the geographic code is missing or out of place.", kSteward, kStewardEn},
    {"commune-unknown",
     "Ligne {line}, colonne {column} : ce code n'est pas celui d'une commune "
     "de la convention.",
     "Line {line}, column {column}: this code is not that of a commune of the convention.",
     "L'expéditeur corrige le fichier et l'envoie de nouveau.",
     "The sender corrects the file and sends it again."},
};

}  // namespace

constexpr Rule kIx5a = {
    "IX.5a",
    Source::kPolicy,
    "5(1)(b), 6(4)",
    "Un échange a un périmètre d'utilisation : une finalité de son jeu de données.",
    "An exchange has a scope of use: one purpose of its dataset.",
    kUseMessages,
};
constexpr Rule kIx5b = {
    "IX.5b",
    Source::kPolicy,
    "5(1)(b)",
    "Les finalités sont celles des articles I à V, et elles seules.",
    "The purposes are those of Articles I to V, and they alone.",
    kPurposeMessages,
};
constexpr Rule kIx5c = {
    "IX.5c",
    Source::kPolicy,
    "5(1)(e)",
    "Rien n'est conservé au-delà de la convention.",
    "Nothing is kept beyond the convention.",
    kRetentionMessages,
};
constexpr Rule kIx5e = {
    "IX.5e",
    Source::kPolicy,
    "4(7), 26",
    "Chaque jeu de données a un responsable de traitement nommé.",
    "Every dataset has a named controller.",
    kControllerMessages,
};
constexpr Rule kIx5g = {
    "IX.5g",
    Source::kPolicy,
    "30(1)(c)",
    "Les personnes concernées et le territoire sont dits.",
    "The data subjects and the territory are said.",
    kSubjectsMessages,
};

namespace {

void CheckTags(Judgement& j, const google::protobuf::RepeatedPtrField<std::string>& tags) {
  if (!NeedList(j, tags, "tags", kMaxCodes, false)) return;
  for (int i = 0; i < tags.size(); ++i)
    if (!HasCode(j.convention().tags(), tags[i])) UnknownCode(j, j.At("tags", i));
}

// Refuses a retention with its two dates.
void RefuseRetention(Judgement& j, Reason reason, int64_t limit, int64_t actual) {
  auto& finding = j.Refuse(reason, j.At("retain_until"));
  finding.set_limit(limit);
  finding.set_actual(actual);
}

bool IsGeographic(const statement::v1::DatasetDeclared& declared) {
  for (const statement::v1::Field& field : declared.fields())
    if (field.type() == statement::v1::FIELD_TYPE_COMMUNE ||
        field.type() == statement::v1::FIELD_TYPE_IRIS)
      return true;
  return false;
}

}  // namespace

void CheckDatasetPurposes(Judgement& j) {
  const auto& declared = j.act().dataset_declared();
  CheckTags(j, declared.tags());
  if (declared.purposes().empty()) j.Refuse({kIx5b, "purpose-missing"}, j.At("purposes"));
  if (!NeedList(j, declared.purposes(), "purposes", kMaxCodes, false)) return;
  for (int i = 0; i < declared.purposes_size(); ++i)
    if (!HasCode(j.convention().purposes(), declared.purposes(i)))
      j.Refuse({kIx5b, "purpose-unknown"}, j.At("purposes", i));
}

void CheckExchangePurpose(Judgement& j) {
  const auto& proposal = j.act().exchange_proposed();
  CheckTags(j, proposal.tags());
  NeedCommitment(j, proposal.has_reasons(), proposal.reasons(), j.At("reasons"));
  if (proposal.has_frequency() && proposal.frequency() == statement::v1::FREQUENCY_UNSPECIFIED)
    Missing(j, j.At("frequency"));
  if (proposal.purpose().empty())
    j.Refuse({kIx5b, "purpose-missing"}, j.At("purpose"));
  else if (!HasCode(j.convention().purposes(), proposal.purpose()))
    j.Refuse({kIx5b, "purpose-unknown"}, j.At("purpose"));
  else if (j.subject.dataset != nullptr &&
           !Contains(j.subject.dataset->declared().purposes(), proposal.purpose()))
    j.Refuse({kIx5a, "purpose-not-of-dataset"}, j.At("purpose"));
  if (j.subject.dataset == nullptr) return;
  const record::v1::SlugRow* latest = j.state().slugs.Find(j.subject.dataset->declared().slug());
  if (latest != nullptr && state::KeyOf(latest->act()) != state::KeyOf(j.subject.dataset_ref))
    *j.Refuse({kIx5a, "dataset-superseded"}, j.At("dataset")).mutable_about() = latest->act();
}

void CheckDatasetRetention(Judgement& j) {
  const auto& declared = j.act().dataset_declared();
  if (!NeedDate(j, declared.has_retain_until(), declared.retain_until(), j.At("retain_until")))
    return;
  const int64_t kept = state::NumberOf(declared.retain_until());
  const int64_t end = state::NumberOf(j.convention().ends_on());
  if (kept > end) RefuseRetention(j, {kIx5c, "beyond-end"}, end, kept);
  if (kept < j.day()) j.Refuse({kIx5c, "past"}, j.At("retain_until"));
}

void CheckExchangeRetention(Judgement& j) {
  const auto& proposal = j.act().exchange_proposed();
  if (!NeedDate(j, proposal.has_retain_until(), proposal.retain_until(), j.At("retain_until")))
    return;
  const int64_t kept = state::NumberOf(proposal.retain_until());
  const int64_t end = state::NumberOf(j.convention().ends_on());
  const int64_t last = state::NumberOf(proposal.until());
  if (kept > end) RefuseRetention(j, {kIx5c, "beyond-end"}, end, kept);
  if (kept < last) RefuseRetention(j, {kIx5c, "before-last-transfer"}, last, kept);
  if (j.subject.dataset == nullptr) return;
  const int64_t limit = state::NumberOf(j.subject.dataset->declared().retain_until());
  if (kept > limit) RefuseRetention(j, {kIx5c, "beyond-dataset"}, limit, kept);
}

void CheckController(Judgement& j) {
  const auto& declared = j.act().dataset_declared();
  if (declared.lane() == statement::v1::LANE_UNSPECIFIED) Missing(j, j.At("lane"));
  NeedCommitment(j, declared.has_title(), declared.title(), j.At("title"));
  if (declared.version() == 0) Missing(j, j.At("version"));
  if (!NeedSlug(j, declared.slug(), j.At("slug"))) return;
  const std::string prefix = absl::StrCat(j.act().party(), "/");
  if (declared.slug().substr(0, prefix.size()) != prefix || declared.slug() == prefix)
    j.Refuse({kIx5e, "slug-not-of-controller"}, j.At("slug"));
  const record::v1::SlugRow* latest = j.state().slugs.Find(declared.slug());
  const uint32_t next = latest == nullptr ? 1 : latest->version() + 1;
  if (declared.version() == 0 || declared.version() == next) return;
  auto& finding = j.Refuse({kIx5e, "version-not-next"}, j.At("version"));
  finding.set_limit(next);
  finding.set_actual(declared.version());
}

void CheckDataSubjects(Judgement& j) {
  const auto& subjects = j.act().dataset_declared().data_subjects();
  if (subjects.empty()) j.Refuse({kIx5g, "subjects-missing"}, j.At("data_subjects"));
  if (!NeedList(j, subjects, "data_subjects", kMaxCodes, false)) return;
  for (int i = 0; i < subjects.size(); ++i)
    if (!HasCode(j.convention().data_subjects(), subjects[i]))
      j.Refuse({kIx5g, "subjects-unknown"}, j.At("data_subjects", i));
}

void CheckDatasetGeography(Judgement& j) {
  constexpr uint32_t kFirstYear = 1943, kLastYear = 2999;  // the first official code is of 1943
  const auto& declared = j.act().dataset_declared();
  const uint32_t year = declared.geography_year();
  const bool well = IsGeographic(declared) ? year >= kFirstYear && year <= kLastYear : year == 0;
  if (!well) j.Refuse({kIx5g, "geography-year"}, j.At("geography_year"));
}

void RefuseCommune(Judgement& j, uint64_t line, uint32_t column) {
  auto& finding = j.Refuse({kIx5g, "commune-unknown"});
  finding.set_line(line);
  finding.set_column(column);
}

}  // namespace passerelle::policy::rules
