// Feeds bytes to the readers of notes, checkpoints and tlog-proofs. Beyond not crashing, what is
// read must be written as the same bytes (one text for one value), and nothing verifies under a key
// that never signed.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/note.h"
#include "audit/checkpoint/proof.h"

namespace passerelle::audit::checkpoint {
namespace {

constexpr char kOrigin[] = "example.com/fuzz";

// Ends the run; the fuzzer keeps the input.
void Require(bool holds) {
  if (!holds) std::abort();
}

// A key whose seed is known only to this line: no input of the fuzzer can hold its signature.
const NoteSigner& Signer() {
  static const NoteSigner signer =
      *NoteSigner::FromSeed(kOrigin, gateway::base::Secret(std::string(32, 'f')));
  return signer;
}

void CheckNote(std::string_view input) {
  Require(!OpenNote(input, {&Signer().verifier(), 1}).ok());
  if (const auto note = Signer().Sign(input); note.ok()) {
    const auto opened = OpenNote(*note, {&Signer().verifier(), 1});
    Require(opened.ok() && opened->text == input);
  }
}

void CheckVkey(std::string_view input) {
  if (const auto verifier = NoteVerifier::FromVkey(input); verifier.ok())
    Require(verifier->ToVkey() == input);
}

void CheckCheckpoint(std::string_view input) {
  const auto checkpoint = FromText(input);
  if (!checkpoint.ok()) return;
  Require(ToText(*checkpoint) == input);
  if (const auto note = SignCheckpoint(Signer(), *checkpoint); note.ok()) {
    const auto opened = OpenCheckpoint(*note, Signer().verifier(), checkpoint->origin);
    Require(opened.ok() && *opened == *checkpoint);
  }
}

void CheckProof(std::string_view input) {
  if (const auto proof = ProofFromText(input); proof.ok()) Require(ToText(*proof) == input);
  Require(!VerifyReceipt(input, Signer().verifier(), kOrigin).ok());
}

}  // namespace
}  // namespace passerelle::audit::checkpoint

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  passerelle::audit::checkpoint::CheckNote(input);
  passerelle::audit::checkpoint::CheckVkey(input);
  passerelle::audit::checkpoint::CheckCheckpoint(input);
  passerelle::audit::checkpoint::CheckProof(input);
  return 0;
}
