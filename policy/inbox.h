// What awaits an agent, over all its mandates: pure, and judged by the state and the moment alone,
// so that acting on an item makes it vanish and nothing else does.
#ifndef PASSERELLE_POLICY_INBOX_H_
#define PASSERELLE_POLICY_INBOX_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "passerelle/convention/v1/date.pb.h"
#include "passerelle/statement/v1/common.pb.h"
#include "passerelle/statement/v1/people.pb.h"
#include "policy/decide.h"
#include "policy/state/state.h"

namespace passerelle::policy {

// Days before its last one from which the end of a mandate is announced.
inline constexpr uint32_t kMandateEndingDays = 30;

// What an item asks for; `gateway/v1/inbox_service.proto` says who does what.
enum class Awaits {
  kOpinion,
  kRuling,
  kRejectedCondition,
  kFreezeConfirmation,
  kAnswer,
  kCarryingOut,
  kDecision,
  kRegisterEntry,
  kRegisterReview,
  kAcknowledgement,
  kReinstatement,
  kRatification,
  kStopConfirmation,
  kMandateEnd,
};

// One thing that awaits the agent. What does not apply is empty or absent.
struct InboxItem {
  Awaits kind = Awaits::kOpinion;
  // The party in whose name the agent would act, and its role there.
  std::string party;
  statement::v1::Role role = statement::v1::ROLE_UNSPECIFIED;
  std::optional<statement::v1::ActRef> exchange, transfer;
  // The freeze, or the mandate.
  std::optional<statement::v1::ActRef> about;
  // Ordinal in the opinion that stands.
  std::optional<uint32_t> recommendation;
  // One member of a class of recipients.
  std::string recipient;
  // Fingerprint and agent concerned.
  std::string key, agent;
  // Record time since when it waits.
  int64_t since_ms = 0;
  // By what day it is asked for.
  std::optional<convention::v1::Date> due;
  // The freeze that keeps it from being done meanwhile.
  std::optional<statement::v1::ActRef> frozen_by;
};

// The inbox of an agent, in order: by due day (those without one last), then by age, then by what
// the item is about. Empty for an agent without a mandate in force. Pure and total; thread-safe.
std::vector<InboxItem> InboxOf(const state::State& state, std::string_view agent, const Now& now);

}  // namespace passerelle::policy

#endif  // PASSERELLE_POLICY_INBOX_H_
