#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "checkpoint/open_checkpoint.h"
#include "checkpoint/run_directory.h"
#include "cli/commands.h"
#include "cli/new_directory.h"
#include "core/error.h"
#include "core/failure_text.h"
#include "core/logging.h"
#include "export/average.h"
#include "watch/validations_file.h"

namespace heed {
namespace {

struct AverageOptions {
  CommonOptions common;
  std::string run, output, metric;
  int64_t last = 0, best = 0;
  bool force = false;
};

[[noreturn]] void too_few(const AverageOptions& options, size_t found, const std::string& what) {
  throw ConfigError(fmt::format("{} has {} {}, expected {}: train with a larger train.keep, or ask for fewer",
                                options.run, found, what, std::max(options.last, options.best)));
}

std::vector<int64_t> last_steps(const AverageOptions& options, std::vector<int64_t> steps) {
  const auto count = static_cast<size_t>(options.last);
  if (steps.size() < count) too_few(options, steps.size(), "checkpoints");
  steps.erase(steps.begin(), steps.end() - options.last);
  return steps;
}

// Ascending by step, whatever their order by score: equal sets give equal bytes.
std::vector<int64_t> best_steps(const AverageOptions& options, const RunDirectory& run, std::vector<int64_t> steps) {
  const std::string metric = options.metric.empty() ? "bleu" : options.metric;
  const auto scores = validation_scores(run.validations_file(), metric);
  std::erase_if(steps, [&](int64_t step) { return scores.count(step) == 0; });
  const auto count = static_cast<size_t>(options.best);
  if (steps.size() < count) too_few(options, steps.size(), "checkpoints with a score by " + metric);
  const bool lower = metric == "loss" || metric == "perplexity";
  std::stable_sort(steps.begin(), steps.end(), [&](int64_t a, int64_t b) {
    return lower ? scores.at(a) < scores.at(b) : scores.at(a) > scores.at(b);
  });
  steps.resize(count);
  std::sort(steps.begin(), steps.end());
  return steps;
}

// Chosen anew where a trainer has removed one meanwhile.
std::vector<OpenCheckpoint> open_chosen(const AverageOptions& options, const RunDirectory& run) {
  return open_what_is_there([&] {
    const std::vector<int64_t> steps =
        options.last > 0 ? last_steps(options, run.steps()) : best_steps(options, run, run.steps());
    std::vector<OpenCheckpoint> checkpoints;
    for (const int64_t step : steps) checkpoints.emplace_back(run.checkpoint(step));
    return checkpoints;
  });
}

void average(const AverageOptions& options) {
  set_quiet(options.common.quiet);
  if ((options.last > 0) == (options.best > 0)) throw ConfigError("average needs --last N or --best N, one of them");
  if (options.last > 0 && !options.metric.empty()) throw ConfigError("--metric goes with --best");
  const RunDirectory run{std::filesystem::path(options.run)};
  if (!std::filesystem::exists(run.path()))
    throw ConfigError(options.run + ": there is no such run" + relative_note(run.path()));
  if (!std::filesystem::is_directory(run.checkpoints()))
    throw ConfigError(options.run + ": expected a run directory, with checkpoints/ in it");
  const std::vector<OpenCheckpoint> checkpoints = open_chosen(options, run);
  std::vector<std::filesystem::path> directories;
  for (const OpenCheckpoint& checkpoint : checkpoints) directories.push_back(checkpoint.directory());
  const auto output = new_model_directory(options.output, options.force, directories);
  write_checkpoint(output, average_checkpoints(checkpoints));
  std::string names;
  for (const auto& directory : directories) names += " " + directory.filename().string();
  log_info(fmt::format("{}: the average of{}", options.output, names));
}

}  // namespace

void add_average_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("average", "average the weights of a run's checkpoints into a new model");
  auto options = std::make_shared<AverageOptions>();
  add_common_options(*command, options->common);
  command->add_option("run", options->run, "the run directory")->required();
  const CLI::Range count(int64_t{1}, int64_t{1'000'000});
  command->add_option("--last", options->last, "the newest N checkpoints")->check(count);
  command->add_option("--best", options->best, "the N best by --metric")->check(count);
  command->add_option("--metric", options->metric,
                      "--best: a column of validations.tsv: bleu, chrf, loss, ... (default: bleu)");
  command->add_option("-o,--output", options->output, "where the model goes")->required();
  command->add_flag("--force", options->force, "replace the model that is there");
  command->callback([options] { average(*options); });
}

}  // namespace heed
