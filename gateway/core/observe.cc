#include "gateway/core/observe.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/entry/codec.h"
#include "audit/succession/succession.h"
#include "certs/keys/dsse.h"
#include "certs/keys/key.h"
#include "gateway/base/commitment.h"
#include "gateway/core/admission.h"
#include "policy/content/check.h"
#include "policy/content/identifiers.h"
#include "policy/state/query.h"
#include "policy/state/succession.h"

namespace passerelle::gateway::core {
namespace {

using statement::v1::Act;

record::v1::Check CheckOf(bool holds) {
  return holds ? record::v1::CHECK_HOLDS : record::v1::CHECK_FAILS;
}

// Whether a statement's signer saw this log, or one that it continues: as far as its entries are
// left by their root; beyond, only a statement of which a receipt was presented is believed.
bool WasSeen(const policy::state::State& state, const audit::log::Log& log,
             const statement::v1::Seen& seen, const base::Digest& statement) {
  const record::v1::FoundingRow* founding = state.founding();
  if (founding == nullptr) return false;
  const record::v1::ShardRow* shard = policy::state::FindShard(state, seen.origin());
  if (seen.origin() != founding->origin() && shard == nullptr) return false;
  if (shard != nullptr && seen.size() > shard->index())
    return policy::state::AwaitsRecord(state, base::View(statement));
  const absl::StatusOr<base::Digest> root = log.RootAt(seen.size());
  return root.ok() && base::View(*root) == seen.root();
}

bool IsSuccession(const policy::state::State& state, const audit::log::Log& log,
                  const statement::v1::ShardOpened& opened) {
  const record::v1::FoundingRow* founding = state.founding();
  if (founding == nullptr) return false;
  const audit::log::Head head = log.head();
  return audit::succession::CheckOpened(opened, {founding->origin(), founding->checkpoint_vkey()},
                                        founding->log(), {head.size, head.root})
      .ok();
}

// What a receipt of a lost entry proves; nothing when it proves nothing.
void ObservePresented(const policy::state::State& state,
                      const statement::v1::ReceiptPresented& presented,
                      record::v1::ActObserved& found) {
  const record::v1::ShardRow* loss = policy::state::LastLoss(state);
  if (loss == nullptr) return;
  const absl::StatusOr<record::v1::Entry> entry =
      audit::succession::OpenPresented(presented, {loss->origin(), loss->checkpoint_vkey()});
  if (!entry.ok()) return;
  record::v1::PresentedObserved& observed = *found.mutable_presented();
  observed.set_time_ms(entry->time_ms());
  if (!entry->has_recorded()) return;
  // Whoever has the old key could sign an entry; a statement only its signers can.
  const absl::StatusOr<audit::entry::SignedStatement> read =
      audit::entry::DecodeSigned(entry->recorded().envelope());
  if (!read.ok()) return;
  const auto spkis = policy::state::SpkisOf(state, read->statement.header());
  if (spkis.has_value() && certs::keys::VerifyEnvelopeUnder(read->envelope, *spkis).ok())
    observed.set_statement(base::ToBytes(certs::keys::StatementDigest(read->envelope.payload())));
}

bool ProvesPossession(const policy::state::State& state,
                      const statement::v1::AgentEnrolled& enrolled) {
  if (state.founding() == nullptr || enrolled.agent().size() != 16) return false;
  const absl::StatusOr<certs::keys::PublicKey> key =
      certs::keys::PublicKey::FromSpki(enrolled.spki());
  return key.ok() && key->Verify(base::EnrolmentMessage(state.founding()->log(), enrolled.agent(),
                                                        enrolled.spki()),
                                 enrolled.possession().raw())
                         .ok();
}

const record::v1::Attachment* AttachmentOf(const Request& request, const std::string& commitment) {
  for (const record::v1::Attachment& attachment : request.attachments)
    if (attachment.commitment() == commitment) return &attachment;
  return nullptr;
}

// A manifest that names no known dataset version is left unobserved: Decide refuses it.
void ObservePayload(const policy::state::State& state, const Request& request,
                    const statement::v1::TransferSubmitted& transfer,
                    record::v1::ActObserved& found) {
  if (request.streamed.has_value()) {
    if (request.streamed->taken.has_value())
      *found.mutable_payload() = request.streamed->taken->observed;
    return;
  }
  const record::v1::DatasetRow* dataset =
      state.datasets.Find(policy::state::KeyOf(transfer.dataset()));
  const record::v1::Attachment* payload = AttachmentOf(request, transfer.payload().digest());
  if (dataset == nullptr || payload == nullptr) return;
  const std::vector<std::string> codes = policy::state::CommuneCodes(
      state.founding()->convention(), dataset->declared().geography_year());
  *found.mutable_payload() =
      policy::content::CheckPayload(dataset->declared(), codes, payload->content()).observed;
}

void ObserveStrings(const Act& act, record::v1::ActObserved& found) {
  // Entry 0 carries the deed and its names, read and signed by every founder; nothing else does.
  if (act.has_convention_enacted()) return;
  for (record::v1::TextHit& hit : policy::content::ScanStrings(act, ""))
    *found.add_text_hits() = std::move(hit);
}

}  // namespace

record::v1::Observed Observe(const policy::state::State& state, const audit::log::Log& log,
                             const Request& request, const statement::v1::Statement& statement,
                             const base::Digest& digest) {
  record::v1::Observed observed;
  observed.set_detectors_version(policy::content::kDetectorsVersion);
  if (statement.header().has_seen())
    observed.set_seen(CheckOf(WasSeen(state, log, statement.header().seen(), digest)));
  for (const Act& act : statement.acts()) {
    record::v1::ActObserved& found = *observed.add_acts();
    // A payload whose manifest is refused is not taken.
    const bool all_there = !request.streamed.has_value() || request.streamed->taken.has_value();
    if (!CommitmentsOf(act).empty()) found.set_attachments(CheckOf(all_there));
    ObserveStrings(act, found);
    if (act.has_agent_enrolled())
      found.set_possession(CheckOf(ProvesPossession(state, act.agent_enrolled())));
    if (act.has_shard_opened())
      found.set_succession(CheckOf(IsSuccession(state, log, act.shard_opened())));
    if (act.has_receipt_presented()) ObservePresented(state, act.receipt_presented(), found);
    if (act.has_transfer_submitted())
      ObservePayload(state, request, act.transfer_submitted(), found);
    if (act.has_content_handed_over()) *found.mutable_reader() = request.reader;
  }
  return observed;
}

}  // namespace passerelle::gateway::core
