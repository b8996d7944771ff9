// passerelle party: the signatories and their adhesion.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

constexpr size_t kMaxBatchBytes = 1024 * 1024;
// Parties of one statement: its envelope stays well below the limit.
constexpr size_t kPartiesAStatement = 40;

struct AdhereOptions {
  std::string party, deliberation, signature, representative;
  Destination destination;
};

struct BatchOptions {
  std::string table, deliberation, signature, out;
  std::vector<std::string> signers;
};

absl::StatusOr<int> Adhere(App& app, const AdhereOptions& options) {
  client::Draft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::PartyAdhered& adhered = *act.mutable_party_adhered();
  ASSIGN_OR_RETURN(*adhered.mutable_deliberation(),
                   ReadRef("--deliberation", options.deliberation));
  ASSIGN_OR_RETURN(*adhered.mutable_signature(), ReadRef("--signature", options.signature));
  ASSIGN_OR_RETURN(*adhered.mutable_representative(),
                   ReadRef("--representative", options.representative));
  return Deliver(app, options.destination, std::move(draft));
}

// One line of the table: party; date of deliberation; date of signature; agent of the
// representative; first day of that mandate; quality of the representative.
struct Line {
  std::string party, agent, quality;
  convention::v1::Date deliberated, signed_on, from;
};

absl::StatusOr<std::vector<Line>> ReadTable(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path, kMaxBatchBytes));
  std::vector<Line> lines;
  int number = 0;
  for (std::string row : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    ++number;
    if (!row.empty() && row.back() == '\r') row.pop_back();
    if (row.empty() || number == 1) continue;  // the heading
    const std::vector<std::string> cells = absl::StrSplit(row, ';');
    const std::string place = absl::StrCat("table:", number);
    if (cells.size() != 6) return Usage("TABLE", place);
    Line line;
    line.party = cells[0];
    ASSIGN_OR_RETURN(line.deliberated, ReadDate(place, cells[1]));
    ASSIGN_OR_RETURN(line.signed_on, ReadDate(place, cells[2]));
    ASSIGN_OR_RETURN(line.agent, ReadAgent(place, cells[3]));
    ASSIGN_OR_RETURN(line.from, ReadDate(place, cells[4]));
    line.quality = cells[5];
    lines.push_back(std::move(line));
  }
  return lines;
}

statement::v1::ActRef Here(size_t ordinal) {
  statement::v1::ActRef ref;
  ref.set_ordinal(static_cast<uint32_t>(ordinal));
  return ref;
}

statement::v1::Act& AddDeed(client::Draft& draft, const Line& line, statement::v1::DeedKind kind,
                            const convention::v1::Date& dated, const std::string& commitment) {
  statement::v1::Act& act = draft.acts.emplace_back();
  act.set_party(line.party);
  act.mutable_deed_recorded()->set_kind(kind);
  *act.mutable_deed_recorded()->mutable_dated() = dated;
  act.mutable_deed_recorded()->mutable_document()->set_digest(commitment);
  return act;
}

// Four acts a party: its two deeds, the mandate of its representative, its adhesion.
void AddParty(App& app, client::Draft& draft, const Line& line, const std::string& deliberation,
              const std::string& signature) {
  const size_t first = draft.acts.size();
  AddDeed(draft, line, statement::v1::DEED_KIND_DELIBERATION, line.deliberated, deliberation);
  AddDeed(draft, line, statement::v1::DEED_KIND_SIGNATURE, line.signed_on, signature);
  statement::v1::Act& mandate = draft.acts.emplace_back();
  mandate.set_party(line.party);
  *mandate.mutable_under_deed() = Here(first);
  statement::v1::MandateGiven& given = *mandate.mutable_mandate_given();
  given.set_agent(line.agent);
  given.set_role(statement::v1::ROLE_REPRESENTATIVE);
  given.set_rank(statement::v1::RANK_TITULAR);
  *given.mutable_from() = line.from;
  given.mutable_person()->set_digest(client::Attach(draft, base::CommitmentKind::kPerson,
                                                    "text/plain; charset=utf-8", line.quality,
                                                    app.random()));
  statement::v1::Act& adhesion = draft.acts.emplace_back();
  adhesion.set_party(line.party);
  *adhesion.mutable_under_deed() = Here(first + 1);
  *adhesion.mutable_party_adhered()->mutable_deliberation() = Here(first);
  *adhesion.mutable_party_adhered()->mutable_signature() = Here(first + 1);
  *adhesion.mutable_party_adhered()->mutable_representative() = Here(first + 2);
}

// Writes `<out>-1.json` and on, each a statement for secretariat and countersigner.
absl::StatusOr<int> Batch(App& app, const BatchOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<Line> lines, ReadTable(options.table));
  std::vector<std::string> files;
  for (size_t begin = 0, number = 1; begin < lines.size(); begin += kPartiesAStatement, ++number) {
    client::Draft draft;
    ASSIGN_OR_RETURN(const std::string deliberation,
                     AttachFile(app, draft, "--deliberation", options.deliberation));
    ASSIGN_OR_RETURN(const std::string signature,
                     AttachFile(app, draft, "--signature", options.signature));
    for (size_t i = begin; i < std::min(begin + kPartiesAStatement, lines.size()); ++i)
      AddParty(app, draft, lines[i], deliberation, signature);
    Destination destination;
    destination.add_to = absl::StrCat(options.out, "-", number, ".json");
    destination.signers = options.signers;
    RETURN_IF_ERROR(AddActs(app, destination, std::move(draft)));
    files.push_back(destination.add_to);
  }
  if (app.json()) {
    std::printf("%s\n", TextOf(nlohmann::json({{"files", files}})).c_str());
    return kDone;
  }
  for (const std::string& file : files) std::printf("%s\n", file.c_str());
  std::fprintf(stderr, "%s\n",
               app.Say("Chaque fichier est à signer par ses signataires (passerelle sign), puis à "
                       "envoyer (passerelle submit).",
                       "Each file is for its signers to sign (passerelle sign), then for you to "
                       "submit (passerelle submit).")
                   .c_str());
  return kDone;
}

absl::StatusOr<int> List(App& app) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto parties, session->ListParties());
  std::vector<std::string> list;
  std::vector<std::vector<std::string>> rows;
  for (const auto& listed : parties) {
    const convention::v1::Party& party = listed.party();
    const std::string name = party.names().empty() ? "" : party.names().rbegin()->name();
    const std::string act =
        listed.has_adhesion() ? NameOf(listed.adhesion().adhered().act(), !app.json()) : "";
    list.push_back(JsonObject({{"party", party.id()}, {"name", name}, {"adhesion", act}}));
    rows.push_back({party.id(), name, act.empty() ? "-" : act});
  }
  if (app.json())
    std::printf("%s\n", JsonList(list).c_str());
  else
    PrintTable(
        {app.Say("partie", "party"), app.Say("nom", "name"), app.Say("adhésion", "adhesion")},
        rows);
  return kDone;
}

}  // namespace

void AddParty(App& app) {
  const Command noun = app.commands().AddNoun("party", "Signataires", "Signatories");
  auto adhere = std::make_shared<AdhereOptions>();
  Command verb = app.commands().AddVerb(noun, "adhere", "Inscrire l'adhésion d'une partie",
                                        "Record a party's adhesion",
                                        [&app, adhere] { return Adhere(app, *adhere); });
  verb.Add("--party", adhere->party, "La partie", "The party").Required();
  verb.Add("--deliberation", adhere->deliberation, "Acte de délibération", "Deed of deliberation")
      .Required();
  verb.Add("--signature", adhere->signature, "Acte de signature", "Deed of signature").Required();
  verb.Add("--representative", adhere->representative, "Mandat du représentant légal",
           "Mandate of the legal representative")
      .Required();
  AddDestination(verb, adhere->destination);

  auto batch = std::make_shared<BatchOptions>();
  verb = app.commands().AddVerb(
      noun, "adhere-all",
      "Préparer les adhésions d'un tableau, à signer par le secrétariat et la Caf",
      "Prepare the adhesions of a table, for secretariat and countersigner to sign",
      [&app, batch] { return Batch(app, *batch); });
  verb.Add("table", batch->table, "CSV : party;deliberated_on;signed_on;agent;from;quality",
           "CSV: party;deliberated_on;signed_on;agent;from;quality")
      .Required();
  verb.Add("--deliberation", batch->deliberation, "Document des délibérations",
           "Document of the deliberations")
      .Required();
  verb.Add("--signature", batch->signature, "Document des signatures", "Document of the signatures")
      .Required();
  verb.Add("--signers", batch->signers, "Empreintes des signataires", "Fingerprints of the signers")
      .SplitAtCommas()
      .Required();
  verb.Add("--out", batch->out, "Préfixe des fichiers", "Prefix of the files").Required();

  app.commands().AddVerb(noun, "list", "Lister les parties", "List the parties",
                         [&app] { return List(app); });
}

}  // namespace passerelle::gateway::cli
