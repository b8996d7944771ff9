// passerelle audit tail and consistency: what is read of a log that is served, entry by entry, and
// believed only once it leads to a signed checkpoint.
#ifndef PASSERELLE_GATEWAY_CLI_AUDIT_READS_H_
#define PASSERELLE_GATEWAY_CLI_AUDIT_READS_H_

#include "gateway/cli/app.h"
#include "gateway/cli/command_line.h"

namespace passerelle::gateway::cli {

// Adds the verbs to the noun `audit`.
void AddAuditReads(App& app, const Command& noun);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_AUDIT_READS_H_
