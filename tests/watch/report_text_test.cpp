#include "watch/report_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "watch/reports.h"

namespace heed {
namespace {

TEST(ReportText, DurationsShowTheirTwoLargestUnits) {
  EXPECT_EQ(duration_text(0), "0s");
  EXPECT_EQ(duration_text(59.4), "59s");
  EXPECT_EQ(duration_text(59.6), "1m00s");
  EXPECT_EQ(duration_text(252), "4m12s");
  EXPECT_EQ(duration_text(3 * 3600 + 7 * 60 + 59), "3h07m");
  EXPECT_EQ(duration_text(53 * 3600), "2d05h");
  EXPECT_EQ(duration_text(-1), "0s");
  EXPECT_EQ(duration_text(std::numeric_limits<double>::quiet_NaN()), "forever");
}

TEST(ReportText, MomentsAreWrittenAsDates) {
  EXPECT_EQ(utc_time_text(1'000'000'000), "2001-09-09T01:46:40Z");  // date -u -d @1000000000
  EXPECT_EQ(local_time_text(1'000'000'000).size(), std::string("2001-09-09 01:46:40").size());
}

TEST(ReportText, RatesNeverShowFourDigitsBeforeTheirUnit) {
  EXPECT_EQ(rate_text(812.4), "812");
  EXPECT_EQ(rate_text(999.6), "1.0k");
  EXPECT_EQ(rate_text(8123), "8.1k");
  EXPECT_EQ(rate_text(999960), "1.0M");
}

TEST(ReportText, AnUpdateIsOneLineWithItsLimitsAndTheTimeLeft) {
  EXPECT_EQ(update_text(update_at(1600), {.max_steps = 10000}, 252),
            "step 1,600/10,000  epoch 17  loss 0.2000  perplexity 1.22  8.1k tokens/s  learning rate 1.60e-02  "
            "gradient norm 0.5  4m12s left");
  UpdateReport bad = update_at(1);
  bad.bad_updates = 2;
  EXPECT_THAT(update_text(bad, {.max_epochs = 3}), ::testing::HasSubstr("step 1  epoch 1/3"));
  EXPECT_THAT(update_text(bad, {}), ::testing::EndsWith("bad updates 2"));
}

TEST(ReportText, AValidationIsOneLineWithItsScores) {
  EXPECT_EQ(
      validation_text(validation_at(500)),
      "validation at step 500  epoch 6  loss 0.2500  perplexity 1.28  bleu 50.00  chrf 60.50  in 3s  (best so far)");
}

TEST(ReportText, TheLiveLineFitsEveryWidthAndKeepsTheStepFirst) {
  const TrainLimits limits{.max_steps = 2000};
  TimeLeft time_left(limits);
  time_left.start(0);
  time_left.update(update_at(500));
  const auto line = [&](int columns) { return live_text(update_at(500), limits, time_left, columns); };
  for (int columns = 0; columns <= 200; ++columns) {
    EXPECT_LE(line(columns).size(), static_cast<size_t>(columns));
    EXPECT_EQ(line(columns).substr(0, 8), std::string("step 500").substr(0, static_cast<size_t>(columns)));
  }
  EXPECT_EQ(line(79), "step 500/2,000 [==>       ]  25% of steps  12m30s left  loss 0.358  ppl 1.43");
  EXPECT_EQ(
      line(200),
      "step 500/2,000 [=======>                      ]  25% of steps  12m30s left  loss 0.358  ppl 1.43  8.1k tok/s"
      "  lr 5.00e-03  epoch 6");
}

TEST(ReportText, TheLiveLineHasNoBarWithoutALimit) {
  TimeLeft time_left({});
  EXPECT_EQ(live_text(update_at(500), {}, time_left, 40), "step 500  loss 0.358  ppl 1.43");
}

}  // namespace
}  // namespace heed
