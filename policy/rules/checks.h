// Every check and every rule, by the file that holds them. `policy/acts.cc` says which checks each
// kind of act has to pass.
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
extern const Rule kWireSet, kWireParty, kWireObserved, kDefaultDeny;
void CheckSet(const Matter& matter, Findings& findings);
void CheckParty(Judgement& j);
void CheckNoParty(Judgement& j);
// Refuses when an observation that a rule compares is not there.
void CheckObservation(Judgement& j, bool present, std::string_view path);
// An act that no rule carries is refused. The last check of every act.
void Conclude(Judgement& j);
// An act that was accepted cannot be applied: the state contradicts itself.
void RefuseInconsistent(uint32_t act, Findings& findings);

// keys.cc: which keys may sign (WIRE 15), and which acts still stand.
extern const Rule kKeyEnrolled, kKeyInForce, kKeyCompromised;
// Refuses what rests on an act that a compromised key carried; NeedStanding, unless it stands.
void RefuseFallen(uint32_t act, const record::v1::Provenance& fallen, std::string_view path,
                  Findings& findings);
bool NeedStanding(Judgement& j, const record::v1::Provenance& act, std::string_view path);
void CheckKeys(const state::State& state, const Matter& matter, Findings& findings);

// references.cc: what an act refers to (WIRE 10). Fills the subject.
extern const Rule kWireReference;
void ResolveDataset(Judgement& j);
void ResolveExchange(Judgement& j);
void ResolveTransfer(Judgement& j);
// A transfer asked for outside a statement is none of this log.
void RefuseUnknownTransfer(Findings& findings);

// fields.cc: fields that are missing or malformed.
extern const Rule kWireField;

// content.cc: identifiers and attachments (DISCLOSURE section C, WIRE 20).
extern const Rule kContentText, kContentPayload, kContentAttachments;
void CheckText(Judgement& j);
void CheckAttachments(Judgement& j);
void CheckPayloadIdentifiers(Judgement& j);

// founding.cc: entry 0 (WIRE 1).
extern const Rule kFoundingTerms, kFoundingSettings, kFoundingKeys;
void CheckFoundingTerms(Judgement& j);
void CheckFoundingSettings(Judgement& j);
void CheckFoundingKeys(Judgement& j);

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
void CheckMandateForm(Judgement& j);
void CheckMandateService(Judgement& j);
void CheckMandateGiver(Judgement& j);

// roles.cc: who carries a business act.
void CheckSteward(Judgement& j);
void CheckProposer(Judgement& j);
void CheckDecider(Judgement& j);
void CheckSender(Judgement& j);
void CheckReaderRole(Judgement& j);

// article_ix_1.cc: partners who share.
extern const Rule kIx1;
void CheckAdhered(Judgement& j);
void CheckRecipient(Judgement& j);

// article_ix_2.cc: the controller decides, after the prior opinion of its DPO.
extern const Rule kIx2b, kIx2c, kDpoConditions;
void CheckHolderDecides(Judgement& j);
void CheckHolderHasDpo(Judgement& j);
void CheckDpoActs(Judgement& j);
void CheckOpinion(Judgement& j);
void CheckConditions(Judgement& j);
void CheckDecision(Judgement& j);

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
// Whether an agent may read a transfer of an exchange today, and how Observed will say so (WIRE
// 22).
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
void CheckNotEnacted(Judgement& j);

// conflicts.cc: conflicts of interests (ARTICLE-IX section 5).
extern const Rule kConflictC1, kConflictC4, kConflictC6;
void CheckDpoConflict(Judgement& j);
void CheckDpoElsewhere(Judgement& j);
void CheckDeciderConflict(Judgement& j);
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
extern const Rule kGatewayKey, kGatewayHandover, kGatewayRetention, kGatewayErasure;
void CheckGatewayKey(Judgement& j);
// Whether a transfer may be handed over to a recipient at this moment; refuses otherwise.
void CheckDeliverable(const state::State& state, const record::v1::TransferRow& transfer,
                      std::string_view recipient, int64_t time_ms,
                      const convention::v1::Date& today, uint32_t act, Findings& findings);
void CheckHandover(Judgement& j);
void CheckRetention(Judgement& j);
void CheckErasure(Judgement& j);

}  // namespace passerelle::policy::rules

#endif  // PASSERELLE_POLICY_RULES_CHECKS_H_
