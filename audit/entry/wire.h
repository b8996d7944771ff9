// The strict walk of the wire (WIRE 11): one byte string for one meaning, so that nothing hides in
// what a parser would drop.
#ifndef PASSERELLE_AUDIT_ENTRY_WIRE_H_
#define PASSERELLE_AUDIT_ENTRY_WIRE_H_

#include <google/protobuf/descriptor.h>

#include <string_view>

#include "absl/status/status.h"

namespace passerelle::audit::entry {

// OK iff `bytes` are a message of `type` in which only known fields occur, every singular field and
// every oneof occurs at most once, every varint is minimal and within its field's type, every enum
// number is known and not 0, every string is UTF-8, and nesting stays within kMaxMessageDepth. A
// default value written out is allowed. INVALID_ARGUMENT with a reason (UNKNOWN_FIELD,
// REPEATED_FIELD, ONEOF_TWICE, VARINT, ENUM, UTF8, WIRE_TYPE, TRUNCATED, DEPTH) and the field's
// path, such as `acts[0].party`; fields that are unknown are named by number.
absl::Status CheckWire(std::string_view bytes, const google::protobuf::Descriptor& type);

}  // namespace passerelle::audit::entry

#endif  // PASSERELLE_AUDIT_ENTRY_WIRE_H_
