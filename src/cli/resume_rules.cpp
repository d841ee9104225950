#include "cli/resume_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/error.h"
#include "core/logging.h"
#include "nn/attention/resolve_scores.h"
#include "tensor/device.h"

namespace heed {
namespace {

using Keys = std::vector<std::string_view>;

bool holds(const Keys& keys, std::string_view key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); }

// Keys that may change between a run and its continuation, whose weights stay the same: limits, logging, directories,
// names (corpora are compared by content), where it runs, and what only concerns translations shown or made later.
const Keys kFreeKeys = {"run.directory",
                        "run.device",
                        "run.threads",
                        "run.cuda_graphs",
                        "run.cpu",
                        "run.gpu_name",
                        "data.train.source",
                        "data.train.target",
                        "data.validation.source",
                        "data.validation.target",
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
                        "train.guided_alignment",
                        "train.validate_every",
                        "train.validate_every_epochs",
                        "decode.beam_size",
                        "decode.n_best",
                        "decode.patience",
                        "decode.beam_groups",
                        "decode.diversity_penalty",
                        "decode.sampling",
                        "decode.temperature",
                        "decode.top_k",
                        "decode.top_p",
                        "decode.sampling_seed",
                        "decode.mbr",
                        "decode.mbr_candidates"};

const Keys kNoiseKeys = {"model.dropout", "model.attention_dropout", "model.activation_dropout",
                         "model.variational_dropout", "tokenizer.sampling"};

// What decides which sentences there are, and how.
const Keys kCorpusKeys = {"data.max_source_length", "data.max_target_length", "data.max_characters",
                          "data.too_long",          "data.invalid_utf8",      "tokenizer.sampling"};

const Keys kBatchKeys = {"run.seed", "train.batch_tokens"};

bool is_free(const Config& config, std::string_view key) {
  // linear and cosine end at max_steps: there it is part of the schedule.
  if (key == "train.max_steps")
    return config.schedule.type != ScheduleType::kLinear && config.schedule.type != ScheduleType::kCosine;
  return holds(kFreeKeys, key);
}

bool is_fixed(const Config& config, const Config& run, std::string_view key) {
  if (key == "optimizer.type")  // adam and adamw have one state
    return config.optimizer.type == OptimizerType::kSgd || run.optimizer.type == OptimizerType::kSgd;
  if (key == "train.ema") return config.train.ema == 0 || run.train.ema == 0;
  return fixes_weights(key) || (key.starts_with("tokenizer.") && !holds(kNoiseKeys, key));
}

bool is_measure(std::string_view key) {
  return key.starts_with("eval.") || key.starts_with("decode.") || key == "train.early_stopping_metric" ||
         key == "train.validation_beam_size" || holds(kCorpusKeys, key);
}

std::string text_of(const ConfigChange& change) {
  return fmt::format("{}: the run has {}, this config {}", change.key, change.before, change.after);
}

// What `config` leaves automatic is as the run decided it.
void take_decisions(Config& config, const Config& run) {
  if (config.run.threads == 0) config.run.threads = run.run.threads;
  const std::string device = config.run.device == run.run.device ? "auto" : config.run.device;
  config.run.device = resolve_device(device, "run.device", run.run.device).str();
  if (config.run.precision == Precision::kAuto) config.run.precision = run.run.precision;
  if (config.model.max_positions == 0) config.model.max_positions = run.model.max_positions;
  if (!run.train.initialize_from.empty() && run.train.initialize_tokenizer) {
    const double sampling = config.tokenizer.sampling;
    config.tokenizer = run.tokenizer;
    config.tokenizer.sampling = sampling;
  }
  config.run.cpu = run.run.cpu;
  config.run.gpu_name = run.run.gpu_name;
}

[[noreturn]] void refuse(const std::vector<ConfigChange>& changes, const std::string& origin, const std::string& why) {
  std::vector<std::string> texts;
  for (const ConfigChange& change : changes) texts.push_back(text_of(change));
  throw ConfigError(fmt::format("{}: cannot resume with {}: {}", origin, fmt::join(texts, "; "), why));
}

void refuse_changes(const std::vector<ConfigChange>& changes, const std::string& origin) {
  refuse(changes, origin,
         "the run would not be the same; restore it, or go on with the run's state all the same: --allow-changes");
}

void notice_other_machine(const Config& run, c10::Device device) {
  std::string before = fmt::format("a CPU '{}'", run.run.cpu), now = fmt::format("a CPU '{}'", cpu_name());
  if (run.run.device != "cpu") before = fmt::format("a GPU '{}'", run.run.gpu_name);
  if (device.is_cuda()) now = fmt::format("a GPU '{}'", gpu_name(device));
  if (before != now)
    log_warning(fmt::format("the run began on {}, this is {}: weights may differ in their last bits", before, now));
}

}  // namespace

bool fixes_weights(std::string_view key) {
  const bool of_training = key.ends_with("_attention.dropout") || key.ends_with("_attention.span_penalty");
  return key.starts_with("model.") && !holds(kNoiseKeys, key) && !of_training;
}

RunChanges continue_config(Config& config, const Config& written, const std::string& origin, Changes changes) {
  Config run = written;
  resolve_scores(run.model);  // of before there was a choice
  resolve_scores(config.model);
  take_decisions(config, run);
  RunChanges found;
  std::vector<ConfigChange> fixed;
  for (const std::string& key : differing_keys(run, config)) {
    if (is_free(config, key)) continue;
    const ConfigChange change{key, value_of(run, key), value_of(config, key)};
    if (is_fixed(config, run, key)) fixed.push_back(change);
    found.list.push_back(change);
    found.continuation.begins_new_epoch |= holds(kBatchKeys, key) || holds(kCorpusKeys, key);
    found.continuation.forgets_best |= is_measure(key);
  }
  if (!fixed.empty())
    refuse(fixed, origin, "that cannot change; train.initialize_from starts another run from these weights");
  if (!found.list.empty() && changes == Changes::kRefuse) refuse_changes(found.list, origin);
  notice_other_machine(run, resolve_device(config.run.device, "run.device"));
  return found;
}

void continue_corpora(const std::vector<CorpusComparison>& corpora, const std::string& origin, Changes changes,
                      RunChanges& found) {
  constexpr size_t kShownDigits = 12;
  std::vector<ConfigChange> different;
  for (const CorpusComparison& corpus : corpora) {
    if (corpus.before.empty() || corpus.before == corpus.now) continue;
    const auto shown = [](const std::string& sum) { return sum.substr(0, kShownDigits) + "..."; };
    different.push_back({corpus.name, corpus.what + " (SHA-256 " + shown(corpus.before) + ")", shown(corpus.now)});
    found.continuation.begins_new_epoch |= corpus.name == "data.train";
    found.continuation.forgets_best |= corpus.name == "data.validation";
  }
  if (different.empty()) return;
  if (changes == Changes::kRefuse) refuse_changes(different, origin);
  found.list.insert(found.list.end(), different.begin(), different.end());
}

}  // namespace heed
