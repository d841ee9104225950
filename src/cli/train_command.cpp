#include <unistd.h>
#include <csignal>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/train_run.h"
#include "core/line_writer.h"
#include "core/logging.h"

namespace heed {
namespace {

struct TrainOptions {
  CommonOptions common;
  std::string config;
  bool resume = false, overwrite = false, dump_config = false;
};

std::atomic<int> signals{0};

// The first asks training to save and end; a second ends the process at once.
extern "C" void on_signal(int number) {
  if (signals.fetch_add(1) > 0) _exit(128 + number);
}

void listen_for_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGHUP, &action, nullptr);  // the terminal is gone
}

void train(const TrainOptions& options, std::vector<std::string> overrides) {
  set_quiet(options.common.quiet);
  if (options.common.threads > 0) overrides.push_back("run.threads=" + std::to_string(options.common.threads));
  if (!options.common.device.empty()) overrides.push_back("run.device=" + options.common.device);
  Config config = load_config(options.config, overrides);
  if (options.dump_config) {
    resolve_automatic(config);
    LineWriter output("-");
    output.write(dump_config(config));
    return output.close();
  }
  require_training(config);
  listen_for_signals();
  const ExistingRun existing = options.resume      ? ExistingRun::kResume
                               : options.overwrite ? ExistingRun::kOverwrite
                                                   : ExistingRun::kRefuse;
  run_training({std::move(config), existing, options.common.quiet, &signals});
}

}  // namespace

void add_train_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("train", "train a model from raw parallel text, as a YAML file says");
  auto options = std::make_shared<TrainOptions>();
  add_common_options(*command, options->common);
  command->add_option("config", options->config, "YAML file; --section.key=value changes a key of it")->required();
  CLI::Option* resume =
      command->add_flag("--resume", options->resume, "continue the run from its newest checkpoint, bit for bit");
  command->add_flag("--overwrite", options->overwrite, "throw away the run that is there")->excludes(resume);
  command->add_flag("--dump-config", options->dump_config, "print the config with every key resolved, and stop");
  command->allow_extras();
  command->footer(
      "The run directory (run.directory) holds config.yaml, train.log, metrics.jsonl, validations.tsv, tensorboard/ "
      "and\n"
      "checkpoints/, with links best and latest. Ctrl-C finishes the update, saves and ends; a second one ends at "
      "once.");
  command->callback([command, options] { train(*options, config_overrides(*command)); });
}

}  // namespace heed
