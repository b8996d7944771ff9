// Receipts: the entry, its inclusion proof and the signed checkpoint that covers it (WIRE 25).
#ifndef PASSERELLE_GATEWAY_CORE_RECEIPT_H_
#define PASSERELLE_GATEWAY_CORE_RECEIPT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "audit/log/log.h"
#include "gateway/core/group.h"
#include "passerelle/gateway/v1/receipt.pb.h"
#include "passerelle/record/v1/entry.pb.h"

namespace passerelle::gateway::core {

// What an entry's decision does.
record::v1::Effect EffectOf(const record::v1::Entry& entry);

// OUT_OF_RANGE (reason SEEN_AHEAD) when a caller saw a checkpoint beyond the log's: one of the two
// has forked or was rolled back.
absl::Status CheckSeenSize(uint64_t seen_size, uint64_t size);

// The consistency proof between a caller's size and `to`, from the smaller to the larger: 32-byte
// hashes one after the other; empty when the caller named no size or this one. OUT_OF_RANGE past
// the log's head.
absl::StatusOr<std::string> ConsistencyBytes(const audit::log::Log& log, uint64_t seen_size,
                                             uint64_t to);

// The receipt of a committed entry under the current checkpoint. `entry`: its bytes, where the
// caller has them; read from the log where it is null.
absl::StatusOr<passerelle::gateway::v1::Receipt> MakeReceipt(const audit::log::Log& log,
                                                             const Outcome& outcome,
                                                             uint64_t seen_size,
                                                             const std::string* entry = nullptr);

// Puts a receipt under another checkpoint of its log, which has reached `level`. OUT_OF_RANGE when
// that does not hold its entry yet.
absl::Status Raise(const audit::log::Log& log, const audit::log::SignedHead& at,
                   passerelle::gateway::v1::Level level, uint64_t seen_size,
                   passerelle::gateway::v1::Receipt& receipt);

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_RECEIPT_H_
