// A folder of its own for one test.
#ifndef PASSERELLE_TESTS_SUPPORT_TEMP_FOLDER_H_
#define PASSERELLE_TESTS_SUPPORT_TEMP_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace passerelle::tests {

// Makes an empty folder, by default among the system's temporary ones, and removes it, with all
// that is in it, when it goes.
class TempFolder {
 public:
  TempFolder() : TempFolder(std::filesystem::temp_directory_path()) {}
  explicit TempFolder(const std::filesystem::path& above)
      : path_((above / "passerelle-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) abort();
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }

  // Path of something in the folder.
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_TEMP_FOLDER_H_
