// The bytes of a signed note, without any cryptography. Internal to audit/checkpoint.
#ifndef PASSERELLE_AUDIT_CHECKPOINT_NOTE_FORMAT_H_
#define PASSERELLE_AUDIT_CHECKPOINT_NOTE_FORMAT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace passerelle::audit::checkpoint {

// One signature line. Views into the note.
struct NoteLine {
  std::string_view name;
  uint32_t key_id = 0;
  std::string signature;
};

// A note taken apart. Views into the note, which must outlive it.
struct ParsedNote {
  std::string_view text;  // final newline included
  std::vector<NoteLine> lines;
};

// Takes a note apart. INVALID_ARGUMENT for any byte out of place, and beyond the limits of
// gateway/base/limits.h.
absl::StatusOr<ParsedNote> ParseNote(std::string_view note);

// One signature line, its newline included.
std::string ToLine(std::string_view name, uint32_t key_id, std::string_view signature);

// INVALID_ARGUMENT unless a note may hold the text: it ends in a newline, is valid UTF-8 and has no
// other control character below U+0020.
absl::Status CheckText(std::string_view text);

// Whether a key may have this name: not empty, valid UTF-8, no Unicode space, no '+'.
bool IsKeyName(std::string_view name);

// Takes the first code point of `rest` off it. False when it is not valid UTF-8 (overlong forms and
// surrogates are not). REQUIRES: `rest` is not empty.
bool TakeRune(std::string_view& rest, uint32_t& rune);

// Takes the first line of `rest` off it, without its newline. False when there is no newline.
bool TakeLine(std::string_view& rest, std::string_view& line);

}  // namespace passerelle::audit::checkpoint

#endif  // PASSERELLE_AUDIT_CHECKPOINT_NOTE_FORMAT_H_
