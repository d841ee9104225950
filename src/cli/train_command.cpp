#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/run_origin.h"
#include "cli/train_run.h"
#include "core/error.h"
#include "core/file_bytes.h"
#include "core/line_writer.h"
#include "core/logging.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

struct TrainOptions {
  CommonOptions common;
  std::string config;
  bool resume = false, overwrite = false, allow_changes = false, dump_config = false;
};

// As a shell reads it back.
std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_-./:=,@%+") == std::string::npos;
  if (plain) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string arguments_text(const TrainOptions& options, const std::vector<std::string>& overrides) {
  std::string text = quoted(options.config);
  for (const std::string& one : overrides) text += " " + quoted("--" + one);
  return text;
}

// A run directory brings its own config, and may have been moved since that was written.
LoadedConfig load_training_config(const TrainOptions& options, std::vector<std::string> overrides) {
  if (!fs::is_directory(options.config)) return load_config_and_keys(options.config, overrides);
  const RunDirectory run{fs::path(options.config)};
  if (!options.resume)
    throw ConfigError(options.config + " is a directory: expected a YAML file, or a run's directory with --resume");
  if (!fs::exists(run.config_file()))
    throw ConfigError(options.config + ": no config.yaml there: expected the directory of a run, or a YAML file");
  overrides.insert(overrides.begin(), "run.directory=" + options.config);
  return load_config_and_keys(run.config_file().string(), overrides);
}

// A run's resolved config goes where a person's own may stand.
void require_config_elsewhere(const TrainOptions& options, const Config& config) {
  const RunDirectory run{fs::path(config.run.directory)};
  std::error_code differs;
  if (!fs::equivalent(options.config, run.config_file(), differs) || !run.steps().empty()) return;
  if (read_file_bytes(options.config) == dump_config(load_config(options.config))) return;
  throw ConfigError(
      fmt::format("{}: training writes its resolved config there: keep this one outside of run.directory {}",
                  options.config, config.run.directory));
}

void print_config(LoadedConfig loaded) {
  if (const std::string& from = loaded.config.train.initialize_from; !from.empty())
    take_model(loaded, read_origin_of_model(from));
  resolve_automatic(loaded.config);
  print_text(dump_config(loaded.config));
}

void train(const TrainOptions& options, std::vector<std::string> overrides) {
  set_quiet(options.common.quiet);
  if (options.common.threads > 0) overrides.push_back("run.threads=" + std::to_string(options.common.threads));
  if (!options.common.device.empty()) overrides.push_back("run.device=" + options.common.device);
  LoadedConfig loaded = load_training_config(options, overrides);
  if (options.dump_config) return print_config(std::move(loaded));
  require_training(loaded.config);
  require_config_elsewhere(options, loaded.config);
  const ExistingRun existing = options.resume      ? ExistingRun::kResume
                               : options.overwrite ? ExistingRun::kOverwrite
                                                   : ExistingRun::kRefuse;
  run_training({std::move(loaded), existing, options.allow_changes ? Changes::kAllow : Changes::kRefuse,
                options.common.quiet, quoted(program_invocation_name), arguments_text(options, overrides)});
}

}  // namespace

void add_train_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("train", "train a model from raw parallel text, as a YAML file says");
  auto options = std::make_shared<TrainOptions>();
  add_common_options(*command, options->common);
  command
      ->add_option("config", options->config,
                   "YAML file; --section.key=value changes a key of it (with --resume also the run's directory)")
      ->required();
  CLI::Option* resume =
      command->add_flag("--resume", options->resume, "continue the run from its newest checkpoint, bit for bit");
  command
      ->add_flag("--allow-changes", options->allow_changes,
                 "--resume: with the run's weights and moments, but under this config where it differs")
      ->needs(resume);
  command->add_flag("--overwrite", options->overwrite, "throw away the run that is there")->excludes(resume);
  command->add_flag("--dump-config", options->dump_config, "print the config with every key resolved, and stop");
  command->allow_extras();
  command->footer(
      "The run directory (run.directory) holds config.yaml, train.log, metrics.jsonl, validations.tsv, tensorboard/ "
      "and\n"
      "checkpoints/, with links best and latest. Ctrl-C finishes the update, saves and ends; a second one ends at "
      "once.\n"
      "--resume refuses a config under which the weights would not be those of an uninterrupted run.");
  command->callback([command, options] { train(*options, config_overrides(*command)); });
}

}  // namespace heed
