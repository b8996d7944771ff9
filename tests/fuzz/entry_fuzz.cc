// Any bytes as a leaf: what is accepted says nothing that its meaning does not, and is read back
// equal when written anew.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "audit/entry/codec.h"
#include "tests/fuzz/same_meaning.h"

namespace {

using passerelle::audit::entry::DecodeLeaf;
using passerelle::audit::entry::EncodeLeaf;
using passerelle::audit::entry::kLeafTag;

void CheckLeaf(std::string_view leaf) {
  const auto entry = DecodeLeaf(leaf);
  if (!entry.ok()) return;
  passerelle::tests::RequireSameMeaning(leaf.substr(kLeafTag.size()), *entry);
  const auto encoded = EncodeLeaf(*entry);
  // Defaults that were written out are gone, so it is never longer.
  if (!encoded.ok() || encoded->size() > leaf.size() || !DecodeLeaf(*encoded).ok()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckLeaf(bytes);
  CheckLeaf(std::string(kLeafTag).append(bytes));
  return 0;
}
