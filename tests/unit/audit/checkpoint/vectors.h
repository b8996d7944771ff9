// Public vectors shared by the tests of this folder.
#ifndef PASSERELLE_TESTS_UNIT_AUDIT_CHECKPOINT_VECTORS_H_
#define PASSERELLE_TESTS_UNIT_AUDIT_CHECKPOINT_VECTORS_H_

#include <string>

#include "audit/checkpoint/note.h"
#include "gateway/base/bytes.h"

namespace passerelle::audit::checkpoint {

// The log of transparency-dev/tessera, testdata/log: its key, and its checkpoints at sizes 0, 5 and
// 15.
inline constexpr char kLogName[] = "example.com/log/testdata";
inline constexpr char kLogVkey[] =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
inline constexpr char kLogSeedHex[] =
    "eca663f499017d2365c27c7a7679158d43cfec1330bdb259290afbd0d21777a0";
inline constexpr char kCheckpoint0[] =
    "example.com/log/testdata\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
    "— example.com/log/testdata "
    "M9e0lhxJACzE1KoUdqKuPa+9p6R7dSW8BlEvrg/noo8FkGg6PbJoRNOcdjqjOq89wVvTA60eubCc4oufo5BvIVEgtQc="
    "\n";
inline constexpr char kCheckpoint5[] =
    "example.com/log/testdata\n5\ngy5gl3aksFyiCO95a/1vLXz88A3dRq+0l9Sxte8ZqZQ=\n\n"
    "— example.com/log/testdata "
    "M9e0lmn5eDHyHP10zJObZdFAX2y1V8fdDKBi4IiHbDYf1TCUBwxZOhqwv2QZCqrdda2zTRTrmnwjwscN5RBTEmZUYAs="
    "\n";
inline constexpr char kCheckpoint15[] =
    "example.com/log/testdata\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\n"
    "— example.com/log/testdata "
    "M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI="
    "\n";

inline NoteVerifier LogVerifier() { return *NoteVerifier::FromVkey(kLogVkey); }

// A signer under any name with a seed of 32 equal bytes.
inline NoteSigner TestSigner(const std::string& name, char seed) {
  return *NoteSigner::FromSeed(name, gateway::base::Secret(std::string(32, seed)));
}

inline NoteSigner LogSigner() {
  return *NoteSigner::FromSeed(kLogName,
                               gateway::base::Secret(*gateway::base::FromHex(kLogSeedHex)));
}

// `text` with the first `from` replaced by `to`.
inline std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace passerelle::audit::checkpoint

#endif  // PASSERELLE_TESTS_UNIT_AUDIT_CHECKPOINT_VECTORS_H_
