#include "watch/curves_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

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
  report.perplexity = std::exp(loss);
  return report;
}

ValidationReport validation(int64_t step, double loss, double bleu) {
  ValidationReport report;
  report.step = step;
  report.loss = loss;
  report.perplexity = std::exp(loss);
  report.scores = {{"bleu", bleu}};
  return report;
}

class CurvesFileTest : public ::testing::Test {
 protected:
  ScratchDirectory scratch_;
  std::filesystem::path picture_ = scratch_ / "curves.svg", metrics_ = scratch_ / "metrics.jsonl";
};

TEST_F(CurvesFileTest, DrawsPerplexitiesAndScoresAtEveryValidation) {
  CurvesFile file(picture_, metrics_);
  file.on_start(0, false);
  file.on_update(update(10, 7.5));
  EXPECT_FALSE(std::filesystem::exists(picture_));
  file.on_validation(validation(20, 6.25, 31.5));
  const std::string svg = contents(picture_);
  EXPECT_THAT(svg, HasSubstr("training at step 10: 1808"));   // exp(7.5)
  EXPECT_THAT(svg, HasSubstr("validation at step 20: 518"));  // exp(6.25)
  EXPECT_THAT(svg, HasSubstr("bleu"));
  EXPECT_THAT(svg, HasSubstr("31.5"));
}

TEST_F(CurvesFileTest, MarksTheBestStepSoFar) {
  CurvesFile file(picture_, metrics_);
  file.on_start(0, false);
  file.on_validation(validation(20, 6.25, 31.5));
  EXPECT_THAT(contents(picture_), Not(HasSubstr("best")));
  for (const int64_t step : {40, 60, 80}) {
    ValidationReport report = validation(step, 5, static_cast<double>(step) / 2);
    report.best = step != 80;
    file.on_validation(report);
  }
  EXPECT_THAT(contents(picture_), HasSubstr("best: 30 at step 60"));
}

// Any object, and what is none, may stand in a line: nothing but what is there is drawn.
TEST_F(CurvesFileTest, ReadsDamagedMetricsWithoutHarm) {
  for (const char* damaged : {R"({"event": "update", "step": 5})",
                              R"({"event": "update", "step": 5, "perplexity": "7"})",
                              R"({"event": "update", "step": "5", "perplexity": 7})",
                              R"({"event": "update", "step": null})",
                              R"({"event": "update", "step": [1], "perplexity": {}})",
                              R"({"event": "validation", "step": 5})",
                              R"({"event": "validation", "step": 5, "scores": 3})",
                              R"({"event": "validation", "step": 5, "scores": [1, 2]})",
                              R"({"event": "validation", "step": 5, "scores": {"bleu": {}}, "best": 1})",
                              R"({"event": "resume"})",
                              R"({"event": "start", "step": {}})",
                              R"({"event": 7, "step": 5})",
                              R"({"step": 5})",
                              R"([1, 2])",
                              R"(7)",
                              "",
                              R"({"event": "update", "step": 1e999, "perplexity": 2})",
                              R"({"event": "update", "step": -3, "perplexity": 2})",
                              "\xff\xfe",
                              R"({"event": "upd)"}) {
    put(metrics_,
        std::string(R"({"event": "update", "step": 4, "perplexity": 7.25})") + "\n" + damaged + "\n" +
            R"({"event": "validation", "step": 6, "perplexity": 9.5, "scores": {"chrf": 44.5}, "best": true})" + "\n");
    CurvesFile file(picture_, metrics_);
    file.on_start(6, true);
    file.on_end(6, "test");
    EXPECT_THAT(contents(picture_), AllOf(HasSubstr("training at step 4: 7.25"), HasSubstr("validation at step 6: 9.5"),
                                          HasSubstr("best: 44.5 at step 6"), Not(HasSubstr("nan"))))
        << damaged;
  }
}

TEST_F(CurvesFileTest, AResumedRunHasTheSameCurvesAsOneThatNeverStopped) {
  const auto run = [&](CurvesFile& curves, MetricsFile& metrics, int64_t first, int64_t last) {
    for (int64_t step = first; step <= last; ++step) {
      curves.on_update(update(step, 9.0 / static_cast<double>(step)));
      metrics.on_update(update(step, 9.0 / static_cast<double>(step)));
      if (step % 4 != 0) continue;
      auto report = validation(step, 8.0 / static_cast<double>(step), static_cast<double>(step));
      report.best = step == 4 || step == 16;
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
