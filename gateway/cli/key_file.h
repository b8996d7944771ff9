// Key files of this machine: what they hold, and the passphrase that closes them.
#ifndef PASSERELLE_GATEWAY_CLI_KEY_FILE_H_
#define PASSERELLE_GATEWAY_CLI_KEY_FILE_H_

#include "gateway/cli/app.h"

namespace passerelle::gateway::cli {

// Adds `key` to the noun `agent`.
void AddKeyFileVerbs(App& app, const Command& noun);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_KEY_FILE_H_
