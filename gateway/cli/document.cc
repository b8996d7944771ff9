// passerelle document: what an act commits to, as it was signed. The session checks that the bytes
// open the commitment.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/show.h"
#include "policy/content/encoding.h"

namespace passerelle::gateway::cli {
namespace {

struct Options {
  std::string commitment, out;
};

// Whether a terminal shows these bytes and does nothing else: text in UTF-8 without control
// characters, save those that part lines and columns.
bool IsPrintable(const record::v1::Attachment& document) {
  const bool text = absl::StartsWith(document.media_type(), "text/") ||
                    document.media_type() == "application/json";
  const std::string& content = document.content();
  for (size_t at = 0; text && at < content.size();) {
    const size_t length = policy::content::Utf8SequenceAt(content, at);
    const auto byte = static_cast<unsigned char>(content[at]);
    if (length == 0 || (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') ||
        byte == 0x7f)
      return false;
    // U+0080 to U+009F: a terminal may take them for commands.
    if (byte == 0xc2 && static_cast<unsigned char>(content[at + 1]) < 0xa0) return false;
    at += length;
  }
  return text;
}

// Of any size, into a file.
absl::StatusOr<int> Download(App& app, client::Session& session, const base::Digest& commitment,
                             const std::string& out) {
  ProgressBar bar(app.Say("réception", "receiving"));
  uint64_t bytes = 0;
  ASSIGN_OR_RETURN(const record::v1::Attachment document,
                   session.DownloadDocument(commitment, out, [&](uint64_t done, uint64_t total) {
                     bytes = total;
                     bar(done, total);
                   }));
  if (app.json())
    std::printf("%s\n", JsonObject({{"commitment", base::ToHex(base::View(commitment))},
                                    {"media_type", document.media_type()},
                                    {"bytes", bytes},
                                    {"file", out}})
                            .c_str());
  else
    std::fprintf(stderr, "%s (%s, %lu %s)\n", out.c_str(), document.media_type().c_str(), bytes,
                 app.Say("octets", "bytes").c_str());
  return kDone;
}

absl::StatusOr<int> Get(App& app, const Options& options) {
  const absl::StatusOr<std::string> bytes = base::FromHex(options.commitment);
  if (!bytes.ok()) return base::AtPath(bytes.status(), "commitment");
  const absl::StatusOr<base::Digest> commitment = base::DigestFromBytes(*bytes);
  if (!commitment.ok()) return base::AtPath(commitment.status(), "commitment");
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  if (!options.out.empty()) return Download(app, *session, *commitment, options.out);
  ASSIGN_OR_RETURN(const record::v1::Attachment document, session->GetDocument(*commitment));
  const std::string& content = document.content();
  if (!IsPrintable(document)) return Usage("DOCUMENT_NOT_TEXT", "--out", document.media_type());
  if (app.json())
    std::printf("%s\n", JsonObject({{"commitment", base::ToHex(*bytes)},
                                    {"media_type", document.media_type()},
                                    {"bytes", uint64_t{content.size()}},
                                    {"text", content}})
                            .c_str());
  else
    std::printf("%s%s", content.c_str(), absl::EndsWith(content, "\n") ? "" : "\n");
  return kDone;
}

}  // namespace

void AddDocument(App& app) {
  const Command noun =
      app.commands().AddNoun("document", "Documents : motifs, conseils, titres, fiches",
                             "Documents: reasons, advice, titles, sheets");
  auto options = std::make_shared<Options>();
  const Command verb = app.commands().AddVerb(
      noun, "get", "Lire un document dont l'empreinte est dans exchange show ou transfer show",
      "Read a document whose digest exchange show or transfer show tells",
      [&app, options] { return Get(app, *options); });
  verb.Add("commitment", options->commitment, "Empreinte du document (64 chiffres hexadécimaux)",
           "Digest of the document (64 hexadecimal digits)")
      .Required();
  verb.Add("-o,--out", options->out, "Fichier à écrire ; sans lui, le texte s'affiche",
           "File to write; without it, the text is shown");
}

}  // namespace passerelle::gateway::cli
