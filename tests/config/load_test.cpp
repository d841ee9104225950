#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "config/config.h"
#include "core/error.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(LoadConfig, OneTextStandsForAListOfOne) {
  const Config config = parse_config("data: {test: {source: a, target: [b]}}\neval: {metrics: chrf}\n", "c.yaml");
  EXPECT_THAT(config.data.test.source, ElementsAre("a"));
  EXPECT_THAT(config.data.test.target, ElementsAre("b"));
  EXPECT_THAT(config.eval.metrics, ElementsAre(Metric::kChrf));
}

TEST(LoadConfig, AnchorsByteOrderMarkAndCarriageReturnsAreOrdinaryYaml) {
  const Config config = parse_config(
      "\xef\xbb\xbf"
      "data:\r\n  validation: &v {source: a, target: b}\r\n  test: *v\r\n",
      "c.yaml");
  EXPECT_EQ(config.data.test, config.data.validation);
  EXPECT_THAT(config.data.test.source, ElementsAre("a"));
}

TEST(LoadConfig, OverridesReadLikeYamlAndTheLastOneWins) {
  const Config config = parse_config(
      "model: {d_ff: 100}\n", "c.yaml",
      {"model.d_ff=7", "model.d_ff=8", "run.directory=a: [b] #c", "model.dropout=.25", "data.test.source=[a, \"b c\"]",
       "data.test.target=[c, d]", "eval.metrics=[]", "tokenizer.shared=false", "model.tie_embeddings=none",
       "optimizer.betas=[0, 0.5]", "data.cache_directory=\"x\"", "train.initialize_from="});
  EXPECT_EQ(config.model.d_ff, 8);
  EXPECT_EQ(config.run.directory, "a: [b] #c");
  EXPECT_EQ(config.model.dropout, 0.25);
  EXPECT_THAT(config.data.test.source, ElementsAre("a", "b c"));
  EXPECT_THAT(config.eval.metrics, IsEmpty());
  EXPECT_FALSE(config.tokenizer.shared);
  EXPECT_EQ(config.model.tie_embeddings, TieEmbeddings::kNone);
  EXPECT_THAT(config.optimizer.betas, ElementsAre(0, 0.5));
  EXPECT_EQ(config.data.cache_directory, "x");
}

TEST(LoadConfig, OverridesThatTogetherFailChangeNothing) {
  Config config;
  EXPECT_THROW(apply_overrides(config, {"model.d_ff=8", "model.num_heads=7"}), ConfigError);
  EXPECT_EQ(config, Config());
  apply_overrides(config, {"model.d_model=14", "model.num_heads=7"});
  EXPECT_THAT(differing_keys(config, Config()), ElementsAre("model.d_model", "model.num_heads"));
}

TEST(LoadConfig, WhatWasSetIsToldFromWhatIsADefault) {
  const ScratchDirectory scratch;
  put(scratch / "c.yaml", "model: {}\ndata:\n  train: {source: a, target: b}\nrun: {seed: 1}\n");
  const LoadedConfig loaded = load_config_and_keys(scratch / "c.yaml", {"decode.beam_size=2", "run.seed=1"});
  EXPECT_THAT(loaded.keys_set, ElementsAre("data.train.source", "data.train.target", "decode.beam_size", "run.seed"));
  EXPECT_EQ(loaded.config.decode.beam_size, 2);
  for (const char* name : {"data", "data.train", "data.train.source", "decode", "run.seed"})
    EXPECT_TRUE(loaded.sets(name)) << name;
  for (const char* name : {"model", "data.test", "data.train.sour", "dat", "run.directory", ""})
    EXPECT_FALSE(loaded.sets(name)) << name;
}

TEST(LoadConfig, EveryShippedConfigLoadsAndCanTrain) {
  int shipped = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator("configs")) {
    if (file.is_directory()) continue;
    const Config config = load_config(file.path().string());
    EXPECT_NO_THROW(require_training(config)) << file.path();
    const auto name = std::filesystem::relative(file.path(), "configs").replace_extension();
    EXPECT_EQ(config.run.directory, "runs/" + name.string());
    EXPECT_EQ(parse_config(dump_config(config), "dump"), config);
    ++shipped;
  }
  EXPECT_GE(shipped, 30);
}

}  // namespace
}  // namespace heed
