#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.h"
#include "core/error.h"

namespace heed {
namespace {

struct Unfit {
  const char* name;
  std::vector<std::string> overrides;
  std::string message;
};

std::ostream& operator<<(std::ostream& out, const Unfit& unfit) { return out << unfit.name; }

class EveryConfigUnfitForTraining : public testing::TestWithParam<Unfit> {};

Config trainable() {
  return parse_config(
      "run: {directory: r}\ndata: {train: {source: a, target: b}, validation: {source: c, target: d}}\n", "c.yaml");
}

TEST_P(EveryConfigUnfitForTraining, IsValidButRefusedByTraining) {
  Config config = trainable();
  ASSERT_NO_THROW(require_training(config));
  apply_overrides(config, GetParam().overrides);
  try {
    require_training(config);
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.what(), GetParam().message);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Training, EveryConfigUnfitForTraining,
    testing::Values(
        Unfit{"NoDirectory", {"run.directory="}, "run.directory is missing: training needs a directory to write to"},
        Unfit{"NoCorpus",
              {"data.train.source=[]", "data.train.target=[]"},
              "data.train is missing: training needs data.train.source and data.train.target"},
        Unfit{"NoValidation",
              {"data.validation={source: [], target: []}"},
              "data.validation is missing: give it, or set train.validate_every: 0 to train without validation"},
        Unfit{"NoEnd",
              {"train.max_steps=0"},
              "training needs an end: set train.max_steps, max_epochs or max_minutes above 0"},
        Unfit{"Metric",
              {"eval.metrics=chrf"},
              "train.early_stopping_metric bleu must be one of eval.metrics [chrf], or loss or perplexity"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Training, NeedsNoValidationCorpusWhenItNeverValidates) {
  Config config = trainable();
  apply_overrides(config, {"data.validation={source: [], target: []}", "train.validate_every=0"});
  EXPECT_NO_THROW(require_training(config));
}

}  // namespace
}  // namespace heed
