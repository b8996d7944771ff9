// The handing over of a payload: what is asked, what is answered.
#ifndef PASSERELLE_GATEWAY_CORE_HANDOVER_H_
#define PASSERELLE_GATEWAY_CORE_HANDOVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/vault/vault.h"
#include "passerelle/gateway/v1/receipt.pb.h"
#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/statement/v1/common.pb.h"

namespace passerelle::gateway::core {

// Who asks for which payload, and how it would go.
struct HandoverRequest {
  // 16 bytes.
  std::string agent;
  statement::v1::ActRef transfer;
  // Where in the content the caller begins, and how long a content it takes at most; bytes.
  uint64_t offset = 0;
  uint64_t most = 0;
  // Size of the caller's last verified checkpoint; 0: none.
  uint64_t seen_size = 0;
};

// What a payload is handed over with; the content is null when it is refused.
struct HandoverAnswer {
  std::vector<record::v1::Finding> findings;
  std::shared_ptr<vault::ContentReader> content;
  passerelle::gateway::v1::Receipt receipt;
};

// Hears the answer of a handover. Called once, from any thread; must not block.
using HandoverReply = std::function<void(absl::StatusOr<HandoverAnswer>)>;

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_HANDOVER_H_
