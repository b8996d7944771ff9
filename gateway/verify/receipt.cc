#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/note.h"
#include "audit/checkpoint/proof.h"
#include "audit/entry/codec.h"
#include "certs/keys/dsse.h"
#include "gateway/base/strings.h"
#include "gateway/verify/verify.h"
#include "gateway/verify/vouched.h"

namespace passerelle::gateway::verify {
namespace {

ReceiptVerdict Rejected(std::string_view en, std::string_view fr, const absl::Status& status) {
  ReceiptVerdict verdict;
  verdict.fault_en = absl::StrCat(base::Absl(en), ": ", status.message(), ".");
  verdict.fault_fr = absl::StrCat(base::Absl(fr), " : ", status.message(), ".");
  return verdict;
}

}  // namespace

ReceiptVerdict VerifyReceiptFile(std::string_view text, std::string_view vkey,
                                 const Witnesses& witnesses,
                                 const std::optional<GivenStamp>& stamp) {
  using audit::checkpoint::NoteVerifier;
  const absl::StatusOr<NoteVerifier> verifier = NoteVerifier::FromVkey(vkey);
  if (!verifier.ok())
    return Rejected("The key given is not a checkpoint key",
                    "La clé donnée n'est pas une clé de point de contrôle", verifier.status());
  absl::StatusOr<audit::checkpoint::VerifiedReceipt> receipt =
      audit::checkpoint::VerifyReceipt(text, *verifier, verifier->name());
  if (!receipt.ok())
    return Rejected("The receipt does not prove its entry", "Le reçu ne prouve pas son entrée",
                    receipt.status());
  absl::StatusOr<record::v1::Entry> entry = audit::entry::DecodeLeaf(receipt->entry);
  if (!entry.ok())
    return Rejected("The entry is in the log, but cannot be interpreted",
                    "L'entrée est au journal, mais ne peut être interprétée", entry.status());
  ReceiptVerdict verdict;
  if (witnesses.quorum > 0) {
    const absl::StatusOr<uint64_t> time_s =
        audit::checkpoint::CheckQuorum(receipt->note, witnesses.known, witnesses.quorum);
    if (!time_s.ok())
      return Rejected("The entry is in the log, but witnesses are missing",
                      "L'entrée est au journal, mais il manque des témoins", time_s.status());
    verdict.witnessed_s = *time_s;
  }
  if (stamp.has_value()) {
    const absl::StatusOr<StampedNote> stamped =
        VerifyStamp(receipt->note, *verifier, stamp->response, stamp->anchors);
    if (!stamped.ok())
      return Rejected("The entry is in the log, but the time stamp is not of its checkpoint",
                      "L'entrée est au journal, mais l'horodatage n'est pas celui de son point de "
                      "contrôle",
                      stamped.status());
    verdict.stamped_ms = stamped->time_ms;
  }
  if (entry->has_recorded()) {
    const absl::StatusOr<statement::v1::Envelope> envelope =
        audit::entry::DecodeEnvelope(entry->recorded().envelope());
    if (!envelope.ok())
      return Rejected("The entry is in the log, but its envelope is malformed",
                      "L'entrée est au journal, mais son enveloppe est mal formée",
                      envelope.status());
    verdict.statement = certs::keys::StatementDigest(envelope->payload());
  }
  verdict.accepted = true;
  verdict.entry = *std::move(entry);
  verdict.index = receipt->index;
  verdict.leaf = receipt->leaf;
  verdict.size = receipt->checkpoint.size;
  return verdict;
}

}  // namespace passerelle::gateway::verify
