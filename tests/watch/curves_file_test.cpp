#include "watch/curves_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scratch_directory.h"
#include "watch/metrics_file.h"

namespace heed {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

UpdateReport update(int64_t step, double loss) {
  UpdateReport report;
  report.step = step;
  report.loss = loss;
  return report;
}

ValidationReport validation(int64_t step, double loss, double bleu) {
  ValidationReport report;
  report.step = step;
  report.loss = loss;
  report.scores = {{"bleu", bleu}};
  return report;
}

class CurvesFileTest : public ::testing::Test {
 protected:
  ScratchDirectory scratch_;
  std::filesystem::path picture_ = scratch_ / "curves.svg", metrics_ = scratch_ / "metrics.jsonl";
};

TEST_F(CurvesFileTest, DrawsLossAndScoresAtEveryValidation) {
  CurvesFile file(picture_, metrics_);
  file.on_start(0, false);
  file.on_update(update(10, 7.5));
  EXPECT_FALSE(std::filesystem::exists(picture_));
  file.on_validation(validation(20, 6.25, 31.5));
  const std::string svg = contents(picture_);
  EXPECT_THAT(svg, HasSubstr("training"));
  EXPECT_THAT(svg, HasSubstr("validation"));
  EXPECT_THAT(svg, HasSubstr("bleu"));
  EXPECT_THAT(svg, HasSubstr("31.5"));
}

TEST_F(CurvesFileTest, AResumedRunHasTheSameCurvesAsOneThatNeverStopped) {
  const auto run = [&](CurvesFile& curves, MetricsFile& metrics, int64_t first, int64_t last) {
    for (int64_t step = first; step <= last; ++step) {
      curves.on_update(update(step, 9.0 / static_cast<double>(step)));
      metrics.on_update(update(step, 9.0 / static_cast<double>(step)));
      if (step % 4 != 0) continue;
      const auto report = validation(step, 8.0 / static_cast<double>(step), static_cast<double>(step));
      curves.on_validation(report);
      metrics.on_validation(report);
    }
  };
  MetricsFile metrics(metrics_);
  {
    CurvesFile curves(picture_, metrics_);
    curves.on_start(0, false);
    metrics.on_start(0, false);
    run(curves, metrics, 1, 16);
  }
  const std::string expected = contents(picture_);
  put(picture_, "");
  std::ofstream(metrics_, std::ios::app) << R"({"event": "upd)";  // cut off by a kill, which lost the steps after 8
  CurvesFile resumed(picture_, metrics_);
  resumed.on_start(8, true);
  metrics.on_start(8, true);
  run(resumed, metrics, 9, 16);
  EXPECT_EQ(contents(picture_), expected);
}

TEST_F(CurvesFileTest, APictureThatCannotBeWrittenDoesNotStopTraining) {
  CurvesFile file(scratch_ / "missing" / "curves.svg", metrics_);
  file.on_start(0, false);
  EXPECT_NO_THROW(file.on_validation(validation(1, 1, 1)));
}

}  // namespace
}  // namespace heed
