// A log that goes on under another origin and key (audit/FORMAT.md): what its first act must show
// of the log that it continues, and what a receipt of that one proves.
#ifndef PASSERELLE_AUDIT_SUCCESSION_SUCCESSION_H_
#define PASSERELLE_AUDIT_SUCCESSION_SUCCESSION_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/note.h"
#include "gateway/base/digest.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/statement/v1/convention.pb.h"

namespace passerelle::audit::succession {

// A log that is continued.
struct ClosedLog {
  std::string origin;
  // Its checkpoint key.
  std::string vkey;
};

// Signs that the log of a name (32 bytes) goes on under the new key. `old_key` may be null: it is
// lost.
absl::StatusOr<std::string> SignSuccession(std::string_view log_name,
                                           const checkpoint::NoteSigner& new_key,
                                           const checkpoint::NoteSigner* old_key);

// The entries of a log that are left.
struct Left {
  uint64_t size = 0;
  gateway::base::Digest root{};
};

// OK iff the act shows what it says: the closing checkpoint is the closed log's, of this size and
// root, which are those of what is left where nothing is missing; and the new key signed the
// succession, and the old one when the key is changed. INVALID_ARGUMENT (SUCCESSION) says what does
// not hold; the errors of OpenCheckpoint.
absl::Status CheckOpened(const statement::v1::ShardOpened& opened, const ClosedLog& closed,
                         std::string_view log_name, const Left& left);

// The entry of a receipt that was presented, once it is proved to have been in the closed log.
// INVALID_ARGUMENT (PRESENTED) when it is not; the errors of OpenCheckpoint and DecodeLeaf.
absl::StatusOr<record::v1::Entry> OpenPresented(const statement::v1::ReceiptPresented& presented,
                                                const ClosedLog& closed);

}  // namespace passerelle::audit::succession

#endif  // PASSERELLE_AUDIT_SUCCESSION_SUCCESSION_H_
