#include "policy/refused.h"

#include <google/protobuf/io/coded_stream.h>

#include "gateway/base/limits.h"
#include "policy/state/query.h"

namespace passerelle::policy {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::io::CodedOutputStream;
using record::v1::Entry;
using record::v1::Refused;
using record::v1::RefusedAct;
using state::State;
using statement::v1::ActRef;
using statement::v1::Statement;

constexpr size_t kDigestBytes = 32;
constexpr size_t kLeafTagBytes = sizeof("passerelle/entry/v1\n") - 1;
constexpr size_t kSaltFieldBytes = 2 + 16;
constexpr size_t kSaltedDigestFieldBytes = 2 + 32;

// Adds the references of a message in field order, as far as they are well formed and fit.
void AddReferences(const Message& message, RefusedAct& out) {
  if (static_cast<size_t>(out.references_size()) >= gateway::base::kMaxRefusedReferences) return;
  if (const auto* ref = dynamic_cast<const ActRef*>(&message)) {
    if (ref->statement().empty() || ref->statement().size() == kDigestBytes)
      *out.add_references() = *ref;
    return;
  }
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields)
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated())
      AddReferences(message.GetReflection()->GetMessage(message, field), out);
}

// The checkpoint seen, when it names this log's own origin: any other origin is a foreign string.
void AddSeen(const State& state, const statement::v1::Header& header, Refused& out) {
  if (!header.has_seen() || header.seen().root().size() != kDigestBytes) return;
  *out.mutable_seen() = header.seen();
  if (state.founding() == nullptr || header.seen().origin() != state.founding()->origin())
    out.mutable_seen()->clear_origin();
}

// Leaves out what observers listed, and the references, of an entry that would be too large.
void Shorten(Entry& entry) {
  for (record::v1::ActObserved& act : *entry.mutable_observed()->mutable_acts()) {
    act.clear_text_hits();
    if (!act.has_payload()) continue;
    act.mutable_payload()->clear_columns();
    act.mutable_payload()->clear_cells();
    act.mutable_payload()->clear_column_hits();
  }
  for (RefusedAct& act : *entry.mutable_refused()->mutable_acts()) act.clear_references();
}

}  // namespace

std::set<std::string, std::less<>> ConcernedByRefusal(const State& state,
                                                      const Statement& statement) {
  std::set<std::string, std::less<>> held, concerned;
  for (const std::string& signer : statement.header().signers())
    for (const state::HeldMandate& mandate :
         state::MandatesOf(state, state::AgentOfKey(state, signer)))
      held.insert(mandate.row->party());
  for (const statement::v1::Act& act : statement.acts())
    if (held.count(act.party()) != 0) concerned.insert(act.party());
  return concerned;
}

void Refuse(const State& state, const Statement& statement, const rules::Findings& findings,
            Entry& entry) {
  Refused& refused = *entry.mutable_refused();
  int acts = 0;
  for (const statement::v1::Act& act : statement.acts()) {
    if (++acts > static_cast<int>(gateway::base::kMaxActs)) break;
    RefusedAct& out = *refused.add_acts();
    out.set_type(static_cast<uint32_t>(act.body_case()));
    if (state::FindParty(state, act.party()) != nullptr) out.set_party(act.party());
    AddReferences(act, out);
  }
  AddSeen(state, statement.header(), refused);
  for (const std::string& signer : statement.header().signers())
    if (signer.size() == kDigestBytes &&
        static_cast<size_t>(refused.signers_size()) < gateway::base::kMaxSigners)
      refused.add_signers(signer);
  for (const record::v1::Finding& finding : findings.refusals()) *refused.add_findings() = finding;
  refused.set_findings_omitted(findings.refusals_omitted());
  if (LeafBytes(entry, 0) > gateway::base::kMaxEntryBytes) Shorten(entry);
}

size_t LeafBytes(const Entry& entry, size_t envelope_bytes) {
  size_t bytes = kLeafTagBytes + kSaltFieldBytes + entry.ByteSizeLong();
  if (entry.has_refused()) return bytes + kSaltedDigestFieldBytes + 2;
  const size_t recorded = entry.recorded().ByteSizeLong();
  const size_t envelope = 1 + CodedOutputStream::VarintSize64(envelope_bytes) + envelope_bytes;
  return bytes + envelope + CodedOutputStream::VarintSize64(recorded + envelope) -
         CodedOutputStream::VarintSize64(recorded);
}

}  // namespace passerelle::policy
