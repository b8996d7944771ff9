// What comes to the hall, and what becomes of it on the way.
#ifndef PASSERELLE_GATEWAY_CORE_REQUEST_H_
#define PASSERELLE_GATEWAY_CORE_REQUEST_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/base/digest.h"
#include "gateway/core/gathering.h"
#include "gateway/core/intake.h"
#include "gateway/vault/vault.h"
#include "passerelle/gateway/v1/receipt.pb.h"
#include "passerelle/record/v1/attachment.pb.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/record/v1/observed.pb.h"
#include "passerelle/statement/v1/statement.pb.h"

namespace passerelle::gateway::core {

// Through which door a statement came; each admits its own acts (WIRE 28).
enum class Door {
  // Submit: every act but transfers, the gateway's and the founding.
  kActs,
  // Send: transfers alone.
  kTransfers,
  // The gateway itself.
  kGateway,
  // `init --enact`, on an empty log.
  kFounding,
};

// The payload of a transfer that came as a stream, before its statement goes through the hall.
struct Streamed {
  // The commitment that it opens.
  base::Digest commitment{};
  // Its bytes; nothing when they were not taken because the rules refuse the manifest without them.
  std::optional<Taken> taken;
};

// A statement as it came.
struct Request {
  Door door = Door::kActs;
  // Exact bytes of the envelope.
  std::string envelope;
  std::vector<record::v1::Attachment> attachments;
  // Size of the caller's last verified checkpoint; 0: none.
  uint64_t seen_size = 0;
  // Door kTransfers, of a statement whose payload came as a stream.
  std::optional<Streamed> streamed = std::nullopt;
  // Door kGateway, ContentHandedOver: who reads.
  record::v1::ReaderObserved reader;
  // Whether the caller has gone: a statement is withdrawn before its group is sealed, never after.
  // May be empty; thread-safe until the reply is called.
  std::function<bool()> cancelled;
};

// A commitment of an act with its content, encrypted and not yet stored.
struct SealedContent {
  uint32_t ordinal = 0;
  uint32_t slot = 0;
  vault::Sealed sealed;
};

// A statement whose signatures verified, with all that Decide will see beside the state.
struct Admitted {
  std::string envelope;
  statement::v1::Statement statement;
  base::Digest digest{};
  record::v1::Observed observed;
  std::vector<SealedContent> contents;
  uint64_t seen_size = 0;
};

// Hears the receipt, or why nothing was recorded. Called once, from any thread; must not block.
using Reply = std::function<void(absl::StatusOr<passerelle::gateway::v1::Receipt>)>;

// An admitted statement and whom to answer.
struct Pending {
  Admitted admitted;
  Reply reply;
  std::function<bool()> cancelled;
  // When it began to wait, by the monotonic clock, milliseconds.
  int64_t since_ms = 0;
  Gathering::Call call = nullptr;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_REQUEST_H_
