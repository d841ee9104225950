#include "cli/commands.h"

#include "config/rules.h"
#include "core/error.h"

namespace heed {

void add_common_options(CLI::App& command, CommonOptions& options) {
  command.add_flag("--quiet", options.quiet, "print nothing on stderr but warnings and errors");
  command.add_option("--threads", options.threads, "CPU threads (default: run.threads of the config, else all cores)")
      ->check(CLI::Range(int64_t{1}, int64_t{1024}));
  command.add_option("--device", options.device, "auto, cpu, cuda or cuda:N (default: run.device of the config)")
      ->check([](const std::string& device) {
        return is_device(device) ? "" : "expected auto, cpu, cuda or cuda:N, found '" + device + "'";
      });
}

std::vector<std::string> config_overrides(const CLI::App& command) {
  std::vector<std::string> overrides;
  const std::vector<std::string> rest = command.remaining();
  for (size_t i = 0; i < rest.size(); ++i) {
    const std::string& word = rest[i];
    const bool is_key = word.rfind("--", 0) == 0 && word.find('.') != std::string::npos;
    if (!is_key) throw ConfigError("unexpected argument '" + word + "'; see heed " + command.get_name() + " --help");
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
