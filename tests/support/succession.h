// A test convention whose log goes on under another key.
#ifndef PASSERELLE_TESTS_SUPPORT_SUCCESSION_H_
#define PASSERELLE_TESTS_SUPPORT_SUCCESSION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/core/succession.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::tests {

// The origin that the log goes on under.
inline constexpr char kNextOrigin[] = "passerelle.example/ctg-testville/test/2";

// Drafts the succession of a convention that is closed, has both transcribers sign it, and opens
// it; the convention is closed again. `closings`: checkpoints that partners hold.
absl::StatusOr<gateway::core::Opened> GoOn(TestGateway& gateway, statement::v1::ShardCause cause,
                                           const std::vector<std::string>& closings);

// The statement of a succession, signed by these; the convention is open, so that they see it.
std::string SignedSuccession(TestGateway& gateway, const statement::v1::ShardOpened& opened,
                             const std::vector<std::string>& signers);

// The checkpoint of a receipt.
std::string NoteOf(const TestEntry& entry);

// The act that presents a receipt, in the name of p001.
TestDraft PresentOf(const TestEntry& lost);

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_SUCCESSION_H_
