// What the rules answer: findings and gaps with the sentence behind them, and the answer to a
// statement.
#ifndef PASSERELLE_GATEWAY_CLI_FINDINGS_H_
#define PASSERELLE_GATEWAY_CLI_FINDINGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gateway/cli/app.h"
#include "gateway/client/session.h"
#include "passerelle/convention/v1/convention.pb.h"
#include "passerelle/gateway/v1/gap.pb.h"
#include "passerelle/record/v1/decision.pb.h"

namespace passerelle::gateway::cli {

// The deed, for its sentences; empty when no session can be had.
convention::v1::Convention DeedOf(App& app);

// `party, role` of who can mend a gap; empty when the author of the act does, or nobody can.
std::string MenderOf(const App& app, const passerelle::gateway::v1::Gap& gap);

// Prints findings on standard error: rule, source, what and the mend, and the sentence that the
// rule carries out (from the convention, when a session can be had).
void PrintFindings(App& app, absl::Span<const record::v1::Finding> findings);

// As PrintFindings, with who can mend each.
void PrintGaps(App& app, absl::Span<const passerelle::gateway::v1::Gap> gaps);

// kDone when accepted, kNoted when recorded and binding nobody, kRefused otherwise.
int ExitCodeOf(record::v1::Effect effect);

// Prints an answer (effect, entry, name of the first act, receipt file), keeps the receipt, and
// returns the exit code of its effect.
absl::StatusOr<int> FinishAnswer(App& app, const client::Answer& answer);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_FINDINGS_H_
