// Each party's own chain: that no entry is missing in it, and none is left out of it (WIRE 4).
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/verify/replay.h"
#include "policy/state/query.h"
#include "policy/state/state.h"

namespace passerelle::gateway::verify {
namespace {

using policy::state::kEveryone;
using statement::v1::Act;
using statement::v1::ActRef;

// Acts that every party may read.
bool IsForEveryone(const Act& act) {
  switch (act.body_case()) {
    case Act::kConventionEnacted:
    case Act::kPartyAdhered:
    case Act::kSettingsEnacted:
    case Act::kDeedRecorded:
    case Act::kAgentEnrolled:
    case Act::kMandateGiven:
    case Act::kMandateEnded:
    case Act::kKeyStopped:
    case Act::kKeyReinstated:
    case Act::kDatasetDeclared:
      return true;
    default:
      return false;
  }
}

// The exchange, transfer or freeze that an act is about; null for other acts.
struct Subject {
  const ActRef* exchange = nullptr;
  const ActRef* transfer = nullptr;
  const ActRef* freeze = nullptr;
};

Subject SubjectOf(const Act& act) {
  switch (act.body_case()) {
    case Act::kDpoOpinionGiven:
      return {.exchange = &act.dpo_opinion_given().exchange()};
    case Act::kExchangeDecided:
      return {.exchange = &act.exchange_decided().exchange()};
    case Act::kRegisterEntryRecorded:
      return {.exchange = &act.register_entry_recorded().exchange()};
    case Act::kRecommendationAnswered:
      return {.exchange = &act.recommendation_answered().exchange()};
    case Act::kFreezePlaced:
      if (act.freeze_placed().has_transfer()) return {.transfer = &act.freeze_placed().transfer()};
      return {.exchange = &act.freeze_placed().exchange()};
    case Act::kFreezeLifted:
      return {.freeze = &act.freeze_lifted().freeze()};
    case Act::kTransferSubmitted:
      return {.exchange = &act.transfer_submitted().exchange()};
    case Act::kTransferRuled:
      return {.transfer = &act.transfer_ruled().transfer()};
    case Act::kTransferAcknowledged:
      return {.transfer = &act.transfer_acknowledged().transfer()};
    case Act::kContentHandedOver:
      return {.transfer = &act.content_handed_over().transfer()};
    case Act::kRetentionReached:
      return {.transfer = &act.retention_reached().transfer()};
    case Act::kPayloadErased:
      return {.transfer = &act.payload_erased().transfer()};
    default:
      return {};
  }
}

// The parties that an act of a recorded statement concerns, `all` included.
std::vector<std::string> ConcernedBy(const policy::state::State& state, const Act& act,
                                     const base::Digest& digest, int ordinal, int64_t time_ms) {
  std::vector<std::string> parties;
  if (!act.party().empty()) parties.push_back(act.party());
  if (IsForEveryone(act)) parties.emplace_back(kEveryone);
  const auto add_sides = [&](const record::v1::ExchangeRow* row) {
    if (row == nullptr) return;
    parties.push_back(row->holder());
    for (std::string& recipient : policy::state::RecipientsOf(
             state, row->holder(), row->recipient(), row->recipient_class(), time_ms))
      parties.push_back(std::move(recipient));
  };
  const auto key = [&digest](const ActRef& ref) {
    return policy::state::KeyOf(policy::state::Absolute(ref, digest));
  };
  Subject subject = SubjectOf(act);
  const record::v1::FreezeRow* freeze =
      subject.freeze == nullptr ? nullptr : state.freezes.Find(key(*subject.freeze));
  if (freeze != nullptr && freeze->has_transfer())
    subject.transfer = &freeze->transfer();
  else if (freeze != nullptr)
    subject.exchange = &freeze->exchange();
  if (subject.exchange != nullptr) add_sides(state.exchanges.Find(key(*subject.exchange)));
  const record::v1::TransferRow* transfer =
      subject.transfer == nullptr ? nullptr : state.transfers.Find(key(*subject.transfer));
  if (transfer != nullptr) {
    parties.push_back(transfer->holder());
    for (const record::v1::DeliveryRow& share : transfer->deliveries())
      parties.push_back(share.party());
  }
  if (act.has_exchange_proposed()) {
    ActRef self;
    self.set_ordinal(static_cast<uint32_t>(ordinal));
    add_sides(state.exchanges.Find(key(self)));
  }
  return parties;
}

}  // namespace

Check Replay::CheckLinks(const Item& item) const {
  for (const record::v1::PartyLink& link : item.entry.links()) {
    const record::v1::ChainRow* row = state_.chains.Find(link.party());
    const uint64_t length = row == nullptr ? 0 : row->length();
    const std::string previous = row == nullptr ? std::string() : row->last();
    if (link.ordinal() != length || link.previous() != previous)
      return At(item,
                absl::StrCat("it breaks the chain of ", link.party(),
                             ": it does not follow the last of that party's ", length,
                             " entries before it"),
                absl::StrCat("elle rompt la chaîne de ", link.party(),
                             " : elle ne suit pas la dernière des ", length,
                             " entrées précédentes de cette partie"));
  }
  return std::nullopt;
}

Check Replay::CheckConcerned(const Item& item, const Recorded& recorded) const {
  for (int i = 0; i < recorded.statement.acts_size(); ++i) {
    for (const std::string& party : ConcernedBy(state_, recorded.statement.acts(i), recorded.digest,
                                                i, item.entry.time_ms())) {
      bool linked = false;
      for (const record::v1::PartyLink& link : item.entry.links())
        linked = linked || link.party() == party;
      if (!linked)
        return At(item, absl::StrCat("it concerns ", party, " and is missing in that chain"),
                  absl::StrCat("elle concerne ", party, " et manque dans cette chaîne"));
    }
  }
  return std::nullopt;
}

}  // namespace passerelle::gateway::verify
