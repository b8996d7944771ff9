// The bytes of a text file as UTF-8 with LF line ends (ARTICLE IX files come from spreadsheets,
// which write UTF-8 with or without a byte order mark, or Windows-1252).
#ifndef PASSERELLE_POLICY_CONTENT_ENCODING_H_
#define PASSERELLE_POLICY_CONTENT_ENCODING_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace passerelle::policy::content {

// Decodes strict UTF-8, or else Windows-1252, from bytes that come in pieces; nothing depends on
// how they were cut. Until the first byte that is not ASCII both read the same, and what stands
// there decides. Keeps a few bytes. Thread-compatible.
class TextDecoder {
 public:
  // Takes the next bytes and appends their text to `text`: UTF-8 without byte order mark, lines
  // ended by LF. An unfinished sequence waits for the next bytes. Text that was given before a
  // fault was found is no text.
  void Add(std::string_view bytes, std::string& text);

  // Says that the bytes have ended.
  void Finish(std::string& text);

  // What is known to be wrong, empty when nothing is; final after Finish. Whatever the order in the
  // file, first `nul` (a NUL byte), then `encoding` (a mix of UTF-8 and something else), then the
  // first of `encoding` (neither UTF-8 nor Windows-1252) and `line-ends` (a CR that no LF follows).
  std::string_view fault() const;

 private:
  enum class Form { kAscii, kUtf8, kWindows1252, kMixed };

  // Decodes bytes of which `last` says that none will follow.
  void Decode(std::string_view bytes, bool last, std::string& text);
  // Takes the byte or sequence of `length` bytes (0: ill-formed) at the start of `bytes`.
  void DecodeSequence(std::string_view bytes, size_t length, std::string& text);
  void Fail(std::string_view fault);

  Form form_ = Form::kAscii;
  bool started_ = false;  // something stands before the next byte
  bool after_cr_ = false;
  bool nul_ = false;
  // The first fault that is neither a NUL nor a mix.
  std::string_view first_fault_;
  // The beginning of a sequence whose rest is to come.
  std::string tail_;
};

// A decoded text, or why there is none.
struct Decoded {
  std::string text;
  // Empty, or as TextDecoder::fault.
  std::string_view fault;
};

// Decodes a whole text. Thread-safe.
Decoded DecodeText(std::string_view bytes);

// Length of the well-formed UTF-8 sequence at `at`, or 0 when there is none. REQUIRES: `at` lies
// within `bytes`. Thread-safe.
size_t Utf8SequenceAt(std::string_view bytes, size_t at);

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_POLICY_CONTENT_ENCODING_H_
