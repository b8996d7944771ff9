// The shape of a statement beyond its wire: presence, lengths of fixed-length bytes, bounds. What a
// value means is for Decide.
#ifndef PASSERELLE_AUDIT_ENTRY_SHAPE_H_
#define PASSERELLE_AUDIT_ENTRY_SHAPE_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "passerelle/statement/v1/statement.pb.h"

namespace passerelle::audit::entry {

// OK iff the header is present with log of 0 or 32 bytes, seen whole or absent, signers of 32 bytes
// sorted and distinct, nonce of 16 bytes; there is at least one act and every act has a body;
// references, commitments and agents have their lengths; lists keep the bounds of limits.h.
// INVALID_ARGUMENT (MISSING, LENGTH, ORDER, TOO_MANY) with the field's path. Thread-safe.
absl::Status CheckShape(const statement::v1::Statement& statement);

// INVALID_ARGUMENT (LENGTH) unless `bytes` has `size` bytes.
absl::Status CheckLength(std::string_view bytes, size_t size, std::string_view path);

}  // namespace passerelle::audit::entry

#endif  // PASSERELLE_AUDIT_ENTRY_SHAPE_H_
