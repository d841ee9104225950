#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace heed {

// One function per subcommand, each in its own file: it declares the options and sets the callback that does the work.
// Work errors are thrown (core/error.h) and caught once, in main.cpp.

// What every command takes.
struct CommonOptions {
  bool quiet = false;
  int64_t threads = 0;  // 0: the config's run.threads, and where that is 0 too, as many as there are cores
  std::string device;   // empty: the config's run.device
};

// Declares --quiet, --threads and --device on `command`. `options` must outlive the parse.
void add_common_options(CLI::App& command, CommonOptions& options);

// Applies --quiet and returns the rest (e.g. `--decode.beam_size=3` or `--decode.beam_size 3`) as "section.key=value".
// Anything else left over is a ConfigError that names it.
// `words`, where given, gets the words among them that are neither; elsewhere these are unexpected.
std::vector<std::string> config_overrides(const CLI::App& command, std::vector<std::string>* words = nullptr);

// ConfigError for any such option, ending in `why`: where a command would not look at it.
void refuse_overrides(const CLI::App& command, const std::string& why);

// What stands on the line of a command that does not know it, and what was perhaps meant: "unexpected argument
// '--ouput' (did you mean '--output'?)".
std::string unexpected_argument(const CLI::App& command, const std::string& word);

// How to ask for a command's help: "heed train --help".
std::string help_of(const CLI::App& command);

void add_toy_command(CLI::App& app);
void add_vocab_command(CLI::App& app);
void add_audit_command(CLI::App& app);
void add_train_command(CLI::App& app);
void add_translate_command(CLI::App& app);
void add_evaluate_command(CLI::App& app);
void add_score_command(CLI::App& app);
void add_inspect_command(CLI::App& app);
void add_attention_command(CLI::App& app);
void add_average_command(CLI::App& app);
void add_export_command(CLI::App& app);
void add_import_command(CLI::App& app);
void add_cache_command(CLI::App& app);
void add_config_command(CLI::App& app);
void add_help_command(CLI::App& app);
void add_completion_command(CLI::App& app);

}  // namespace heed
