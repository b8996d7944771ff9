#include "tests/bench/town.h"

#include <algorithm>
#include <future>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/proof.h"
#include "audit/entry/codec.h"
#include "certs/ca/authority.h"
#include "certs/keys/dsse.h"
#include "gateway/base/commitment.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "policy/content/check.h"
#include "tests/bench/parties.h"
#include "tests/support/need.h"

namespace passerelle::tests {
namespace {

using certs::keys::PrivateKey;
using gateway::base::CommitmentKind;
using google::protobuf::Message;
using passerelle::gateway::v1::Receipt;
using record::v1::Attachment;
using statement::v1::Act;

constexpr size_t kPayloadBytes = 1024;
constexpr size_t kDocumentBytes = 512;
constexpr int64_t kYearMs = int64_t{365} * 24 * 3600 * 1000;

// A table of the dataset that World declares.
std::string Payload() {
  std::string payload = "annee;commune;tranche;enfants;places\n";
  const std::string row = "2023;99001;0-2;25;31\n";
  while (payload.size() + row.size() <= kPayloadBytes) payload += row;
  return payload;
}

Attachment Open(CommitmentKind kind, gateway::base::Random& random) {
  Attachment attachment;
  attachment.set_nonce(random.Bytes(32));
  const bool payload = kind == CommitmentKind::kPayload;
  attachment.set_media_type(payload ? "text/csv" : "text/plain; charset=utf-8");
  attachment.set_content(payload ? Payload() : std::string(kDocumentBytes, 'e'));
  attachment.set_commitment(gateway::base::ToBytes(
      gateway::base::Commit(kind, attachment.nonce(), attachment.content())));
  return attachment;
}

}  // namespace

Town::Town(TownNotes notes, const gateway::base::Clock& clock, gateway::base::Random& random)
    : notes_(std::move(notes)), clock_(clock), random_(random) {
  world_.dataset = notes_.dataset;
  world_.exchange = notes_.exchange;
}

std::string Town::origin() const {
  return absl::StrCat("passerelle.example/", notes_.slug, "/test");
}

const PrivateKey& Town::KeyOf(std::string_view name) { return KeyOfAgent(MakeAgent(name).id); }

const PrivateKey& Town::KeyOfAgent(const std::string& agent) {
  const auto it = keys_.find(agent);
  if (it != keys_.end()) return it->second;
  const gateway::base::Digest seed = gateway::base::Sha256({"key/", notes_.slug, "/", agent});
  return keys_.emplace(agent, Need(PrivateKey::FromEd25519Seed(gateway::base::View(seed))))
      .first->second;
}

void Town::SetKey(std::string_view name, PrivateKey key) {
  keys_.insert_or_assign(MakeAgent(name).id, std::move(key));
}

Act Town::Found(const std::string& checkpoint_vkey, const std::string& statement_spki) {
  Act act = world_.Found();
  statement::v1::ConventionEnacted& enacted = *act.mutable_convention_enacted();
  convention::v1::Convention& convention = *enacted.mutable_convention();
  convention.set_slug(notes_.slug);
  FillParties(convention);
  enacted.set_origin(origin());
  enacted.set_checkpoint_vkey(checkpoint_vkey);
  const auto authority = Need(certs::ca::Authority::Create(
      "Synthetic root", clock_.WallMs() - kYearMs, clock_.WallMs() + 9 * kYearMs, random_));
  enacted.mutable_settings()->add_tls_trust_anchors(authority.certificate().ToDer());
  for (statement::v1::FoundingKey& key : *enacted.mutable_founding_keys())
    key.set_spki(key.kind() == statement::v1::AGENT_KIND_GATEWAY
                     ? statement_spki
                     : KeyOfAgent(key.agent()).public_key().spki());
  return act;
}

void Town::OpenCommitments(Message& message, std::vector<Attachment>& attachments) {
  const auto& type = *message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  const auto commit = [&](CommitmentKind kind) {
    attachments.push_back(Open(kind, random_));
    reflection.SetString(&message, type.FindFieldByName("digest"), attachments.back().commitment());
  };
  if (&type == statement::v1::DocumentCommitment::descriptor())
    return commit(CommitmentKind::kDocument);
  if (&type == statement::v1::PersonCommitment::descriptor())
    return commit(CommitmentKind::kPerson);
  if (&type == statement::v1::PayloadCommitment::descriptor())
    return commit(CommitmentKind::kPayload);
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      OpenCommitments(*reflection.MutableMessage(&message, field), attachments);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i)
      OpenCommitments(*reflection.MutableRepeatedMessage(&message, field, i), attachments);
  }
}

void Town::MakeReal(Act& act, std::vector<Attachment>& attachments) {
  if (act.has_agent_enrolled()) {
    statement::v1::AgentEnrolled& enrolled = *act.mutable_agent_enrolled();
    const PrivateKey& key = KeyOfAgent(enrolled.agent());
    enrolled.set_spki(key.public_key().spki());
    enrolled.mutable_possession()->set_raw(
        key.Sign(gateway::base::EnrolmentMessage(notes_.log, enrolled.agent(), enrolled.spki())));
  }
  OpenCommitments(act, attachments);
  if (act.has_transfer_submitted())
    act.mutable_transfer_submitted()->set_size_band(
        policy::content::SizeBand(attachments.back().content().size()));
}

Signed Town::Sign(Acts acts, const Names& signers) {
  Signed made;
  statement::v1::Statement statement;
  for (Act& act : acts) {
    MakeReal(act, made.request.attachments);
    *statement.add_acts() = std::move(act);
  }
  std::vector<const PrivateKey*> keys;
  for (const std::string& signer : signers) keys.push_back(&KeyOf(signer));
  std::sort(keys.begin(), keys.end(), [](const PrivateKey* a, const PrivateKey* b) {
    return a->public_key().fingerprint() < b->public_key().fingerprint();
  });
  statement::v1::Header& header = *statement.mutable_header();
  for (const PrivateKey* key : keys)
    header.add_signers(gateway::base::ToBytes(key->public_key().fingerprint()));
  if (!notes_.log.empty()) {
    header.set_log(notes_.log);
    header.mutable_seen()->set_origin(origin());
    header.mutable_seen()->set_size(notes_.seen.size);
    header.mutable_seen()->set_root(gateway::base::ToBytes(notes_.seen.root));
  }
  header.set_issued_at_ms(clock_.WallMs());
  header.set_not_after_ms(clock_.WallMs() + gateway::base::kDefaultStatementLifeMs);
  header.set_nonce(random_.Bytes(16));
  if (statement.acts(0).has_transfer_submitted())
    made.request.door = gateway::core::Door::kTransfers;
  const std::string payload = statement.SerializeAsString();
  made.request.envelope = certs::keys::SignStatement(payload, keys).SerializeAsString();
  made.request.seen_size = notes_.seen.size;
  made.ref.set_statement(gateway::base::ToBytes(certs::keys::StatementDigest(payload)));
  return made;
}

Signed Town::Send() { return Sign({world_.Send()}, {"sender-p001"}); }

absl::Status Carry(gateway::core::Convention& convention, const gateway::core::Request& request) {
  // Held by both: whoever sets it may still be at it when the value is there.
  const auto answer = std::make_shared<std::promise<absl::StatusOr<Receipt>>>();
  convention.Submit(request, [answer](absl::StatusOr<Receipt> receipt) {
    answer->set_value(std::move(receipt));
  });
  ASSIGN_OR_RETURN(const Receipt receipt, answer->get_future().get());
  if (receipt.effect() == record::v1::EFFECT_ACCEPTED) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto proof, audit::checkpoint::ProofFromText(receipt.tlog_proof()));
  ASSIGN_OR_RETURN(const record::v1::Entry entry, audit::entry::DecodeLeaf(proof.extra));
  return absl::AbortedError(absl::StrCat("refused: ", FindingsOf(entry)));
}

}  // namespace passerelle::tests
