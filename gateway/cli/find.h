// Things by what people type: a slug, or an unambiguous prefix of a name.
#ifndef PASSERELLE_GATEWAY_CLI_FIND_H_
#define PASSERELLE_GATEWAY_CLI_FIND_H_

#include <string>

#include "absl/status/statusor.h"
#include "gateway/cli/app.h"
#include "passerelle/gateway/v1/convention_service.pb.h"
#include "passerelle/gateway/v1/transfer_service.pb.h"
#include "passerelle/statement/v1/common.pb.h"

namespace passerelle::gateway::cli {

// The latest version of a dataset, by slug or name.
absl::StatusOr<passerelle::gateway::v1::Dataset> FindDataset(App& app, const std::string& text);

// An exchange that the caller sees, by name. A whole name is taken as it is, so that the gateway
// answers for what the caller may not see.
absl::StatusOr<statement::v1::ActRef> FindExchange(App& app, const std::string& text);

// A transfer that the caller sees, by name.
absl::StatusOr<passerelle::gateway::v1::Transfer> FindTransfer(App& app, const std::string& text);

// The name of a transfer, as FindExchange.
absl::StatusOr<statement::v1::ActRef> FindTransferName(App& app, const std::string& text);

// A mandate that the caller sees, by name; a whole name, or `@N` in the same set, is taken as it
// is.
absl::StatusOr<statement::v1::ActRef> FindMandate(App& app, const std::string& text);

// The fingerprint, as bytes, of a key: of the one in an `.spki` file, a whole fingerprint, or one
// that the caller sees by its beginning; all in hexadecimal.
absl::StatusOr<std::string> FindKey(App& app, const std::string& text);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_FIND_H_
