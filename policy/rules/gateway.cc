// What the gateway does of its own motion, under its own key: it hands content over, states that a
// retention is over, destroys, and states where the parties' chains end and when a checkpoint was
// stamped (WIRE 4, 22, 23).
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"
#include "policy/rules/references.h"
#include "policy/state/heads.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::TransferRow;

constexpr std::string_view kOperator = "L'opérateur de la passerelle examine l'incident.";
constexpr std::string_view kOperatorEn = "The operator of the gateway examines the incident.";
constexpr std::string_view kNobody = "Rien n'est à faire.";
constexpr std::string_view kNobodyEn = "Nothing is to be done.";

constexpr Message kKeyMessages[] = {
    {"not-the-gateway", "Cet acte revient à la passerelle, sous sa seule clé.",
     "This act belongs to the gateway, under its key alone.", kOperator, kOperatorEn},
};
constexpr Message kHandoverMessages[] = {
    {"held", "L'envoi attend la décision du délégué du détenteur.",
     "The transfer waits for the ruling of the holder's DPO.",
     "Le délégué du détenteur libère l'envoi.", "The holder's DPO releases the transfer."},
    {"refused", "Le délégué du détenteur a refusé cette remise.",
     "The holder's DPO refused this handover.", "Le détenteur envoie de nouveau.",
     "The holder sends again."},
    {"erased", "L'envoi est détruit ou va l'être.", "The transfer is destroyed or about to be.",
     "Le détenteur envoie de nouveau.", "The holder sends again."},
    {"retention-over", "La conservation de l'envoi est finie.",
     "The retention of the transfer is over.", "Le détenteur envoie de nouveau.",
     "The holder sends again."},
    {"reader-not-entitled", "Le lecteur constaté n'est pas habilité pour cet échange.",
     "The reader observed is not authorised for this exchange.", kOperator, kOperatorEn},
};
constexpr Message kHeadsMessages[] = {
    {"root-differs", "La racine n'est pas celle des chaînes des parties à cette entrée.",
     "The root is not that of the parties' chains at this entry.", kOperator, kOperatorEn},
};
constexpr Message kStampMessages[] = {
    {"not-newer", "Ce point de contrôle n'est pas plus grand que le dernier horodaté.",
     "This checkpoint is not larger than the last one stamped.", kNobody, kNobodyEn},
    {"beyond", "Ce point de contrôle compte plus d'entrées que le journal.",
     "This checkpoint counts more entries than the log.", kOperator, kOperatorEn},
    {"time", "L'heure de l'horodatage précède la dernière, ou dépasse l'heure du journal.",
     "The time of the stamp is before the last one, or past the log's.", kOperator, kOperatorEn},
};
constexpr Message kRetentionMessages[] = {
    {"not-over", "La conservation de l'envoi n'est pas finie.",
     "The retention of the transfer is not over.", kNobody, kNobodyEn},
    {"ground-recorded", "Un motif de destruction est déjà enregistré.",
     "A ground of destruction is recorded already.", kNobody, kNobodyEn},
};
constexpr Message kErasureMessages[] = {
    {"no-ground", "Aucun motif de destruction n'est enregistré.",
     "No ground of destruction is recorded.", kOperator, kOperatorEn},
    {"ground-differs", "Le motif cité n'est pas celui qui est enregistré.",
     "The ground cited is not the one recorded.", kOperator, kOperatorEn},
    {"already-erased", "L'envoi est déjà détruit.", "The transfer is destroyed already.", kNobody,
     kNobodyEn},
};

}  // namespace

constexpr Rule kGatewayKey = {
    "gateway.key",
    Source::kPolicy,
    "28, 32",
    "La passerelle seule remet et détruit, sous sa propre clé.",
    "The gateway alone hands over and destroys, under its own key.",
    kKeyMessages,
};
constexpr Rule kGatewayHandover = {
    "gateway.handover",
    Source::kPolicy,
    "5(1)(f), 25(2)",
    "Un envoi libéré est remis à un lecteur habilité, et à nul autre.",
    "A released transfer is handed to an authorised reader, and to nobody else.",
    kHandoverMessages,
};
constexpr Rule kGatewayHeads = {
    "gateway.heads",
    Source::kPolicy,
    "5(1)(a), 5(2)",
    "La passerelle déclare où finit la chaîne de chaque partie, et rien d'autre.",
    "The gateway states where every party's chain ends, and nothing else.",
    kHeadsMessages,
};
constexpr Rule kGatewayStamp = {
    "gateway.stamp",
    Source::kPolicy,
    "5(1)(f), 5(2)",
    "Les horodatages d'un tiers se suivent : chacun couvre plus d'entrées, à une heure plus "
    "tardive.",
    "A third party's time stamps follow one another: each covers more entries, at a later time.",
    kStampMessages,
};
constexpr Rule kGatewayRetention = {
    "gateway.retention",
    Source::kPolicy,
    "5(1)(e)",
    "La fin de la conservation est constatée une fois, quand elle est venue.",
    "The end of a retention is stated once, when it has come.",
    kRetentionMessages,
};
constexpr Rule kGatewayErasure = {
    "gateway.erasure",
    Source::kPolicy,
    "5(1)(e), 17",
    "Rien n'est détruit sans un motif enregistré.",
    "Nothing is destroyed without a recorded ground.",
    kErasureMessages,
};

void CheckGatewayKey(Judgement& j) {
  const bool alone = j.signers().size() == 1;
  if (alone && j.signers()[0].kind == statement::v1::AGENT_KIND_GATEWAY)
    j.Carry(j.signers()[0], statement::v1::ROLE_OPERATOR, state::HeldMandate{});
  else
    j.Refuse({kGatewayKey, "not-the-gateway"}, "header.signers");
}

namespace {

// The first act that a handover to this recipient rests on and that does not stand, or null.
const record::v1::Provenance* Fallen(const state::State& state, const TransferRow& transfer,
                                     const record::v1::DeliveryRow& share, int64_t time_ms) {
  const record::v1::ExchangeRow* exchange = state.exchanges.Find(state::KeyOf(transfer.exchange()));
  if (exchange == nullptr) return nullptr;
  for (const record::v1::Provenance* ground :
       {&exchange->proposal(), &exchange->opinion(), &exchange->decision(), &transfer.submitted(),
        &share.ruling()})
    if (!state::Stands(state, *ground, time_ms)) return ground;
  return nullptr;
}

}  // namespace

void CheckDeliverable(const state::State& state, const TransferRow& transfer,
                      std::string_view recipient, int64_t time_ms,
                      const convention::v1::Date& today, uint32_t act, Findings& findings) {
  const record::v1::DeliveryRow* share = ShareOf(transfer, recipient);
  if (transfer.phase() != record::v1::TRANSFER_PHASE_KEPT)
    findings.Refuse(act, {kGatewayHandover, "erased"}, "");
  else if (share == nullptr)  // who reads for no recipient is refused as a reader
    return;
  else if (share->phase() == record::v1::DELIVERY_PHASE_HELD)
    findings.Refuse(act, {kGatewayHandover, "held"}, "");
  else if (share->phase() != record::v1::DELIVERY_PHASE_RELEASED)
    findings.Refuse(act, {kGatewayHandover, "refused"}, "");
  else if (IsRetentionOver(transfer, time_ms, today))
    findings.Refuse(act, {kGatewayHandover, "retention-over"}, "");
  else if (const auto* fallen = Fallen(state, transfer, *share, time_ms))
    RefuseFallen(act, *fallen, "", findings);
}

void CheckHandover(Judgement& j) {
  const auto& handed = j.act().content_handed_over();
  NeedCommitment(j, handed.has_reader(), handed.reader(), j.At("reader"));
  CheckObservation(j, j.observed().has_reader(), j.At("reader"));
  if (j.subject.transfer == nullptr || j.subject.exchange == nullptr) return;
  if (!j.observed().has_reader()) return;
  const record::v1::ReaderObserved& reader = j.observed().reader();
  CheckDeliverable(j.state(), *j.subject.transfer, reader.party(), j.time_ms(), j.today(),
                   j.ordinal(), j.findings());
  CheckUnfrozen(j);
  const bool lives = reader.kind() == statement::v1::AGENT_KIND_PERSON ||
                     reader.kind() == statement::v1::AGENT_KIND_SERVICE;
  if (ShareOf(*j.subject.transfer, reader.party()) == nullptr ||
      reader.role() != statement::v1::ROLE_READER || !lives ||
      !Contains(j.subject.exchange->units(), reader.unit()))
    j.Refuse({kGatewayHandover, "reader-not-entitled"}, j.At("reader"));
}

void CheckHeads(Judgement& j) {
  const auto& stated = j.act().party_heads();
  if (!NeedBytes(j, stated.root(), sizeof(gateway::base::Digest), j.At("root"))) return;
  if (stated.chains() == 0) return Missing(j, j.At("chains"));
  const std::vector<record::v1::ChainHead> heads = state::HeadsOf(j.state());
  if (stated.root() != gateway::base::View(state::HeadsRoot(heads)))
    j.Refuse({kGatewayHeads, "root-differs"}, j.At("root"));
  else if (stated.chains() != heads.size())
    j.Refuse({kGatewayHeads, "root-differs"}, j.At("chains"));
}

void CheckStamp(Judgement& j) {
  const auto& stamped = j.act().checkpoint_stamped();
  NeedBytes(j, stamped.checkpoint(), sizeof(gateway::base::Digest), j.At("checkpoint"));
  NeedBytes(j, stamped.time_stamp(), sizeof(gateway::base::Digest), j.At("time_stamp"));
  const record::v1::StampedRow* last = j.state().stamped.Find("");
  if (stamped.size() == 0)
    Missing(j, j.At("size"));
  else if (stamped.size() > j.state().size())
    j.Refuse({kGatewayStamp, "beyond"}, j.At("size"));
  else if (last != nullptr && stamped.size() <= last->size())
    j.Refuse({kGatewayStamp, "not-newer"}, j.At("size"));
  // The authority's clock knows no shift.
  const int64_t latest_ms = j.time_ms() - j.settings().clock_shift_ms() +
                            static_cast<int64_t>(j.settings().time_stamp_tolerance_ms());
  if (stamped.time_ms() == 0)
    Missing(j, j.At("time_ms"));
  else if (stamped.time_ms() > latest_ms ||
           (last != nullptr && stamped.time_ms() < last->time_ms()))
    j.Refuse({kGatewayStamp, "time"}, j.At("time_ms"));
}

void CheckRetention(Judgement& j) {
  if (j.subject.transfer == nullptr) return;
  const TransferRow& transfer = *j.subject.transfer;
  if (transfer.has_ground())
    j.Refuse({kGatewayRetention, "ground-recorded"}, j.At("transfer"));
  else if (!IsRetentionOver(transfer, j.time_ms(), j.today()))
    j.Refuse({kGatewayRetention, "not-over"}, j.At("transfer"));
}

void CheckErasure(Judgement& j) {
  const auto& erased = j.act().payload_erased();
  const auto ground = NeedReference(j, erased.has_ground(), erased.ground(), j.At("ground"));
  if (j.subject.transfer == nullptr) return;
  const TransferRow& transfer = *j.subject.transfer;
  if (transfer.phase() == record::v1::TRANSFER_PHASE_ERASED)
    j.Refuse({kGatewayErasure, "already-erased"}, j.At("transfer"));
  else if (!transfer.has_ground())
    j.Refuse({kGatewayErasure, "no-ground"}, j.At("transfer"));
  else if (ground.has_value() && state::KeyOf(*ground) != state::KeyOf(transfer.ground()))
    j.Refuse({kGatewayErasure, "ground-differs"}, j.At("ground"));
}

}  // namespace passerelle::policy::rules
