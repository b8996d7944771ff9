// Freezes of an exchange or a transfer: placed, lifted, shown. The verbs are the same for both
// nouns.
#ifndef PASSERELLE_GATEWAY_CLI_FREEZE_H_
#define PASSERELLE_GATEWAY_CLI_FREEZE_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <string>

#include "gateway/cli/app.h"
#include "passerelle/gateway/v1/transfer_service.pb.h"

namespace passerelle::gateway::cli {

// What is frozen.
enum class Freezable { kExchange, kTransfer };

// Adds `freeze` and `unfreeze` to the noun of what is frozen.
void AddFreezeVerbs(App& app, const Command& noun, Freezable kind);

// That something is frozen, in a word, for a list; empty where it is not.
std::string FrozenWord(
    const App& app,
    const google::protobuf::RepeatedPtrField<passerelle::gateway::v1::Freeze>& freezes);

// Prints a line a freeze on standard output.
void PrintFreezes(
    const App& app,
    const google::protobuf::RepeatedPtrField<passerelle::gateway::v1::Freeze>& freezes);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_FREEZE_H_
