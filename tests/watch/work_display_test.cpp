#include "watch/work_display.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/logging.h"
#include "watch/terminal.h"

namespace heed {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::Terminal;

TEST(WorkText, SaysHowFarAndHowLong) {
  EXPECT_EQ(work_text({"validating", "lines", 312, 1960, 10}, 80), "validating 312/1,960 lines  53s left");
  EXPECT_EQ(work_text({"translating", "lines", 4000, 0, 10}, 80), "translating 4,000 lines  10s");
  EXPECT_EQ(work_text({"training the bpe vocabulary", "", 0, 0, 75}, 80), "training the bpe vocabulary  1m15s");
}

TEST(WorkText, GivesUpWordsBeforeTheTimeWhereThereIsNoRoom) {
  for (const int columns : {59, 30, 12})
    EXPECT_LE(work_text({"tokenising a file with a very long name", "pairs", 1000, 9000, 10}, columns).size(), columns);
  EXPECT_THAT(work_text({"tokenising a file with a very long name", "pairs", 1000, 9000, 10}, 30),
              EndsWith("1m20s left"));
}

TEST(WorkDisplay, ShowsWorkOnATerminalWhileItIsMute) {
  Terminal terminal;
  LiveLine line(terminal.screen());
  WorkDisplay display(line);
  {
    const Work work("training the vocabulary");
    display.tick();
    EXPECT_EQ(terminal.visible(), "");  // nobody has had to wait yet
    terminal.now += 3;
    display.tick();
    EXPECT_EQ(terminal.visible(), "training the vocabulary  3s");
    terminal.now += 1;
    display.tick();
    EXPECT_EQ(terminal.visible(), "training the vocabulary  4s");
  }
  EXPECT_EQ(terminal.visible(), "");
}

TEST(WorkDisplay, ShowsTheInnermostWork) {
  Terminal terminal;
  LiveLine line(terminal.screen());
  WorkDisplay display(line);
  const Work outer("validating");
  {
    Work inner("translating", "lines", 100);
    inner.advance(50);
    terminal.now += 2;
    display.tick();
    EXPECT_EQ(terminal.visible(), "translating 50/100 lines  2s left");
  }
  display.tick();
  EXPECT_EQ(terminal.visible(), "validating  2s");
}

TEST(WorkDisplay, WithoutATerminalLogsAfterTenSecondsAndEveryHalfMinute) {
  Terminal terminal;
  terminal.columns = 0;
  LiveLine line(terminal.screen());
  WorkDisplay display(line);
  ::testing::internal::CaptureStderr();
  Work work("tokenising", "pairs", 6000);
  for (int second = 0; second < 45; ++second) {
    terminal.now += 1;
    work.advance(100);
    display.tick();
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "tokenising 1,000/6,000 pairs  50s left\ntokenising 4,000/6,000 pairs  20s left\n");
  EXPECT_EQ(terminal.text, "");
}

TEST(WorkDisplay, LogLinesStandAboveTheWork) {
  Terminal terminal;
  LiveLine line(terminal.screen());
  WorkDisplay display(line);
  const Work work("scoring");
  terminal.now += 2;
  display.tick();
  log_info("a message");
  EXPECT_EQ(terminal.visible(), "a message\nscoring  2s");
}

TEST(Work, IsShownByNobodyOnceTheDisplayIsGone) {
  Terminal terminal;
  {
    LiveLine line(terminal.screen());
    const WorkDisplay display(line);
  }
  Work work("validating", "lines", 10);
  work.advance(5);
  EXPECT_EQ(work.report().done, 5);
  EXPECT_THAT(terminal.text, ::testing::Not(HasSubstr("validating")));
}

}  // namespace
}  // namespace heed
