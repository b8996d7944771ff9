#include "gateway/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gateway/cli/messages.h"

namespace passerelle::gateway::cli {
namespace {

using policy::rules::Language;

std::string In(Language language, std::string_view fr, std::string_view en) {
  return std::string(language == Language::kFrench ? fr : en);
}

bool IsOption(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

// Single characters inserted, dropped or replaced to make one word of the other.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

std::vector<CLI::App*> ChildrenOf(CLI::App* command) {
  return command->get_subcommands([](CLI::App*) { return true; });
}

// The words that lead to a command, after the program's name: `transfer send`.
std::string WordsOf(const CLI::App* command) {
  if (command->get_parent() == nullptr) return "";
  const std::string before = WordsOf(command->get_parent());
  return before.empty() ? command->get_name() : absl::StrCat(before, " ", command->get_name());
}

// The commands below one whose own name is nearest to a word, at most a third of it away.
std::vector<std::string> Nearest(CLI::App* parent, std::string_view word) {
  std::vector<CLI::App*> known = ChildrenOf(parent);
  for (CLI::App* child : ChildrenOf(parent)) {
    const std::vector<CLI::App*> below = ChildrenOf(child);
    known.insert(known.end(), below.begin(), below.end());
  }
  size_t best = std::max<size_t>(1, word.size() / 3) + 1;
  std::vector<std::string> nearest;
  for (const CLI::App* command : known) {
    const size_t distance = Distance(word, command->get_name());
    if (distance < best) nearest.clear();
    if (distance < best || (distance == best && !nearest.empty()))
      nearest.push_back(WordsOf(command));
    best = std::min(best, distance);
  }
  return nearest;
}

// Where a command is missing: which was typed instead, and which there are.
absl::Status WrongCommand(CLI::App* parent, const std::vector<std::string>& unread) {
  std::vector<std::string> possible;
  for (const CLI::App* child : ChildrenOf(parent)) possible.push_back(WordsOf(child));
  const auto word = std::find_if_not(unread.begin(), unread.end(), IsOption);
  if (word == unread.end())
    return Usage("COMMAND_MISSING", WordsOf(parent), absl::StrJoin(possible, ", "));
  const std::vector<std::string> nearest = Nearest(parent, *word);
  return Usage("COMMAND_UNKNOWN", *word, absl::StrJoin(nearest.empty() ? possible : nearest, ", "));
}

// The option that a complaint of the parser is about: its first word with a dash.
std::string OptionIn(const std::string& complaint) {
  const size_t begin = complaint.find("--");
  if (begin == std::string::npos) return complaint.substr(0, complaint.find_first_of(": "));
  return complaint.substr(begin, complaint.find_first_of(": =,", begin) - begin);
}

// What a complaint says in no language: the values or the range that are possible, else all of it.
std::string ValuesIn(const std::string& complaint) {
  constexpr std::string_view kRange = " not in range ";
  if (const size_t begin = complaint.find('{'); begin != std::string::npos)
    return complaint.substr(begin, complaint.find('}', begin) - begin + 1);
  if (const size_t range = complaint.find(kRange); range != std::string::npos)
    return absl::StrReplaceAll(complaint.substr(range + kRange.size()), {{" to ", " … "}});
  return complaint;
}

absl::Status Complaint(CLI::App& parser, const CLI::ParseError& error) {
  CLI::App* typed = &parser;
  while (!typed->get_subcommands().empty()) typed = typed->get_subcommands().front();
  const std::vector<std::string> unread = parser.remaining(/*recurse=*/true);
  const std::string text = error.what();
  const bool required = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  if (required && !ChildrenOf(typed).empty()) return WrongCommand(typed, unread);
  if (required) return Usage("OPTION_MISSING", OptionIn(text));
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !unread.empty())
    return Usage("OPTION_UNKNOWN", unread.front());
  return Usage("OPTION_VALUE", OptionIn(text), ValuesIn(text));
}

// An option of one value, whose help shows the default where there is one.
template <typename Value>
CLI::Option* AddTo(CLI::App& parser, const std::string& name, Value& value, const std::string& help,
                   bool has_default) {
  CLI::Option* option = parser.add_option(name, value, help);
  return has_default ? option->capture_default_str() : option;
}

// The values that an option's checks name: its type reads `TEXT:{fr,en}`.
std::vector<std::string> PossibleValues(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const size_t begin = type.find('{');
  if (begin == std::string::npos) return {};
  return absl::StrSplit(type.substr(begin + 1, type.find('}', begin) - begin - 1), ',');
}

OptionWords WordsOfOption(const CLI::Option& option) {
  OptionWords words;
  for (const std::string& name : option.get_snames()) words.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) words.names.push_back("--" + name);
  words.help = option.get_description();
  words.takes_value = option.get_expected_min() > 0;
  words.values = PossibleValues(option);
  return words;
}

void GatherWords(CLI::App* command, std::vector<CommandWords>& all) {
  CommandWords words;
  words.path = WordsOf(command);
  words.help = command->get_description();
  for (const CLI::Option* option : std::as_const(*command).get_options()) {
    if (!option->get_positional()) {
      words.options.push_back(WordsOfOption(*option));
      continue;
    }
    words.takes_words = true;
    words.words = PossibleValues(*option);
  }
  all.push_back(std::move(words));
  for (CLI::App* child : ChildrenOf(command)) GatherWords(child, all);
}

// The words that the library puts into a help text.
void SpeakFrench(CLI::App& parser) {
  constexpr std::pair<const char*, const char*> kFrench[] = {{"Usage", "Usage"},
                                                             {"SUBCOMMAND", "COMMANDE"},
                                                             {"Positionals", "Arguments"},
                                                             {"Options", "Options"},
                                                             {"Subcommands", "Commandes"},
                                                             {"REQUIRED", "OBLIGATOIRE"},
                                                             {"TEXT", "TEXTE"},
                                                             {"INT", "ENTIER"},
                                                             {"UINT", "ENTIER"},
                                                             {"TEXT ...", "TEXTE ..."},
                                                             {"Env", "Variable"}};
  for (const auto& [label, french] : kFrench) parser.get_formatter()->label(label, french);
}

}  // namespace

Option Option::Required() const {
  option_->required();
  return *this;
}

Option Option::OneOf(const std::vector<std::string>& values) const {
  option_->check(CLI::IsMember(values));
  return *this;
}

Option Option::Between(int64_t low, int64_t high) const {
  option_->check(CLI::Range(low, high));
  return *this;
}

Option Option::SplitAtCommas() const {
  option_->delimiter(',');
  return *this;
}

Option Option::FromVariable(const std::string& name) const {
  option_->envname(name);
  return *this;
}

Option Command::Add(const std::string& name, std::string& value, std::string_view fr,
                    std::string_view en) const {
  return Option(AddTo(*parser_, name, value, In(language_, fr, en), !value.empty()));
}

Option Command::Add(const std::string& name, std::vector<std::string>& value, std::string_view fr,
                    std::string_view en) const {
  return Option(parser_->add_option(name, value, In(language_, fr, en)));
}

Option Command::Add(const std::string& name, int& value, std::string_view fr,
                    std::string_view en) const {
  return Option(AddTo(*parser_, name, value, In(language_, fr, en), value != 0));
}

Option Command::Add(const std::string& name, int64_t& value, std::string_view fr,
                    std::string_view en) const {
  return Option(AddTo(*parser_, name, value, In(language_, fr, en), value != 0));
}

Option Command::Add(const std::string& name, uint32_t& value, std::string_view fr,
                    std::string_view en) const {
  return Option(AddTo(*parser_, name, value, In(language_, fr, en), value != 0));
}

Option Command::AddFlag(const std::string& name, bool& value, std::string_view fr,
                        std::string_view en) const {
  return Option(parser_->add_flag(name, value, In(language_, fr, en)));
}

CommandLine::CommandLine(Language language)
    : language_(language), parser_(std::make_unique<CLI::App>("", "passerelle")) {
  if (language_ == Language::kFrench) SpeakFrench(*parser_);
  parser_->set_help_flag("-h,--help", In(language_, "Montrer cette aide", "Show this help"));
  parser_->require_subcommand(1);
  parser_->fallthrough();
}

CommandLine::~CommandLine() = default;

void CommandLine::Describe(std::string_view fr, std::string_view en) {
  parser_->description(In(language_, fr, en));
}

void CommandLine::EndHelpWith(std::string_view fr, std::string_view en) {
  parser_->footer(In(language_, fr, en));
}

Command CommandLine::Everywhere() { return {parser_.get(), language_}; }

Command CommandLine::AddChild(CLI::App* parent, const std::string& name, std::string_view fr,
                              std::string_view en) const {
  CLI::App* child = parent->add_subcommand(name, In(language_, fr, en));
  child->fallthrough();
  return {child, language_};
}

Command CommandLine::AddNoun(const std::string& name, std::string_view fr, std::string_view en) {
  const Command noun = AddChild(parser_.get(), name, fr, en);
  noun.parser_->require_subcommand(1);
  return noun;
}

Command CommandLine::AddVerb(const Command& noun, const std::string& name, std::string_view fr,
                             std::string_view en, Action action) {
  const Command verb = AddChild(noun.parser_, name, fr, en);
  // The parser calls the innermost command first.
  verb.parser_->callback([this, action = std::move(action)] {
    if (chosen_ == nullptr) chosen_ = action;
  });
  return verb;
}

Command CommandLine::AddVerb(const std::string& name, std::string_view fr, std::string_view en,
                             Action action) {
  return AddVerb(Everywhere(), name, fr, en, std::move(action));
}

absl::StatusOr<std::map<std::string, std::string>> ConfigurationOf(const std::string& text) {
  std::istringstream lines(text);
  std::map<std::string, std::string> values;
  try {
    for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_config(lines))
      if (!item.inputs.empty()) values[item.fullname()] = item.inputs.front();
  } catch (const CLI::Error& error) {
    return Usage("CONFIGURATION", "--config", error.what());
  }
  return values;
}

std::vector<CommandWords> CommandLine::Words() const {
  std::vector<CommandWords> all;
  GatherWords(parser_.get(), all);
  return all;
}

absl::StatusOr<int> CommandLine::Run(int argc, const char* const* argv) {
  try {
    parser_->parse(argc, argv);
  } catch (const CLI::Success& help) {
    return parser_->exit(help);
  } catch (const CLI::ParseError& error) {
    return Complaint(*parser_, error);
  }
  return chosen_();
}

}  // namespace passerelle::gateway::cli
