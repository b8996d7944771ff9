// Each party's own chain: that no entry is missing in it, and none is left out of it (WIRE 4).
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/verify/replay.h"
#include "policy/rules/areas.h"
#include "policy/state/query.h"
#include "policy/state/state.h"

namespace passerelle::gateway::verify {
namespace {

using policy::rules::Area;
using policy::state::kEveryone;
using statement::v1::Act;
using statement::v1::ActRef;

// Whether every party may read an act.
bool IsForEveryone(const Act& act) {
  switch (policy::rules::AreaOf(act.body_case())) {
    case Area::kConvention:
    case Area::kDeed:
    case Area::kPeople:
    case Area::kData:
      return true;
    case Area::kExchange:
    case Area::kTransfer:
    case Area::kGateway:
    case Area::kOwn:
      return false;
  }
  return false;
}

// The reference that the body of an act has under a name, such as `exchange`, made absolute; null
// when it has none.
std::optional<ActRef> ReferenceOf(const Act& act, const base::Digest& digest, const char* name) {
  const google::protobuf::FieldDescriptor* body =
      act.GetReflection()->GetOneofFieldDescriptor(act, Act::descriptor()->FindOneofByName("body"));
  if (body == nullptr) return std::nullopt;
  const google::protobuf::Message& message = act.GetReflection()->GetMessage(act, body);
  const google::protobuf::FieldDescriptor* field = body->message_type()->FindFieldByName(name);
  if (field == nullptr || field->message_type() != ActRef::descriptor() ||
      !message.GetReflection()->HasField(message, field))
    return std::nullopt;
  ActRef ref;
  ref.CopyFrom(message.GetReflection()->GetMessage(message, field));
  return policy::state::Absolute(ref, digest);
}

// What an act is about: the exchange or the transfer it names, or that of the freeze it names.
struct Subject {
  const record::v1::ExchangeRow* exchange = nullptr;
  const record::v1::TransferRow* transfer = nullptr;
};

Subject SubjectOf(const policy::state::State& state, const Act& act, const base::Digest& digest,
                  int ordinal) {
  std::optional<ActRef> exchange = ReferenceOf(act, digest, "exchange");
  std::optional<ActRef> transfer = ReferenceOf(act, digest, "transfer");
  if (act.has_exchange_proposed()) {
    exchange.emplace().set_statement(base::ToBytes(digest));
    exchange->set_ordinal(static_cast<uint32_t>(ordinal));
  }
  if (const auto ref = ReferenceOf(act, digest, "freeze"); ref.has_value()) {
    const record::v1::FreezeRow* freeze = state.freezes.Find(policy::state::KeyOf(*ref));
    if (freeze != nullptr && freeze->has_transfer())
      transfer = freeze->transfer();
    else if (freeze != nullptr)
      exchange = freeze->exchange();
  }
  Subject subject;
  if (transfer.has_value())
    subject.transfer = state.transfers.Find(policy::state::KeyOf(*transfer));
  else if (exchange.has_value())
    subject.exchange = state.exchanges.Find(policy::state::KeyOf(*exchange));
  return subject;
}

// Parties that an act of a recorded statement concerns, `all` included.
std::vector<std::string> ConcernedBy(const policy::state::State& state, const Act& act,
                                     const base::Digest& digest, int ordinal, int64_t time_ms) {
  std::vector<std::string> parties;
  if (!act.party().empty()) parties.push_back(act.party());
  if (IsForEveryone(act)) {
    parties.emplace_back(kEveryone);
    return parties;
  }
  const Subject subject = SubjectOf(state, act, digest, ordinal);
  if (subject.transfer != nullptr) {
    parties.push_back(subject.transfer->holder());
    for (const record::v1::DeliveryRow& share : subject.transfer->deliveries())
      parties.push_back(share.party());
  }
  if (subject.exchange != nullptr) {
    const record::v1::ExchangeRow& exchange = *subject.exchange;
    parties.push_back(exchange.holder());
    for (std::string& recipient : policy::state::RecipientsOf(
             state, exchange.holder(), exchange.recipient(), exchange.recipient_class(), time_ms))
      parties.push_back(std::move(recipient));
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
                absl::StrCat("it breaks the chain of ", Shown(link.party()),
                             ": it does not follow the last of that party's ", length,
                             " entries before it"),
                absl::StrCat("elle rompt la chaîne de ", Shown(link.party()),
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
        return At(item, absl::StrCat("it concerns ", Shown(party), " and is missing in that chain"),
                  absl::StrCat("elle concerne ", Shown(party), " et manque dans cette chaîne"));
    }
  }
  return std::nullopt;
}

}  // namespace passerelle::gateway::verify
