// What the fuzzers demand of bytes that passed the strict walk.
#ifndef PASSERELLE_TESTS_FUZZ_SAME_MEANING_H_
#define PASSERELLE_TESTS_FUZZ_SAME_MEANING_H_

#include <google/protobuf/util/message_differencer.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/support/wire_tree.h"

namespace passerelle::tests {

// Ends the run unless `message`, parsed from `bytes`, is read back equal when written anew, and
// what is written says field by field what the bytes say.
template <typename Message>
void RequireSameMeaning(std::string_view bytes, const Message& message) {
  const std::string written = message.SerializeAsString();
  Message again;
  if (!again.ParseFromString(written) ||
      !google::protobuf::util::MessageDifferencer::Equals(message, again) ||
      WireTree(bytes, *Message::descriptor()) != WireTree(written, *Message::descriptor()))
    std::abort();
}

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_FUZZ_SAME_MEANING_H_
