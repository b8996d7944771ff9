// Article IX, first paragraph: the partners share among themselves what the convention needs. Only
// who has adhered is a partner; nobody else sends, asks or receives.
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"

namespace passerelle::policy::rules {
namespace {

constexpr std::string_view kMend =
    "La partie délibère et signe ; le secrétariat enregistre son adhésion.";
constexpr std::string_view kMendEn =
    "The party deliberates and signs; the secretariat records its adhesion.";

constexpr Message kMessages[] = {
    {"party-not-adhered", "La partie au nom de laquelle l'acte est fait n'a pas adhéré.",
     "The party in whose name the act is done has not adhered.", kMend, kMendEn},
    {"recipient-not-adhered", "Le destinataire n'a pas adhéré à la convention.",
     "The recipient has not adhered to the convention.", kMend, kMendEn},
    {"recipient-unknown", "Le destinataire n'est pas une partie de la convention.",
     "The recipient is not a party of the convention.", "Le demandeur nomme une partie signataire.",
     "The requester names a signatory."},
    {"recipient-is-holder", "Le destinataire détient déjà ces données.",
     "The recipient holds these data already.", "Le demandeur nomme une autre partie.",
     "The requester names another party."},
    {"class-unknown", "Cette classe de destinataires n'est pas dans la liste des réglages.",
     "This class of recipients is not in the settings' list.",
     "Le demandeur nomme une classe des réglages, ou le secrétariat l'y ajoute.",
     "The requester names a class of the settings, or the secretariat adds it to them."},
    {"class-empty", "Aucun autre membre de cette classe de destinataires n'a adhéré.",
     "No other member of this class of recipients has adhered.", kMend, kMendEn},
};

}  // namespace

constexpr Rule kIx1 = {
    "IX.1",
    Source::kConvention,
    "4(1), rec. 26",
    "Les parties qui ont adhéré, et elles seules, se communiquent les informations utiles.",
    "The parties that have adhered, and they alone, share what is useful.",
    kMessages,
};

void CheckAdhered(Judgement& j) {
  const std::string& party = j.act().party();
  if (!party.empty() && !state::HasAdhered(j.state(), party, j.time_ms()))
    j.Refuse({kIx1, "party-not-adhered"}, "party");
  // The holder adhered before it declared the dataset.
  for (const std::string& recipient : j.subject.recipients)
    if (state::FindParty(j.state(), recipient) != nullptr && recipient != party &&
        !state::HasAdhered(j.state(), recipient, j.time_ms()))
      j.Refuse({kIx1, "recipient-not-adhered"});
}

namespace {

void CheckClass(Judgement& j, std::string_view code) {
  const std::string path = j.At("recipient.recipient_class");
  if (code.empty())
    Missing(j, path);
  else if (!HasCode(j.settings().recipient_classes(), code))
    j.Refuse({kIx1, "class-unknown"}, path);
  else if (j.subject.dataset != nullptr)
    CheckSomebodyReceives(j);
}

}  // namespace

void CheckSomebodyReceives(Judgement& j) {
  if (!j.subject.holder.empty() && j.subject.recipients.empty()) j.Refuse({kIx1, "class-empty"});
}

void CheckRecipient(Judgement& j) {
  const statement::v1::Recipient& to = j.act().exchange_proposed().recipient();
  if (to.has_recipient_class()) {
    CheckClass(j, to.recipient_class());
    return;
  }
  const std::string& recipient = to.party();
  const std::string path = j.At("recipient.party");
  if (recipient.empty())
    Missing(j, path);
  else if (state::FindParty(j.state(), recipient) == nullptr)
    j.Refuse({kIx1, "recipient-unknown"}, path);
  else if (recipient == j.subject.holder)
    j.Refuse({kIx1, "recipient-is-holder"}, path);
}

}  // namespace passerelle::policy::rules
