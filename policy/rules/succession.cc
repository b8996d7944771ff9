// A log that goes on under another origin and key, after a loss or to change the key, and the
// receipts of what was lost (WIRE 1, 5; AUDIT-LOG, "One log for the convention's life").
#include "policy/state/succession.h"

#include <algorithm>
#include <string>

#include "gateway/base/digest.h"
#include "gateway/base/limits.h"
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"
#include "policy/state/query.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::ShardRow;
using statement::v1::ShardOpened;

// Type of a checkpoint key in the C2SP signed-note format.
constexpr char kNoteType = 1;
constexpr std::string_view kOperator = "L'opérateur prépare de nouveau la succession.";
constexpr std::string_view kOperatorEn = "The operator prepares the succession again.";
constexpr std::string_view kHolder = "Le détenteur du reçu présente le bon fichier.";
constexpr std::string_view kHolderEn = "Whoever holds the receipt presents the right file.";

constexpr Message kSuccessionMessages[] = {
    {"other-party",
     "La succession d'un journal s'ouvre au nom de la partie qui tient le "
     "secrétariat.",
     "A log's succession is opened in the name of the party that keeps the secretariat.", kOperator,
     kOperatorEn},
    {"origin", "Cette origine n'est pas une origine nouvelle de 255 octets au plus.",
     "This origin is not a new one of at most 255 bytes.", kOperator, kOperatorEn},
    {"key", "Cette clé n'est pas une nouvelle clé de point de contrôle au nom de cette origine.",
     "This key is not a new checkpoint key named by that origin.", kOperator, kOperatorEn},
    {"closed-size",
     "Le dernier point de contrôle connu compte {actual} entrées ; il en reste {limit}.",
     "The last known checkpoint counts {actual} entries; {limit} are left.", kOperator,
     kOperatorEn},
    {"succession", "Le point de contrôle final ou la note de succession ne se vérifie pas.",
     "The final checkpoint or the note of succession does not verify.", kOperator, kOperatorEn},
};
constexpr Message kPresentedMessages[] = {
    {"not-lost", "Cette entrée n'est pas d'une partie perdue du journal.",
     "This entry is not of a lost part of the log.", kHolder, kHolderEn},
    {"receipt", "Ce reçu ne se vérifie pas sous la clé du journal perdu.",
     "This receipt does not verify under the key of the log that was lost.", kHolder, kHolderEn},
    {"known", "Ce reçu a déjà été présenté.", "This receipt was presented already.",
     "Rien n'est à faire.", "Nothing is to be done."},
};

}  // namespace

constexpr Rule kLogSuccession = {
    "log.succession",
    Source::kPolicy,
    "5(2), 32",
    "Un journal ne change d'origine et de clé que par un acte du secrétariat et du "
    "contresignataire.",
    "A log changes its origin and key by an act of secretariat and countersigner alone.",
    kSuccessionMessages,
};
constexpr Rule kLogPresented = {
    "log.presented",
    Source::kPolicy,
    "5(2), 32",
    "Ce qui fut inscrit avant une perte se présente avec son reçu.",
    "What was recorded before a loss is presented with its receipt.",
    kPresentedMessages,
};

namespace {

bool IsOrigin(std::string_view origin) {
  return !origin.empty() && origin.size() <= gateway::base::kMaxOriginBytes &&
         std::none_of(origin.begin(), origin.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// Whether a log of this one's life had this origin, or this key (33 bytes).
bool WasUsed(const state::State& state, std::string_view origin, std::string_view key) {
  const record::v1::FoundingRow* founding = state.founding();
  const auto uses = [&](const std::string& used, const std::string& vkey) {
    return used == origin || (!key.empty() && PartsOfVkey(vkey, kNoteType).key == key);
  };
  if (uses(founding->origin(), founding->checkpoint_vkey())) return true;
  bool used = false;
  state.shards.Scan("", [&](const std::string&, const ShardRow& shard) {
    used = uses(shard.origin(), shard.checkpoint_vkey());
    return !used;
  });
  return used;
}

}  // namespace

void CheckSuccession(Judgement& j) {
  const ShardOpened& opened = j.act().shard_opened();
  if (j.act().party() != j.convention().secretariat_party())
    j.Refuse({kLogSuccession, "other-party"}, "party");
  if (opened.cause() == statement::v1::SHARD_CAUSE_UNSPECIFIED) Missing(j, j.At("cause"));
  const auto [name, key] = PartsOfVkey(opened.checkpoint_vkey(), kNoteType);
  if (!IsOrigin(opened.origin()) || WasUsed(j.state(), opened.origin(), ""))
    j.Refuse({kLogSuccession, "origin"}, j.At("origin"));
  if (name.empty() || name != opened.origin() || WasUsed(j.state(), "", key))
    j.Refuse({kLogSuccession, "key"}, j.At("checkpoint_vkey"));
  NeedBytes(j, opened.closed_root(), sizeof(gateway::base::Digest), j.At("closed_root"));
  const uint64_t left = j.state().size();
  const bool fits = opened.cause() == statement::v1::SHARD_CAUSE_KEY_CHANGE
                        ? opened.closed_size() == left
                        : opened.closed_size() >= left;
  if (!fits) {
    auto& finding = j.Refuse({kLogSuccession, "closed-size"}, j.At("closed_size"));
    finding.set_limit(static_cast<int64_t>(left));
    finding.set_actual(static_cast<int64_t>(opened.closed_size()));
  }
  if (opened.closing().empty()) Missing(j, j.At("closing"));
  if (opened.succession().empty()) Missing(j, j.At("succession"));
  CheckObservation(j, j.observed().has_succession(), j.At("succession"));
  if (j.observed().has_succession() && j.observed().succession() != record::v1::CHECK_HOLDS)
    j.Refuse({kLogSuccession, "succession"}, j.At("succession"));
  CarryByBoth(j);
}

void CheckPresented(Judgement& j) {
  const auto& presented = j.act().receipt_presented();
  if (presented.entry().empty()) Missing(j, j.At("entry"));
  if (presented.checkpoint().empty()) Missing(j, j.At("checkpoint"));
  const ShardRow* loss = state::LastLoss(j.state());
  if (loss == nullptr || presented.index() < loss->index())
    j.Refuse({kLogPresented, "not-lost"}, j.At("index"));
  else if (!j.observed().has_presented())
    j.Refuse({kLogPresented, "receipt"}, j.At("checkpoint"));
  else if (j.state().presented.Find(state::PresentedKey(presented, j.observed().presented())) !=
           nullptr)
    j.Refuse({kLogPresented, "known"}, j.At("entry"));
  // Whatever mandate of the party it is.
  for (const Signer& signer : j.signers()) {
    if (!signer.binds) continue;
    for (const state::HeldMandate& held : state::MandatesOf(j.state(), signer.agent))
      if (held.row->party() == j.act().party() &&
          state::InForce(j.state(), *held.row, j.time_ms(), j.today()))
        return j.Carry(signer, held.row->role(), held);
  }
}

}  // namespace passerelle::policy::rules
