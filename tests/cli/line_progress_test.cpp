#include "cli/line_progress.h"

#include <gtest/gtest.h>

#include "core/logging.h"

namespace heed {
namespace {

struct FakeScreen {
  std::string text;
  int columns = 0;
  double now = 100;

  Screen screen() {
    return {[this](const std::string& bytes) { text += bytes; }, [this] { return columns; }, [this] { return now; }};
  }
};

TEST(LineProgress, SaysNothingOfWorkThatIsSoonOver) {
  FakeScreen fake;
  fake.columns = 80;
  ::testing::internal::CaptureStderr();
  LineProgress progress(fake.screen());
  fake.now += 1;
  progress.add(500);
  progress.finish();
  EXPECT_EQ(::testing::internal::GetCapturedStderr() + fake.text, "");
}

TEST(LineProgress, WithoutATerminalLogsEveryThirtySecondsAndAtTheEnd) {
  FakeScreen fake;
  ::testing::internal::CaptureStderr();
  LineProgress progress(fake.screen());
  for (int second = 0; second < 65; ++second) {
    fake.now += 1;
    progress.add(100);
  }
  progress.finish();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "3,000 lines in 30s, 100 lines/s\n6,000 lines in 1m00s, 100 lines/s\n6,500 lines in 1m05s, 100 lines/s\n");
  EXPECT_EQ(fake.text, "");
}

TEST(LineProgress, OnATerminalRedrawsOneLineThatGivesWayToTheLog) {
  FakeScreen fake;
  fake.columns = 80;
  {
    LineProgress progress(fake.screen());
    fake.now += 4;
    progress.add(2000);
    EXPECT_EQ(fake.text, "\r\x1b[K2,000 lines in 4s, 500 lines/s");
    fake.text.clear();
    log_info("a message");
    EXPECT_EQ(fake.text, "\r\x1b[Ka message\n");
    fake.text.clear();
  }
  EXPECT_EQ(fake.text, "\r\x1b[K");
}

}  // namespace
}  // namespace heed
