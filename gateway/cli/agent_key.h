// A key's life after its enrolment: listed, stopped, reinstated, what it did meanwhile ratified.
#ifndef PASSERELLE_GATEWAY_CLI_AGENT_KEY_H_
#define PASSERELLE_GATEWAY_CLI_AGENT_KEY_H_

#include "gateway/cli/app.h"

namespace passerelle::gateway::cli {

// Adds `list`, `stop`, `reinstate` and `awaiting` to the noun `agent`.
void AddKeyVerbs(App& app, const Command& noun);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_AGENT_KEY_H_
