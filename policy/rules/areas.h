// The area of an act (DESIGN section 4): who reads it, and what may stand beside it in a set.
#ifndef PASSERELLE_POLICY_RULES_AREAS_H_
#define PASSERELLE_POLICY_RULES_AREAS_H_

#include "passerelle/statement/v1/statement.pb.h"

namespace passerelle::policy::rules {

// Areas of acts, in the order of DESIGN.
enum class Area { kConvention, kDeed, kPeople, kData, kExchange, kTransfer, kGateway, kOwn };

// The area of an act's case. An act without a case belongs to the exchanges: nobody else reads it.
inline Area AreaOf(statement::v1::Act::BodyCase body) {
  using statement::v1::Act;
  switch (body) {
    case Act::kConventionEnacted:
    case Act::kPartyAdhered:
    case Act::kSettingsEnacted:
    case Act::kShardOpened:
    // Made by the gateway, for every party to read.
    case Act::kPartyHeads:
    case Act::kCheckpointStamped:
      return Area::kConvention;
    case Act::kDeedRecorded:
      return Area::kDeed;
    case Act::kAgentEnrolled:
    case Act::kMandateGiven:
    case Act::kMandateEnded:
    case Act::kKeyStopped:
    case Act::kKeyReinstated:
      return Area::kPeople;
    case Act::kDatasetDeclared:
      return Area::kData;
    // What it holds may be read by the party that presents it; others read it where it is recorded
    // again.
    case Act::kReceiptPresented:
      return Area::kOwn;
    case Act::kTransferSubmitted:
    case Act::kTransferRuled:
    case Act::kTransferAcknowledged:
      return Area::kTransfer;
    case Act::kContentHandedOver:
    case Act::kRetentionReached:
    case Act::kPayloadErased:
      return Area::kGateway;
    case Act::kExchangeProposed:
    case Act::kDpoOpinionGiven:
    case Act::kExchangeDecided:
    case Act::kRegisterEntryRecorded:
    case Act::kRecommendationAnswered:
    case Act::kFreezePlaced:
    case Act::kFreezeLifted:
    case Act::BODY_NOT_SET:
      return Area::kExchange;
  }
  return Area::kExchange;
}

// Whether an act reports a fact: it is recorded whoever signs it, and binds only when a rule says
// so.
inline bool IsReport(statement::v1::Act::BodyCase body) {
  return body == statement::v1::Act::kKeyStopped || body == statement::v1::Act::kFreezePlaced;
}

// Whether a statement holds reports and nothing else.
inline bool IsReportOnly(const statement::v1::Statement& statement) {
  for (const statement::v1::Act& act : statement.acts())
    if (!IsReport(act.body_case())) return false;
  return statement.acts_size() > 0;
}

}  // namespace passerelle::policy::rules

#endif  // PASSERELLE_POLICY_RULES_AREAS_H_
