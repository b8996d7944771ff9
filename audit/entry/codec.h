// Bytes of envelopes, statements and entries (audit/FORMAT.md). Everything is hashed as stored and
// never re-serialized.
#ifndef PASSERELLE_AUDIT_ENTRY_CODEC_H_
#define PASSERELLE_AUDIT_ENTRY_CODEC_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/statement/v1/envelope.pb.h"
#include "passerelle/statement/v1/statement.pb.h"

namespace passerelle::audit::entry {

// The tag that every leaf begins with.
inline constexpr std::string_view kLeafTag = "passerelle/entry/v1\n";

// The format minor this binary writes, and the highest it interprets (WIRE 6).
inline constexpr uint32_t kFormatMinor = 1;

// Reads an envelope strictly: size, wire walk, payload present, one case a signature. Errors have
// paths that begin with `envelope`.
absl::StatusOr<statement::v1::Envelope> DecodeEnvelope(std::string_view bytes);

// Reads a statement strictly: wire walk, header present with log of 0 or 32 bytes, seen whole or
// absent, signers of 32 bytes sorted and distinct, nonce of 16 bytes, at least one act, every act
// with a body, references, commitments and agents of their lengths, the bounds of limits.h. Errors
// have paths that begin with `statement`.
absl::StatusOr<statement::v1::Statement> DecodeStatement(std::string_view payload);

// An envelope and the statement that it carries.
struct SignedStatement {
  statement::v1::Envelope envelope;
  statement::v1::Statement statement;
};

// Reads both: DecodeEnvelope, then DecodeStatement of its payload.
absl::StatusOr<SignedStatement> DecodeSigned(std::string_view envelope);

// The leaf of an entry: tag and serialized message. OUT_OF_RANGE (reason ENTRY_SIZE) past 65,535
// bytes.
absl::StatusOr<std::string> EncodeLeaf(const record::v1::Entry& entry);

// Reads a leaf strictly. DATA_LOSS when it is malformed; UNIMPLEMENTED (reason FORMAT_MINOR) when
// its format minor is higher than ours: its hashes still count, its meaning is "not interpreted".
absl::StatusOr<record::v1::Entry> DecodeLeaf(std::string_view leaf);

}  // namespace passerelle::audit::entry

#endif  // PASSERELLE_AUDIT_ENTRY_CODEC_H_
