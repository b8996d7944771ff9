// A folder of its own for a test, and the `openssl` command run in it: what verifies with a tool
// not written here.
#ifndef PASSERELLE_TESTS_UNIT_CERTS_COMMAND_H_
#define PASSERELLE_TESTS_UNIT_CERTS_COMMAND_H_

#include <stdlib.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace passerelle::tests {

// What a command answered.
struct CommandResult {
  int exit_code = -1;
  // Standard output and error together.
  std::string output;
};

// A folder that goes with the object. Not thread-safe.
class CommandFolder {
 public:
  CommandFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "passerelle-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~CommandFolder() { std::filesystem::remove_all(path_); }
  CommandFolder(const CommandFolder&) = delete;
  CommandFolder& operator=(const CommandFolder&) = delete;

  const std::string& path() const { return path_; }

  // The path of a file of the folder.
  std::string File(std::string_view name) const { return path_ + "/" + std::string(name); }

  void Write(std::string_view name, std::string_view bytes) const {
    std::ofstream(File(name), std::ios::binary) << bytes;
  }

  std::string Read(std::string_view name) const {
    std::ifstream in(File(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  // Runs `openssl` with the arguments, in the folder.
  CommandResult Openssl(std::string_view arguments) const {
    const std::string line = "cd '" + path_ + "' && openssl " + std::string(arguments) + " 2>&1";
    FILE* pipe = popen(line.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("no shell");
    CommandResult result;
    char buffer[4096];
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, pipe)) > 0;)
      result.output.append(buffer, got);
    const int status = pclose(pipe);
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return result;
  }

 private:
  std::string path_;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_UNIT_CERTS_COMMAND_H_
