#include "gateway/cli/words.h"

#include "gateway/cli/show.h"
#include "passerelle/gateway/v1/exchange_service.pb.h"
#include "passerelle/gateway/v1/inbox_service.pb.h"
#include "passerelle/gateway/v1/statement_service.pb.h"
#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/exchange.pb.h"
#include "passerelle/statement/v1/people.pb.h"

namespace passerelle::gateway::cli {
namespace {

namespace api = passerelle::gateway::v1;
using policy::rules::Language;

constexpr Word kRoles[] = {
    {statement::v1::ROLE_REPRESENTATIVE, "représentant légal", "legal representative"},
    {statement::v1::ROLE_DECIDER, "décideur", "decider"},
    {statement::v1::ROLE_STUDY_AUTHOR, "auteur d'étude", "study author"},
    {statement::v1::ROLE_DPO, "délégué à la protection des données", "data protection officer"},
    {statement::v1::ROLE_REQUESTER, "demandeur", "requester"},
    {statement::v1::ROLE_STEWARD, "gestionnaire des données", "data steward"},
    {statement::v1::ROLE_SENDER, "expéditeur", "sender"},
    {statement::v1::ROLE_READER, "lecteur", "reader"},
    {statement::v1::ROLE_AUDITOR, "auditeur", "auditor"},
    {statement::v1::ROLE_SECRETARIAT, "secrétariat", "secretariat"},
    {statement::v1::ROLE_COUNTERSIGNER, "contresignataire", "countersigner"},
    {statement::v1::ROLE_OPERATOR, "exploitant", "operator"},
    {statement::v1::ROLE_LOG_AUDITOR, "auditeur du journal", "log auditor"},
};

constexpr Word kEffects[] = {
    {record::v1::EFFECT_ACCEPTED, "accepté", "accepted"},
    {record::v1::EFFECT_NOTED, "noté, n'engage personne", "noted, binds nobody"},
    {record::v1::EFFECT_REFUSED, "refusé", "refused"},
};

constexpr Word kExchangePhases[] = {
    {record::v1::EXCHANGE_PHASE_PROPOSED, "proposé, attend l'avis", "proposed, awaits the opinion"},
    {record::v1::EXCHANGE_PHASE_FAVOURABLE, "avis favorable, attend la décision",
     "favourable opinion, awaits the decision"},
    {record::v1::EXCHANGE_PHASE_UNFAVOURABLE, "avis défavorable, bloqué",
     "unfavourable opinion, blocked"},
    {record::v1::EXCHANGE_PHASE_APPROVED, "approuvé", "approved"},
    {record::v1::EXCHANGE_PHASE_REFUSED, "refusé", "refused"},
};

constexpr Word kTransferPhases[] = {
    {record::v1::TRANSFER_PHASE_KEPT, "conservé", "kept"},
    {record::v1::TRANSFER_PHASE_ERASURE_DUE, "en destruction", "being erased"},
    {record::v1::TRANSFER_PHASE_ERASED, "détruit", "erased"},
};

constexpr Word kDeliveryPhases[] = {
    {record::v1::DELIVERY_PHASE_HELD, "retenu, attend le délégué", "held, awaits the DPO"},
    {record::v1::DELIVERY_PHASE_RELEASED, "libéré", "released"},
    {record::v1::DELIVERY_PHASE_REFUSED, "refusé", "refused"},
};

constexpr Word kStandings[] = {
    {api::CLAUSE_STANDING_SATISFIED, "satisfait", "satisfied"},
    {api::CLAUSE_STANDING_MISSING, "manque", "missing"},
    {api::CLAUSE_STANDING_BLOCKED, "bloqué", "blocked"},
};

constexpr Word kWeights[] = {
    {statement::v1::RECOMMENDATION_WEIGHT_ADVICE, "conseil", "advice"},
    {statement::v1::RECOMMENDATION_WEIGHT_CONDITION, "condition", "condition"},
};

constexpr Word kAnswers[] = {
    {statement::v1::ANSWER_UNSPECIFIED, "sans réponse", "not answered"},
    {statement::v1::ANSWER_ACCEPTED, "acceptée", "accepted"},
    {statement::v1::ANSWER_REJECTED, "rejetée", "rejected"},
    {statement::v1::ANSWER_CARRIED_OUT, "mise en œuvre", "carried out"},
};

constexpr Word kReleases[] = {
    {statement::v1::RELEASE_STANDING, "envois libres", "transfers are free"},
    {statement::v1::RELEASE_EACH_RULED, "chaque envoi attend le délégué",
     "each transfer awaits the DPO"},
};

constexpr Word kCauses[] = {
    {statement::v1::STOP_CAUSE_LOST, "perdue", "lost"},
    {statement::v1::STOP_CAUSE_SUSPENDED, "suspendue", "suspended"},
    {statement::v1::STOP_CAUSE_COMPROMISED, "compromise", "compromised"},
};

constexpr Word kAssumptions[] = {
    {api::ASSUMPTION_SIGNATURES, "les signataires signent", "the signers sign"},
    {api::ASSUMPTION_POSSESSION, "la clé à inscrire prouve sa possession",
     "the key to be enrolled proves its possession"},
    {api::ASSUMPTION_ATTACHMENTS, "les documents annoncés sont joints",
     "the documents announced come with it"},
    {api::ASSUMPTION_PAYLOAD, "le fichier convient au jeu de données et aux conditions",
     "the file fits the dataset and the terms"},
};

constexpr Word kInboxItems[] = {
    {api::INBOX_ITEM_KIND_OPINION_TO_GIVE, "rendre un avis", "give an opinion"},
    {api::INBOX_ITEM_KIND_TRANSFER_TO_RULE, "statuer sur un envoi retenu",
     "rule on a held transfer"},
    {api::INBOX_ITEM_KIND_RECOMMENDATION_REJECTED,
     "votre condition est rejetée : rendre un nouvel avis, ou en rester là",
     "your condition is rejected: give a new opinion, or leave it there"},
    {api::INBOX_ITEM_KIND_FREEZE_TO_CONFIRM, "confirmer un gel avant qu'il ne cesse, ou le lever",
     "confirm a freeze before it lapses, or lift it"},
    {api::INBOX_ITEM_KIND_RECOMMENDATION_TO_ANSWER, "répondre à une recommandation",
     "answer a recommendation"},
    {api::INBOX_ITEM_KIND_RECOMMENDATION_TO_CARRY_OUT,
     "mettre en œuvre une recommandation acceptée, et le dire",
     "carry out an accepted recommendation, and say so"},
    {api::INBOX_ITEM_KIND_EXCHANGE_TO_DECIDE, "décider d'un échange", "decide on an exchange"},
    {api::INBOX_ITEM_KIND_REGISTER_ENTRY_MISSING, "inscrire l'échange au registre des traitements",
     "enter the exchange in the record of processing activities"},
    {api::INBOX_ITEM_KIND_REGISTER_ENTRY_TO_REVIEW, "réviser une fiche du registre",
     "review an entry of the register"},
    {api::INBOX_ITEM_KIND_TRANSFER_TO_ACKNOWLEDGE, "recevoir un envoi et en accuser réception",
     "fetch a transfer and acknowledge it"},
    {api::INBOX_ITEM_KIND_KEY_TO_REINSTATE,
     "rétablir une clé arrêtée, ou mettre fin aux mandats de l'agent",
     "reinstate a stopped key, or end the agent's mandates"},
    {api::INBOX_ITEM_KIND_ACTS_TO_RATIFY,
     "ratifier ce qu'une clé compromise a fait, ou le laisser tomber",
     "ratify what a compromised key did, or let it fall"},
    {api::INBOX_ITEM_KIND_STOP_TO_CONFIRM,
     "confirmer la suspension d'une clé avant qu'elle ne cesse",
     "confirm the suspension of a key before it lapses"},
    {api::INBOX_ITEM_KIND_MANDATE_ENDING, "un mandat finit bientôt : le redonner s'il le faut",
     "a mandate ends soon: give it again if need be"},
};

constexpr Words kWords[] = {
    {statement::v1::Role_descriptor, kRoles},
    {record::v1::Effect_descriptor, kEffects},
    {record::v1::ExchangePhase_descriptor, kExchangePhases},
    {record::v1::TransferPhase_descriptor, kTransferPhases},
    {record::v1::DeliveryPhase_descriptor, kDeliveryPhases},
    {api::ClauseStanding_descriptor, kStandings},
    {statement::v1::RecommendationWeight_descriptor, kWeights},
    {statement::v1::Answer_descriptor, kAnswers},
    {statement::v1::Release_descriptor, kReleases},
    {statement::v1::StopCause_descriptor, kCauses},
    {api::Assumption_descriptor, kAssumptions},
    {api::InboxItemKind_descriptor, kInboxItems},
};

}  // namespace

absl::Span<const Words> AllWords() { return kWords; }

std::string WordOf(const google::protobuf::EnumDescriptor& type, int number, Language language) {
  for (const Words& words : kWords) {
    if (words.type() != &type) continue;
    for (const Word& word : words.words)
      if (word.number == number)
        return std::string(language == Language::kFrench ? word.fr : word.en);
  }
  return ShowEnum(type, number);
}

}  // namespace passerelle::gateway::cli
