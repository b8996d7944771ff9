// passerelle completion: what a shell needs to complete the words of this very command line.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gateway/cli/app.h"

namespace passerelle::gateway::cli {
namespace {

// Between single quotes in bash and zsh.
std::string Quoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

// Between single quotes in fish.
std::string FishQuoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

// The commands one word below a path.
std::vector<const CommandWords*> Below(const std::vector<CommandWords>& all,
                                       const std::string& path) {
  const std::string prefix = path.empty() ? "" : path + " ";
  std::vector<const CommandWords*> below;
  for (const CommandWords& each : all)
    if (!each.path.empty() && absl::StartsWith(each.path, prefix) &&
        each.path.find(' ', prefix.size()) == std::string::npos)
      below.push_back(&each);
  return below;
}

std::string LastWord(const std::string& path) { return path.substr(path.rfind(' ') + 1); }

// A shell function of bash or zsh: `name KEY` prints the words that `row` gives for each command.
template <typename Row>
std::string Table(const std::string& name, const std::vector<CommandWords>& all, Row row) {
  std::string text = absl::StrCat(name, "() {\n  case $1 in\n");
  for (const CommandWords& each : all)
    if (const std::string words = row(each); !words.empty())
      absl::StrAppend(&text, "    ", Quoted(each.path), ") echo ", Quoted(words), " ;;\n");
  return text + "  esac\n}\n";
}

std::string NamesOf(const CommandWords& command, bool with_value_only) {
  std::vector<std::string> names;
  for (const OptionWords& option : command.options)
    if (!with_value_only || option.takes_value)
      names.insert(names.end(), option.names.begin(), option.names.end());
  return absl::StrJoin(names, " ");
}

// `name 'PATH OPTION'`: the only values of that option.
std::string ValueTable(const std::string& name, const std::vector<CommandWords>& all) {
  std::string text = absl::StrCat(name, "() {\n  case $1 in\n");
  for (const CommandWords& each : all)
    for (const OptionWords& option : each.options)
      for (const std::string& typed : option.names)
        if (!option.values.empty())
          absl::StrAppend(&text, "    ", Quoted(absl::StrCat(each.path, " ", typed)), ") echo ",
                          Quoted(absl::StrJoin(option.values, " ")), " ;;\n");
  return text + "  esac\n}\n";
}

// The tables that bash and zsh share, and the walk along the words typed: it leaves the command's
// path in `at`, and the option whose value is being typed in `pending`.
std::string Common(const std::vector<CommandWords>& all) {
  return absl::StrCat(Table("_passerelle_commands", all,
                            [&](const CommandWords& each) {
                              std::vector<std::string> names = each.words;
                              for (const CommandWords* child : Below(all, each.path))
                                names.push_back(LastWord(child->path));
                              return absl::StrJoin(names, " ");
                            }),
                      Table("_passerelle_options", all,
                            [](const CommandWords& each) { return NamesOf(each, false); }),
                      Table("_passerelle_valued", all,
                            [](const CommandWords& each) { return NamesOf(each, true); }),
                      ValueTable("_passerelle_values", all), R"sh(_passerelle_walk() {
  local word
  at='' pending=''
  for word in "$@"; do
    if [[ -n $pending ]]; then
      pending=''
    elif [[ $word == -* ]]; then
      if [[ " $(_passerelle_valued "$at") $(_passerelle_valued '') " == *" $word "* ]]; then
        pending=$word
      fi
    elif [[ " $(_passerelle_commands "$at") " == *" $word "* ]]; then
      at="${at:+$at }$word"
    fi
  done
}
_passerelle_offer() {
  if [[ -n $pending ]]; then
    echo "$(_passerelle_values "$at $pending") $(_passerelle_values " $pending")"
  elif [[ $1 == -* ]]; then
    echo "$(_passerelle_options "$at") $(_passerelle_options '')"
  else
    _passerelle_commands "$at"
  fi
}
)sh");
}

std::string Bash(const std::vector<CommandWords>& all) {
  return absl::StrCat("# bash completion of passerelle, made by `passerelle completion bash`\n",
                      Common(all), R"sh(_passerelle() {
  local at pending offered current=${COMP_WORDS[COMP_CWORD]}
  _passerelle_walk "${COMP_WORDS[@]:1:COMP_CWORD-1}"
  offered=$(_passerelle_offer "$current")
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
  if [[ -z ${offered// /} ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -F _passerelle passerelle
)sh");
}

std::string Zsh(const std::vector<CommandWords>& all) {
  return absl::StrCat(
      "#compdef passerelle\n# zsh completion of passerelle, made by `passerelle completion zsh`\n",
      Common(all), R"sh(_passerelle() {
  local at pending offered
  _passerelle_walk "${(@)words[2,CURRENT-1]}"
  offered=$(_passerelle_offer "${words[CURRENT]}")
  if [[ -n ${offered// /} ]]; then
    compadd -- ${=offered}
  else
    _files
  fi
}
if [[ $zsh_eval_context == *loadautofunc ]]; then
  _passerelle "$@"
else
  compdef _passerelle passerelle
fi
)sh");
}

std::string Fish(const std::vector<CommandWords>& all) {
  std::string text = R"sh(# fish completion of passerelle, made by `passerelle completion fish`
function __passerelle_at
    set -l at
    for word in (commandline -opc)[2..]
        if contains -- "$at $word" $__passerelle_paths
            set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
complete -c passerelle -f
)sh";
  std::vector<std::string> paths;
  for (const CommandWords& each : all)
    if (!each.path.empty()) paths.push_back(FishQuoted(" " + each.path));
  absl::StrAppend(&text, "set -g __passerelle_paths ", absl::StrJoin(paths, " "), "\n");
  for (const CommandWords& each : all) {
    const std::string at = FishQuoted(
        absl::StrCat("__passerelle_at \"", each.path.empty() ? "" : " ", each.path, "\""));
    // The program's own options stand behind every command.
    const std::string where = each.path.empty() ? "" : absl::StrCat(" -n ", at);
    for (const CommandWords* child : Below(all, each.path))
      absl::StrAppend(&text, "complete -c passerelle -n ", at, " -a ", LastWord(child->path),
                      " -d ", FishQuoted(child->help), "\n");
    if (!each.words.empty())
      absl::StrAppend(&text, "complete -c passerelle", where, " -a ",
                      FishQuoted(absl::StrJoin(each.words, " ")), "\n");
    else if (each.takes_words)
      absl::StrAppend(&text, "complete -c passerelle", where, " -F\n");
    for (const OptionWords& option : each.options) {
      absl::StrAppend(&text, "complete -c passerelle", where);
      for (const std::string& name : option.names)
        absl::StrAppend(&text, absl::StartsWith(name, "--") ? " -l " : " -s ",
                        name.substr(name.find_first_not_of('-')));
      if (!option.values.empty())
        absl::StrAppend(&text, " -xa ", FishQuoted(absl::StrJoin(option.values, " ")));
      else if (option.takes_value)
        absl::StrAppend(&text, " -rF");
      absl::StrAppend(&text, " -d ", FishQuoted(option.help), "\n");
    }
  }
  return text;
}

absl::StatusOr<int> Print(App& app, const std::string& shell) {
  const std::vector<CommandWords> all = app.commands().Words();
  const std::string text = shell == "bash" ? Bash(all) : shell == "zsh" ? Zsh(all) : Fish(all);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kDone;
}

}  // namespace

void AddCompletion(App& app) {
  auto shell = std::make_shared<std::string>();
  app.commands()
      .AddVerb("completion",
               "Écrire de quoi compléter les commandes : source <(passerelle completion bash)",
               "Print what completes the commands: source <(passerelle completion bash)",
               [&app, shell] { return Print(app, *shell); })
      .Add("shell", *shell, "bash | zsh | fish", "bash | zsh | fish")
      .Required()
      .OneOf({"bash", "zsh", "fish"});
}

}  // namespace passerelle::gateway::cli
