#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/data_config.h"
#include "config/decode_config.h"
#include "config/eval_config.h"
#include "config/model_config.h"
#include "config/optimizer_config.h"
#include "config/run_config.h"
#include "config/schedule_config.h"
#include "config/tokenizer_config.h"
#include "config/train_config.h"

namespace heed {

// A run's whole configuration: one member per YAML section (see config/field.h for what a section is).
struct Config {
  RunConfig run;
  DataConfig data;
  TokenizerConfig tokenizer;
  ModelConfig model;
  OptimizerConfig optimizer;
  ScheduleConfig schedule;
  TrainConfig train;
  DecodeConfig decode;
  EvalConfig eval;

  bool operator==(const Config&) const = default;

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit("run", &Config::run, "where and on what the run takes place");
    visit("data", &Config::data, "the corpora");
    visit("tokenizer", &Config::tokenizer, "text to pieces");
    visit("model", &Config::model, "the network");
    visit("optimizer", &Config::optimizer, "how gradients change weights");
    visit("schedule", &Config::schedule, "the learning rate over time");
    visit("train", &Config::train, "the training loop");
    visit("decode", &Config::decode, "the search for a translation");
    visit("eval", &Config::eval, "scores");
  }
};

// Reads a YAML file, then the overrides ("section.key=value", later ones win), and checks the result as a whole.
// An override's value is a YAML scalar, or a flow list ("[a, b]") where the key takes a list.
// Throws ConfigError: "configs/base.yaml:14:3: unknown key 'model.num_head' (did you mean 'num_heads'?)". Also for a
// key that a person set and that has no effect beside the others (config/idle_keys.h).
Config load_config(const std::string& path, const std::vector<std::string>& overrides = {});

// A config and what a person chose in it, in the file or on the command line.
struct LoadedConfig {
  Config config;
  std::vector<std::string> keys_set;  // full names ("data.train.source"), in alphabetical order

  bool sets(
      std::string_view name) const;  // `name`: a key, or a section ("model", "data.train") of which any key is set
};
LoadedConfig load_config_and_keys(const std::string& path, const std::vector<std::string>& overrides = {});

// The same for YAML text that need not be a person's: a key without effect is no error. `origin` stands where the
// file's name stands in errors.
Config parse_config(const std::string& text, const std::string& origin, const std::vector<std::string>& overrides = {});

// Sets "section.key=value" pairs and checks the result as a whole; errors start with "command line: --section.key".
void apply_overrides(Config& config, const std::vector<std::string>& overrides);

// Every key as YAML: parse_config(dump_config(c), ...) == c exactly, and equal configs give equal bytes.
std::string dump_config(const Config& config);

// What training needs beyond a valid config: a run directory, a training corpus, a limit, something to validate on.
// Throws ConfigError.
void require_training(const Config& config);

// Full names ("model.d_model", "data.train.source") of the keys in which two configs differ, in the order of the dump.
std::vector<std::string> differing_keys(const Config& a, const Config& b);

// The YAML of one key's value ("optimizer.learning_rate": "0.002"). ConfigError where no key has that full name.
std::string value_of(const Config& config, std::string_view key);

}  // namespace heed
