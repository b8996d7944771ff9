// passerelle receipt: fetch a receipt again, and verify one with no gateway and no network.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audit/checkpoint/cosignature.h"
#include "certs/x509/certificate.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/findings.h"
#include "gateway/cli/input.h"
#include "gateway/cli/show.h"
#include "gateway/client/succession.h"
#include "gateway/verify/verify.h"

namespace passerelle::gateway::cli {
namespace {

struct VerifyOptions {
  std::string file, log_key;
  std::vector<std::string> witnesses;
  // 0: all of them.
  uint32_t quorum = 0;
  std::string time_stamp, anchors;
};

absl::StatusOr<verify::Witnesses> WitnessesOf(const VerifyOptions& options) {
  verify::Witnesses witnesses;
  for (const std::string& typed : options.witnesses) {
    ASSIGN_OR_RETURN(const std::string vkey, ReadVkey(typed));
    absl::StatusOr<audit::checkpoint::CosignatureVerifier> verifier =
        audit::checkpoint::CosignatureVerifier::FromVkey(vkey);
    if (!verifier.ok()) return base::AtPath(verifier.status(), "--witness");
    witnesses.known.push_back(*std::move(verifier));
  }
  witnesses.quorum = options.quorum == 0 ? witnesses.known.size() : options.quorum;
  return witnesses;
}

// The stamp that lies beside the receipt unless another is named; nothing where nobody is believed.
absl::StatusOr<std::optional<verify::GivenStamp>> StampOf(const VerifyOptions& options) {
  std::optional<verify::GivenStamp> stamp;
  if (options.anchors.empty()) {
    if (options.time_stamp.empty()) return stamp;
    return base::Malformed("ANCHORS_MISSING", "--anchors",
                           "a time stamp is believed under the anchors of its authority alone");
  }
  const std::string file =
      options.time_stamp.empty()
          ? std::filesystem::path(options.file).replace_extension(".tsr").string()
          : options.time_stamp;
  stamp.emplace();
  ASSIGN_OR_RETURN(stamp->response, base::ReadFile(file, base::kMaxTimeStampBytes));
  ASSIGN_OR_RETURN(const std::string pem, base::ReadFile(options.anchors, base::kMaxPemBytes));
  ASSIGN_OR_RETURN(stamp->anchors, certs::x509::Certificate::ListFromPem(pem));
  return stamp;
}

absl::StatusOr<int> Verify(App& app, const VerifyOptions& options) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(options.file, base::kMaxProofBytes));
  ASSIGN_OR_RETURN(const std::string key, ReadVkey(options.log_key));
  ASSIGN_OR_RETURN(const verify::Witnesses witnesses, WitnessesOf(options));
  ASSIGN_OR_RETURN(const std::optional<verify::GivenStamp> stamp, StampOf(options));
  const verify::ReceiptVerdict verdict = verify::VerifyReceiptFile(text, key, witnesses, stamp);
  const std::string stamped =
      verdict.stamped_ms.has_value() ? base::ToIsoInstant(*verdict.stamped_ms) : "";
  const std::string witnessed =
      verdict.witnessed_s.has_value()
          ? base::ToIsoInstant(static_cast<int64_t>(*verdict.witnessed_s) * 1000)
          : "";
  const std::string fault = app.Say(verdict.fault_fr, verdict.fault_en);
  if (app.json()) {
    std::printf("%s\n", verdict.accepted
                            ? JsonObject({{"accepted", true},
                                          {"fault", fault},
                                          {"index", verdict.index},
                                          {"statement", base::ToHex(base::View(verdict.statement))},
                                          {"time", base::ToIsoInstant(verdict.entry.time_ms())},
                                          {"recorded", verdict.entry.has_recorded()},
                                          {"witnessed", witnessed},
                                          {"stamped", stamped}})
                                  .c_str()
                            : JsonObject({{"accepted", false}, {"fault", fault}}).c_str());
  } else if (!verdict.accepted) {
    std::fprintf(stderr, "%s : %s\n", app.Say("REFUSÉ", "REJECTED").c_str(), fault.c_str());
  } else {
    std::printf("%s : %s %lu, %s, %s\n", app.Say("VÉRIFIÉ", "VERIFIED").c_str(),
                app.Say("inscription", "entry").c_str(), verdict.index,
                base::ToIsoInstant(verdict.entry.time_ms()).c_str(),
                (verdict.entry.has_recorded() ? app.Say("acte inscrit", "statement recorded")
                                              : app.Say("refus inscrit", "refusal recorded"))
                    .c_str());
    if (!witnessed.empty())
      std::printf("%s %s\n",
                  app.Say("cosigné par les témoins, au plus tard le",
                          "cosigned by the witnesses, at the latest on")
                      .c_str(),
                  witnessed.c_str());
    if (!stamped.empty())
      std::printf("%s %s\n", app.Say("horodaté le", "stamped on").c_str(), stamped.c_str());
  }
  return verdict.accepted ? kDone : kRefused;
}

absl::StatusOr<int> Get(App& app, const std::string& statement) {
  ASSIGN_OR_RETURN(const std::string bytes,
                   base::FromHex(statement.substr(0, statement.find('/'))));
  ASSIGN_OR_RETURN(const base::Digest digest, base::DigestFromBytes(bytes));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const client::Answer answer, session->GetReceipt(digest));
  return FinishAnswer(app, answer);
}

struct PresentOptions {
  std::string file, party;
};

absl::StatusOr<int> Present(App& app, const PresentOptions& options) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(options.file, base::kMaxProofBytes));
  client::Draft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  ASSIGN_OR_RETURN(*act.mutable_receipt_presented(), client::PresentReceipt(text));
  return Deliver(app, {}, std::move(draft));
}

}  // namespace

void AddReceipt(App& app) {
  const Command noun = app.commands().AddNoun("receipt", "Reçus", "Receipts");
  auto options = std::make_shared<VerifyOptions>();
  Command verb = app.commands().AddVerb(noun, "verify", "Vérifier un reçu, hors ligne",
                                        "Verify a receipt, offline",
                                        [&app, options] { return Verify(app, *options); });
  verb.Add("file", options->file, "Reçu (.tlog-proof)", "Receipt (.tlog-proof)").Required();
  verb.Add("--log-key", options->log_key, "Clé du journal (vkey), ou fichier qui la contient",
           "Key of the log (vkey), or a file that holds it")
      .Required();
  verb.Add("--witness", options->witnesses,
           "Clé d'un témoin (vkey), ou fichier qui la contient ; à répéter",
           "Key of a witness (vkey), or a file that holds it; may be repeated");
  verb.Add("--quorum", options->quorum, "Combien d'entre eux doivent avoir cosigné (défaut : tous)",
           "How many of them must have cosigned (default: all)");
  verb.Add("--anchors", options->anchors,
           "Ancres de l'autorité d'horodatage (PEM) : vérifier aussi l'horodatage",
           "Anchors of the time-stamp authority (PEM): verify the time stamp too");
  verb.Add("--time-stamp", options->time_stamp,
           "Horodatage (.tsr) ; par défaut celui à côté du reçu",
           "Time stamp (.tsr); by default the one beside the receipt");
  auto presented = std::make_shared<PresentOptions>();
  Command present = app.commands().AddVerb(
      noun, "present",
      "Présenter le reçu d'une inscription perdue : gels, arrêts et refus valent aussitôt",
      "Present the receipt of a lost entry: freezes, stops and refusals bind at once",
      [&app, presented] { return Present(app, *presented); });
  present.Add("file", presented->file, "Reçu (.tlog-proof)", "Receipt (.tlog-proof)").Required();
  present.Add("--party", presented->party, "Au nom de", "In the name of").Required();
  auto statement = std::make_shared<std::string>();
  app.commands()
      .AddVerb(noun, "get", "Redemander un reçu", "Ask for a receipt again",
               [&app, statement] { return Get(app, *statement); })
      .Add("statement", *statement, "Empreinte de l'acte", "Digest of the statement")
      .Required();
}

}  // namespace passerelle::gateway::cli
