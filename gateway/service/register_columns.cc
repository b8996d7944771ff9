#include "gateway/service/register_columns.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/service/register_words.h"

namespace passerelle::gateway::service {
namespace {

using Columns = std::vector<Column>;
using Value = std::function<Cell(const RegisterRow&)>;

// A label in both languages.
struct Label {
  std::string fr, en;
};

Label operator+(const Label& a, const Label& b) { return {a.fr + b.fr, a.en + b.en}; }

// The sheet's text at a path, or null.
const std::string* FindText(const RegisterRow& row, const std::string& path) {
  const auto it = row.sheet_texts.find(path);
  return it == row.sheet_texts.end() ? nullptr : &it->second;
}

void Add(Columns& columns, std::string id, Label label, Origin origin, Value cell) {
  columns.push_back(
      {std::move(id), std::move(label.fr), std::move(label.en), origin, std::move(cell)});
}

// A column that only the sheet fills. Where the model has an object of several members, a sheet may
// give a single text: it stands at the `shorter` path.
void AddSheet(Columns& columns, Label label, const std::string& path,
              const std::string& shorter = "") {
  Add(columns, path, std::move(label), Origin::kModel,
      [path, shorter](const RegisterRow& row) -> Cell {
        const std::string* text = FindText(row, path);
        if (text == nullptr && !shorter.empty()) text = FindText(row, shorter);
        return text != nullptr ? Cell(*text) : Cell(row.sheet_absent);
      });
}

// A column that the sheet fills, or else what the log says.
void AddSheetOr(Columns& columns, Label label, const std::string& path, Value logged) {
  Add(columns, path, std::move(label), Origin::kModel,
      [path, logged = std::move(logged)](const RegisterRow& row) -> Cell {
        const std::string* text = FindText(row, path);
        return text != nullptr ? Cell(*text) : logged(row);
      });
}

// A value of the recorded sheet's frame.
Value Frame(std::function<std::string(const RegisteredSheet&)> value) {
  return [value = std::move(value)](const RegisterRow& row) -> Cell {
    return row.sheet == nullptr ? Cell(Absence::kNotGiven) : Cell(value(*row.sheet));
  };
}

// Name, address and the like of one actor; `known` says the name before the sheet does.
void AddActor(Columns& columns, const Label& label, const std::string& key,
              const Value& known = nullptr) {
  const Label prefix = label + Label{" : ", ": "};
  Add(columns, key + ".name", prefix + Label{"Nom", "Name"},
      known ? Origin::kJoined : Origin::kModel, [key, known](const RegisterRow& row) -> Cell {
        if (known) {
          Cell name = known(row);
          if (name.absence != Absence::kNotGiven) return name;
        }
        const std::string* text = FindText(row, key + ".name");
        if (text == nullptr) text = FindText(row, key);
        return text != nullptr ? Cell(*text) : Cell(row.sheet_absent);
      });
  AddSheet(columns, prefix + Label{"Adresse", "Address"}, key + ".address");
  AddSheet(columns, prefix + Label{"Code postal", "Postal code"}, key + ".postal_code");
  AddSheet(columns, prefix + Label{"Ville", "City"}, key + ".city");
  AddSheet(columns, prefix + Label{"Pays", "Country"}, key + ".country");
  AddSheet(columns, prefix + Label{"Téléphone", "Telephone"}, key + ".phone");
  AddSheet(columns, prefix + Label{"Adresse mél", "E-mail"}, key + ".email");
}

void AddList(Columns& columns) {
  Add(columns, "environment", {"Environnement", "Environment"}, Origin::kExchange,
      [](const RegisterRow& row) -> Cell { return std::string(EnvironmentText(*row.frame)); });
  AddSheetOr(columns, {"Nom du traitement", "Name of the processing"}, "name",
             [](const RegisterRow& row) { return row.title; });
  Add(columns, "ref", {"N° / RÉF", "No. / REF"}, Origin::kJoined,
      Frame([](const RegisteredSheet& sheet) { return sheet.entry.reference(); }));
  AddSheetOr(columns, {"Date de création de la fiche", "Created on"}, "created_on",
             Frame([](const RegisteredSheet& sheet) { return DayText(sheet.first_recorded_on); }));
  AddSheetOr(columns, {"Dernière mise à jour", "Last updated on"}, "updated_on",
             Frame([](const RegisteredSheet& sheet) { return DayText(sheet.recorded_on); }));
  AddSheetOr(columns, {"Finalité", "Purpose"}, "main_purpose", PurposeText);
  AddSheet(columns, {"Données sensibles ? Oui/non", "Sensitive data? Yes/no"}, "has_sensitive");
}

void AddActors(Columns& columns) {
  AddActor(columns, {"Responsable du traitement", "Controller"}, "controller",
           [](const RegisterRow& row) -> Cell {
             const std::string* name = FindText(row, "controller.name");
             if (name == nullptr) name = FindText(row, "controller");
             return name != nullptr ? *name : PartyText(*row.frame, row.controller);
           });
  AddActor(columns, {"Délégué à la protection des données", "Data protection officer"}, "dpo",
           [](const RegisterRow& row) { return row.dpo; });
  AddActor(columns, {"Société du DPO", "Company of the DPO"}, "dpo_company");
  AddActor(columns, {"Représentant", "Representative"}, "representative",
           [](const RegisterRow& row) { return row.representative; });
  AddActor(columns, {"Responsable(s) conjoint(s)", "Joint controller(s)"}, "joint_controllers");
}

void AddPurposes(Columns& columns) {
  AddSheetOr(columns, {"Finalité principale", "Main purpose"}, "main_purpose", PurposeText);
  // The model has room for five.
  for (int n = 1; n <= 5; ++n)
    Add(columns, absl::StrCat("sub_purposes.", n),
        {absl::StrCat("Sous-finalité ", n), absl::StrCat("Sub-purpose ", n)}, Origin::kModel,
        [n](const RegisterRow& row) -> Cell {
          if (FindText(row, "sub_purposes") == nullptr) return row.sheet_absent;
          const std::string* text = FindText(row, absl::StrCat("sub_purposes.", n));
          return text == nullptr ? std::string() : *text;
        });
  AddSheet(columns, {"Nom du logiciel ou de l'application", "Name of the software"},
           "software_name");
  AddSheet(columns, {"Objectifs poursuivis", "Objectives"}, "objectives");
}

// Categories of data, each with a description and a retention.
void AddCategories(Columns& columns, const std::vector<std::pair<Label, std::string>>& categories) {
  for (const auto& [label, key] : categories) {
    AddSheet(columns, label + Label{" : Description", ": Description"}, key + ".description", key);
    AddSheet(columns, label + Label{" : Durée de conservation", ": Retention"}, key + ".retention");
  }
}

void AddData(Columns& columns) {
  AddCategories(
      columns,
      {{{"État civil, identité, données d'identification, images",
         "Civil status, identity, identification data, images"},
        "civil_identity"},
       {{"Vie personnelle", "Personal life"}, "personal_life"},
       {{"Vie professionnelle", "Professional life"}, "professional_life"},
       {{"Informations d'ordre économique et financier", "Economic and financial information"},
        "economic_financial"},
       {{"Données de connexion", "Connection data"}, "connection_data"},
       {{"Données de localisation", "Location data"}, "location_data"},
       {{"Internet (cookies...)", "Internet (cookies...)"}, "internet_data"},
       {{"Numéro de Sécurité Sociale (NIR)", "Social security number (NIR)"}, "nir"},
       {{"Autres", "Other"}, "other"}});
  const Label sensitive = {"Données sensibles, ", "Sensitive data, "};
  AddCategories(
      columns,
      {{sensitive + Label{"origine raciale ou ethnique", "racial or ethnic origin"},
        "racial_ethnic"},
       {sensitive + Label{"opinions politiques", "political opinions"}, "political"},
       {sensitive + Label{"convictions religieuses ou philosophiques",
                          "religious or philosophical beliefs"},
        "religious_philosophical"},
       {sensitive + Label{"appartenance syndicale", "trade-union membership"}, "trade_union"},
       {sensitive + Label{"données génétiques", "genetic data"}, "genetic"},
       {sensitive + Label{"biométriques aux fins d'identifier", "biometric, to identify"},
        "biometric_id"},
       {sensitive + Label{"santé", "health"}, "health"},
       {sensitive + Label{"vie ou orientation sexuelle", "sex life or orientation"},
        "sex_life_orientation"},
       {sensitive +
            Label{"condamnations pénales ou infractions", "criminal convictions or offences"},
        "criminal"}});
}

void AddPeople(Columns& columns) {
  Add(columns, "data_subject_categories.description",
      {"Catégories de personnes concernées : Description",
       "Categories of data subjects: Description"},
      Origin::kModel, [](const RegisterRow& row) -> Cell {
        const std::string* text = FindText(row, "data_subject_categories.description");
        if (text == nullptr) text = FindText(row, "data_subject_categories");
        return text != nullptr ? Cell(*text) : SubjectsText(row);
      });
  AddSheet(
      columns,
      {"Catégories de personnes concernées : Précisions", "Categories of data subjects: Detail"},
      "data_subject_categories.detail");
  AddSheetOr(columns, {"Destinataires : Type", "Recipients: Type"}, "recipients.type",
             [](const RegisterRow& row) -> Cell {
               return std::string(
                   Words{"organismes externes, partenaires", "external bodies, partners"}.In(
                       row.language()));
             });
  AddSheetOr(columns, {"Destinataires : Précisions", "Recipients: Detail"}, "recipients.detail",
             UnitsText);
  const Label outside = {"Transferts hors UE : ", "Transfers outside the EU: "};
  AddSheet(columns, outside + Label{"Destinataire", "Recipient"}, "non_eu_transfers.recipient",
           "non_eu_transfers");
  AddSheet(columns, outside + Label{"Pays", "Country"}, "non_eu_transfers.country",
           "non_eu_transfers");
  AddSheet(columns, outside + Label{"Type de garanties", "Type of safeguard"},
           "non_eu_transfers.safeguard", "non_eu_transfers");
  AddSheet(columns, outside + Label{"Lien vers le doc", "Link to the document"},
           "non_eu_transfers.document", "non_eu_transfers");
}

void AddSecurity(Columns& columns) {
  AddSheet(columns, {"Contrôle d'accès des utilisateurs", "Access control"}, "access_control");
  AddSheet(columns, {"Mesures de traçabilité", "Traceability"}, "traceability");
  AddSheet(columns, {"Mesures de protection des logiciels", "Protection of software"},
           "software_protection");
  AddSheet(columns, {"Sauvegarde des données", "Backup"}, "backup");
  AddSheet(columns, {"Chiffrement des données", "Encryption"}, "encryption");
  AddSheet(columns, {"Contrôle des sous-traitants", "Control of processors"}, "processor_control");
  AddSheet(columns, {"Autres mesures", "Other measures"}, "other_measures");
}

void AddLegal(Columns& columns) {
  Add(columns, "legal_basis", {"Base légale", "Legal basis"}, Origin::kJoined, LegalBasisText);
  AddSheet(columns, {"Texte de la base légale", "Text of the legal basis"}, "legal_basis_text");
  AddSheet(columns, {"Condition de l'article 9", "Condition of Article 9"}, "art9_condition");
  AddSheet(columns, {"Source des données", "Source of the data"}, "data_source");
  AddSheet(columns, {"Recueil obligatoire ou facultatif", "Mandatory or optional collection"},
           "mandatory_or_optional");
  AddSheet(columns, {"Décision automatisée", "Automated decision"}, "automated_decision");
  AddSheet(columns, {"Exercice des droits", "Exercise of rights"}, "rights_modalities");
  AddSheet(columns, {"Analyse d'impact requise", "Impact assessment required"}, "dpia_required");
  AddSheet(columns, {"Analyse d'impact, référence", "Impact assessment, reference"}, "dpia_ref");
  Add(columns, "next_review_on", {"Prochaine révision", "Next review"}, Origin::kJoined,
      Frame([](const RegisteredSheet& sheet) { return DateText(sheet.entry.next_review_on()); }));
  Add(columns, "status", {"Statut", "Status"}, Origin::kJoined, StatusText);
  Add(columns, "version", {"Version", "Version"}, Origin::kJoined,
      Frame([](const RegisteredSheet& sheet) { return absl::StrCat(sheet.entry.version()); }));
}

void AddDecisions(Columns& columns) {
  const auto add = [&](std::string id, Label label, Value cell) {
    Add(columns, std::move(id), std::move(label), Origin::kExchange, std::move(cell));
  };
  add("exchange_id", {"Échange", "Exchange"},
      [](const RegisterRow& row) -> Cell { return NameText(row.activity->exchange); });
  add("dataset", {"Jeu de données", "Dataset"}, DatasetText);
  add("convention_purpose", {"Finalité de la convention", "Purpose of the convention"},
      PurposeText);
  add("holder", {"Détenteur", "Holder"},
      [](const RegisterRow& row) -> Cell { return PartyText(*row.frame, row.activity->holder); });
  add("recipient", {"Destinataire", "Recipient"},
      [](const RegisterRow& row) -> Cell { return RecipientText(row); });
  add("recipient_members",
      {"Destinataires au jour du registre", "Recipients on the register's day"}, RecipientsText);
  add("frequency", {"Fréquence", "Frequency"}, FrequencyText);
  add("opinion.recorded_on", {"Avis du DPO : date", "Opinion of the DPO: date"},
      [](const RegisterRow& row) -> Cell {
        if (!row.activity->opinion.has_value()) return Absence::kNotGiven;
        return DayText(row.activity->opinion->recorded_on);
      });
  add("opinion.opinion", {"Avis du DPO : sens", "Opinion of the DPO: direction"}, OpinionText);
  add("opinion.conditions", {"Avis du DPO : conditions", "Opinion of the DPO: conditions"},
      ConditionsText);
  add("recommendations", {"Recommandations du DPO", "Recommendations of the DPO"},
      RecommendationsText);
  add("decision.recorded_on", {"Décision : date", "Decision: date"},
      [](const RegisterRow& row) -> Cell {
        if (!row.activity->decision.has_value()) return Absence::kNotGiven;
        return DayText(row.activity->decision->recorded_on);
      });
  add("decision.verdict", {"Décision : sens", "Decision: verdict"}, DecisionText);
  add("terms", {"Termes en vigueur", "Terms in force"}, TermsText);
  add("freezes", {"Gels", "Freezes"}, FreezesText);
}

void AddTraffic(Columns& columns) {
  const auto add = [&](std::string id, Label label, Value cell) {
    Add(columns, std::move(id), std::move(label), Origin::kExchange, std::move(cell));
  };
  add("transfers.count", {"Envois : nombre", "Transfers: number"},
      [](const RegisterRow& row) -> Cell { return absl::StrCat(row.activity->transfers.size()); });
  add("transfers.periods", {"Envois : périodes", "Transfers: periods"},
      [](const RegisterRow& row) -> Cell {
        std::vector<std::string> periods;
        for (const RegisteredTransfer& transfer : row.activity->transfers)
          periods.push_back(transfer.period);
        return absl::StrJoin(periods, kBetween);
      });
  add("transfers.shares",
      {"Envois : parts des destinataires", "Transfers: shares of the recipients"}, SharesText);
  const auto count = [&](std::string id, Label label, StepKind kind) {
    add(std::move(id), std::move(label),
        [kind](const RegisterRow& row) -> Cell { return absl::StrCat(row.activity->Count(kind)); });
  };
  count("handovers.count", {"Remises", "Handovers"}, StepKind::kHandover);
  count("acknowledgements.count", {"Accusés de réception", "Acknowledgements"},
        StepKind::kAcknowledgement);
  count("erasures.count", {"Effacements", "Erasures"}, StepKind::kErasure);
  add("discrepancies", {"Écarts", "Discrepancies"}, DiscrepanciesText);
  add("entries", {"Preuves : inscriptions n°", "Proofs: entries no."}, ProofsText);
}

}  // namespace

const std::vector<Column>& RegisterColumns() {
  static const Columns& columns = *[] {
    auto* all = new Columns;
    AddList(*all);
    AddActors(*all);
    AddPurposes(*all);
    AddData(*all);
    AddPeople(*all);
    AddSecurity(*all);
    AddLegal(*all);
    AddDecisions(*all);
    AddTraffic(*all);
    return all;
  }();
  return columns;
}

std::vector<std::string> RegisterLabels(Language language) {
  std::vector<std::string> labels;
  for (const Column& column : RegisterColumns()) labels.push_back(column.LabelIn(language));
  return labels;
}

std::vector<std::string> RegisterCells(const RegisterRow& row) {
  std::vector<std::string> cells;
  for (const Column& column : RegisterColumns())
    cells.push_back(column.cell(row).In(row.language()));
  return cells;
}

}  // namespace passerelle::gateway::service
