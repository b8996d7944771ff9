// The words of the command line: nouns, verbs, options, help, and what is said of a word that is
// wrong. The only place that knows the library which parses.
#ifndef PASSERELLE_GATEWAY_CLI_COMMAND_LINE_H_
#define PASSERELLE_GATEWAY_CLI_COMMAND_LINE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/rules/catalogue.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace passerelle::gateway::cli {

// What a verb does; returns the exit code.
using Action = std::function<absl::StatusOr<int>()>;

// One option, positional when its name has no dash. A handle: copies denote the same option.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  // Must be given.
  Option Required() const;
  // Takes only these values.
  Option OneOf(const std::vector<std::string>& values) const;
  // Takes only numbers of the closed range.
  Option Between(int64_t low, int64_t high) const;
  // `a,b` is two values.
  Option SplitAtCommas() const;
  // Taken from this variable where it is not typed.
  Option FromVariable(const std::string& name) const;

 private:
  CLI::Option* option_;
};

// A noun or a verb, in the language of the user. A handle: copies denote the same one.
class Command {
 public:
  Command(CLI::App* parser, policy::rules::Language language)
      : parser_(parser), language_(language) {}

  // Adds an option with its help. `value` keeps what it holds when the option is not given, and
  // must live until the command line has run.
  Option Add(const std::string& name, std::string& value, std::string_view fr,
             std::string_view en) const;
  Option Add(const std::string& name, std::vector<std::string>& value, std::string_view fr,
             std::string_view en) const;
  Option Add(const std::string& name, int& value, std::string_view fr, std::string_view en) const;
  Option Add(const std::string& name, int64_t& value, std::string_view fr,
             std::string_view en) const;
  Option Add(const std::string& name, uint32_t& value, std::string_view fr,
             std::string_view en) const;
  // An option without a value.
  Option AddFlag(const std::string& name, bool& value, std::string_view fr,
                 std::string_view en) const;

 private:
  friend class CommandLine;

  CLI::App* parser_;
  policy::rules::Language language_;
};

// What can be typed after a command: for the shells' completion.
struct OptionWords {
  // As typed, such as `--lang`; several where there is a short form; none of a positional.
  std::vector<std::string> names;
  std::string help;
  // Whether a value follows, and the only ones that are possible; empty: any, such as a file.
  bool takes_value = false;
  std::vector<std::string> values;
};
struct CommandWords {
  // The words that lead there after the program's name, such as `transfer send`.
  std::string path;
  std::string help;
  std::vector<OptionWords> options;
  // Whether it takes a word that is no option, such as a file, and the only ones possible.
  bool takes_words = false;
  std::vector<std::string> words;
};

// The values of a configuration file (TOML), by name; of a list, the first. INVALID_ARGUMENT
// (CONFIGURATION) when it cannot be read.
absl::StatusOr<std::map<std::string, std::string>> ConfigurationOf(const std::string& text);

// The whole command line. Not thread-safe.
class CommandLine {
 public:
  explicit CommandLine(policy::rules::Language language);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // What the program is for, in its help.
  void Describe(std::string_view fr, std::string_view en);

  // What stands below the program's help.
  void EndHelpWith(std::string_view fr, std::string_view en);

  // Where the options stand that every command takes.
  Command Everywhere();

  // Adds a noun, which needs a verb.
  Command AddNoun(const std::string& name, std::string_view fr, std::string_view en);

  // Adds a verb to a noun, or a verb that stands alone. A verb may have verbs of its own: it runs
  // where none of them is typed.
  Command AddVerb(const Command& noun, const std::string& name, std::string_view fr,
                  std::string_view en, Action action);
  Command AddVerb(const std::string& name, std::string_view fr, std::string_view en, Action action);

  // Every command with its options, the program's own (an empty path) first.
  std::vector<CommandWords> Words() const;

  // Parses, then runs the verb or prints the help that was asked for. INVALID_ARGUMENT
  // (COMMAND_MISSING, COMMAND_UNKNOWN, OPTION_MISSING, OPTION_UNKNOWN, OPTION_VALUE) when the words
  // are wrong, the verb's own error otherwise.
  absl::StatusOr<int> Run(int argc, const char* const* argv);

 private:
  Command AddChild(CLI::App* parent, const std::string& name, std::string_view fr,
                   std::string_view en) const;

  const policy::rules::Language language_;
  const std::unique_ptr<CLI::App> parser_;
  // Of the verb that was typed.
  Action chosen_;
};

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_COMMAND_LINE_H_
