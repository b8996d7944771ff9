#include "gateway/core/preview.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "audit/entry/codec.h"
#include "certs/keys/dsse.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/core/admission.h"
#include "gateway/core/observe.h"
#include "policy/assume.h"

namespace passerelle::gateway::core {
namespace {

namespace api = passerelle::gateway::v1;
using statement::v1::Statement;

constexpr size_t kNonceBytes = 16;
// What an envelope adds to its payload, and each signature to it.
constexpr size_t kEnvelopeBytes = 80;
constexpr size_t kSignatureBytes = 80;

Statement StatementOf(const policy::state::State& state, const audit::log::Log& log,
                      const UnsignedActs& acts, const policy::Now& now) {
  Statement statement;
  statement::v1::Header& header = *statement.mutable_header();
  header.set_log(state.founding()->log());
  const audit::log::Head head = log.head();
  header.mutable_seen()->set_origin(log.origin());
  header.mutable_seen()->set_size(head.size);
  header.mutable_seen()->set_root(base::ToBytes(head.root));
  std::vector<std::string> signers = acts.signers;
  std::sort(signers.begin(), signers.end());
  signers.erase(std::unique(signers.begin(), signers.end()), signers.end());
  for (const std::string& signer : signers) header.add_signers(signer);
  header.set_issued_at_ms(now.time_ms);
  header.set_not_after_ms(now.time_ms + base::kDefaultStatementLifeMs);
  header.set_nonce(std::string(kNonceBytes, '\0'));
  for (const statement::v1::Act& act : acts.acts) *statement.add_acts() = act;
  return statement;
}

const record::v1::Attachment* FindAttachment(const UnsignedActs& acts,
                                             const std::string& commitment) {
  for (const record::v1::Attachment& attachment : acts.attachments)
    if (attachment.commitment() == commitment) return &attachment;
  return nullptr;
}

// Every attachment opens a commitment of the acts.
absl::Status CheckAttachments(const UnsignedActs& acts) {
  size_t bytes = 0;
  for (size_t i = 0; i < acts.attachments.size(); ++i) {
    const record::v1::Attachment& attachment = acts.attachments[i];
    const std::string path = absl::StrCat("attachments[", i, "]");
    bytes += attachment.content().size();
    bool known = false;
    for (const statement::v1::Act& act : acts.acts)
      for (const ActCommitment& commitment : CommitmentsOf(act)) {
        if (commitment.digest != attachment.commitment()) continue;
        known = true;
        RETURN_IF_ERROR(base::AtPath(CheckOpening(commitment, attachment), path));
      }
    if (!known)
      return base::Malformed("ATTACHMENT_UNKNOWN", path,
                             "this attachment opens no commitment of the acts");
  }
  if (acts.attachments.size() > base::kMaxAttachments || bytes > base::kMaxAttachmentsBytes)
    return base::Malformed("ATTACHMENTS_TOO_LARGE", "attachments", "too much for one request");
  return absl::OkStatus();
}

// Puts in place of what nobody could observe what an honest gateway would, if all was well.
void Assume(const policy::state::State& state, const UnsignedActs& acts, uint32_t ordinal,
            record::v1::ActObserved& found, Previewed& previewed) {
  const statement::v1::Act& act = acts.acts[ordinal];
  const auto assume = [&](api::Assumption assumption) {
    previewed.assumed.emplace_back(ordinal, assumption);
  };
  if (act.has_agent_enrolled() && !act.agent_enrolled().has_possession()) {
    found.set_possession(record::v1::CHECK_HOLDS);
    assume(api::ASSUMPTION_POSSESSION);
  }
  const std::vector<ActCommitment> commitments = CommitmentsOf(act);
  const bool all_there =
      std::all_of(commitments.begin(), commitments.end(), [&](const ActCommitment& commitment) {
        return FindAttachment(acts, commitment.digest) != nullptr;
      });
  if (!all_there) assume(api::ASSUMPTION_ATTACHMENTS);
  if (act.has_transfer_submitted() && !found.has_payload()) {
    *found.mutable_payload() = policy::AssumePayload(state, act.transfer_submitted());
    assume(api::ASSUMPTION_PAYLOAD);
  }
}

}  // namespace

absl::StatusOr<Previewed> PreviewActs(const policy::state::State& state, const audit::log::Log& log,
                                      const UnsignedActs& acts, const policy::Now& now) {
  const Statement made = StatementOf(state, log, acts, now);
  const std::string payload = made.SerializeAsString();
  ASSIGN_OR_RETURN(const Statement statement, audit::entry::DecodeStatement(payload));
  RETURN_IF_ERROR(CheckAttachments(acts));
  Request request;
  request.attachments = acts.attachments;
  record::v1::Observed observed = Observe(state, log, request, statement, base::Digest{});
  Previewed previewed;
  previewed.assumed.emplace_back(0, api::ASSUMPTION_SIGNATURES);
  for (int i = 0; i < statement.acts_size(); ++i)
    Assume(state, acts, static_cast<uint32_t>(i), *observed.mutable_acts(i), previewed);
  const size_t envelope_bytes =
      payload.size() + kEnvelopeBytes +
      kSignatureBytes * static_cast<size_t>(statement.header().signers_size());
  previewed.entry = policy::DecideSet(
      state, {statement, certs::keys::StatementDigest(payload), envelope_bytes, observed}, now);
  return previewed;
}

}  // namespace passerelle::gateway::core
