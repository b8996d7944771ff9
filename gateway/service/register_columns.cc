#include "gateway/service/register_columns.h"

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/base/bytes.h"
#include "gateway/service/register_words.h"

namespace passerelle::gateway::service {
namespace {

// A column: what it is called, and what it says of a row.
struct Column {
  std::string label;
  std::function<std::string(const RegisterRow&)> cell;
};
using Columns = std::vector<Column>;

// The sheet's text at a path, or null.
const std::string* FindText(const RegisterRow& row, const std::string& path) {
  const auto it = row.sheet_texts.find(path);
  return it == row.sheet_texts.end() ? nullptr : &it->second;
}

std::string Or(const std::string* text, std::string_view otherwise) {
  return text != nullptr ? *text : std::string(otherwise);
}

// A column that only the sheet fills. Where the model has an object of several members, a sheet may
// give a single text: it stands at the `shorter` path.
void AddSheet(Columns& columns, std::string label, const std::string& path,
              const std::string& shorter = "") {
  columns.push_back({std::move(label), [path, shorter](const RegisterRow& row) {
                       const std::string* text = FindText(row, path);
                       if (text == nullptr && !shorter.empty()) text = FindText(row, shorter);
                       return Or(text, row.sheet_absent);
                     }});
}

// A column that the sheet fills, or else what the log says.
void AddSheetOr(Columns& columns, std::string label, const std::string& path,
                std::function<std::string(const RegisterRow&)> logged) {
  columns.push_back({std::move(label), [path, logged = std::move(logged)](const RegisterRow& row) {
                       const std::string* text = FindText(row, path);
                       return text != nullptr ? *text : logged(row);
                     }});
}

// A value of the recorded sheet's frame.
std::function<std::string(const RegisterRow&)> Frame(
    std::function<std::string(const RegisteredSheet&)> value) {
  return [value = std::move(value)](const RegisterRow& row) {
    return row.sheet == nullptr ? std::string(kNotGiven) : value(*row.sheet);
  };
}

// Name, address and the like of one actor.
void AddActor(Columns& columns, const std::string& label, const std::string& key,
              const std::function<std::string(const RegisterRow&)>& known = nullptr) {
  const std::string prefix = absl::StrCat(label, " : ");
  columns.push_back({prefix + "Nom", [key, known](const RegisterRow& row) {
                       std::string name = known ? known(row) : "";
                       if (!name.empty()) return name;
                       const std::string* text = FindText(row, key + ".name");
                       return Or(text != nullptr ? text : FindText(row, key), row.sheet_absent);
                     }});
  AddSheet(columns, prefix + "Adresse", key + ".address");
  AddSheet(columns, prefix + "Code postal", key + ".postal_code");
  AddSheet(columns, prefix + "Ville", key + ".city");
  AddSheet(columns, prefix + "Pays", key + ".country");
  AddSheet(columns, prefix + "Téléphone", key + ".phone");
  AddSheet(columns, prefix + "Adresse mél", key + ".email");
}

// Categories of data, each with a description and a retention.
void AddCategories(Columns& columns,
                   const std::vector<std::pair<std::string, std::string>>& categories) {
  for (const auto& [label, key] : categories) {
    AddSheet(columns, label + " : Description", key + ".description", key);
    AddSheet(columns, label + " : Durée de conservation", key + ".retention");
  }
}

void AddList(Columns& columns) {
  columns.push_back({"Environnement", [](const RegisterRow& row) {
                       return row.founding->environment() == statement::v1::ENVIRONMENT_TEST
                                  ? "ESSAI"
                                  : "PRODUCTION";
                     }});
  AddSheetOr(columns, "Nom du traitement", "name",
             [](const RegisterRow& row) { return row.title; });
  columns.push_back(
      {"N° / RÉF", Frame([](const RegisteredSheet& sheet) { return sheet.entry.reference(); })});
  AddSheetOr(columns, "Date de création de la fiche", "created_on",
             Frame([](const RegisteredSheet& sheet) { return DateText(sheet.first_recorded_on); }));
  AddSheetOr(columns, "Dernière mise à jour", "updated_on",
             Frame([](const RegisteredSheet& sheet) { return DateText(sheet.recorded_on); }));
  AddSheetOr(columns, "Finalité", "main_purpose", PurposeText);
  AddSheet(columns, "Données sensibles ? Oui/non", "has_sensitive");
}

void AddActors(Columns& columns) {
  AddActor(columns, "Responsable du traitement", "controller", [](const RegisterRow& row) {
    const std::string* name = FindText(row, "controller.name");
    if (name == nullptr) name = FindText(row, "controller");
    return name != nullptr ? *name : PartyText(row, row.controller);
  });
  AddActor(columns, "Délégué à la protection des données", "dpo",
           [](const RegisterRow& row) { return row.dpo; });
  AddActor(columns, "Société du DPO", "dpo_company");
  AddActor(columns, "Représentant", "representative",
           [](const RegisterRow& row) { return row.representative; });
  AddActor(columns, "Responsable(s) conjoint(s)", "joint_controllers");
}

void AddPurposes(Columns& columns) {
  AddSheetOr(columns, "Finalité principale", "main_purpose", PurposeText);
  // The model has room for five.
  for (int n = 1; n <= 5; ++n)
    columns.push_back({absl::StrCat("Sous-finalité ", n), [n](const RegisterRow& row) {
                         if (FindText(row, "sub_purposes") == nullptr)
                           return std::string(row.sheet_absent);
                         return Or(FindText(row, absl::StrCat("sub_purposes.", n)), "");
                       }});
  AddSheet(columns, "Nom du logiciel ou de l'application", "software_name");
  AddSheet(columns, "Objectifs poursuivis", "objectives");
}

void AddData(Columns& columns) {
  AddCategories(
      columns,
      {{"État civil, identité, données d'identification, images", "civil_identity"},
       {"Vie personnelle", "personal_life"},
       {"Vie professionnelle", "professional_life"},
       {"Informations d'ordre économique et financier", "economic_financial"},
       {"Données de connexion", "connection_data"},
       {"Données de localisation", "location_data"},
       {"Internet (cookies...)", "internet_data"},
       {"Numéro de Sécurité Sociale (NIR)", "nir"},
       {"Autres", "other"},
       {"Données sensibles, origine raciale ou ethnique", "racial_ethnic"},
       {"Données sensibles, opinions politiques", "political"},
       {"Données sensibles, convictions religieuses ou philosophiques", "religious_philosophical"},
       {"Données sensibles, appartenance syndicale", "trade_union"},
       {"Données sensibles, données génétiques", "genetic"},
       {"Données sensibles, biométriques aux fins d'identifier", "biometric_id"},
       {"Données sensibles, santé", "health"},
       {"Données sensibles, vie ou orientation sexuelle", "sex_life_orientation"},
       {"Données sensibles, condamnations pénales ou infractions", "criminal"}});
}

void AddPeople(Columns& columns) {
  columns.push_back(
      {"Catégories de personnes concernées : Description", [](const RegisterRow& row) {
         const std::string* text = FindText(row, "data_subject_categories.description");
         if (text == nullptr) text = FindText(row, "data_subject_categories");
         return text != nullptr ? *text : SubjectsText(row);
       }});
  AddSheet(columns, "Catégories de personnes concernées : Précisions",
           "data_subject_categories.detail");
  AddSheetOr(columns, "Destinataires : Type", "recipients.type",
             [](const RegisterRow&) { return "organismes externes, partenaires"; });
  AddSheetOr(columns, "Destinataires : Précisions", "recipients.detail", RecipientText);
  AddSheet(columns, "Transferts hors UE : Destinataire", "non_eu_transfers.recipient",
           "non_eu_transfers");
  AddSheet(columns, "Transferts hors UE : Pays", "non_eu_transfers.country", "non_eu_transfers");
  AddSheet(columns, "Transferts hors UE : Type de garanties", "non_eu_transfers.safeguard",
           "non_eu_transfers");
  AddSheet(columns, "Transferts hors UE : Lien vers le doc", "non_eu_transfers.document",
           "non_eu_transfers");
}

void AddSecurity(Columns& columns) {
  AddSheet(columns, "Contrôle d'accès des utilisateurs", "access_control");
  AddSheet(columns, "Mesures de traçabilité", "traceability");
  AddSheet(columns, "Mesures de protection des logiciels", "software_protection");
  AddSheet(columns, "Sauvegarde des données", "backup");
  AddSheet(columns, "Chiffrement des données", "encryption");
  AddSheet(columns, "Contrôle des sous-traitants", "processor_control");
  AddSheet(columns, "Autres mesures", "other_measures");
}

void AddLegal(Columns& columns) {
  columns.push_back({"Base légale", LegalBasisText});
  AddSheet(columns, "Texte de la base légale", "legal_basis_text");
  AddSheet(columns, "Condition de l'article 9", "art9_condition");
  AddSheet(columns, "Source des données", "data_source");
  AddSheet(columns, "Recueil obligatoire ou facultatif", "mandatory_or_optional");
  AddSheet(columns, "Décision automatisée", "automated_decision");
  AddSheet(columns, "Exercice des droits", "rights_modalities");
  AddSheet(columns, "Analyse d'impact requise", "dpia_required");
  AddSheet(columns, "Analyse d'impact, référence", "dpia_ref");
  columns.push_back({"Prochaine révision", Frame([](const RegisteredSheet& sheet) {
                       return DateText(sheet.entry.next_review_on());
                     })});
  columns.push_back({"Statut", StatusText});
  columns.push_back({"Version", Frame([](const RegisteredSheet& sheet) {
                       return absl::StrCat(sheet.entry.version());
                     })});
}

void AddSteps(Columns& columns) {
  columns.push_back({"Échange", [](const RegisterRow& row) {
                       const statement::v1::ActRef& name = row.activity->exchange;
                       return absl::StrCat(base::ToHex(name.statement()), "/", name.ordinal());
                     }});
  columns.push_back({"Jeu de données", [](const RegisterRow& row) {
                       const auto& declared = row.activity->dataset.declared;
                       return absl::StrCat(row.title, " (", declared.slug(), ", version ",
                                           declared.version(), ")");
                     }});
  columns.push_back({"Finalité de la convention", PurposeText});
  columns.push_back(
      {"Détenteur", [](const RegisterRow& row) { return PartyText(row, row.activity->holder); }});
  columns.push_back({"Destinataire", [](const RegisterRow& row) {
                       return PartyText(row, row.activity->recipient);
                     }});
  columns.push_back({"Avis du DPO : date", [](const RegisterRow& row) {
                       return row.activity->opinion.has_value()
                                  ? DateText(row.activity->opinion->recorded_on)
                                  : std::string(kNotGiven);
                     }});
  columns.push_back({"Avis du DPO : sens", OpinionText});
  columns.push_back({"Avis du DPO : conditions", ConditionsText});
  columns.push_back({"Décision : date", [](const RegisterRow& row) {
                       return row.activity->decision.has_value()
                                  ? DateText(row.activity->decision->recorded_on)
                                  : std::string(kNotGiven);
                     }});
  columns.push_back({"Décision : sens", DecisionText});
  columns.push_back({"Envois : nombre", [](const RegisterRow& row) {
                       return absl::StrCat(row.activity->periods.size());
                     }});
  columns.push_back({"Envois : périodes", [](const RegisterRow& row) {
                       return absl::StrJoin(row.activity->periods, kBetween);
                     }});
  const auto count = [&](std::string label, std::vector<uint64_t> ActivityProofs::*step) {
    columns.push_back({std::move(label), [step](const RegisterRow& row) {
                         return absl::StrCat((row.activity->proofs.*step).size());
                       }});
  };
  count("Remises", &ActivityProofs::handovers);
  count("Accusés de réception", &ActivityProofs::acknowledgements);
  count("Effacements", &ActivityProofs::erasures);
  columns.push_back({"Preuves : inscriptions n°", ProofsText});
}

const Columns& AllColumns() {
  static const Columns& columns = *[] {
    auto* all = new Columns;
    AddList(*all);
    AddActors(*all);
    AddPurposes(*all);
    AddData(*all);
    AddPeople(*all);
    AddSecurity(*all);
    AddLegal(*all);
    AddSteps(*all);
    return all;
  }();
  return columns;
}

}  // namespace

std::vector<std::string> RegisterLabels() {
  std::vector<std::string> labels;
  for (const Column& column : AllColumns()) labels.push_back(column.label);
  return labels;
}

std::vector<std::string> RegisterCells(const RegisterRow& row) {
  std::vector<std::string> cells;
  for (const Column& column : AllColumns()) cells.push_back(column.cell(row));
  return cells;
}

}  // namespace passerelle::gateway::service
