#include "watch/time_left.h"

#include <gtest/gtest.h>

namespace heed {
namespace {

UpdateReport at(int64_t step, int64_t epoch, double seconds) {
  UpdateReport report;
  report.step = step;
  report.epoch = epoch;
  report.seconds = seconds;
  return report;
}

TEST(TimeLeft, IsTheStepsLeftAtTheMeanSpeedOfThisProcess) {
  TimeLeft time_left({.max_steps = 1000});
  time_left.start(200);
  time_left.update(at(300, 1, 50));  // 100 updates in 50 s
  EXPECT_DOUBLE_EQ(time_left.share().value().done, 0.3);
  EXPECT_DOUBLE_EQ(time_left.seconds().value(), 350);
}

TEST(TimeLeft, OfMinutesIsWhatTheClockLeaves) {
  TimeLeft time_left({.max_minutes = 2});
  time_left.start(0);
  time_left.update(at(10, 1, 90));
  EXPECT_DOUBLE_EQ(time_left.share().value().done, 0.75);
  EXPECT_DOUBLE_EQ(time_left.seconds().value(), 30);
}

TEST(TimeLeft, OfEpochsIsKnownOnceOneHasBeenSeenWhole) {
  TimeLeft time_left({.max_epochs = 4});
  time_left.start(0);
  for (int64_t step = 1; step <= 50; ++step) time_left.update(at(step, 1, static_cast<double>(step)));
  EXPECT_FALSE(time_left.seconds());
  EXPECT_DOUBLE_EQ(time_left.share().value().done, 0);
  for (int64_t step = 51; step <= 75; ++step) time_left.update(at(step, 2, static_cast<double>(step)));
  EXPECT_DOUBLE_EQ(time_left.share().value().done, 1.5 / 4);
  EXPECT_DOUBLE_EQ(time_left.seconds().value(), 125);  // 200 updates in all, one a second
}

TEST(TimeLeft, DoesNotTakeTheRestOfAnEpochForAWholeOne) {
  TimeLeft time_left({.max_epochs = 4});
  time_left.start(40);
  for (int64_t step = 41; step <= 60; ++step) time_left.update(at(step, step <= 50 ? 1 : 2, 1));
  EXPECT_FALSE(time_left.seconds());
  EXPECT_DOUBLE_EQ(time_left.share().value().done, 0.25);
}

TEST(TimeLeft, GoesByTheLimitThatIsNearest) {
  TimeLeft time_left({.max_steps = 1000, .max_minutes = 1});
  time_left.start(0);
  time_left.update(at(10, 1, 30));
  EXPECT_DOUBLE_EQ(time_left.share().value().done, 0.5);
  EXPECT_EQ(time_left.share().value().of, "minutes");
  EXPECT_DOUBLE_EQ(time_left.seconds().value(), 30);
  time_left.update(at(990, 1, 31));
  EXPECT_EQ(time_left.share().value().of, "steps");
}

TEST(TimeLeft, IsUnknownWithoutALimitAndBeforeTheFirstUpdate) {
  TimeLeft unlimited({});
  unlimited.start(0);
  unlimited.update(at(10, 1, 30));
  EXPECT_FALSE(unlimited.seconds());
  EXPECT_FALSE(unlimited.share());
  TimeLeft unstarted({.max_steps = 10});
  unstarted.start(5);
  EXPECT_FALSE(unstarted.seconds());
}

}  // namespace
}  // namespace heed
