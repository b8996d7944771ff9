// Identifiers of persons in acts and payloads (DISCLOSURE section C), and the bytes behind every
// commitment (WIRE 20). The detectors ran before; here their findings are weighed.
#include <string_view>

#include "absl/strings/str_cat.h"
#include "policy/rules/checks.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::HIT_ACTION_WARN;
using statement::v1::Act;

constexpr Message kTextMessages[] = {
    {"identifier", "Ce texte contient l'identifiant d'une personne.",
     "This text holds an identifier of a person.",
     "L'auteur de l'acte retire l'identifiant et signe de nouveau.",
     "The author of the act removes the identifier and signs again."},
    {"identifier-possible", "Ce texte ressemble à l'identifiant d'une personne.",
     "This text looks like an identifier of a person.",
     "L'auteur de l'acte vérifie ; l'acte est admis.",
     "The author of the act checks; the act is accepted."},
};
constexpr Message kPayloadMessages[] = {
    {"identifier",
     "Colonne {column}, ligne {line} : {actual} cellules contiennent l'identifiant d'une personne.",
     "Column {column}, line {line}: {actual} cells hold an identifier of a person.",
     "L'expéditeur retire les identifiants du fichier et l'envoie de nouveau.",
     "The sender removes the identifiers from the file and sends it again."},
    {"identifier-possible",
     "Colonne {column}, ligne {line} : {actual} cellules ressemblent à l'identifiant d'une "
     "personne.",
     "Column {column}, line {line}: {actual} cells look like an identifier of a person.",
     "L'expéditeur vérifie le fichier ; l'envoi est admis.",
     "The sender checks the file; the transfer is accepted."},
};
constexpr Message kAttachmentsMessages[] = {
    {"attachments-fail",
     "Un engagement de l'acte n'est pas accompagné des octets et du nonce qui l'ouvrent.",
     "A commitment of the act does not come with the bytes and nonce that open it.",
     "L'auteur joint tous les documents et envoie de nouveau.",
     "The author attaches every document and sends again."},
};

}  // namespace

constexpr Rule kContentText = {
    "content.text",
    Source::kPolicy,
    "4(1), 5(1)(c)",
    "Les textes d'un acte n'identifient personne.",
    "The strings of an act identify nobody.",
    kTextMessages,
};
constexpr Rule kContentPayload = {
    "content.payload",
    Source::kPolicy,
    "4(1), rec. 26",
    "Un fichier d'agrégats n'identifie personne.",
    "A file of aggregates identifies nobody.",
    kPayloadMessages,
};
constexpr Rule kContentAttachments = {
    "content.attachments",
    Source::kPolicy,
    "5(2)",
    "Chaque engagement est accompagné de ce qu'il engage.",
    "Every commitment comes with what it commits to.",
    kAttachmentsMessages,
};

namespace {

// The path of a text hit within its act: what follows `acts[n].`.
std::string_view WithinAct(std::string_view path) {
  constexpr std::string_view kActs = "acts[";
  if (path.substr(0, kActs.size()) != kActs) return path;
  const size_t end = path.find("].");
  return end == std::string_view::npos ? path : path.substr(end + 2);
}

bool CarriesCommitments(const Act& act) {
  switch (act.body_case()) {
    case Act::kDeedRecorded:
    case Act::kDatasetDeclared:
    case Act::kExchangeProposed:
    case Act::kDpoOpinionGiven:
    case Act::kExchangeDecided:
    case Act::kRegisterEntryRecorded:
    case Act::kFreezeLifted:
    case Act::kTransferSubmitted:
      return true;
    case Act::kMandateGiven:
      return act.mandate_given().has_person() || act.mandate_given().has_confidentiality();
    case Act::kTransferRuled:
      return act.transfer_ruled().has_reasons();
    case Act::kRecommendationAnswered:
      return act.recommendation_answered().has_reasons();
    case Act::kFreezePlaced:
      return act.freeze_placed().has_reasons();
    default:
      return false;
  }
}

}  // namespace

void CheckText(Judgement& j) {
  for (const record::v1::TextHit& hit : j.observed().text_hits()) {
    const std::string_view path = WithinAct(hit.path());
    if (hit.action() == HIT_ACTION_WARN)
      j.Warn({kContentText, "identifier-possible"}, path);
    else
      j.Refuse({kContentText, "identifier"}, path);
  }
}

void CheckAttachments(Judgement& j) {
  if (!CarriesCommitments(j.act())) return;
  CheckObservation(j, j.observed().has_attachments(), "");
  if (j.observed().has_attachments() && j.observed().attachments() != record::v1::CHECK_HOLDS)
    j.Refuse({kContentAttachments, "attachments-fail"});
}

void CheckPayloadIdentifiers(Judgement& j) {
  for (const record::v1::ColumnHit& hit : j.observed().payload().column_hits()) {
    auto& finding = hit.action() == HIT_ACTION_WARN
                        ? j.Warn({kContentPayload, "identifier-possible"})
                        : j.Refuse({kContentPayload, "identifier"});
    finding.set_line(hit.line());
    finding.set_column(hit.column());
    finding.set_actual(static_cast<int64_t>(hit.cells()));
  }
}

}  // namespace passerelle::policy::rules
