#include "gateway/cli/input.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/cli/findings.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

std::string Lower(std::string_view text) { return absl::AsciiStrToLower(std::string(text)); }

// Adds acts to the file of a statement that nobody has signed yet, beginning it where there is
// none.
absl::StatusOr<client::SignedFile> AddToFile(App& app, const Destination& destination,
                                             const client::Draft& draft) {
  client::Draft whole;
  std::vector<base::Digest> signers;
  for (const std::string& text : destination.signers) {
    ASSIGN_OR_RETURN(const std::string bytes, base::FromHex(text));
    ASSIGN_OR_RETURN(const base::Digest signer, base::DigestFromBytes(bytes));
    signers.push_back(signer);
  }
  if (base::Exists(destination.add_to)) {
    ASSIGN_OR_RETURN(const client::SignedFile file, ReadSignedFile(destination.add_to));
    if (!file.signatures.empty()) return Usage("SIGNED_ALREADY", "--add-to");
    statement::v1::Statement before;
    if (!before.ParseFromString(file.payload)) return Usage("STATEMENT", "--add-to");
    whole.acts.assign(before.acts().begin(), before.acts().end());
    whole.attachments = file.attachments;
    for (const std::string& signer : before.header().signers()) {
      ASSIGN_OR_RETURN(const base::Digest digest, base::DigestFromBytes(signer));
      signers.push_back(digest);
    }
  }
  whole.acts.insert(whole.acts.end(), draft.acts.begin(), draft.acts.end());
  whole.attachments.insert(whole.attachments.end(), draft.attachments.begin(),
                           draft.attachments.end());
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  if (signers.empty()) signers.push_back(session->key().public_key().fingerprint());
  std::sort(signers.begin(), signers.end());
  signers.erase(std::unique(signers.begin(), signers.end()), signers.end());
  ASSIGN_OR_RETURN(const statement::v1::Header header, session->NewHeader(signers));
  return client::StartFile(header, whole);
}

}  // namespace

absl::StatusOr<convention::v1::Date> ReadDate(std::string_view option, const std::string& text) {
  const absl::StatusOr<base::CivilDay> day = base::FromIsoDate(text);
  if (!day.ok()) return base::AtPath(day.status(), option);
  convention::v1::Date date;
  date.set_year(static_cast<uint32_t>(day->year));
  date.set_month(static_cast<uint32_t>(day->month));
  date.set_day(static_cast<uint32_t>(day->day));
  return date;
}

absl::StatusOr<int64_t> ReadInstant(std::string_view option, const std::string& text) {
  absl::StatusOr<int64_t> instant = base::FromIsoInstant(text);
  if (!instant.ok()) return base::AtPath(instant.status(), option);
  return instant;
}

absl::StatusOr<statement::v1::ActRef> ReadRef(std::string_view option, const std::string& text) {
  statement::v1::ActRef ref;
  const size_t slash = text.find('/');
  const bool here = absl::StartsWith(text, "@");
  const std::string ordinal = here                         ? text.substr(1)
                              : slash == std::string::npos ? "0"
                                                           : text.substr(slash + 1);
  const absl::StatusOr<uint64_t> number = base::FromDecimal(ordinal);
  if (!number.ok() || *number >= base::kMaxActs) return Usage("REFERENCE_FORM", option);
  ref.set_ordinal(static_cast<uint32_t>(*number));
  if (here) return ref;
  const absl::StatusOr<std::string> digest = base::FromHex(text.substr(0, slash));
  if (!digest.ok() || digest->size() != 32) return Usage("REFERENCE_FORM", option);
  ref.set_statement(*digest);
  return ref;
}

absl::StatusOr<statement::v1::ActRef> ResolveRef(
    std::string_view option, const std::string& text,
    const std::vector<statement::v1::ActRef>& candidates) {
  const size_t slash = text.find('/');
  const std::string prefix = Lower(text.substr(0, slash));
  // Of a single candidate an empty prefix would be its name: a script's unset variable must not be.
  if (prefix.empty()) return Usage("NAME_EMPTY", option);
  std::vector<statement::v1::ActRef> fitting;
  for (const statement::v1::ActRef& candidate : candidates)
    if (absl::StartsWith(base::ToHex(candidate.statement()), prefix) &&
        (slash == std::string::npos || text.substr(slash + 1) == absl::StrCat(candidate.ordinal())))
      fitting.push_back(candidate);
  if (fitting.empty()) return Absent("NAME_UNKNOWN", option);
  if (fitting.size() > 1) return Usage("NAME_AMBIGUOUS", option);
  return fitting[0];
}

absl::StatusOr<int> ReadEnum(std::string_view option, const std::string& text,
                             const google::protobuf::EnumDescriptor& type) {
  const std::string& zero = type.FindValueByNumber(0)->name();
  const std::string prefix = zero.substr(0, zero.size() - std::string_view("UNSPECIFIED").size());
  std::vector<std::string> known;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() == 0) continue;
    const std::string name = Lower(type.value(i)->name().substr(prefix.size()));
    if (name == Lower(text)) return type.value(i)->number();
    known.push_back(name);
  }
  return Usage("VALUE_UNKNOWN", option, absl::StrJoin(known, ", "));
}

absl::StatusOr<std::string> ReadParty(App& app, const std::string& text) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  const absl::StatusOr<record::v1::FoundingRow> founding = session->GetConvention();
  // A stopped key reads nothing, and reports all the same: under the id.
  if (base::ReasonOf(founding.status()) == "KEY_NOT_IN_FORCE") return text;
  if (!founding.ok()) return founding.status();
  std::set<std::string> fitting;
  for (const convention::v1::Party& party : founding->convention().parties()) {
    if (party.id() == text) return party.id();
    for (const auto& code : party.insee_codes())
      if (code.code() == text && !code.has_until()) fitting.insert(party.id());
    for (const auto& name : party.names())
      if (Lower(name.name()) == Lower(text)) fitting.insert(party.id());
  }
  if (fitting.size() == 1) return *fitting.begin();
  return Usage(fitting.empty() ? "PARTY_UNKNOWN" : "PARTY_AMBIGUOUS", "--party");
}

absl::StatusOr<std::string> ReadVkey(const std::string& typed) {
  if (!base::Exists(typed)) return typed;
  ASSIGN_OR_RETURN(std::string key, base::ReadFile(typed, base::kMaxNoteBytes));
  while (!key.empty() && key.back() == '\n') key.pop_back();
  return key;
}

absl::StatusOr<std::string> ReadAgent(std::string_view option, const std::string& text) {
  const absl::StatusOr<std::string> agent = base::FromHex(text);
  if (!agent.ok() || agent->size() != 16) return Usage("AGENT_FORM", option);
  return *agent;
}

void AddDestination(const Command& verb, Destination& destination) {
  verb.Add("--add-to", destination.add_to,
           "Ajouter l'acte à ce fichier, que d'autres signent, au lieu de l'envoyer",
           "Add the act to this file, which others sign, instead of submitting it");
  verb.Add("--signers", destination.signers, "Empreintes des signataires du fichier (hexadécimal)",
           "Fingerprints of the file's signers (hexadecimal)")
      .SplitAtCommas();
  verb.Add("--under-deed", destination.under_deed,
           "Acte papier sur lequel il repose : nom, ou @N dans le même fichier",
           "Deed on which it rests: name, or @N in the same file");
  verb.Add("--effective-on", destination.effective_on, "Date d'effet déclarée (AAAA-MM-JJ)",
           "Claimed date of effect (YYYY-MM-DD)");
}

namespace {

// What the destination says of every act of a draft.
absl::Status Complete(const Destination& destination, client::Draft& draft) {
  for (statement::v1::Act& act : draft.acts) {
    if (!destination.under_deed.empty()) {
      ASSIGN_OR_RETURN(*act.mutable_under_deed(), ReadRef("--under-deed", destination.under_deed));
    }
    if (!destination.effective_on.empty()) {
      ASSIGN_OR_RETURN(*act.mutable_effective_on(),
                       ReadDate("--effective-on", destination.effective_on));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddActs(App& app, const Destination& destination, client::Draft draft) {
  RETURN_IF_ERROR(Complete(destination, draft));
  ASSIGN_OR_RETURN(const client::SignedFile file, AddToFile(app, destination, draft));
  return base::WriteFile(destination.add_to, client::ToJson(file), base::FileMode::kPrivate);
}

absl::StatusOr<int> Deliver(App& app, const Destination& destination, client::Draft draft) {
  if (destination.add_to.empty()) {
    RETURN_IF_ERROR(Complete(destination, draft));
    ASSIGN_OR_RETURN(client::Session * session, app.Session());
    ASSIGN_OR_RETURN(const client::Answer answer, session->Submit(draft));
    return FinishAnswer(app, answer);
  }
  const uint64_t added = draft.acts.size();
  RETURN_IF_ERROR(AddActs(app, destination, std::move(draft)));
  if (app.json())
    std::printf("%s\n", JsonObject({{"file", destination.add_to}, {"added", added}}).c_str());
  else
    std::printf("%s %s\n",
                app.Say("ajouté, rien n'est encore envoyé ; faites signer (passerelle sign), puis "
                        "passerelle submit",
                        "added, nothing is sent yet; have it signed (passerelle sign), then "
                        "passerelle submit")
                    .c_str(),
                destination.add_to.c_str());
  return kDone;
}

absl::Status ReadText(std::string_view option, const std::string& path,
                      google::protobuf::Message& message) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path, base::kMaxDocumentBytes));
  if (!google::protobuf::TextFormat::ParseFromString(text, &message))
    return Usage("TEXTPROTO", option, path);
  return absl::OkStatus();
}

absl::StatusOr<client::SignedFile> ReadSignedFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string json, base::ReadFile(path, base::kMaxStatementFileBytes));
  absl::StatusOr<client::SignedFile> file = client::SignedFileFromJson(json);
  if (!file.ok()) return base::InContext(file.status(), path);
  return file;
}

namespace {

// Brings a document that no request holds to the gateway, before the statement that commits to it.
absl::StatusOr<std::string> Upload(App& app, const std::string& path, std::string_view media_type) {
  ProgressBar committing(app.Say("empreinte", "digest"));
  ASSIGN_OR_RETURN(const client::ContentFile document,
                   client::CommitToFile(path, base::CommitmentKind::kDocument, media_type,
                                        app.random(), committing));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ProgressBar sending(app.Say("envoi", "sending"));
  RETURN_IF_ERROR(session->UploadDocument(document, sending));
  std::fprintf(stderr, "%s\n",
               app.Say("Le document est à la passerelle, qui l'y garde 24 heures : l'acte doit y "
                       "parvenir d'ici là.",
                       "The gateway has the document and keeps it for 24 hours: the statement must "
                       "reach it by then.")
                   .c_str());
  return document.head.commitment();
}

}  // namespace

absl::StatusOr<std::string> ReadDocument(std::string_view option, const std::string& path) {
  absl::StatusOr<std::string> bytes = base::ReadFile(path, base::kMaxDocumentBytes);
  if (!bytes.ok()) return base::AtPath(bytes.status(), option);
  if (absl::StripAsciiWhitespace(*bytes).empty()) return Usage("DOCUMENT_EMPTY", option, path);
  return bytes;
}

absl::StatusOr<std::string> AttachFile(App& app, client::Draft& draft, std::string_view option,
                                       const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  const std::string media_type = ending == ".pdf"    ? "application/pdf"
                                 : ending == ".json" ? "application/json"
                                 : ending == ".csv"  ? "text/csv"
                                                     : "text/plain; charset=utf-8";
  const absl::StatusOr<std::string> bytes = ReadDocument(option, path);
  if (base::ReasonOf(bytes.status()) == "FILE_TOO_LARGE") return Upload(app, path, media_type);
  RETURN_IF_ERROR(bytes.status());
  return client::Attach(draft, base::CommitmentKind::kDocument, media_type, *bytes, app.random());
}

absl::StatusOr<std::vector<certs::x509::Certificate>> ReadCertificates(const std::string& file) {
  ASSIGN_OR_RETURN(const std::string pem, base::ReadFile(file, base::kMaxPemBytes));
  absl::StatusOr<std::vector<certs::x509::Certificate>> list =
      certs::x509::Certificate::ListFromPem(pem);
  if (!list.ok()) return base::InContext(list.status(), file);
  return list;
}

}  // namespace passerelle::gateway::cli
