#include "gateway/base/passphrase.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::base {
namespace {

constexpr size_t kMaxPassphraseBytes = 1024;

}  // namespace

absl::StatusOr<Secret> ReadPassphrase(const std::string& path) {
  ASSIGN_OR_RETURN(const int mode, PermissionsOf(path));
  if ((mode & 077) != 0)
    return Error(
        absl::StatusCode::kFailedPrecondition, "PASSPHRASE_PERMISSIONS", "",
        absl::StrCat(path, ": others may read this passphrase; mend with: chmod 600 ", path));
  ASSIGN_OR_RETURN(std::string text, ReadFile(path, kMaxPassphraseBytes + 1));
  if (!text.empty() && text.back() == '\n') text.pop_back();
  const bool empty = text.empty();
  const bool fits = text.size() <= kMaxPassphraseBytes && text.find('\n') == std::string::npos;
  Secret passphrase(std::move(text));
  if (empty)
    return Malformed("PASSPHRASE_EMPTY", "", absl::StrCat(path, ": there is no passphrase"));
  if (!fits)
    return Malformed("PASSPHRASE_FORM", "",
                     absl::StrCat(path, ": a passphrase is one line of at most 1,024 bytes"));
  return passphrase;
}

absl::StatusOr<Secret> ReadPassphraseIfAny(const std::string& path) {
  if (path.empty()) return Secret();
  return ReadPassphrase(path);
}

std::string FileOfDescriptor(int descriptor) { return absl::StrCat("/dev/fd/", descriptor); }

}  // namespace passerelle::gateway::base
