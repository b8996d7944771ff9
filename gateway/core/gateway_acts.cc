#include "gateway/core/gateway_acts.h"

#include "certs/keys/dsse.h"
#include "gateway/base/commitment.h"
#include "gateway/base/digest.h"
#include "gateway/base/limits.h"
#include "policy/state/heads.h"

namespace passerelle::gateway::core {

GatewayAct HandOverAct(const statement::v1::ActRef& transfer, const std::string& agent,
                       const record::v1::ReaderObserved& reader, base::Random& random) {
  record::v1::Attachment opening;
  opening.set_nonce(random.Bytes(32));
  opening.set_media_type("application/octet-stream");
  opening.set_content(agent);
  opening.set_commitment(
      base::ToBytes(base::Commit(base::CommitmentKind::kReader, opening.nonce(), agent)));
  GatewayAct own;
  auto& handed_over = *own.act.mutable_content_handed_over();
  *handed_over.mutable_transfer() = transfer;
  handed_over.mutable_reader()->set_digest(opening.commitment());
  own.attachments.push_back(std::move(opening));
  own.reader = reader;
  return own;
}

GatewayAct ReachRetention(const statement::v1::ActRef& transfer) {
  GatewayAct own;
  *own.act.mutable_retention_reached()->mutable_transfer() = transfer;
  return own;
}

GatewayAct Erase(const statement::v1::ActRef& transfer, const statement::v1::ActRef& ground) {
  GatewayAct own;
  auto& erased = *own.act.mutable_payload_erased();
  *erased.mutable_transfer() = transfer;
  *erased.mutable_ground() = ground;
  return own;
}

GatewayAct StateHeads(const policy::state::State& state) {
  const std::vector<record::v1::ChainHead> heads = policy::state::HeadsOf(state);
  GatewayAct own;
  own.act.mutable_party_heads()->set_root(base::ToBytes(policy::state::HeadsRoot(heads)));
  own.act.mutable_party_heads()->set_chains(heads.size());
  return own;
}

GatewayAct StampCheckpoint(uint64_t size, std::string_view checkpoint, std::string_view time_stamp,
                           int64_t time_ms) {
  GatewayAct own;
  statement::v1::CheckpointStamped& stamped = *own.act.mutable_checkpoint_stamped();
  stamped.set_size(size);
  stamped.set_checkpoint(base::ToBytes(base::Sha256(checkpoint)));
  stamped.set_time_stamp(base::ToBytes(base::Sha256(time_stamp)));
  stamped.set_time_ms(time_ms);
  return own;
}

Request SignGatewayAct(const GatewayAct& act, const certs::keys::PrivateKey& key,
                       std::string_view log_name, const audit::log::Head& seen,
                       const std::string& origin, const base::Clock& clock, base::Random& random) {
  statement::v1::Statement statement;
  statement::v1::Header& header = *statement.mutable_header();
  header.set_log(std::string(log_name));
  header.mutable_seen()->set_origin(origin);
  header.mutable_seen()->set_size(seen.size);
  header.mutable_seen()->set_root(base::ToBytes(seen.root));
  header.add_signers(base::ToBytes(key.public_key().fingerprint()));
  header.set_issued_at_ms(clock.WallMs());
  header.set_not_after_ms(clock.WallMs() + base::kDefaultStatementLifeMs);
  header.set_nonce(random.Bytes(16));
  *statement.add_acts() = act.act;
  const certs::keys::PrivateKey* const keys[] = {&key};
  Request request;
  request.door = Door::kGateway;
  request.envelope =
      certs::keys::SignStatement(statement.SerializeAsString(), keys).SerializeAsString();
  request.attachments = act.attachments;
  request.reader = act.reader;
  return request;
}

}  // namespace passerelle::gateway::core
