#include "decode/translation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/tiny_translator.h"

namespace heed {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

Hypothesis hypothesis(const Tokenizer& tokenizer, const std::string& text, double log_probability) {
  const std::vector<int32_t> ids = tokenizer.encode(text);
  Hypothesis one{{ids.begin(), ids.end()}, log_probability, log_probability, true, {}};
  one.log_probs.assign(ids.size() + 1, log_probability / static_cast<double>(ids.size() + 1));
  return one;
}

class TranslationOf : public ::testing::Test {
 protected:
  std::vector<std::string> texts(const std::vector<std::pair<std::string, double>>& found, const DecodeConfig& config) {
    std::vector<Hypothesis> hypotheses;
    for (const auto& [text, log_probability] : found)
      hypotheses.push_back(hypothesis(*tokenizers_.target, text, log_probability));
    std::vector<std::string> list;
    for (const auto& one : make_translation(hypotheses, *tokenizers_.target, config).hypotheses)
      list.push_back(one.text);
    return list;
  }
  const Tokenizers tokenizers_ = testing::shared_tokenizers();
};

// The most probable one stands alone, the other two are like each other and weigh more together.
TEST_F(TranslationOf, MinimumRiskTakesTheOneMostLikeTheOthers) {
  const std::vector<std::pair<std::string, double>> found = {
      {"w4 w4 w4", std::log(0.4)}, {"w7 w8 w9 w10", std::log(0.3)}, {"w7 w8 w9 w11", std::log(0.29)}};
  DecodeConfig config;
  config.n_best = 2;
  EXPECT_THAT(texts(found, config), ElementsAre("w4 w4 w4", "w7 w8 w9 w10"));
  config.mbr = MinimumRisk::kChrf;
  EXPECT_THAT(texts(found, config), ElementsAre("w7 w8 w9 w10", "w7 w8 w9 w11"));
  config.mbr_candidates = 2;  // the third is none
  EXPECT_THAT(texts(found, config), ElementsAre("w4 w4 w4", "w7 w8 w9 w10"));
}

TEST_F(TranslationOf, DrawsCountAsOftenAsTheyWereDrawn) {
  const std::vector<std::pair<std::string, double>> found = {
      {"w4 w4 w4", std::log(0.9)}, {"w7 w8", std::log(0.01)}, {"w7 w8", std::log(0.01)}};
  DecodeConfig config;
  config.sampling = true;
  config.n_best = 3;
  EXPECT_THAT(texts(found, config), ElementsAre("w4 w4 w4", "w7 w8", "w7 w8"));
  config.mbr = MinimumRisk::kChrf;
  EXPECT_THAT(texts(found, config), ElementsAre("w7 w8", "w4 w4 w4"));
}

TEST_F(TranslationOf, WordsHaveTheSumsOfTheirPieces) {
  const Tokenizer& target = *tokenizers_.target;
  Hypothesis one = hypothesis(target, "w7 w10 w4", -1);
  for (size_t i = 0; i < one.log_probs.size(); ++i) one.log_probs[i] = -static_cast<double>(i + 1);
  const Translation translation = make_translation({one}, target, {});
  EXPECT_EQ(translation.ids, one.ids);
  const std::vector<double> scores = word_scores(translation, target);
  ASSERT_EQ(scores.size(), 3u);
  double sum = 0;
  for (const double score : scores) sum += score;
  for (size_t i = 0; i + 1 < one.log_probs.size(); ++i) sum -= one.log_probs[i];
  EXPECT_NEAR(sum, 0, 1e-12);  // the end belongs to no word
}

}  // namespace
}  // namespace heed
