#include "watch/progress_bar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "core/logging.h"
#include "watch/reports.h"
#include "watch/terminal.h"

namespace heed {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Terminal;

constexpr TrainLimits kLimits{.max_steps = 1000};

TEST(ProgressBar, OnATerminalRedrawsOneLineAtMostFiveTimesASecond) {
  Terminal terminal;
  LiveLine line(terminal.screen());
  ProgressBar bar(kLimits, line);
  bar.on_start(0, false);
  for (int64_t step = 1; step <= 1000; ++step) {
    bar.on_progress(update_at(step));
    if (step % 50 == 0) bar.on_update(update_at(step));
    terminal.now += 0.01;
  }
  EXPECT_GE(terminal.writes, 45);  // ten seconds
  EXPECT_LE(terminal.writes, 51);
  EXPECT_THAT(terminal.visible(), Not(HasSubstr("\n")));
  EXPECT_THAT(terminal.visible(), HasSubstr("/1,000 ["));
}

TEST(ProgressBar, FollowsTheWidthOfTheTerminalAndLeavesItsLastColumnFree) {
  Terminal terminal;
  LiveLine line(terminal.screen());
  ProgressBar bar(kLimits, line);
  bar.on_start(0, false);
  for (const int columns : {120, 60, 20, 5, 1}) {
    terminal.columns = columns;
    terminal.now += 1;
    bar.on_progress(update_at(500));
    EXPECT_LT(terminal.visible().size(), static_cast<size_t>(columns));
  }
}

TEST(ProgressBar, LogLinesAndValidationsStandAboveTheLiveLine) {
  Terminal terminal;
  {
    LiveLine line(terminal.screen());
    ProgressBar bar(kLimits, line);
    bar.on_start(0, false);
    log_info("before the first update");
    bar.on_progress(update_at(100));
    const std::string live = terminal.visible().substr(std::string("before the first update\n").size());
    EXPECT_THAT(live, HasSubstr("step 100/1,000"));
    log_warning("disk is slow");
    bar.on_validation(validation_at(100));
    EXPECT_THAT(terminal.visible(),
                ::testing::StartsWith("before the first update\nwarning: disk is slow\nvalidation"));
    EXPECT_THAT(terminal.visible(), ::testing::EndsWith("\n" + live));
  }
  EXPECT_THAT(terminal.visible(), ::testing::EndsWith("(best so far)\n"));  // wiped by the destructor
}

TEST(ProgressBar, TheLastLineStaysWhenTrainingEnds) {
  Terminal terminal;
  {
    LiveLine line(terminal.screen());
    ProgressBar bar(kLimits, line);
    bar.on_start(0, false);
    bar.on_progress(update_at(999));
    bar.on_progress(update_at(1000));  // too soon to be drawn
    bar.on_end(1000, "max_steps");
    log_info("done");
  }
  EXPECT_THAT(terminal.visible(), ::testing::MatchesRegex("step 1,000/1,000 .* 100% of steps[^\n]*\ndone\n"));
}

TEST(ProgressBar, WithoutATerminalWritesOnePlainLinePerReport) {
  Terminal terminal;
  terminal.columns = 0;
  LiveLine line(terminal.screen());
  ProgressBar bar(kLimits, line);
  bar.on_start(0, false);
  for (int64_t step = 1; step <= 100; ++step) {
    bar.on_progress(update_at(step));
    if (step % 50 == 0) bar.on_update(update_at(step));
  }
  bar.on_end(100, "max_steps");
  EXPECT_THAT(terminal.text,
              ::testing::MatchesRegex("step 50/1,000 [^\n\r\x1b]* left\nstep 100/1,000 [^\n\r\x1b]* left\n"));
}

TEST(LiveLine, ShowsControlCharactersOfForeignTextByTheirCodes) {
  Terminal terminal;
  LiveLine line(terminal.screen());
  line.show("tokenising a\x1b[2Jb\nc");
  EXPECT_EQ(terminal.visible(), "tokenising a\\x1b[2Jb\\nc");
}

TEST(LiveLine, GivesTheLogItsWriterBack) {
  Terminal terminal;
  { const LiveLine line(terminal.screen()); }
  ::testing::internal::CaptureStderr();
  log_info("after the bar");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "after the bar\n");
  EXPECT_EQ(terminal.text, "");
}

TEST(ProgressBar, LogLinesOfOtherThreadsComeOutWhole) {
  Terminal terminal;
  LiveLine line(terminal.screen());
  ProgressBar bar(kLimits, line);
  bar.on_start(0, false);
  constexpr int kLines = 500;
  std::thread other([] {
    for (int i = 0; i < kLines; ++i) log_info("a line of another thread");
  });
  for (int64_t step = 1; step <= kLines; ++step) {
    terminal.now += 1;
    bar.on_progress(update_at(step));
  }
  other.join();
  const std::string visible = terminal.visible();
  size_t at = 0;
  for (int i = 0; i < kLines; ++i) {
    ASSERT_EQ(visible.substr(at, 25), "a line of another thread\n") << i;
    at += 25;
  }
  EXPECT_THAT(visible.substr(at), HasSubstr("step "));
}

}  // namespace
}  // namespace heed
