// Text forms of byte strings. Byte strings are std::string (as protobuf holds them), viewed as
// std::string_view. Decoders are strict: one text for one byte string.
#ifndef PASSERELLE_GATEWAY_BASE_BYTES_H_
#define PASSERELLE_GATEWAY_BASE_BYTES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace passerelle::gateway::base {

// Lower-case hexadecimal.
std::string ToHex(std::string_view bytes);

// Reads lower- or upper-case hexadecimal of even length. INVALID_ARGUMENT otherwise.
absl::StatusOr<std::string> FromHex(std::string_view text);

// Standard base64 with padding (RFC 4648 section 4).
std::string ToBase64(std::string_view bytes);

// Reads standard base64 with padding; refuses white space, missing padding, the URL-safe alphabet
// and non-zero trailing bits. INVALID_ARGUMENT otherwise.
absl::StatusOr<std::string> FromBase64(std::string_view text);

// Appends `value` in big-endian order.
void AppendBigEndian16(std::string& out, uint16_t value);
void AppendBigEndian32(std::string& out, uint32_t value);
void AppendBigEndian64(std::string& out, uint64_t value);

// Reads the first 2, 4 or 8 bytes in big-endian order. REQUIRES: `bytes` is long enough.
uint16_t ReadBigEndian16(std::string_view bytes);
uint32_t ReadBigEndian32(std::string_view bytes);
uint64_t ReadBigEndian64(std::string_view bytes);

// Reads a decimal number without sign, leading zero or white space. INVALID_ARGUMENT otherwise, and
// when it exceeds 2^63 - 1.
absl::StatusOr<uint64_t> FromDecimal(std::string_view text);

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_BYTES_H_
