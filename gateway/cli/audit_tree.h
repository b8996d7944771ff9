// passerelle audit tree: roots and proofs over any file, so that others can compare theirs.
#ifndef PASSERELLE_GATEWAY_CLI_AUDIT_TREE_H_
#define PASSERELLE_GATEWAY_CLI_AUDIT_TREE_H_

#include "gateway/cli/app.h"
#include "gateway/cli/command_line.h"

namespace passerelle::gateway::cli {

// Adds the verb to the noun `audit`.
void AddAuditTree(App& app, const Command& noun);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_AUDIT_TREE_H_
