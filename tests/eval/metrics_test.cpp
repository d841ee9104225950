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
  options.bleu.tokenizer = BleuTokenizer::kCharacter;
  options.chrf.word_order = 2;
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
    EXPECT_STREQ(error.what(),
                 "unknown metric 'blue'; there are bleu, chrf, ter, rouge1, rouge2, rougeL, rougeLsum, exact_match");
  }
  EXPECT_THROW(bleu_tokenizer("13b"), ConfigError);
}

// As sacreBLEU's tokenizer_spm.py: the pieces with a space between them, cut at white space. Its score of these by
// hand: the pieces of all lines are a, b, c / a, b, d: 2 of 3 words and 1 of 2 pairs match.
TEST(Metrics, SpmCutsAsTheModelDoesAndSaysWhichModel) {
  MetricOptions options;
  options.bleu.tokenizer = BleuTokenizer::kSpm;
  options.bleu.pieces.fingerprint = "0123456789abcdef";
  options.bleu.pieces.cut = [](const std::string& line) {
    return std::vector<std::string>{line.substr(0, 1), line.substr(1)};
  };
  const Score found = score("bleu", {"ab c \u3000"}, {{"ab d"}}, options);
  const std::map<std::string, double> parts(found.parts.begin(), found.parts.end());
  EXPECT_EQ(parts.at("hypothesis_length"), 3);
  EXPECT_EQ(parts.at("count_1"), 2);
  EXPECT_EQ(parts.at("count_2"), 1);
  EXPECT_NE(found.signature.find("|tok:spm-01234567|"), std::string::npos) << found.signature;
}

TEST(Metrics, SpmWithoutAModelIsAnError) {
  MetricOptions options;
  options.bleu.tokenizer = BleuTokenizer::kSpm;
  EXPECT_THROW(score("bleu", {"a"}, {{"a"}}, options), ConfigError);
}

TEST(ExactMatch, CountsLinesThatEqualAReference) {
  const Score found = score("exact_match", {"a b", " a b ", "a  b", "", "c"},
                            {{"a b", "a b", "a b", "", "x"}, {"", "", "", "", "c\r"}});
  EXPECT_EQ(found.score, 80);
  EXPECT_EQ(found.text, "exact match = 80.00 (4 of 5 lines)");
  EXPECT_EQ(found.parts.front().second, 4);
}

}  // namespace
}  // namespace heed
