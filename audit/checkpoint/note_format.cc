#include "audit/checkpoint/note_format.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::audit::checkpoint {
namespace {

using gateway::base::Absl;
using gateway::base::Malformed;

// EM DASH and a space.
constexpr std::string_view kLinePrefix = "\xe2\x80\x94 ";

// Code points with the property White_Space, as Go's unicode.IsSpace has them.
bool IsSpace(uint32_t rune) {
  switch (rune) {
    case 0x20:
    case 0x85:
    case 0xa0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202f:
    case 0x205f:
    case 0x3000:
      return true;
    default:
      return (rune >= 0x09 && rune <= 0x0d) || (rune >= 0x2000 && rune <= 0x200a);
  }
}

absl::Status CheckCharacters(std::string_view text) {
  while (!text.empty()) {
    uint32_t rune = 0;
    if (!TakeRune(text, rune)) return Malformed("NOTE_UTF8", "", "a note is not valid UTF-8");
    if (rune < 0x20 && rune != '\n')
      return Malformed("NOTE_CONTROL", "", "a note holds a control character");
  }
  return absl::OkStatus();
}

absl::StatusOr<NoteLine> ParseLine(std::string_view line) {
  if (line.substr(0, kLinePrefix.size()) != kLinePrefix)
    return Malformed("NOTE_LINE", "", "a signature line does not begin with a dash and a space");
  line.remove_prefix(kLinePrefix.size());
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || !IsKeyName(line.substr(0, space)))
    return Malformed("NOTE_NAME", "", "a signature line has no valid key name");
  const absl::StatusOr<std::string> blob = gateway::base::FromBase64(line.substr(space + 1));
  if (!blob.ok() || blob->size() < 5)
    return Malformed("NOTE_SIGNATURE", "", "a signature line has no valid signature");
  return NoteLine{line.substr(0, space), gateway::base::ReadBigEndian32(*blob), blob->substr(4)};
}

}  // namespace

absl::StatusOr<ParsedNote> ParseNote(std::string_view note) {
  if (note.size() > gateway::base::kMaxNoteBytes)
    return Malformed("NOTE_LENGTH", "", "a note is too long");
  RETURN_IF_ERROR(CheckCharacters(note));
  // The text itself may hold empty lines: the last one separates the signatures.
  const size_t split = note.rfind("\n\n");
  if (split == std::string_view::npos)
    return Malformed("NOTE_SPLIT", "", "a note has no empty line before its signatures");
  ParsedNote parsed;
  parsed.text = note.substr(0, split + 1);
  std::string_view rest = note.substr(split + 2);
  if (rest.empty()) return Malformed("NOTE_UNSIGNED", "", "a note has no signature line");
  while (!rest.empty()) {
    std::string_view line;
    if (!TakeLine(rest, line)) return Malformed("NOTE_LINE", "", "a signature line has no newline");
    if (parsed.lines.size() == gateway::base::kMaxNoteSignatures)
      return Malformed("NOTE_SIGNATURES", "", "a note has too many signature lines");
    ASSIGN_OR_RETURN(NoteLine taken, ParseLine(line));
    parsed.lines.push_back(std::move(taken));
  }
  return parsed;
}

std::string ToLine(std::string_view name, uint32_t key_id, std::string_view signature) {
  std::string blob;
  gateway::base::AppendBigEndian32(blob, key_id);
  blob += signature;
  return absl::StrCat(Absl(kLinePrefix), Absl(name), " ", gateway::base::ToBase64(blob), "\n");
}

absl::Status CheckText(std::string_view text) {
  if (text.empty() || text.back() != '\n')
    return Malformed("NOTE_TEXT", "text", "the text of a note ends in a newline");
  return CheckCharacters(text);
}

bool IsKeyName(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    uint32_t rune = 0;
    if (!TakeRune(name, rune) || IsSpace(rune) || rune == '+') return false;
  }
  return true;
}

bool TakeRune(std::string_view& rest, uint32_t& rune) {
  // Length, least code point and bits of the first byte (RFC 3629 section 3).
  const auto first = static_cast<unsigned char>(rest[0]);
  size_t length = 1;
  uint32_t least = 0;
  rune = first;
  if (first >= 0xf0) {
    length = 4, least = 0x10000, rune = first & 0x07;
  } else if (first >= 0xe0) {
    length = 3, least = 0x800, rune = first & 0x0f;
  } else if (first >= 0xc0) {
    length = 2, least = 0x80, rune = first & 0x1f;
  } else if (first >= 0x80) {
    return false;
  }
  if (first >= 0xf8 || rest.size() < length) return false;
  for (size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(rest[i]);
    if ((byte & 0xc0) != 0x80) return false;
    rune = (rune << 6) | (byte & 0x3f);
  }
  if (rune < least || rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff)) return false;
  rest.remove_prefix(length);
  return true;
}

bool TakeLine(std::string_view& rest, std::string_view& line) {
  const size_t end = rest.find('\n');
  if (end == std::string_view::npos) return false;
  line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return true;
}

}  // namespace passerelle::audit::checkpoint
