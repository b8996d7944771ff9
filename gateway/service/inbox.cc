// InboxService: what awaits the caller, once or as it changes.
#include "policy/inbox.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/service/service.h"
#include "gateway/service/view.h"

namespace passerelle::gateway::service {
namespace {

using policy::Awaits;

api::InboxItemKind KindOf(Awaits kind) {
  switch (kind) {
    case Awaits::kOpinion:
      return api::INBOX_ITEM_KIND_OPINION_TO_GIVE;
    case Awaits::kRuling:
      return api::INBOX_ITEM_KIND_TRANSFER_TO_RULE;
    case Awaits::kRejectedCondition:
      return api::INBOX_ITEM_KIND_RECOMMENDATION_REJECTED;
    case Awaits::kFreezeConfirmation:
      return api::INBOX_ITEM_KIND_FREEZE_TO_CONFIRM;
    case Awaits::kAnswer:
      return api::INBOX_ITEM_KIND_RECOMMENDATION_TO_ANSWER;
    case Awaits::kCarryingOut:
      return api::INBOX_ITEM_KIND_RECOMMENDATION_TO_CARRY_OUT;
    case Awaits::kDecision:
      return api::INBOX_ITEM_KIND_EXCHANGE_TO_DECIDE;
    case Awaits::kRegisterEntry:
      return api::INBOX_ITEM_KIND_REGISTER_ENTRY_MISSING;
    case Awaits::kRegisterReview:
      return api::INBOX_ITEM_KIND_REGISTER_ENTRY_TO_REVIEW;
    case Awaits::kAcknowledgement:
      return api::INBOX_ITEM_KIND_TRANSFER_TO_ACKNOWLEDGE;
    case Awaits::kReinstatement:
      return api::INBOX_ITEM_KIND_KEY_TO_REINSTATE;
    case Awaits::kRatification:
      return api::INBOX_ITEM_KIND_ACTS_TO_RATIFY;
    case Awaits::kStopConfirmation:
      return api::INBOX_ITEM_KIND_STOP_TO_CONFIRM;
    case Awaits::kMandateEnd:
      return api::INBOX_ITEM_KIND_MANDATE_ENDING;
  }
  return api::INBOX_ITEM_KIND_UNSPECIFIED;
}

api::InboxItem ToApi(const policy::InboxItem& item) {
  api::InboxItem shown;
  shown.set_kind(KindOf(item.kind));
  shown.set_party(item.party);
  shown.set_role(item.role);
  if (item.exchange.has_value()) *shown.mutable_exchange() = *item.exchange;
  if (item.transfer.has_value()) *shown.mutable_transfer() = *item.transfer;
  if (item.about.has_value()) *shown.mutable_about() = *item.about;
  if (item.recommendation.has_value()) shown.set_recommendation(*item.recommendation);
  shown.set_recipient(item.recipient);
  shown.set_key(item.key);
  shown.set_agent(item.agent);
  shown.set_since_ms(item.since_ms);
  if (item.due.has_value()) *shown.mutable_due() = *item.due;
  if (item.frozen_by.has_value()) *shown.mutable_frozen_by() = *item.frozen_by;
  return shown;
}

size_t PageSize(uint32_t asked) {
  return asked == 0 ? base::kDefaultPageSize : std::min(asked, base::kMaxPageSize);
}

}  // namespace

// The inbox is made anew at every call: the token is a position in it.
absl::StatusOr<api::ListInboxResponse> ListInbox(const Caller& caller,
                                                 const api::ListInboxRequest& request) {
  uint64_t from = 0;
  if (!request.page_token().empty() && !absl::SimpleAtoi(request.page_token(), &from))
    return base::Malformed("PAGE_TOKEN", "page_token",
                           "not a token that this list gave; begin again without one");
  return ReadAs<api::ListInboxResponse>(
      caller, [&](const View& view) -> absl::StatusOr<api::ListInboxResponse> {
        const std::vector<policy::InboxItem> items =
            policy::InboxOf(view.state, caller.agent, view.now);
        api::ListInboxResponse response;
        const uint64_t end = std::min(items.size(), from + PageSize(request.page_size()));
        for (uint64_t i = from; i < end; ++i) *response.add_items() = ToApi(items[i]);
        if (from < end && end < items.size()) response.set_next_page_token(absl::StrCat(end));
        return response;
      });
}

absl::StatusOr<Watched<api::WatchInboxResponse>> WatchInbox(const Caller& caller,
                                                            const api::WatchInboxRequest& request,
                                                            std::function<void()> wake) {
  using Next = std::optional<api::WatchInboxResponse>;
  const size_t page_size = PageSize(request.page_size());
  std::optional<std::string> told;
  const auto next = [caller, page_size, told]() mutable {
    return ReadAs<Next>(caller, [&](const View& view) -> absl::StatusOr<Next> {
      const std::vector<policy::InboxItem> items =
          policy::InboxOf(view.state, caller.agent, view.now);
      api::WatchInboxResponse response;
      response.set_total(static_cast<uint32_t>(items.size()));
      for (size_t i = 0; i < std::min(items.size(), page_size); ++i)
        *response.add_items() = ToApi(items[i]);
      std::string tells = response.SerializeAsString();
      if (told.has_value() && *told == tells) return Next();
      told = std::move(tells);
      response.set_size(view.state.size());
      return Next(std::move(response));
    });
  };
  return StartWatch<api::WatchInboxResponse>(caller, std::move(wake), next);
}

}  // namespace passerelle::gateway::service
