// The log's side of C2SP tlog-witness: submits a checkpoint, and looks at what a witness cosigned
// for proof that this log was rolled back or forked.
#ifndef PASSERELLE_AUDIT_WITNESS_SUBMIT_H_
#define PASSERELLE_AUDIT_WITNESS_SUBMIT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/cosignature.h"
#include "audit/checkpoint/note.h"
#include "audit/log/log.h"
#include "audit/witness/witness.h"

namespace passerelle::audit::witness {

// Asks a witness: posts `body` to a path below its address or, where it is null, gets that path.
// UNAVAILABLE when it cannot be reached.
using Ask = absl::FunctionRef<absl::StatusOr<WitnessAnswer>(std::string_view path,
                                                            const std::string* body)>;

// What a witness gave for a checkpoint.
struct Cosigned {
  // The signature line, its newline included.
  std::string line;
  // When it cosigned, seconds since 1970.
  uint64_t time_s = 0;
};

// Whose log is submitted, and to whom. All must outlive the call.
struct Submitting {
  const log::Log& log;
  // The log's own key: what a witness shows counts as proof only if this key signed it.
  const checkpoint::NoteVerifier& own;
  const checkpoint::CosignatureVerifier& witness;
};

// Submits a signed head. `known_size`: the size that the witness cosigned last as far as we know;
// corrected by what it answers, and the submission repeated once. It must have been a size of this
// log. DATA_LOSS as Compare, UNAVAILABLE (WITNESS_REFUSED) for every other answer, a cosignature
// that does not verify among them; what Ask answered otherwise.
absl::StatusOr<Cosigned> Submit(const Submitting& submitting, const log::SignedHead& head,
                                uint64_t& known_size, Ask ask);

// The checkpoint of an origin that a witness cosigned last, as it shows it: who signed it is for
// the caller to see. Empty when it has none. UNAVAILABLE (WITNESS_REFUSED) when it answers
// otherwise. What Ask answered otherwise.
absl::StatusOr<std::string> ReadCosigned(const checkpoint::CosignatureVerifier& witness,
                                         std::string_view origin, Ask ask);

// Holds the log against the checkpoint that a witness cosigned last. OK when it has none of this
// log. DATA_LOSS with our own key's proof: LOG_BEHIND_WITNESS (it is larger than the log: entries
// are lost, the first of which is named) or LOG_FORKED (the log had another root at its size).
// UNAVAILABLE (WITNESS_REFUSED) when its answer shows neither. What Ask answered otherwise.
absl::Status Compare(const Submitting& submitting, Ask ask);
// The same with what the witness showed (ReadCosigned).
absl::Status CompareShown(const Submitting& submitting, const std::string& note);

}  // namespace passerelle::audit::witness

#endif  // PASSERELLE_AUDIT_WITNESS_SUBMIT_H_
