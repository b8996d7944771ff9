// A transfer: covered by an approved exchange, as its manifest says, ruled on when the DPO chose
// so, acknowledged by its recipient (WIRE 19, 22).
#include <algorithm>

#include "gateway/base/civil.h"
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"
#include "policy/rules/references.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::ExchangeRow;
using record::v1::TransferRow;

constexpr size_t kDigestBytes = 32;
constexpr uint64_t kLeastBand = 1024;
constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
constexpr std::string_view kSender = "L'expéditeur corrige le manifeste et signe de nouveau.";
constexpr std::string_view kSenderEn = "The sender corrects the manifest and signs again.";
constexpr std::string_view kNobody = "Rien n'est à faire.";
constexpr std::string_view kNobodyEn = "Nothing is to be done.";

constexpr Message kApprovalMessages[] = {
    {"not-approved", "L'échange n'est pas approuvé.", "The exchange is not approved.",
     "Le décideur du détenteur décide, après l'avis du délégué.",
     "The holder's decider decides, after the DPO's opinion."},
    {"not-yet", "Les envois de cet échange commencent le {limit:date}.",
     "Transfers of this exchange begin on {limit:date}.", "L'expéditeur attend ce jour.",
     "The sender waits for that day."},
    {"outside-dates", "Le dernier jour des envois de cet échange était le {limit:date}.",
     "The last day for transfers of this exchange was {limit:date}.",
     "Le demandeur propose un nouvel échange.", "The requester proposes a new exchange."},
    {"cap-reached", "L'échange n'admet que {limit} envois.",
     "The exchange allows {limit} transfers only.", "Le demandeur propose un nouvel échange.",
     "The requester proposes a new exchange."},
};
constexpr Message kManifestMessages[] = {
    {"dataset-differs", "La version du jeu de données n'est pas celle de l'échange.",
     "The dataset version is not the exchange's.", kSender, kSenderEn},
    {"recipient-differs", "Le destinataire n'est pas celui de l'échange.",
     "The recipient is not the exchange's.", kSender, kSenderEn},
    {"superseded-version", "Une version plus récente du jeu de données est déclarée.",
     "A newer version of the dataset is declared.",
     "L'envoi est admis ; un nouvel échange porte sur la nouvelle version.",
     "The transfer is accepted; a new exchange takes up the new version."},
    {"size-band-differs", "La tranche de taille annoncée n'est pas celle du fichier.",
     "The size band announced is not the file's.", kSender, kSenderEn},
    {"destroy-past", "L'instant de destruction est déjà passé.",
     "The instant of destruction is past already.", kSender, kSenderEn},
    {"destroy-beyond", "L'instant de destruction dépasse la conservation ({limit:date}).",
     "The instant of destruction exceeds the retention ({limit:date}).", kSender, kSenderEn},
};
constexpr Message kRulingMessages[] = {
    {"not-held", "Cet envoi n'attend pas de décision du délégué.",
     "This transfer does not wait for a ruling of the DPO.", kNobody, kNobodyEn},
    {"not-a-recipient", "L'envoi n'est pas destiné à cette partie.",
     "The transfer is not for this party.", "Le délégué nomme un destinataire de l'envoi.",
     "The DPO names a recipient of the transfer."},
    {"reasons-missing", "Un refus est motivé.", "A refusal gives its reasons.",
     "Le délégué joint ses motifs et signe de nouveau.",
     "The DPO attaches her reasons and signs again."},
    {"retention-over", "La conservation de cet envoi est finie.",
     "The retention of this transfer is over.", kNobody, kNobodyEn},
};
constexpr Message kAcknowledgementMessages[] = {
    {"not-the-recipient", "Seul le destinataire accuse réception.",
     "Only the recipient acknowledges.", "Un lecteur du destinataire signe l'accusé.",
     "A reader of the recipient signs the acknowledgement."},
    {"not-handed-over", "Cet envoi n'a pas encore été remis.",
     "This transfer has not been handed over yet.",
     "Un lecteur du destinataire retire d'abord le fichier.",
     "A reader of the recipient fetches the file first."},
    {"commitment-differs", "L'engagement recalculé n'est pas celui du manifeste.",
     "The commitment recomputed is not the manifest's.",
     "Le destinataire retire le fichier de nouveau et alerte le détenteur.",
     "The recipient fetches the file again and alerts the holder."},
};

}  // namespace

constexpr Rule kTransferApproval = {
    "transfer.approval",
    Source::kPolicy,
    "5(1)(b), 25",
    "Un envoi est couvert par un échange approuvé, dans ses dates et son nombre.",
    "A transfer is covered by an approved exchange, within its dates and number.",
    kApprovalMessages,
};
constexpr Rule kTransferManifest = {
    "transfer.manifest",
    Source::kPolicy,
    "5(1)(d), 5(1)(e)",
    "Le manifeste dit ce qui est envoyé, à qui, et jusqu'à quand.",
    "The manifest says what is sent, to whom, and until when.",
    kManifestMessages,
};
constexpr Rule kTransferRuling = {
    "transfer.ruling",
    Source::kPolicy,
    "39(1)",
    "Le délégué du détenteur libère ou refuse un envoi retenu.",
    "The holder's DPO releases or refuses a held transfer.",
    kRulingMessages,
};
constexpr Rule kTransferAcknowledgement = {
    "transfer.acknowledgement",
    Source::kPolicy,
    "5(2)",
    "Le destinataire accuse réception de ce qui lui a été remis.",
    "The recipient acknowledges what was handed over to it.",
    kAcknowledgementMessages,
};

namespace {

// The day of an instant in UTC: the convention's own day may be one later, which the retention date
// itself then settles (IsRetentionOver).
int64_t UtcDay(int64_t time_ms) {
  constexpr gateway::base::CivilDay kEpoch = {1970, 1, 1};
  constexpr int64_t kLastDay = 1'000'000;  // far past any convention
  const int64_t days = std::min(time_ms / kDayMs, kLastDay);
  return gateway::base::ToNumber(gateway::base::AddDays(kEpoch, static_cast<int>(days)));
}

bool IsSizeBand(uint64_t band) { return band >= kLeastBand && (band & (band - 1)) == 0; }

void CheckDestruction(Judgement& j, const ExchangeRow& exchange) {
  const int64_t destroy_after = j.act().transfer_submitted().destroy_after_ms();
  if (destroy_after == 0) return;
  if (destroy_after <= j.time_ms()) {
    j.Refuse({kTransferManifest, "destroy-past"}, j.At("destroy_after_ms"));
    return;
  }
  const int64_t limit = state::NumberOf(exchange.retain_until());
  if (UtcDay(destroy_after) > limit)
    j.Refuse({kTransferManifest, "destroy-beyond"}, j.At("destroy_after_ms")).set_limit(limit);
}

// A newer version of the dataset waits for an exchange of its own; this one goes on as approved.
void WarnOfANewerVersion(Judgement& j, const ExchangeRow& exchange) {
  const record::v1::SlugRow* latest = j.state().slugs.Find(exchange.slug());
  if (latest != nullptr && state::KeyOf(latest->act()) != state::KeyOf(exchange.dataset()))
    *j.Warn({kTransferManifest, "superseded-version"}, j.At("dataset")).mutable_about() =
        latest->act();
}

}  // namespace

const record::v1::DeliveryRow* ShareOf(const TransferRow& transfer, std::string_view party) {
  for (const record::v1::DeliveryRow& share : transfer.deliveries())
    if (share.party() == party) return &share;
  return nullptr;
}

bool IsRetentionOver(const TransferRow& transfer, int64_t time_ms,
                     const convention::v1::Date& today) {
  const int64_t destroy_after = transfer.destroy_after_ms();
  return (destroy_after != 0 && time_ms > destroy_after) ||
         state::NumberOf(today) > state::NumberOf(transfer.retain_until());
}

void CheckApproval(Judgement& j) {
  if (j.subject.exchange == nullptr) return;
  const ExchangeRow& exchange = *j.subject.exchange;
  if (exchange.phase() != record::v1::EXCHANGE_PHASE_APPROVED) {
    j.Refuse({kTransferApproval, "not-approved"}, j.At("exchange"));
    return;
  }
  NeedStanding(j, exchange.opinion(), j.At("exchange"));
  NeedStanding(j, exchange.decision(), j.At("exchange"));
  const int64_t first = state::NumberOf(exchange.from());
  const int64_t last = state::NumberOf(exchange.terms().until());
  if (j.day() < first) j.Refuse({kTransferApproval, "not-yet"}).set_limit(first);
  if (j.day() > last) j.Refuse({kTransferApproval, "outside-dates"}).set_limit(last);
  const uint32_t cap = exchange.terms().transfer_cap();
  if (cap != 0 && exchange.transfers() >= cap)
    j.Refuse({kTransferApproval, "cap-reached"}).set_limit(cap);
}

void CheckManifest(Judgement& j) {
  const auto& manifest = j.act().transfer_submitted();
  if (manifest.period().empty())
    Missing(j, j.At("period"));
  else if (!IsPeriod(manifest.period()))
    Malformed(j, j.At("period"));
  NeedCommitment(j, manifest.has_payload(), manifest.payload(), j.At("payload"));
  if (manifest.size_band() == 0)
    Missing(j, j.At("size_band"));
  else if (!IsSizeBand(manifest.size_band()))
    Malformed(j, j.At("size_band"));
  else if (j.observed().has_payload() && j.observed().payload().size_band() != manifest.size_band())
    j.Refuse({kTransferManifest, "size-band-differs"}, j.At("size_band"));
  const statement::v1::Recipient& to = manifest.recipient();
  const std::string recipient =
      j.At(to.has_recipient_class() ? "recipient.recipient_class" : "recipient.party");
  const bool named = !to.party().empty() || !to.recipient_class().empty();
  if (!named) Missing(j, recipient);
  const auto dataset =
      NeedReference(j, manifest.has_dataset(), manifest.dataset(), j.At("dataset"));
  if (j.subject.exchange == nullptr) return;
  const ExchangeRow& exchange = *j.subject.exchange;
  if (dataset.has_value() && state::KeyOf(*dataset) != state::KeyOf(exchange.dataset()))
    j.Refuse({kTransferManifest, "dataset-differs"}, j.At("dataset"));
  if (named &&
      (to.party() != exchange.recipient() || to.recipient_class() != exchange.recipient_class()))
    j.Refuse({kTransferManifest, "recipient-differs"}, recipient);
  WarnOfANewerVersion(j, exchange);
  CheckDestruction(j, exchange);
}

void CheckRuling(Judgement& j) {
  const auto& ruled = j.act().transfer_ruled();
  if (ruled.ruling() == statement::v1::RULING_UNSPECIFIED) Missing(j, j.At("ruling"));
  if (ruled.has_reasons())
    NeedCommitment(j, true, ruled.reasons(), j.At("reasons"));
  else if (ruled.ruling() == statement::v1::RULING_REFUSED)
    j.Refuse({kTransferRuling, "reasons-missing"}, j.At("reasons"));
  if (j.subject.transfer == nullptr) return;
  const TransferRow& transfer = *j.subject.transfer;
  const std::string& recipient = ruled.recipient();
  bool held = false;
  for (const record::v1::DeliveryRow& share : transfer.deliveries())
    held = held || (share.phase() == record::v1::DELIVERY_PHASE_HELD &&
                    (recipient.empty() || recipient == share.party()));
  NeedStanding(j, transfer.submitted(), j.At("transfer"));
  if (!recipient.empty() && ShareOf(transfer, recipient) == nullptr)
    j.Refuse({kTransferRuling, "not-a-recipient"}, j.At("recipient"));
  else if (transfer.phase() != record::v1::TRANSFER_PHASE_KEPT || !held)
    j.Refuse({kTransferRuling, "not-held"}, j.At("transfer"));
  else if (IsRetentionOver(transfer, j.time_ms(), j.today()))
    j.Refuse({kTransferRuling, "retention-over"}, j.At("transfer"));
}

void CheckAcknowledgement(Judgement& j) {
  const auto& acknowledged = j.act().transfer_acknowledged();
  const bool payload = NeedBytes(j, acknowledged.payload(), kDigestBytes, j.At("payload"));
  if (j.subject.transfer == nullptr) return;
  const TransferRow& transfer = *j.subject.transfer;
  const record::v1::DeliveryRow* share = ShareOf(transfer, j.act().party());
  if (share == nullptr)
    j.Refuse({kTransferAcknowledgement, "not-the-recipient"}, "party");
  else if (share->handovers() == 0)
    j.Refuse({kTransferAcknowledgement, "not-handed-over"}, j.At("transfer"));
  else if (payload && acknowledged.payload() != transfer.payload())
    j.Refuse({kTransferAcknowledgement, "commitment-differs"}, j.At("payload"));
}

}  // namespace passerelle::policy::rules
