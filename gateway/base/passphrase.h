// Passphrases: from a file, a descriptor or a credential of systemd; never from the command line or
// the environment, which other processes can read.
#ifndef PASSERELLE_GATEWAY_BASE_PASSPHRASE_H_
#define PASSERELLE_GATEWAY_BASE_PASSPHRASE_H_

#include <string>

#include "absl/status/statusor.h"
#include "gateway/base/secret.h"

namespace passerelle::gateway::base {

// Reads a passphrase: the file's first line, without its end. FAILED_PRECONDITION
// (PASSPHRASE_PERMISSIONS) when others than its owner may read the file; INVALID_ARGUMENT
// (PASSPHRASE_EMPTY, PASSPHRASE_FORM: more than one line, or longer than 1,024 bytes); else the
// errors of ReadFile. A pipe (`/dev/fd/N`) can be read once.
absl::StatusOr<Secret> ReadPassphrase(const std::string& path);

// The same; the empty passphrase of a key in clear where no file is named.
absl::StatusOr<Secret> ReadPassphraseIfAny(const std::string& path);

// The file through which this process reads what is open as `descriptor`.
std::string FileOfDescriptor(int descriptor);

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_PASSPHRASE_H_
