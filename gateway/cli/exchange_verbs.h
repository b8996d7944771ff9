// The parts of the noun `exchange`, one file each.
#ifndef PASSERELLE_GATEWAY_CLI_EXCHANGE_VERBS_H_
#define PASSERELLE_GATEWAY_CLI_EXCHANGE_VERBS_H_

#include <string>

#include "gateway/cli/app.h"
#include "passerelle/gateway/v1/transfer_service.pb.h"

namespace passerelle::gateway::cli {

// What the DPO advises and what the holder answers: `opinion`, `answer`.
void AddOpinionVerbs(App& app, const Command& noun);

// Where exchanges stand: `show`, `list`, `watch`.
void AddExchangeReads(App& app, const Command& noun);

// Why it stands there: `explain`.
void AddExplain(App& app, const Command& noun);

// A recipient's share of a transfer, in words: where it stands, whether it came.
std::string ShareOf(const App& app, const record::v1::TransferRow& transfer,
                    const record::v1::DeliveryRow& share);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_EXCHANGE_VERBS_H_
