#include "cli/commands.h"

#include "config/device_name.h"
#include "config/key_hint.h"
#include "config/nearest_key.h"
#include "config/value.h"
#include "core/error.h"

namespace heed {
namespace {

// The option that a word is misspelt for, with its dashes; or the key whose section is missing, where the command takes
// keys; else "".
std::string argument_meant(const CLI::App& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  if (!name.starts_with('-')) return "";
  const std::string bare =
      name.substr(name.find_first_not_of('-') == std::string::npos ? 0 : name.find_first_not_of('-'));
  std::vector<std::string_view> options;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& one : option->get_lnames()) options.push_back(one);
  const std::string_view option = nearest(bare, options);
  if (!option.empty()) return "did you mean '--" + std::string(option) + "'?";
  const KeyHint hint = command.get_allow_extras() ? key_hint(bare) : KeyHint{};
  return hint.empty() ? "" : hint_text(hint, bare, KeySpelling::kOption);
}

}  // namespace

std::string help_of(const CLI::App& command) {
  const bool is_root = command.get_parent() == nullptr;
  return is_root ? "heed help" : "heed " + command.get_name() + " --help";
}

std::string unexpected_argument(const CLI::App& command, const std::string& word) {
  const std::string meant = argument_meant(command, word);
  return "unexpected argument " + shown(word) + (meant.empty() ? "; see " + help_of(command) : " (" + meant + ")");
}

void add_common_options(CLI::App& command, CommonOptions& options) {
  command.add_flag("--quiet", options.quiet, "print nothing on stderr but warnings and errors");
  command.add_option("--threads", options.threads, "CPU threads (default: run.threads of the config, else all cores)")
      ->check(CLI::Range(int64_t{1}, int64_t{1024}));
  command.add_option("--device", options.device, "auto, cpu, cuda or cuda:N (default: run.device of the config)")
      ->check([](const std::string& device) { return is_device(device) ? "" : device_expected(device); });
}

std::vector<std::string> config_overrides(const CLI::App& command, std::vector<std::string>* words) {
  std::vector<std::string> overrides;
  const std::vector<std::string> rest = command.remaining();
  for (size_t i = 0; i < rest.size(); ++i) {
    const std::string& word = rest[i];
    const bool is_key = word.starts_with("--") && word.substr(0, word.find('=')).find('.') != std::string::npos;
    if (!is_key && words != nullptr && !word.starts_with("-")) {
      words->push_back(word);
      continue;
    }
    if (!is_key) throw ConfigError(unexpected_argument(command, word));
    if (word.find('=') != std::string::npos) {
      overrides.push_back(word.substr(2));
    } else if (i + 1 < rest.size()) {
      overrides.push_back(word.substr(2) + "=" + rest[++i]);
    } else {
      throw ConfigError(word + " needs a value: " + word + "=VALUE");
    }
  }
  return overrides;
}

void refuse_overrides(const CLI::App& command, const std::string& why) {
  const std::vector<std::string> overrides = config_overrides(command);
  if (!overrides.empty()) throw ConfigError("--" + overrides.front() + ": --section.key options " + why);
}

}  // namespace heed
