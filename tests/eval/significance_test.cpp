#include "eval/significance.h"

#include <gtest/gtest.h>

#include "core/thread_team.h"
#include "eval/metrics.h"
#include "eval/numpy_random.h"

namespace heed {
namespace {

// numpy.random.default_rng(12345): choice(1000, (2, 8)) and integers(2, size=24, dtype=bool).
TEST(NumpyRandom, DrawsWhatNumpyDraws) {
  NumpyRandom random(12345);
  for (const uint32_t expected :
       {699u, 227u, 788u, 316u, 204u, 797u, 642u, 676u, 988u, 391u, 839u, 332u, 567u, 598u, 213u, 186u})
    EXPECT_EQ(random.below(1000), expected);
  NumpyRandom flips(12345);
  std::string bits;
  for (int i = 0; i < 24; ++i) bits += flips.flip() ? '1' : '0';
  EXPECT_EQ(bits, "101110011000001111111111");
  EXPECT_EQ(NumpyRandom(1).below(1), 0u);
}

LineStatistics statistics_of(const TextMetric& metric, const std::vector<std::string>& hypotheses,
                             const std::vector<std::string>& references) {
  LineStatistics lines;
  for (size_t i = 0; i < hypotheses.size(); ++i)
    lines.add(metric.statistics(hypotheses[i], std::span(&references[i], 1)));
  return lines;
}

class Significance : public ::testing::Test {
 protected:
  const std::vector<std::string> text = std::vector<std::string>(40, "a b c d e f g h i j");
  // Worse in every second line; worse in some lines, and in about as many others.
  std::vector<std::string> worse = text, one = text, other = text;
  void SetUp() override {
    for (size_t i = 0; i < worse.size(); i += 2) worse[i] = "a b c d e x y z";
    for (size_t i = 0; i < 12; ++i) one[i] = other[i + 11] = "a b c d e f g x y z";
  }
  const std::unique_ptr<const TextMetric> bleu = make_metric("bleu", "1");
};

TEST_F(Significance, TellsSystemsThatDifferFromThoseThatHardlyDo) {
  const LineStatistics best = statistics_of(*bleu, text, text), bad = statistics_of(*bleu, worse, text),
                       first = statistics_of(*bleu, one, text), second = statistics_of(*bleu, other, text);
  EXPECT_LT(paired_bootstrap(*bleu, best, bad).p_value, 0.002);
  EXPECT_LT(paired_randomization(*bleu, best, bad), 0.002);
  EXPECT_GT(paired_bootstrap(*bleu, first, second).p_value, 0.05);
  EXPECT_GT(paired_randomization(*bleu, first, second), 0.05);
  EXPECT_EQ(paired_randomization(*bleu, bad, bad), 1.0 / 10001) << "as multeval: no difference is not by chance";
  const Interval interval = bootstrap_interval(*bleu, bad);
  EXPECT_NEAR(interval.mean, bleu->value(std::span<const double>(bad.sums())), 2);
  EXPECT_GT(interval.half_width, 1);
  EXPECT_EQ(bootstrap_interval(*bleu, best).half_width, 0);
}

TEST_F(Significance, IsTheSameForAnyNumberOfThreads) {
  const LineStatistics best = statistics_of(*bleu, text, text), bad = statistics_of(*bleu, worse, text);
  set_num_threads(1);
  const PairedScore alone = paired_bootstrap(*bleu, best, bad, {.samples = 100});
  set_num_threads(3);
  const PairedScore three = paired_bootstrap(*bleu, best, bad, {.samples = 100});
  set_num_threads(1);
  EXPECT_EQ(alone.p_value, three.p_value);
  EXPECT_EQ(alone.interval.mean, three.interval.mean);
  EXPECT_EQ(alone.interval.half_width, three.interval.half_width);
}

}  // namespace
}  // namespace heed
