#include "cli/resume_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "core/logging.h"
#include "tensor/device.h"

namespace heed {
namespace {

// Keys that may change between a run and its continuation: limits, logging, directories, where it runs, and what only
// concerns translations shown or made later.
const std::vector<std::string> kFreeKeys = {"run.directory",
                                            "run.device",
                                            "run.threads",
                                            "run.cpu",
                                            "data.test.source",
                                            "data.test.target",
                                            "data.cache_directory",
                                            "train.max_epochs",
                                            "train.max_minutes",
                                            "train.log_every",
                                            "train.save_every",
                                            "train.keep",
                                            "train.patience",
                                            "train.sample_lines",
                                            "train.max_bad_updates",
                                            "train.initialize_from",
                                            "train.initialize_tokenizer",
                                            "train.validate_every",
                                            "train.validate_every_epochs",
                                            "decode.beam_size",
                                            "decode.n_best"};

bool is_free(const Config& config, const std::string& key) {
  // linear and cosine end at max_steps: there it is part of the schedule.
  if (key == "train.max_steps")
    return config.schedule.type != ScheduleType::kLinear && config.schedule.type != ScheduleType::kCosine;
  return std::find(kFreeKeys.begin(), kFreeKeys.end(), key) != kFreeKeys.end();
}

// What `config` leaves automatic is as the run decided it.
void take_decisions(Config& config, const Config& run) {
  if (config.run.threads == 0) config.run.threads = run.run.threads;
  if (config.run.device == "auto") config.run.device = run.run.device;
  if (config.run.precision == Precision::kAuto) config.run.precision = run.run.precision;
  if (config.model.max_positions == 0) config.model.max_positions = run.model.max_positions;
  if (!run.train.initialize_from.empty() && run.train.initialize_tokenizer) {
    const double sampling = config.tokenizer.sampling;
    config.tokenizer = run.tokenizer;
    config.tokenizer.sampling = sampling;
  }
  config.run.cpu = run.run.cpu;
}

void refuse_changes(const Config& config, const Config& run, const std::string& origin) {
  std::vector<std::string> changed;
  for (const std::string& key : differing_keys(run, config))
    if (!is_free(config, key)) changed.push_back(key);
  if (changed.empty()) return;
  throw ConfigError(
      fmt::format("{}: cannot resume with another {}: the run would not be the same; restore it, or train "
                  "into another run.directory (train.initialize_from starts from these weights)",
                  origin, fmt::join(changed, ", ")));
}

void notice_other_machine(const Config& run) {
  if (run.run.cpu != cpu_name())
    log_warning(fmt::format("the run began on a CPU '{}', this one is '{}': weights may differ in their last bits",
                            run.run.cpu, cpu_name()));
}

}  // namespace

void continue_config(Config& config, const Config& run, const std::string& origin) {
  take_decisions(config, run);
  refuse_changes(config, run, origin);
  notice_other_machine(run);
}

}  // namespace heed
