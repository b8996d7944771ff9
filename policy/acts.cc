#include "policy/acts.h"

#include "policy/rules/checks.h"

namespace passerelle::policy {
namespace {

using rules::Check;
using statement::v1::Act;
namespace r = rules;

constexpr Check kConventionEnacted[] = {
    r::CheckNotEnacted, r::CheckNoParty,       r::CheckNoEffectiveDate, r::CheckNoDeed,
    r::CheckText,       r::CheckFoundingTerms, r::CheckNewSettings,     r::CheckFoundingKeys,
};
constexpr Check kPartyAdhered[] = {
    r::CheckParty, r::CheckEffectiveDate, r::CheckGround, r::CheckText, r::CheckAdhesion,
};
constexpr Check kDeedRecorded[] = {
    r::CheckParty, r::CheckEffectiveDate, r::CheckNoDeed,
    r::CheckText,  r::CheckAttachments,   r::CheckDeedRecord,
};
constexpr Check kAgentEnrolled[] = {
    r::CheckParty, r::CheckEffectiveDate, r::CheckGround,
    r::CheckText,  r::CheckEnrolmentForm, r::CheckEnroller,
};
constexpr Check kMandateGiven[] = {
    r::CheckParty,          r::CheckEffectiveDate, r::CheckGround,
    r::CheckText,           r::CheckAttachments,   r::CheckMandateForm,
    r::CheckMandateService, r::CheckMandateReader, r::CheckMandateGiver,
};
constexpr Check kSettingsEnacted[] = {
    r::CheckParty, r::CheckEffectiveDate, r::CheckNoDeed, r::CheckText, r::CheckNewSettings,
};
constexpr Check kShardOpened[] = {
    r::CheckParty, r::CheckEffectiveDate, r::CheckNoDeed, r::CheckText, r::CheckSuccession,
};
constexpr Check kReceiptPresented[] = {
    r::CheckParty, r::CheckEffectiveDate, r::CheckNoDeed, r::CheckText, r::CheckPresented,
};
constexpr Check kMandateEnded[] = {
    r::CheckParty, r::CheckEffectiveDate, r::CheckGround,
    r::CheckText,  r::CheckEnding,        r::CheckEnder,
};
constexpr Check kKeyStopped[] = {
    r::CheckParty, r::CheckEffectiveDate, r::CheckGround,
    r::CheckText,  r::CheckStopForm,      r::CheckStopper,
};
constexpr Check kKeyReinstated[] = {
    r::CheckParty, r::CheckEffectiveDate, r::CheckGround,
    r::CheckText,  r::CheckReinstatement, r::CheckReinstater,
};
constexpr Check kDatasetDeclared[] = {
    r::CheckParty,
    r::CheckEffectiveDate,
    r::CheckGround,
    r::CheckDeedAtOnce,
    r::CheckAdhered,
    r::CheckWindow,
    r::CheckText,
    r::CheckAttachments,
    r::CheckController,
    r::CheckDatasetPurposes,
    r::CheckDataSubjects,
    r::CheckDatasetUnits,
    r::CheckDatasetFields,
    r::CheckDatasetGeography,
    r::CheckDatasetRetention,
    r::CheckSteward,
    r::CheckOperatorConflict,
};
constexpr Check kExchangeProposed[] = {
    r::CheckParty,
    r::CheckEffectiveDate,
    r::CheckGround,
    r::CheckDeedAtOnce,
    r::ResolveDataset,
    r::CheckRecipient,
    r::CheckAdhered,
    r::CheckWindow,
    r::CheckHolderHasDpo,
    r::CheckText,
    r::CheckAttachments,
    r::CheckExchangePurpose,
    r::CheckExchangeUnits,
    r::CheckExchangeFields,
    r::CheckExchangeWindow,
    r::CheckExchangeRetention,
    r::CheckProposer,
    r::CheckDpoElsewhere,
    r::CheckOperatorConflict,
};
constexpr Check kDpoOpinionGiven[] = {
    r::CheckParty,           r::CheckEffectiveDate, r::CheckNoDeed,        r::ResolveExchange,
    r::CheckAdhered,         r::CheckWindow,        r::CheckHolderDecides, r::CheckText,
    r::CheckAttachments,     r::CheckNotLapsed,     r::CheckOpinion,       r::CheckConditions,
    r::CheckRecommendations, r::CheckDpoActs,       r::CheckDpoConflict,   r::CheckOperatorConflict,
};
constexpr Check kExchangeDecided[] = {
    r::CheckParty,           r::CheckEffectiveDate,    r::CheckGround,
    r::CheckDeedAtOnce,      r::ResolveExchange,       r::CheckAdhered,
    r::CheckWindow,          r::CheckHolderDecides,    r::CheckText,
    r::CheckAttachments,     r::CheckNotLapsed,        r::CheckDecision,
    r::CheckEveryAnswer,     r::CheckDecider,          r::CheckDpoElsewhere,
    r::CheckDeciderConflict, r::CheckOperatorConflict,
};
constexpr Check kRecommendationAnswered[] = {
    r::CheckParty,      r::CheckEffectiveDate, r::CheckGround,          r::CheckDeedAtOnce,
    r::ResolveExchange, r::CheckAdhered,       r::CheckWindow,          r::CheckHolderDecides,
    r::CheckText,       r::CheckAttachments,   r::CheckNotLapsed,       r::CheckAnswer,
    r::CheckDecider,    r::CheckDpoElsewhere,  r::CheckDeciderConflict, r::CheckOperatorConflict,
};
constexpr Check kFreezePlaced[] = {
    r::CheckParty,       r::CheckEffectiveDate, r::ResolveFrozen,         r::CheckText,
    r::CheckAttachments, r::CheckFreeze,        r::CheckOperatorConflict,
};
constexpr Check kFreezeLifted[] = {
    r::CheckParty,       r::CheckEffectiveDate, r::CheckGround,
    r::CheckDeedAtOnce,  r::ResolveFreeze,      r::CheckText,
    r::CheckAttachments, r::CheckLift,          r::CheckOperatorConflict,
};
constexpr Check kRegisterEntryRecorded[] = {
    r::CheckParty,
    r::CheckEffectiveDate,
    r::CheckGround,
    r::CheckDeedAtOnce,
    r::ResolveExchange,
    r::CheckAdhered,
    r::CheckText,
    r::CheckAttachments,
    r::CheckNotLapsed,
    r::CheckRegisterEntry,
    r::CheckSteward,
    r::CheckDpoElsewhere,
    r::CheckOperatorConflict,
};
constexpr Check kTransferSubmitted[] = {
    r::CheckParty,
    r::CheckEffectiveDate,
    r::CheckGround,
    r::CheckDeedAtOnce,
    r::ResolveExchange,
    r::CheckAdhered,
    r::CheckWindow,
    r::CheckHolderDecides,
    r::CheckSomebodyReceives,
    r::CheckUnfrozen,
    r::CheckApproval,
    r::CheckCarriedOut,
    r::CheckRegistered,
    r::CheckManifest,
    r::CheckPayload,
    r::CheckPayloadIdentifiers,
    r::CheckText,
    r::CheckAttachments,
    r::CheckSender,
    r::CheckOperatorConflict,
};
constexpr Check kTransferRuled[] = {
    r::CheckParty,
    r::CheckEffectiveDate,
    r::CheckNoDeed,
    r::ResolveTransfer,
    r::CheckAdhered,
    r::CheckHolderDecides,
    r::CheckText,
    r::CheckAttachments,
    r::CheckUnfrozen,
    r::CheckRuling,
    r::CheckDpoActs,
    r::CheckDpoConflict,
    r::CheckOperatorConflict,
};
constexpr Check kTransferAcknowledged[] = {
    r::CheckParty,      r::CheckEffectiveDate,    r::CheckGround, r::CheckDeedAtOnce,
    r::ResolveTransfer, r::CheckAdhered,          r::CheckText,   r::CheckAcknowledgement,
    r::CheckReaderRole, r::CheckOperatorConflict,
};
constexpr Check kContentHandedOver[] = {
    r::CheckNoParty, r::CheckNoEffectiveDate, r::CheckNoDeed,   r::ResolveTransfer,
    r::CheckText,    r::CheckGatewayKey,      r::CheckHandover,
};
constexpr Check kRetentionReached[] = {
    r::CheckNoParty, r::CheckNoEffectiveDate, r::CheckNoDeed,    r::ResolveTransfer,
    r::CheckText,    r::CheckGatewayKey,      r::CheckRetention,
};
constexpr Check kPayloadErased[] = {
    r::CheckNoParty, r::CheckNoEffectiveDate, r::CheckNoDeed,  r::ResolveTransfer,
    r::CheckText,    r::CheckGatewayKey,      r::CheckErasure,
};
constexpr Check kPartyHeads[] = {
    r::CheckNoParty, r::CheckNoEffectiveDate, r::CheckNoDeed,
    r::CheckText,    r::CheckGatewayKey,      r::CheckHeads,
};
constexpr Check kCheckpointStamped[] = {
    r::CheckNoParty, r::CheckNoEffectiveDate, r::CheckNoDeed,
    r::CheckText,    r::CheckGatewayKey,      r::CheckStamp,
};

const ActSpec kActs[] = {
    {Act::kConventionEnacted, kConventionEnacted, DeriveNothing, ApplyConventionEnacted},
    {Act::kPartyAdhered, kPartyAdhered, DeriveNothing, ApplyPartyAdhered},
    {Act::kSettingsEnacted, kSettingsEnacted, DeriveNothing, ApplySettingsEnacted},
    {Act::kShardOpened, kShardOpened, DeriveNothing, ApplyShardOpened},
    {Act::kReceiptPresented, kReceiptPresented, DeriveNothing, ApplyReceiptPresented},
    {Act::kDeedRecorded, kDeedRecorded, DeriveNothing, ApplyDeedRecorded},
    {Act::kAgentEnrolled, kAgentEnrolled, DeriveNothing, ApplyAgentEnrolled},
    {Act::kMandateGiven, kMandateGiven, DeriveMandate, ApplyMandateGiven},
    {Act::kMandateEnded, kMandateEnded, DeriveNothing, ApplyMandateEnded},
    {Act::kKeyStopped, kKeyStopped, DeriveKeyStop, ApplyKeyStopped},
    {Act::kKeyReinstated, kKeyReinstated, DeriveNothing, ApplyKeyReinstated},
    {Act::kDatasetDeclared, kDatasetDeclared, DeriveNothing, ApplyDatasetDeclared},
    {Act::kExchangeProposed, kExchangeProposed, DeriveExchange, ApplyExchangeProposed},
    {Act::kDpoOpinionGiven, kDpoOpinionGiven, DeriveOpinion, ApplyDpoOpinionGiven},
    {Act::kExchangeDecided, kExchangeDecided, DeriveDecision, ApplyExchangeDecided},
    {Act::kRegisterEntryRecorded, kRegisterEntryRecorded, DeriveNothing,
     ApplyRegisterEntryRecorded},
    {Act::kRecommendationAnswered, kRecommendationAnswered, DeriveAnswer,
     ApplyRecommendationAnswered},
    {Act::kFreezePlaced, kFreezePlaced, DeriveFreeze, ApplyFreezePlaced},
    {Act::kFreezeLifted, kFreezeLifted, DeriveNothing, ApplyFreezeLifted},
    {Act::kTransferSubmitted, kTransferSubmitted, DeriveTransfer, ApplyTransferSubmitted},
    {Act::kTransferRuled, kTransferRuled, DeriveRuling, ApplyTransferRuled},
    {Act::kTransferAcknowledged, kTransferAcknowledged, DeriveAcknowledgement,
     ApplyTransferAcknowledged},
    {Act::kContentHandedOver, kContentHandedOver, DeriveHandover, ApplyContentHandedOver},
    {Act::kRetentionReached, kRetentionReached, DeriveNothing, ApplyRetentionReached},
    {Act::kPayloadErased, kPayloadErased, DeriveNothing, ApplyPayloadErased},
    {Act::kPartyHeads, kPartyHeads, DeriveNothing, ApplyPartyHeads},
    {Act::kCheckpointStamped, kCheckpointStamped, DeriveNothing, ApplyCheckpointStamped},
};

}  // namespace

const ActSpec* FindSpec(Act::BodyCase body) {
  for (const ActSpec& spec : kActs)
    if (spec.body == body) return &spec;
  return nullptr;
}

}  // namespace passerelle::policy
