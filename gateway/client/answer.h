// What a session answers with, each once it was verified.
#ifndef PASSERELLE_GATEWAY_CLIENT_ANSWER_H_
#define PASSERELLE_GATEWAY_CLIENT_ANSWER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/base/digest.h"
#include "gateway/client/channel.h"
#include "gateway/verify/vouched.h"
#include "passerelle/gateway/v1/receipt.pb.h"
#include "passerelle/gateway/v1/register_service.pb.h"
#include "passerelle/record/v1/attachment.pb.h"
#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/record/v1/entry.pb.h"

namespace passerelle::gateway::client {

// An exported register, as the gateway vouches for it.
struct RegisterFile {
  std::string bytes;
  passerelle::gateway::v1::RegisterSummary summary;
};

// An answer whose receipt verified.
struct Answer {
  record::v1::Effect effect = record::v1::EFFECT_UNSPECIFIED;
  // The entry as decoded from the receipt.
  record::v1::Entry entry;
  uint64_t index = 0;
  // Digest of the statement: with an act's ordinal, the act's name. Also for a refusal, whose salt
  // proved it.
  base::Digest statement{};
  // The tlog-proof file, and the level that its checkpoint has reached: proved by the witnesses'
  // and the authority's own signatures, where it is above LEVEL_COMMITTED.
  std::string receipt;
  api::Level level = api::LEVEL_COMMITTED;
  // At LEVEL_STAMPED: the authority's response, and what it stamped when.
  std::string time_stamp;
  verify::StampedNote stamped;
};

// A payload handed over to us, whose commitment and receipt verified.
struct Fetched {
  record::v1::Attachment payload;
  // Bytes of the payload.
  uint64_t length = 0;
  Answer handover;
  // Not empty: the fetch was refused, and nothing else is set.
  std::vector<record::v1::Finding> findings;
};

// Two sizes of the log, of which one is proved to continue the other.
struct Continued {
  base::Digest from_root{};
  base::Digest to_root{};
  std::vector<base::Digest> proof;
};

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_ANSWER_H_
