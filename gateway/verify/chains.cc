// Each party's own chain: that no entry is missing in it, and none is left out of it (WIRE 4).
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/verify/replay.h"
#include "policy/rules/areas.h"
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

// The exchange that an act is about; null for other acts.
const record::v1::ExchangeRow* FindExchange(const policy::state::State& state, const Act& act,
                                            const base::Digest& digest, int ordinal) {
  std::optional<ActRef> exchange = ReferenceOf(act, digest, "exchange");
  if (act.has_exchange_proposed()) {
    exchange.emplace().set_statement(base::ToBytes(digest));
    exchange->set_ordinal(static_cast<uint32_t>(ordinal));
  }
  if (const auto ref = ReferenceOf(act, digest, "transfer"); ref.has_value()) {
    const record::v1::TransferRow* transfer = state.transfers.Find(policy::state::KeyOf(*ref));
    if (transfer != nullptr) exchange = transfer->exchange();
  }
  return exchange.has_value() ? state.exchanges.Find(policy::state::KeyOf(*exchange)) : nullptr;
}

// Parties that an act of a recorded statement concerns, `all` included; what the rules of its day
// add to them, only re-deciding knows.
std::vector<std::string> ConcernedBy(const policy::state::State& state, const Act& act,
                                     const base::Digest& digest, int ordinal) {
  std::vector<std::string> parties;
  if (IsForEveryone(act)) {
    parties.emplace_back(kEveryone);
    if (!act.party().empty()) parties.push_back(act.party());
    return parties;
  }
  const record::v1::ExchangeRow* exchange = FindExchange(state, act, digest, ordinal);
  if (exchange == nullptr) return parties;
  parties.push_back(exchange->holder());
  // A class of recipients has no chain; its members have.
  if (!exchange->recipient().empty()) parties.push_back(exchange->recipient());
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
    for (const std::string& party :
         ConcernedBy(state_, recorded.statement.acts(i), recorded.digest, i)) {
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
