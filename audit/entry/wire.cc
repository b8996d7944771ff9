#include "audit/entry/wire.h"

#include <cstdint>
#include <limits>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::audit::entry {
namespace {

using gateway::base::AtPath;
using gateway::base::kMaxMessageDepth;
using gateway::base::Malformed;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;

constexpr uint64_t kVarint = 0;
constexpr uint64_t kFixed64 = 1;
constexpr uint64_t kLength = 2;
constexpr uint64_t kFixed32 = 5;

absl::Status CheckMessage(std::string_view bytes, const Descriptor& type, int depth);

// Takes a varint off the front. VARINT when it is longer than its value needs or than 64 bits.
absl::Status TakeVarint(std::string_view& rest, uint64_t& value) {
  constexpr size_t kLongest = 10;
  value = 0;
  for (size_t i = 0; i < kLongest; ++i) {
    if (i == rest.size()) return Malformed("TRUNCATED", "", "the bytes end within a varint");
    const auto byte = static_cast<unsigned char>(rest[i]);
    // The tenth byte holds bit 63 alone.
    if (i == kLongest - 1 && byte > 1) return Malformed("VARINT", "", "a varint beyond 64 bits");
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) != 0) continue;
    if (byte == 0 && i > 0) return Malformed("VARINT", "", "a varint longer than its value needs");
    rest.remove_prefix(i + 1);
    return absl::OkStatus();
  }
  return Malformed("VARINT", "", "a varint beyond 64 bits");
}

// Takes `size` bytes off the front.
absl::Status TakeBytes(std::string_view& rest, uint64_t size, std::string_view& taken) {
  if (size > rest.size()) return Malformed("TRUNCATED", "", "the bytes end within a field");
  taken = rest.substr(0, size);
  rest.remove_prefix(size);
  return absl::OkStatus();
}

// Whether the bytes are UTF-8 (RFC 3629): no overlong form, no surrogate, nothing past U+10FFFF.
bool IsUtf8(std::string_view bytes) {
  size_t i = 0;
  while (i < bytes.size()) {
    const auto lead = static_cast<unsigned char>(bytes[i++]);
    if (lead < 0x80) continue;
    const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || bytes.size() - i < static_cast<size_t>(more)) return false;
    // Only the second byte's range depends on the first.
    const unsigned char least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const unsigned char most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    const auto second = static_cast<unsigned char>(bytes[i]);
    if (second < least || second > most) return false;
    for (int k = 1; k < more; ++k)
      if ((static_cast<unsigned char>(bytes[i + k]) & 0xc0) != 0x80) return false;
    i += more;
  }
  return true;
}

// The wire type in which a field's values are written.
uint64_t WireTypeOf(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_MESSAGE:
      return kLength;
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED64:
    case FieldDescriptor::TYPE_DOUBLE:
      return kFixed64;
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_SFIXED32:
    case FieldDescriptor::TYPE_FLOAT:
      return kFixed32;
    default:
      return kVarint;
  }
}

// Whether a varint is a value of the field's type, in the only form a conforming encoder writes.
absl::Status CheckVarintValue(const FieldDescriptor& field, uint64_t value) {
  constexpr uint64_t kMaxUint32 = std::numeric_limits<uint32_t>::max();
  const auto number = static_cast<int64_t>(value);
  const bool is_int32 = number >= std::numeric_limits<int32_t>::min() &&
                        number <= std::numeric_limits<int32_t>::max();
  bool fits = true;
  switch (field.type()) {
    case FieldDescriptor::TYPE_BOOL:
      fits = value <= 1;
      break;
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_SINT32:
      fits = value <= kMaxUint32;
      break;
    case FieldDescriptor::TYPE_INT32:
      fits = is_int32;
      break;
    case FieldDescriptor::TYPE_ENUM:
      if (value == 0 || !is_int32 ||
          field.enum_type()->FindValueByNumber(static_cast<int>(number)) == nullptr)
        return Malformed("ENUM", "", "not a known number of the enum, or 0");
      break;
    default:
      break;
  }
  return fits ? absl::OkStatus() : Malformed("VARINT", "", "a varint beyond the field's type");
}

// Checks one value of a field and takes it off the front.
absl::Status TakeValue(std::string_view& rest, const FieldDescriptor& field, uint64_t wire_type,
                       int depth) {
  // The signed packages hold no repeated number (it would have a packed and an unpacked form) and
  // no map (a repeated key would be shadowed).
  if (wire_type != WireTypeOf(field) || field.type() == FieldDescriptor::TYPE_GROUP ||
      field.is_map() || (field.is_repeated() && wire_type != kLength))
    return Malformed("WIRE_TYPE", "", "not the field's wire type");
  uint64_t value = 0;
  std::string_view taken;
  if (wire_type == kFixed32) return TakeBytes(rest, 4, taken);
  if (wire_type == kFixed64) return TakeBytes(rest, 8, taken);
  RETURN_IF_ERROR(TakeVarint(rest, value));
  if (wire_type == kVarint) return CheckVarintValue(field, value);
  RETURN_IF_ERROR(TakeBytes(rest, value, taken));
  if (field.type() == FieldDescriptor::TYPE_STRING && !IsUtf8(taken))
    return Malformed("UTF8", "", "a string that is not UTF-8");
  if (field.type() == FieldDescriptor::TYPE_MESSAGE)
    return CheckMessage(taken, *field.message_type(), depth + 1);
  return absl::OkStatus();
}

// Which fields of one message have occurred, and how often.
class Occurrences {
 public:
  explicit Occurrences(const Descriptor& type)
      : fields_(type.field_count(), 0), oneofs_(type.oneof_decl_count(), false) {}

  // Counts a field in; refuses what a parser would let the last one win.
  absl::Status Add(const FieldDescriptor& field) {
    const uint32_t before = fields_[field.index()]++;
    if (!field.is_repeated() && before > 0)
      return Malformed("REPEATED_FIELD", "", "a singular field that occurs twice");
    // A proto3 optional stands in a oneof of its own making, which is not a real one.
    const OneofDescriptor* const oneof = field.real_containing_oneof();
    if (oneof == nullptr) return absl::OkStatus();
    if (oneofs_[oneof->index()]) return Malformed("ONEOF_TWICE", "", "a oneof with two cases");
    oneofs_[oneof->index()] = true;
    return absl::OkStatus();
  }

  // Name of the field's latest occurrence, such as `acts[0]`.
  std::string NameOf(const FieldDescriptor& field) const {
    if (!field.is_repeated()) return field.name();
    return absl::StrCat(field.name(), "[", fields_[field.index()] - 1, "]");
  }

 private:
  absl::InlinedVector<uint32_t, 32> fields_;
  absl::InlinedVector<bool, 4> oneofs_;
};

absl::Status CheckMessage(std::string_view bytes, const Descriptor& type, int depth) {
  if (depth > kMaxMessageDepth) return Malformed("DEPTH", "", "messages nested too deeply");
  Occurrences occurrences(type);
  while (!bytes.empty()) {
    uint64_t tag = 0;
    RETURN_IF_ERROR(TakeVarint(bytes, tag));
    if (tag > std::numeric_limits<uint32_t>::max())
      return Malformed("VARINT", "", "a tag beyond 32 bits");
    const uint64_t number = tag >> 3;
    // Number 0, which no descriptor knows, is unknown too.
    const FieldDescriptor* const field = type.FindFieldByNumber(static_cast<int>(number));
    if (field == nullptr)
      return Malformed("UNKNOWN_FIELD", std::to_string(number), "a field that is not known");
    absl::Status status = occurrences.Add(*field);
    if (status.ok()) status = TakeValue(bytes, *field, tag & 7, depth);
    if (!status.ok()) return AtPath(status, occurrences.NameOf(*field));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckWire(std::string_view bytes, const Descriptor& type) {
  return CheckMessage(bytes, type, 1);
}

}  // namespace passerelle::audit::entry
