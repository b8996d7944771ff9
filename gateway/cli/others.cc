#include "gateway/cli/others.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/cosignature.h"
#include "audit/witness/reach.h"
#include "audit/witness/submit.h"
#include "certs/x509/certificate.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::cli {

using audit::checkpoint::CosignatureVerifier;

std::vector<Shown> AskWitnesses(const base::AskOthers& ask,
                                const convention::v1::Settings& settings, std::string_view origin,
                                const std::vector<std::string>& without) {
  std::vector<Shown> all;
  const std::string anchors =
      certs::x509::ToPem(certs::x509::Readable(settings.tls_trust_anchors()));
  for (const convention::v1::Witness& witness : settings.witnesses()) {
    const absl::StatusOr<CosignatureVerifier> verifier =
        CosignatureVerifier::FromVkey(witness.vkey());
    if (!verifier.ok()) continue;
    if (std::find(without.begin(), without.end(), verifier->name()) != without.end()) continue;
    all.push_back({*verifier, witness.url(),
                   audit::witness::ReadCosigned(
                       *verifier, origin, [&](std::string_view path, const std::string* body) {
                         return audit::witness::AskAt(ask, {witness.url(), anchors}, path, body);
                       })});
  }
  return all;
}

absl::StatusOr<std::vector<std::string>> CosignedNotes(const base::AskOthers& ask,
                                                       const convention::v1::Settings& settings,
                                                       std::string_view origin,
                                                       const std::vector<std::string>& without) {
  std::vector<std::string> notes;
  for (Shown& shown : AskWitnesses(ask, settings, origin, without)) {
    if (!shown.note.ok())
      return base::Error(absl::StatusCode::kUnavailable, "WITNESS_SILENT", "--without-witness",
                         absl::StrCat(shown.witness.name(), ": ", shown.note.status().message()));
    if (!shown.note->empty()) notes.push_back(*std::move(shown.note));
  }
  return notes;
}

}  // namespace passerelle::gateway::cli
