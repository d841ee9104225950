#include "cli/completion_script.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "config/device_name.h"
#include "config/keys.h"

namespace heed {
namespace {

using Words = std::vector<std::string>;

// One branch of a shell's case: what it prints, a word a line. Words are names and hold nothing that a shell reads.
std::string branch(const std::string& pattern, const Words& words) {
  if (words.empty()) return "";
  std::string text = "    " + pattern + ") printf '%s\\n'";
  for (const std::string& word : words) text += " " + word;
  return text + " ;;\n";
}

std::string function(const std::string& name, const std::string& subject, const std::string& branches) {
  return name + "() {\n  case " + subject + " in\n" + branches + "  esac\n}\n\n";
}

bool is_positional(const CLI::Option& option) { return option.get_positional(); }

// "{text,jsonl}" in what CLI11 says of an option's values.
Words choices_of(const CLI::Option& option) {
  if (option.check_lname("device")) return {device_words().begin(), device_words().end()};
  const std::string type = option.get_type_name();
  const size_t begin = type.find('{'), end = type.find('}');
  if (begin == std::string::npos || end == std::string::npos) return {};
  Words words(1);
  for (const char c : type.substr(begin + 1, end - begin - 1)) {
    if (c == ',')
      words.emplace_back();
    else
      words.back() += c;
  }
  return words;
}

Words choices_of(const KeyDescription& key) {
  if (key.name == "run.device") return {device_words().begin(), device_words().end()};
  return key.choices;
}

Words names_of(const std::vector<const CLI::App*>& commands) {
  Words names;
  for (const CLI::App* command : commands) names.push_back(command->get_name());
  return names;
}

Words options_of(const CLI::App& command) {
  Words names;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

// A command that takes a config takes every key; one that takes a model only says how to decode.
bool takes_section(const CLI::App& command, std::string_view section) {
  const auto options = command.get_options();
  const bool has_config = std::any_of(options.begin(), options.end(),
                                      [](const CLI::Option* option) { return option->check_name("config"); });
  const bool is_scored = command.get_name() == "evaluate" && (section == "data" || section == "eval");
  return command.get_allow_extras() && (has_config || section == "decode" || is_scored);
}

// "--model.", for the first TAB: two hundred keys at once help nobody.
Words sections_of(const CLI::App& command) {
  Words names;
  for (const SectionDescription& section : all_sections()) {
    const bool is_top = section.name.find('.') == std::string::npos;
    if (is_top && takes_section(command, section.name)) names.push_back("--" + section.name + ".");
  }
  return names;
}

Words keys_of(const CLI::App& command) {
  Words names;
  for (const KeyDescription& key : all_keys()) {
    if (takes_section(command, std::string_view(key.name).substr(0, key.name.find('.'))))
      names.push_back("--" + key.name + "=");
  }
  return names;
}

// What may stand right after the command's name, where that is one of a few words.
Words arguments_of(const CLI::App& command, const std::vector<const CLI::App*>& commands) {
  if (command.get_name() == "help") return names_of(commands);
  Words words;
  if (command.get_name() == "config") {
    for (const SectionDescription& section : all_sections()) words.push_back(section.name);
    for (const KeyDescription& key : all_keys()) words.push_back(key.name);
    return words;
  }
  const auto positional = command.get_options(
      [](const CLI::Option* option) { return is_positional(*option) && option->get_lnames().empty(); });
  return positional.empty() ? words : choices_of(*positional.front());
}

// The functions that both shells share, each printing words for the command in $1.
std::string tables(const CLI::App& app) {
  const std::vector<const CLI::App*> commands = app.get_subcommands({});
  std::string options, sections, keys, arguments, values;
  for (const CLI::App* command : commands) {
    const std::string& name = command->get_name();
    options += branch(name, options_of(*command));
    sections += branch(name, sections_of(*command));
    keys += branch(name, keys_of(*command));
    arguments += branch(name, arguments_of(*command, commands));
    for (const CLI::Option* option : command->get_options())
      for (const std::string& one : option->get_lnames())
        values += branch("'" + name + " --" + one + "'", choices_of(*option));
  }
  for (const KeyDescription& key : all_keys()) values += branch("*' --" + key.name + "'", choices_of(key));
  Words first = names_of(commands);
  for (const std::string& option : options_of(app)) first.push_back(option);
  return function("_heed_first", "-", branch("*", first)) + function("_heed_options", "$1", options) +
         function("_heed_sections", "$1", sections) + function("_heed_keys", "$1", keys) +
         function("_heed_arguments", "$1", arguments) + function("_heed_values", "\"$1 $2\"", values);
}

constexpr std::string_view kCandidates =
    R"sh(# The words of the line after heed, the last being completed: prints what it may become, nothing where a file belongs.
_heed_candidates() {
  local word= previous= current= values=
  for word in "$@"; do previous=$current current=$word; done
  if [ $# -le 1 ]; then _heed_first; return; fi
  case $current in
    --*=*)
      _heed_values "$1" "${current%%=*}" | while IFS= read -r word; do printf '%s\n' "${current%%=*}=$word"; done
      return ;;
    --*.*) _heed_keys "$1"; return ;;
    -*) _heed_options "$1"; _heed_sections "$1"; return ;;
  esac
  values=$(_heed_values "$1" "$previous")
  if [ -n "$values" ]; then printf '%s\n' "$values"; return; fi
  if [ $# -eq 2 ]; then _heed_arguments "$1"; fi
}

)sh";

constexpr std::string_view kBash = R"sh(_heed() {
  local words=() word joins= candidates current
  # Bash cuts words at '=' and ':', which belong to them.
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ ${#words[@]} -gt 1 && ( $joins || $word == [=:] ) ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
    joins=
    if [[ $word == [=:] ]]; then joins=yes; fi
  done
  current=${words[-1]}
  candidates=$(_heed_candidates "${words[@]}")
  if [[ $candidates ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$current")
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=.] ]]; then compopt -o nospace 2>/dev/null; fi
  else
    mapfile -t COMPREPLY < <(compgen -f -- "${current#--*=}")
    compopt -o filenames 2>/dev/null
    return
  fi
  # Bash replaces what stands after the '=' only.
  if [[ $current == --*=* && $COMP_WORDBREAKS == *=* ]]; then COMPREPLY=("${COMPREPLY[@]#--*=}"); fi
}
complete -F _heed heed
)sh";

constexpr std::string_view kZsh = R"sh(_heed() {
  local current=${words[CURRENT]}
  local -a found
  found=(${(f)"$(_heed_candidates "${(@)words[2,CURRENT]}")"})
  if (( ${#found} )); then
    compadd -S '' -- ${(M)found:#*[=.]}
    compadd -- ${found:#*[=.]}
  else
    compset -P '--*='
    _files
  fi
}
compdef _heed heed
)sh";

}  // namespace

std::string completion_script(const CLI::App& app, Shell shell) {
  const bool bash = shell == Shell::kBash;
  std::string script = bash
                           ? "# Completion of heed in bash; in ~/.bashrc: source <(heed completion bash)\n"
                           : "# Completion of heed in zsh; in ~/.zshrc after compinit: source <(heed completion zsh)\n";
  return script.append("\n").append(tables(app)).append(kCandidates).append(bash ? kBash : kZsh);
}

}  // namespace heed
