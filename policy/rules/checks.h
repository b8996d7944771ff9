// Every check and rule, by file. `policy/acts.cc` says which checks each kind of act has to pass.
#ifndef PASSERELLE_POLICY_RULES_CHECKS_H_
#define PASSERELLE_POLICY_RULES_CHECKS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "policy/rules/judgement.h"

namespace passerelle::policy::rules {

// wire.cc: the header (WIRE 8), before any act. Resolves the signers.
extern const Rule kWireLog, kWireSeen, kWireTime, kWireSigners, kWireRepeat, kWireSize;
std::vector<Signer> CheckHeader(const state::State& state, const Matter& matter,
                                Findings& findings);
// The finished entry is too large for the log.
void RefuseSize(size_t bytes, Findings& findings);

// set.cc: which acts may stand together (WIRE 9), and what is asked of every act.
extern const Rule kWireSet, kWireParty, kWireObserved, kDefaultDeny, kDefaultHearing;
void CheckSet(const Matter& matter, Findings& findings);
void CheckParty(Judgement& j);
void CheckNoParty(Judgement& j);
// Refuses when an observation that a rule compares is not there.
void CheckObservation(Judgement& j, bool present, std::string_view path);
// An act that no rule carries is refused, a report that none does is noted. The last check of all.
void Conclude(Judgement& j);
// An act that was accepted cannot be applied: the state contradicts itself.
void RefuseInconsistent(uint32_t act, Findings& findings);

// keys.cc: which keys may sign (WIRE 15), and which acts still stand.
extern const Rule kKeyEnrolled, kKeyInForce, kKeyCompromised;
// Refuses what rests on an act that a compromised key carried; NeedStanding, unless it stands.
void RefuseFallen(uint32_t act, const record::v1::Provenance& fallen, std::string_view path,
                  Findings& findings);
bool NeedStanding(Judgement& j, const record::v1::Provenance& act, std::string_view path);
// Says which signers of a report hold keys that are not in force.
void CheckReporters(Judgement& j);
void CheckKeys(const state::State& state, const Matter& matter, Findings& findings);

// references.cc and fields.cc: what an act refers to (WIRE 10), which fills the subject; fields
// that are missing or malformed.
extern const Rule kWireReference, kWireField;
void ResolveDataset(Judgement& j);
void ResolveExchange(Judgement& j);
void ResolveTransfer(Judgement& j);
// What a freeze is to stop, and the freeze to lift.
void ResolveFrozen(Judgement& j);
void ResolveFreeze(Judgement& j);
// A transfer asked for outside a statement is none of this log.
void RefuseUnknownTransfer(Findings& findings);

// content.cc: identifiers and attachments (DISCLOSURE section C, WIRE 20).
extern const Rule kContentText, kContentPayload, kContentAttachments;
void CheckText(Judgement& j);
void CheckAttachments(Judgement& j);
void CheckPayloadIdentifiers(Judgement& j);

// founding.cc, settings.cc and succession.cc: entry 0 (WIRE 1), its settings and those that replace
// them, a log that goes on under another key, and receipts of what it lost.
extern const Rule kFoundingTerms, kFoundingKeys, kSettingsForm, kSettingsEvidence, kSettingsChange,
    kLogSuccession, kLogPresented;
void CheckFoundingTerms(Judgement& j);
void CheckFoundingKeys(Judgement& j);
void CheckNewSettings(Judgement& j);
void CheckSuccession(Judgement& j);
void CheckPresented(Judgement& j);

// deeds.cc: what rests on paper (WIRE 14).
extern const Rule kDeedSignatures, kDeedGround, kDeedNever, kDeedDelay, kDeedRecord, kDeedAdhesion;
// Carries the act by a secretary and a countersigner, two agents; refuses when one is missing.
void CarryByBoth(Judgement& j);
// The instant from which the act will be in force.
int64_t InForceFrom(const Judgement& j);
void CheckGround(Judgement& j);
void CheckNoDeed(Judgement& j);
void CheckDeedAtOnce(Judgement& j);
void CheckDeedRecord(Judgement& j);
void CheckAdhesion(Judgement& j);

// people_keys.cc and people_mandates.cc: keys and mandates (WIRE 15, 17).
extern const Rule kKeyForm, kKeyEnrolment, kMandateRole, kMandateGiver, kMandateForm,
    kMandateService;
// What an agent is, by its key or, as long as it has none, by its mandates; unspecified when it has
// neither.
statement::v1::AgentKind ExpectedKind(const state::State& state, std::string_view agent);
// Whether the agent who answers for a service still holds a mandate of the party in force.
bool IsAnsweredFor(const state::State& state, const record::v1::MandateRow& mandate,
                   int64_t time_ms, const convention::v1::Date& today);
void CheckEnrolmentForm(Judgement& j);
void CheckEnroller(Judgement& j);
// Carries the act by a signer who is the agent; false when none is.
bool CarryByItself(Judgement& j, std::string_view agent);
void CheckMandateForm(Judgement& j);
void CheckMandateService(Judgement& j);
void CheckMandateGiver(Judgement& j);

// stops.cc and people_endings.cc: keys that are to sign no more and keys that return (WIRE 15);
// ends of mandates.
extern const Rule kKeyStop, kKeyReinstatement, kMandateEnding;
// The standing suspension that a KeyStopped confirms, or null.
const record::v1::KeyStopRow* ConfirmedStop(const Judgement& j);
void CheckStopForm(Judgement& j);
void CheckStopper(Judgement& j);
void CheckReinstatement(Judgement& j);
void CheckReinstater(Judgement& j);
void CheckEnding(Judgement& j);
void CheckEnder(Judgement& j);

// roles.cc: who carries a business act.
// How far a mandate goes towards the dataset of the act's exchange: it is none of the role and
// party in force today, it names other datasets, nobody answers for it any more, or it covers it.
enum class Reach { kNone, kUnnamed, kUnanswered, kCovers };
Reach ReachOf(const Judgement& j, const record::v1::MandateRow& mandate, statement::v1::Role role);
void CheckSteward(Judgement& j);
void CheckProposer(Judgement& j);
void CheckDecider(Judgement& j);
void CheckSender(Judgement& j);
void CheckReaderRole(Judgement& j);

// article_ix_1.cc: partners who share.
extern const Rule kIx1;
void CheckAdhered(Judgement& j);
void CheckRecipient(Judgement& j);
// A class without a member that has adhered receives nothing.
void CheckSomebodyReceives(Judgement& j);

// article_ix_2.cc: the controller decides, after the prior opinion of its DPO.
extern const Rule kIx2b, kIx2c, kDpoConditions, kExchangeLapse;
// Whether an exchange is decided, one way or the other.
bool IsDecided(const record::v1::ExchangeRow& exchange);
void CheckHolderDecides(Judgement& j);
void CheckHolderHasDpo(Judgement& j);
void CheckDpoActs(Judgement& j);
void CheckOpinion(Judgement& j);
void CheckConditions(Judgement& j);
void CheckDecision(Judgement& j);
// Refuses conditions, at a field of the act's case, that do not narrow the terms of the exchange.
// REQUIRES: the act's exchange is resolved.
void CheckNarrowing(Judgement& j, const statement::v1::Conditions& conditions,
                    std::string_view field);
// Refuses conditions that leave no field of the exchange. REQUIRES: as above.
void CheckSomethingLeft(Judgement& j, const statement::v1::Conditions& conditions,
                        std::string_view path);
// Whether the act cites the opinion that stands; refuses otherwise, at the field `opinion`.
// REQUIRES: the act's exchange is resolved.
bool CheckOpinionCited(Judgement& j, bool present, const statement::v1::ActRef& opinion);
// Refuses what comes after an undecided request has lapsed.
void CheckNotLapsed(Judgement& j);

// article_ix_2_recommendations.cc: what the DPO recommends, and the holder answers.
extern const Rule kIx2d;
void CheckRecommendations(Judgement& j);
void CheckAnswer(Judgement& j);
void CheckEveryAnswer(Judgement& j);
void CheckCarriedOut(Judgement& j);

// freezes.cc: what stops an exchange or a transfer at once (WIRE 16).
extern const Rule kFreezePower, kFreezeLift, kFreezeGate;
void CheckFreeze(Judgement& j);
void CheckLift(Judgement& j);
// Refuses while a freeze of the exchange or the transfer is in force. `transfer` may be empty.
void CheckNotFrozen(const state::State& state, const statement::v1::ActRef& exchange,
                    const statement::v1::ActRef& transfer, int64_t time_ms,
                    const convention::v1::Date& today, uint32_t act, Findings& findings);
// The same of the act's own exchange and transfer.
void CheckUnfrozen(Judgement& j);

// article_ix_3.cc: legality and the register.
extern const Rule kIx3b, kIx3c;
void CheckRegisterEntry(Judgement& j);
void CheckRegistered(Judgement& j);

// article_ix_5.cc, article_ix_5_units.cc and article_ix_5_fields.cc: the commitments to users.
extern const Rule kIx5a, kIx5b, kIx5c, kIx5d, kIx5e, kIx5f, kIx5g;
void CheckDatasetPurposes(Judgement& j);
void CheckExchangePurpose(Judgement& j);
void CheckDatasetRetention(Judgement& j);
void CheckExchangeRetention(Judgement& j);
void CheckController(Judgement& j);
void CheckDataSubjects(Judgement& j);
void CheckDatasetUnits(Judgement& j);
void CheckExchangeUnits(Judgement& j);
void CheckMandateReader(Judgement& j);
// Whether an agent may read a transfer of an exchange today, as Observed will say (WIRE 22).
record::v1::ReaderObserved CheckReader(const state::State& state, std::string_view agent,
                                       const record::v1::ExchangeRow& exchange,
                                       const record::v1::TransferRow& transfer, int64_t time_ms,
                                       const convention::v1::Date& today, Findings& findings);
void CheckDatasetFields(Judgement& j);
void CheckDatasetGeography(Judgement& j);
// Refuses a cell that is not a commune of the convention.
void RefuseCommune(Judgement& j, uint64_t line, uint32_t column);
void CheckExchangeFields(Judgement& j);
void CheckPayload(Judgement& j);

// article_xii.cc and article_xiii.cc: the window, and amendments.
extern const Rule kXii, kXiii1;
// Whether a day, as YYYYMMDD, lies in the convention's window.
bool InWindow(const convention::v1::Convention& convention, int64_t day);
void CheckWindow(Judgement& j);
void CheckExchangeWindow(Judgement& j);
void CheckEffectiveDate(Judgement& j);
// An act that has effect as it is recorded, and never on another day.
void CheckNoEffectiveDate(Judgement& j);
void CheckNotEnacted(Judgement& j);

// conflicts.cc: conflicts of interests (ARTICLE-IX section 5).
extern const Rule kConflictC1, kConflictC4, kConflictC5, kConflictC6;
void CheckDpoConflict(Judgement& j);
void CheckDpoElsewhere(Judgement& j);
void CheckDeciderConflict(Judgement& j);
// Warns when a DPO's mandate ends while exchanges of the holder await her opinion.
void CheckDpoLeaves(Judgement& j, const record::v1::MandateRow& mandate);
void CheckOperatorConflict(Judgement& j);
void CheckOperatorReads(const state::State& state, std::string_view agent, int64_t time_ms,
                        const convention::v1::Date& today, Findings& findings);

// transfer.cc: a transfer, its ruling and its acknowledgement.
// The share of a recipient in a transfer, or null.
const record::v1::DeliveryRow* ShareOf(const record::v1::TransferRow& transfer,
                                       std::string_view party);
extern const Rule kTransferApproval, kTransferManifest, kTransferRuling, kTransferAcknowledgement;
// Whether the retention of a transfer is over (WIRE 23).
bool IsRetentionOver(const record::v1::TransferRow& transfer, int64_t time_ms,
                     const convention::v1::Date& today);
void CheckApproval(Judgement& j);
void CheckManifest(Judgement& j);
void CheckRuling(Judgement& j);
void CheckAcknowledgement(Judgement& j);

// gateway.cc: what the gateway does of its own motion.
extern const Rule kGatewayKey, kGatewayHandover, kGatewayHeads, kGatewayStamp, kGatewayRetention,
    kGatewayErasure;
void CheckGatewayKey(Judgement& j);
// Whether a transfer may be handed over to a recipient at this moment; refuses otherwise.
void CheckDeliverable(const state::State& state, const record::v1::TransferRow& transfer,
                      std::string_view recipient, int64_t time_ms,
                      const convention::v1::Date& today, uint32_t act, Findings& findings);
void CheckHandover(Judgement& j);
void CheckHeads(Judgement& j);
void CheckStamp(Judgement& j);
void CheckRetention(Judgement& j);
void CheckErasure(Judgement& j);

}  // namespace passerelle::policy::rules

#endif  // PASSERELLE_POLICY_RULES_CHECKS_H_
