// The documents behind what is shown: what each is, the act that commits to it, and the digest by
// which `document get` fetches it.
#ifndef PASSERELLE_GATEWAY_CLI_DOCUMENTS_H_
#define PASSERELLE_GATEWAY_CLI_DOCUMENTS_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "gateway/cli/app.h"
#include "passerelle/gateway/v1/exchange_service.pb.h"
#include "passerelle/gateway/v1/transfer_service.pb.h"
#include "passerelle/statement/v1/common.pb.h"

namespace passerelle::gateway::cli {

// One document. `what` is in the language of the user.
struct ListedDocument {
  std::string what;
  statement::v1::ActRef act;
  std::string commitment;
};

// The documents of an exchange's acts, in the order of the procedure: proposal, title, opinion,
// recommendations and answers, decision, register entry, freezes. From proved receipts: what the
// caller may not see is left out.
std::vector<ListedDocument> DocumentsOf(
    const App& app, client::Session& session,
    const passerelle::gateway::v1::GetExchangeResponse& exchange);

// Those of a transfer: the DPO's rulings, freezes.
std::vector<ListedDocument> DocumentsOf(
    const App& app, client::Session& session,
    const passerelle::gateway::v1::GetTransferResponse& transfer);

// Prints a line a document on standard output.
void PrintDocuments(const App& app, const std::vector<ListedDocument>& documents);

nlohmann::json JsonOfDocuments(const std::vector<ListedDocument>& documents);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_DOCUMENTS_H_
