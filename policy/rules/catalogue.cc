#include "policy/rules/catalogue.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gateway/base/civil.h"
#include "gateway/base/strings.h"
#include "policy/rules/checks.h"

namespace passerelle::policy::rules {
namespace {

using gateway::base::Absl;
using record::v1::Finding;

// The articles of the convention in their order, then the other families by name.
constexpr const Rule* kRules[] = {
    &kIx1,
    &kIx2b,
    &kIx2c,
    &kIx2d,
    &kIx3b,
    &kIx3c,
    &kIx5a,
    &kIx5b,
    &kIx5c,
    &kIx5d,
    &kIx5e,
    &kIx5f,
    &kIx5g,
    &kXii,
    &kXiii1,
    &kConflictC1,
    &kConflictC4,
    &kConflictC5,
    &kConflictC6,
    &kContentAttachments,
    &kContentPayload,
    &kContentText,
    &kDeedAdhesion,
    &kDeedDelay,
    &kDeedGround,
    &kDeedNever,
    &kDeedRecord,
    &kDeedSignatures,
    &kDefaultDeny,
    &kDefaultHearing,
    &kDpoConditions,
    &kExchangeLapse,
    &kFoundingKeys,
    &kFoundingTerms,
    &kFreezeGate,
    &kFreezeLift,
    &kFreezePower,
    &kGatewayErasure,
    &kGatewayHandover,
    &kGatewayHeads,
    &kGatewayStamp,
    &kGatewayKey,
    &kGatewayRetention,
    &kKeyCompromised,
    &kKeyEnrolled,
    &kKeyEnrolment,
    &kKeyForm,
    &kKeyInForce,
    &kKeyReinstatement,
    &kKeyStop,
    &kLogPresented,
    &kLogSuccession,
    &kMandateEnding,
    &kMandateForm,
    &kMandateGiver,
    &kMandateRole,
    &kMandateService,
    &kSettingsChange,
    &kSettingsForm,
    &kSettingsEvidence,
    &kTransferAcknowledgement,
    &kTransferApproval,
    &kTransferManifest,
    &kTransferRuling,
    &kWireField,
    &kWireLog,
    &kWireObserved,
    &kWireParty,
    &kWireReference,
    &kWireRepeat,
    &kWireSeen,
    &kWireSet,
    &kWireSigners,
    &kWireSize,
    &kWireTime,
};

constexpr std::string_view kPolicyFr = "Politique de cette installation";
constexpr std::string_view kPolicyEn = "Policy of this installation";

std::string DateOf(int64_t number) {
  return gateway::base::ToIsoDate({static_cast<int>(number / 10000),
                                   static_cast<int>(number / 100 % 100),
                                   static_cast<int>(number % 100)});
}

// The text with the finding's numbers in place of their names.
std::string Fill(std::string_view text, const Finding& finding) {
  return absl::StrReplaceAll(Absl(text), {{"{limit:date}", DateOf(finding.limit())},
                                          {"{actual:date}", DateOf(finding.actual())},
                                          {"{limit}", absl::StrCat(finding.limit())},
                                          {"{actual}", absl::StrCat(finding.actual())},
                                          {"{line}", absl::StrCat(finding.line())},
                                          {"{column}", absl::StrCat(finding.column())}});
}

const Message* FindMessage(const Finding& finding) {
  const Rule* rule = FindRule(finding.rule());
  if (rule == nullptr) return nullptr;
  for (const Message& message : rule->messages)
    if (message.code == finding.code()) return &message;
  return nullptr;
}

std::string LawOf(const Rule& rule, Language language) {
  if (rule.gdpr.empty()) return language == Language::kFrench ? "La loi" : "The law";
  return absl::StrCat(language == Language::kFrench ? "RGPD, article " : "GDPR, Article ",
                      Absl(rule.gdpr));
}

}  // namespace

absl::Span<const Rule* const> AllRules() { return kRules; }

const Rule* FindRule(std::string_view id) {
  for (const Rule* rule : kRules)
    if (rule->id == id) return rule;
  return nullptr;
}

std::string DescribeFault(const Finding& finding, Language language) {
  const Message* message = FindMessage(finding);
  if (message == nullptr) return absl::StrCat(finding.rule(), " ", finding.code());
  return Fill(language == Language::kFrench ? message->fr : message->en, finding);
}

std::string Describe(const Finding& finding, Language language) {
  std::string fault = DescribeFault(finding, language);
  const Message* message = FindMessage(finding);
  if (message == nullptr) return fault;
  return absl::StrCat(
      fault, " ",
      Fill(language == Language::kFrench ? message->mend_fr : message->mend_en, finding));
}

std::string SentenceOf(const convention::v1::Convention& convention, const Rule& rule,
                       Language language) {
  const bool french = language == Language::kFrench;
  if (rule.source == Source::kLaw) return LawOf(rule, language);
  for (const convention::v1::Clause& clause : convention.clauses()) {
    if (clause.rule() != rule.id) continue;
    if (rule.source == Source::kConvention) return clause.sentence();
    return absl::StrCat(Absl(french ? kPolicyFr : kPolicyEn),
                        french ? ", au service de : « " : ", in the service of: « ",
                        clause.sentence(), " »");
  }
  return std::string(french ? kPolicyFr : kPolicyEn);
}

}  // namespace passerelle::policy::rules
