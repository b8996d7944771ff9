#include "gateway/cli/find.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

template <typename Rows>
std::vector<statement::v1::ActRef> NamesOf(const Rows& rows) {
  std::vector<statement::v1::ActRef> names;
  names.reserve(rows.size());
  for (const auto& row : rows) names.push_back(row.name());
  return names;
}

}  // namespace

absl::StatusOr<passerelle::gateway::v1::Dataset> FindDataset(App& app, const std::string& text) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto datasets, session->ListDatasets(""));
  for (const auto& dataset : datasets)
    if (dataset.row().declared().slug() == text) return dataset;
  ASSIGN_OR_RETURN(const statement::v1::ActRef name,
                   ResolveRef("--dataset", text, NamesOf(datasets)));
  for (const auto& dataset : datasets)
    if (NameOf(dataset.name(), false) == NameOf(name, false)) return dataset;
  return Absent("NAME_UNKNOWN", "--dataset");
}

absl::StatusOr<statement::v1::ActRef> FindExchange(App& app, const std::string& text) {
  if (absl::StatusOr<statement::v1::ActRef> whole = ReadRef("exchange", text); whole.ok())
    return whole;
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto exchanges, session->ListExchanges());
  return ResolveRef("exchange", text, NamesOf(exchanges));
}

absl::StatusOr<passerelle::gateway::v1::Transfer> FindTransfer(App& app, const std::string& text) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto transfers, session->ListTransfers());
  ASSIGN_OR_RETURN(const statement::v1::ActRef name,
                   ResolveRef("transfer", text, NamesOf(transfers)));
  for (const auto& transfer : transfers)
    if (NameOf(transfer.name(), false) == NameOf(name, false)) return transfer;
  return Absent("NAME_UNKNOWN", "transfer");
}

absl::StatusOr<statement::v1::ActRef> FindTransferName(App& app, const std::string& text) {
  if (absl::StatusOr<statement::v1::ActRef> whole = ReadRef("transfer", text); whole.ok())
    return whole;
  ASSIGN_OR_RETURN(const passerelle::gateway::v1::Transfer transfer, FindTransfer(app, text));
  return transfer.name();
}

absl::StatusOr<statement::v1::ActRef> FindMandate(App& app, const std::string& text) {
  if (absl::StatusOr<statement::v1::ActRef> whole = ReadRef("mandate", text); whole.ok())
    return whole;
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto mandates, session->ListMandates(""));
  return ResolveRef("mandate", text, NamesOf(mandates));
}

absl::StatusOr<std::string> FindKey(App& app, const std::string& text) {
  if (absl::EndsWith(text, ".spki")) {
    ASSIGN_OR_RETURN(const std::string spki, base::ReadFile(text, base::kMaxPemBytes));
    const absl::StatusOr<std::string> bytes =
        base::FromHex(base::Std(absl::StripTrailingAsciiWhitespace(spki)));
    if (!bytes.ok()) return base::AtPath(bytes.status(), text);
    return base::ToBytes(base::Sha256(*bytes));
  }
  if (text.empty()) return Usage("NAME_EMPTY", "key");
  if (text.size() == 2 * sizeof(base::Digest)) return base::FromHex(text);
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto keys, session->ListKeys(""));
  std::vector<std::string> fitting;
  for (const auto& key : keys)
    if (absl::StartsWith(base::ToHex(key.fingerprint()), absl::AsciiStrToLower(text)))
      fitting.push_back(key.fingerprint());
  if (fitting.size() == 1) return fitting[0];
  return fitting.empty() ? Absent("NAME_UNKNOWN", "key") : Usage("NAME_AMBIGUOUS", "key");
}

}  // namespace passerelle::gateway::cli
