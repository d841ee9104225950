#include "decode/minimum_risk.h"

#include <gtest/gtest.h>

#include "eval/bleu.h"
#include "eval/chrf.h"

namespace heed {
namespace {

const std::vector<std::string> kTexts = {"der Hund läuft schnell", "ein Hund läuft schnell nach Hause",
                                         "die Katze schläft", "der Hund läuft schnell"};

double chrf_of(const std::string& hypothesis, const std::string& reference) {
  return chrf({hypothesis}, {{reference}}).score;
}

TEST(MinimumRisk, UtilityIsTheWeightedMeanOfTheScoresAgainstAll) {
  const std::vector<double> weights = {1, 0.5, 0.25, 2};
  const std::vector<double> found = expected_utilities(MinimumRisk::kChrf, kTexts, weights);
  for (size_t i = 0; i < kTexts.size(); ++i) {
    double sum = 0;
    for (size_t j = 0; j < kTexts.size(); ++j) sum += weights[j] * chrf_of(kTexts[i], kTexts[j]);
    EXPECT_NEAR(found[i], sum / 3.75, 1e-9) << i;
  }
  EXPECT_EQ(found[0], found[3]);
  EXPECT_GT(found[0], found[2]);
}

TEST(MinimumRisk, BleuIsThatOfSingleSentences) {
  const std::vector<double> found = expected_utilities(MinimumRisk::kBleu, {kTexts[2], kTexts[1]}, {1, 1});
  BleuOptions options;
  options.effective_order = true;
  EXPECT_NEAR(found[0], (100 + bleu({kTexts[2]}, {{kTexts[1]}}, options).score) / 2, 1e-9);
  EXPECT_LT(found[0], 100);
}

TEST(MinimumRisk, OneTextAloneIsLikeItself) {
  EXPECT_NEAR(expected_utilities(MinimumRisk::kChrf, {"a b"}, {0.1})[0], 100, 1e-9);
}

}  // namespace
}  // namespace heed
