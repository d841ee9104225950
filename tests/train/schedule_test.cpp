#include "train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace heed {
namespace {

ScheduleConfig schedule(ScheduleType type, int64_t warmup) {
  ScheduleConfig config;
  config.type = type;
  config.warmup_steps = warmup;
  return config;
}

TEST(Schedule, NoamFollowsEquationThreeOfThePaper) {
  ScheduleConfig noam = schedule(ScheduleType::kNoam, 4000);
  noam.factor = 2;
  for (const int64_t step : {1, 500, 4000, 100000}) {
    const double n = static_cast<double>(step);
    EXPECT_DOUBLE_EQ(learning_rate(noam, {0.001, 0, 512}, step),
                     2 * std::pow(512, -.5) * std::min(std::pow(n, -.5), n * std::pow(4000, -1.5)));
  }
}

TEST(Schedule, InverseSquareRootRisesToThePeakAndFallsWithTheRoot) {
  const ScheduleConfig config = schedule(ScheduleType::kInverseSqrt, 100);
  EXPECT_DOUBLE_EQ(learning_rate(config, {0.01, 0, 0}, 25), 0.0025);
  EXPECT_DOUBLE_EQ(learning_rate(config, {0.01, 0, 0}, 100), 0.01);
  EXPECT_DOUBLE_EQ(learning_rate(config, {0.01, 0, 0}, 400), 0.005);
}

TEST(Schedule, LinearAndCosineHoldThePeakThenEndAtTheirShareOfIt) {
  for (const ScheduleType type : {ScheduleType::kLinear, ScheduleType::kCosine}) {
    ScheduleConfig config = schedule(type, 10);
    config.decay_start_step = 50;
    config.final_ratio = 0.1;
    const ScheduleContext context{2.0, 150, 0};
    EXPECT_DOUBLE_EQ(learning_rate(config, context, 5), 1.0);
    EXPECT_DOUBLE_EQ(learning_rate(config, context, 50), 2.0);
    EXPECT_NEAR(learning_rate(config, context, 100), 1.1, 1e-12);  // half way between 2 and 0.2
    EXPECT_NEAR(learning_rate(config, context, 150), 0.2, 1e-12);
    EXPECT_NEAR(learning_rate(config, context, 500), 0.2, 1e-12);
  }
}

TEST(Schedule, ConstantStaysAtThePeak) {
  const ScheduleConfig config = schedule(ScheduleType::kConstant, 10);
  EXPECT_DOUBLE_EQ(learning_rate(config, {0.5, 0, 0}, 1), 0.05);
  EXPECT_DOUBLE_EQ(learning_rate(config, {0.5, 0, 0}, 100000), 0.5);
}

}  // namespace
}  // namespace heed
