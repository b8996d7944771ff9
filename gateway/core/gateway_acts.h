// Statements that the gateway itself makes, under its own key and through the same hall: only to
// hand content over, to destroy it, and to state where the parties' chains end and when a
// checkpoint was stamped (DESIGN section 2).
#ifndef PASSERELLE_GATEWAY_CORE_GATEWAY_ACTS_H_
#define PASSERELLE_GATEWAY_CORE_GATEWAY_ACTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "audit/log/log.h"
#include "certs/keys/key.h"
#include "gateway/base/clock.h"
#include "gateway/base/random.h"
#include "gateway/core/request.h"
#include "passerelle/record/v1/observed.pb.h"
#include "passerelle/statement/v1/common.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/state/state.h"

namespace passerelle::gateway::core {

// An act of the gateway before it is signed.
struct GatewayAct {
  statement::v1::Act act;
  // The opening of a reader's commitment.
  std::vector<record::v1::Attachment> attachments;
  record::v1::ReaderObserved reader;
};

// The handover of a transfer to an agent (16 bytes), whose commitment opens with a fresh nonce.
GatewayAct HandOverAct(const statement::v1::ActRef& transfer, const std::string& agent,
                       const record::v1::ReaderObserved& reader, base::Random& random);

// The retention of a transfer is reached.
GatewayAct ReachRetention(const statement::v1::ActRef& transfer);

// The payload of a transfer is destroyed on a ground.
GatewayAct Erase(const statement::v1::ActRef& transfer, const statement::v1::ActRef& ground);

// The heads of all chains of the state, for the very next entry.
GatewayAct StateHeads(const policy::state::State& state);

// A checkpoint was stamped. `checkpoint`: the bytes that were; `time_stamp`: the response, DER;
// `time_ms`: the time that it states.
GatewayAct StampCheckpoint(uint64_t size, std::string_view checkpoint, std::string_view time_stamp,
                           int64_t time_ms);

// Makes and signs the statement of one act, seeing the log's current head.
Request SignGatewayAct(const GatewayAct& act, const certs::keys::PrivateKey& key,
                       std::string_view log_name, const audit::log::Head& seen,
                       const std::string& origin, const base::Clock& clock, base::Random& random);

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_GATEWAY_ACTS_H_
