// The convention's names beside its codes, so that nobody has to know them by heart.
#ifndef PASSERELLE_GATEWAY_CLI_NAMES_H_
#define PASSERELLE_GATEWAY_CLI_NAMES_H_

#include <string>

#include "gateway/cli/app.h"
#include "passerelle/record/v1/state.pb.h"

namespace passerelle::gateway::cli {

// Each is the code, as it is typed, and what stands behind it; the bare code where the convention
// has nothing to say of it.

// `p001 (name)`.
std::string PartyWithName(const record::v1::FoundingRow& founding, const std::string& id);

// `I-1 (the deed's words)`.
std::string PurposeWithText(const record::v1::FoundingRow& founding, const std::string& code);

// `stats (label)`.
std::string UnitWithLabel(const App& app, const record::v1::FoundingRow& founding,
                          const std::string& code);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_NAMES_H_
