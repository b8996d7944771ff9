#include "gateway/verify/folder.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::verify {

absl::StatusOr<std::vector<std::string>> FilesBelow(const std::string& folder) {
  std::vector<std::string> files;
  if (!base::Exists(folder)) return files;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error))
    if (!it->is_directory(error) || it->is_symlink(error))
      files.push_back(it->path().lexically_relative(folder).generic_string());
  if (error)
    return base::Error(absl::StatusCode::kUnavailable, "FILE_ERROR", "",
                       absl::StrCat(folder, ": ", error.message()));
  return files;
}

absl::StatusOr<audit::checkpoint::Checkpoint> OpenOfAnyOrigin(
    std::string_view note, const audit::checkpoint::NoteVerifier& verifier) {
  ASSIGN_OR_RETURN(const audit::checkpoint::OpenedNote opened,
                   audit::checkpoint::OpenNote(note, {&verifier, 1}));
  return audit::checkpoint::FromText(opened.text);
}

}  // namespace passerelle::gateway::verify
