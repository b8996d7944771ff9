// passerelle convention follow: a partner follows a log that goes on under another key.
#ifndef PASSERELLE_GATEWAY_CLI_FOLLOW_H_
#define PASSERELLE_GATEWAY_CLI_FOLLOW_H_

#include "gateway/cli/app.h"
#include "gateway/cli/command_line.h"

namespace passerelle::gateway::cli {

// Adds the verb to the noun `convention`.
void AddFollow(App& app, const Command& noun);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_FOLLOW_H_
