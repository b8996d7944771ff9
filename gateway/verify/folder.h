// What the walks over an export's folder share. Internal to gateway/verify.
#ifndef PASSERELLE_GATEWAY_VERIFY_FOLDER_H_
#define PASSERELLE_GATEWAY_VERIFY_FOLDER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/note.h"

namespace passerelle::gateway::verify {

// Every file below a folder, symbolic links included, as paths relative to it; none when there is
// no such folder. UNAVAILABLE (FILE_ERROR) when it cannot be walked.
absl::StatusOr<std::vector<std::string>> FilesBelow(const std::string& folder);

// A checkpoint that a key signed, of whatever origin. INVALID_ARGUMENT, UNAUTHENTICATED as
// OpenNote.
absl::StatusOr<audit::checkpoint::Checkpoint> OpenOfAnyOrigin(
    std::string_view note, const audit::checkpoint::NoteVerifier& verifier);

}  // namespace passerelle::gateway::verify

#endif  // PASSERELLE_GATEWAY_VERIFY_FOLDER_H_
