#include "eval/metrics.h"

#include <gtest/gtest.h>

#include <map>

#include "core/error.h"
#include "eval/bleu.h"
#include "eval/chrf.h"
#include "eval/dog_bites_man.h"

namespace heed {
namespace {

TEST(Metrics, BleuComesWithItsParts) {
  const Score by_name = score("bleu", kDogHypotheses, kDogReferences);
  const BleuScore direct = bleu(kDogHypotheses, kDogReferences);
  EXPECT_EQ(by_name.name, "bleu");
  EXPECT_EQ(by_name.score, direct.score);
  EXPECT_EQ(by_name.text, direct.text);
  const std::map<std::string, double> parts(by_name.parts.begin(), by_name.parts.end());
  EXPECT_EQ(parts.at("precision_4"), direct.precisions[3]);
  EXPECT_EQ(parts.at("count_1"), 14);
  EXPECT_EQ(parts.at("total_2"), 14);
  EXPECT_EQ(parts.at("brevity_penalty"), direct.brevity_penalty);
  EXPECT_EQ(parts.at("reference_length"), 18);
}

TEST(Metrics, OptionsReachTheMetric) {
  MetricOptions options;
  options.tokenizer = "char";
  options.chrf_word_order = 2;
  EXPECT_DOUBLE_EQ(score("bleu", kDogHypotheses, kDogReferences, options).score, 72.61064153440596);
  EXPECT_DOUBLE_EQ(score("chrf", kDogHypotheses, kDogReferences, options).score, 59.15310444399262);
}

TEST(Metrics, EveryNameScores) {
  for (const auto& name : metric_names()) EXPECT_EQ(score(name, {"a b c d"}, {{"a b c d"}}).name, name);
}

TEST(Metrics, UnknownMetricOrTokenizerIsAnErrorThatListsTheKnownOnes) {
  try {
    check_metric("blue");
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "unknown metric 'blue'; there are bleu, chrf");
  }
  EXPECT_THROW(check_metric_options({"13b", 0}), ConfigError);
}

}  // namespace
}  // namespace heed
