// Any bytes as an envelope, and as a statement: what is accepted says nothing that its meaning does
// not, and keeps it when written anew.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "audit/entry/codec.h"
#include "audit/entry/wire.h"
#include "tests/fuzz/same_meaning.h"

namespace {

using passerelle::statement::v1::Statement;

void CheckStatement(std::string_view bytes) {
  const auto statement = passerelle::audit::entry::DecodeStatement(bytes);
  if (statement.ok()) passerelle::tests::RequireSameMeaning(bytes, *statement);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto envelope = passerelle::audit::entry::DecodeEnvelope(bytes); envelope.ok()) {
    passerelle::tests::RequireSameMeaning(bytes, *envelope);
    CheckStatement(envelope->payload());
  }
  CheckStatement(bytes);
  // The walk alone, which more inputs pass than the statement's shape.
  Statement statement;
  if (passerelle::audit::entry::CheckWire(bytes, *Statement::descriptor()).ok()) {
    if (!statement.ParseFromArray(data, static_cast<int>(size))) std::abort();
    passerelle::tests::RequireSameMeaning(bytes, statement);
  }
  return 0;
}
