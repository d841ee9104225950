#include "cli/resume_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace heed {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string refusal(const std::vector<std::string>& overrides, Changes changes) {
  const Config run;
  Config config;
  apply_overrides(config, overrides);
  try {
    continue_config(config, run, "runs/x/checkpoints/step-00000100", changes);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

RunChanges allowed(const std::vector<std::string>& overrides) {
  const Config run;
  Config config;
  apply_overrides(config, overrides);
  return continue_config(config, run, "run", Changes::kAllow);
}

TEST(ResumeRules, ARefusalNamesBothValuesOfEveryChangedKey) {
  EXPECT_EQ(refusal({"optimizer.learning_rate=0.0001", "train.batch_tokens=2000"}, Changes::kRefuse),
            "runs/x/checkpoints/step-00000100: cannot resume with optimizer.learning_rate: the run has 0.001, this "
            "config 0.0001; train.batch_tokens: the run has 4096, this config 2000: the run would not be the same; "
            "restore it, or go on with the run's state all the same: --allow-changes");
}

TEST(ResumeRules, WhatChangesNoWeightIsFree) {
  for (const char* one :
       {"run.threads=3", "run.directory=elsewhere", "data.train.source=x", "train.max_steps=1", "train.max_minutes=1",
        "train.keep=1", "train.patience=1", "train.validate_every=7", "data.cache_directory=c", "decode.beam_size=2"}) {
    const std::string both = std::string(one).starts_with("data.train") ? "data.train.target=y" : "run.seed=1";
    EXPECT_EQ(refusal({one, both}, Changes::kRefuse), "") << one;
  }
}

// These tests see no GPU. The run's own config.yaml, given back to it, names the device that it was trained on.
TEST(ResumeRules, ARunOfAGpuThatIsNotHereGoesOnOnTheCpuAndSaysSo) {
  Config run;
  run.run.device = "cuda:0";
  run.run.gpu_name = "NVIDIA H100 80GB HBM3";
  run.run.precision = Precision::kBf16;
  for (const char* device : {"auto", "cuda:0", "cpu"}) {
    Config config;
    config.run.device = device;
    ::testing::internal::CaptureStderr();
    continue_config(config, run, "run", Changes::kRefuse);
    EXPECT_THAT(::testing::internal::GetCapturedStderr(),
                HasSubstr("began on a GPU 'NVIDIA H100 80GB HBM3', this is a CPU '"));
    EXPECT_EQ(config.run.device, "cpu");
    EXPECT_EQ(config.run.precision, Precision::kBf16);
  }
  Config other;
  other.run.device = "cuda:1";
  EXPECT_THROW(continue_config(other, run, "run", Changes::kRefuse), ConfigError);
}

TEST(ResumeRules, ShapesAndVocabularyNeverChange) {
  for (const char* one : {"model.d_model=512", "model.norm=post", "model.num_heads=8", "model.activation=gelu",
                          "tokenizer.vocab_size=9000", "tokenizer.type=char", "optimizer.type=sgd", "train.ema=0.9"})
    EXPECT_THAT(refusal({one}, Changes::kAllow), AllOf(HasSubstr("that cannot change"), HasSubstr("the run has")))
        << one;
}

TEST(ResumeRules, AllowedChangesAreListedWithWhatTheyEnd) {
  const RunChanges rate = allowed({"optimizer.learning_rate=0.0001", "model.dropout=0.3", "optimizer.type=adamw"});
  ASSERT_EQ(rate.list.size(), 3u);
  EXPECT_EQ(rate.list[0].key, "model.dropout");
  EXPECT_EQ(rate.list[2].key, "optimizer.learning_rate");
  EXPECT_EQ(rate.list[2].before + " " + rate.list[2].after, "0.001 0.0001");
  EXPECT_FALSE(rate.continuation.begins_new_epoch);
  EXPECT_FALSE(rate.continuation.forgets_best);
  EXPECT_TRUE(allowed({"train.batch_tokens=100"}).continuation.begins_new_epoch);
  EXPECT_TRUE(allowed({"run.seed=2"}).continuation.begins_new_epoch);
  EXPECT_TRUE(allowed({"eval.bleu_tokenize=char"}).continuation.forgets_best);
  EXPECT_TRUE(allowed({"train.early_stopping_metric=loss"}).continuation.forgets_best);
  EXPECT_TRUE(allowed({"data.max_source_length=99"}).continuation.begins_new_epoch);
}

TEST(ResumeRules, CorporaAreKnownByWhatTheyHold) {
  RunChanges found;
  continue_corpora({{"data.train", "ab", "ab"}, {"data.validation", "", "cd"}}, "run", Changes::kRefuse, found);
  EXPECT_TRUE(found.list.empty());
  const std::vector<CorpusComparison> other = {{"data.train", "ab", "ba"}, {"data.validation", "cd", "dc"}};
  try {
    continue_corpora(other, "run", Changes::kRefuse, found);
    FAIL() << "expected a refusal";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("data.train: "), HasSubstr("data.validation: "), HasSubstr("other lines")));
  }
  try {
    continue_corpora({{"train.guided_alignment", "ab", "ba", "other links"}}, "run", Changes::kRefuse, found);
    FAIL() << "expected a refusal";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("train.guided_alignment: the run has other links (SHA-256 ab...)"),
                                    Not(HasSubstr("data.train"))));
  }
  continue_corpora(other, "run", Changes::kAllow, found);
  EXPECT_EQ(found.list.size(), 2u);
  EXPECT_TRUE(found.continuation.begins_new_epoch);
  EXPECT_TRUE(found.continuation.forgets_best);
}

}  // namespace
}  // namespace heed
