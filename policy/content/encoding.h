// The bytes of a text file as UTF-8 with LF line ends (ARTICLE IX files come from spreadsheets,
// which write UTF-8 with or without a byte order mark, or Windows-1252). Pure and thread-safe.
#ifndef PASSERELLE_POLICY_CONTENT_ENCODING_H_
#define PASSERELLE_POLICY_CONTENT_ENCODING_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace passerelle::policy::content {

// A decoded text, or why there is none.
struct Decoded {
  // UTF-8 without byte order mark, lines ended by LF.
  std::string text;
  // Empty, or `nul` (a NUL byte), `encoding` (neither UTF-8 nor Windows-1252, or a mix of both) or
  // `line-ends` (a CR that no LF follows).
  std::string_view fault;
};

// Decodes strict UTF-8, or else Windows-1252.
Decoded DecodeText(std::string_view bytes);

// Length of the well-formed UTF-8 sequence at `at`, or 0 when there is none. REQUIRES: `at` lies
// within `bytes`.
size_t Utf8SequenceAt(std::string_view bytes, size_t at);

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_POLICY_CONTENT_ENCODING_H_
