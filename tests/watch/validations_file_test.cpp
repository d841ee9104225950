#include "watch/validations_file.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/logging.h"
#include "support/file_faults.h"
#include "support/scratch_directory.h"
#include "watch/reports.h"

namespace heed {
namespace {

const std::string kHeader = "step\tepoch\tloss\tperplexity\tbleu\tchrf\tbest\n";

std::string row(int64_t step, const std::string& bleu) {
  return std::to_string(step) + "\t" + std::to_string(1 + step / 100) + "\t0.250000\t1.28403\t" + bleu +
         "\t60.5000\t1\n";
}

// The warnings logged while `work` runs.
std::vector<std::string> warnings_of(const std::function<void()>& work) {
  std::vector<std::string> lines;
  const int sink = add_log_sink([&](LogLevel level, const std::string& line) {
    if (level == LogLevel::kWarning) lines.push_back(line);
  });
  work();
  remove_log_sink(sink);
  return lines;
}

TEST(ValidationsFile, HasOneRowPerValidationAndOneColumnPerMetric) {
  const ScratchDirectory scratch;
  ValidationsFile file(scratch / "validations.tsv");
  file.on_start(0, false);
  EXPECT_FALSE(std::filesystem::exists(scratch / "validations.tsv"));
  file.on_validation(validation_at(100));
  EXPECT_EQ(contents(scratch / "validations.tsv"), kHeader + row(100, "10.0000"));
  file.on_validation(validation_at(200));
  EXPECT_EQ(contents(scratch / "validations.tsv"), kHeader + row(100, "10.0000") + row(200, "20.0000"));
}

TEST(ValidationsFile, AResumeDropsTheRowsAfterItsStepAndKeepsTheOthersAsTheyWere) {
  const ScratchDirectory scratch;
  const auto path = scratch / "validations.tsv";
  {
    ValidationsFile file(path);
    file.on_start(0, false);
    for (const int64_t step : {100, 200, 300}) file.on_validation(validation_at(step));
  }
  ValidationsFile file(path);
  file.on_start(200, true);
  EXPECT_EQ(contents(path), kHeader + row(100, "10.0000") + row(200, "20.0000"));
  file.on_validation(validation_at(300));
  EXPECT_EQ(contents(path), kHeader + row(100, "10.0000") + row(200, "20.0000") + row(300, "30.0000"));
}

TEST(ValidationsFile, AKillAtAnyMomentLeavesAWholeTable) {
  const ScratchDirectory scratch;
  const auto path = scratch / "validations.tsv";
  ValidationsFile file(path);
  file.on_validation(validation_at(100));
  const std::string before = contents(path), after = before + row(200, "20.0000");
  int moments = 0;
  while (kill_at_operation(moments + 1, 5, [&] { file.on_validation(validation_at(200)); })) {
    ++moments;
    EXPECT_TRUE(contents(path) == before || contents(path) == after) << contents(path);
  }
  EXPECT_GT(moments, 10);
}

TEST(ValidationsFile, MetricsThatChangeOnAResumeGetColumnsOfTheirOwn) {
  const ScratchDirectory scratch;
  const auto path = scratch / "validations.tsv";
  {
    ValidationsFile file(path);
    file.on_validation(validation_at(100));
  }
  ValidationsFile file(path);
  file.on_start(100, true);
  ValidationReport report = validation_at(200);
  report.scores = {{"chrf", 61}, {"ter", 40}};
  report.best = false;
  file.on_validation(report);
  EXPECT_EQ(contents(path),
            "step\tepoch\tloss\tperplexity\tbleu\tchrf\tter\tbest\n"
            "100\t2\t0.250000\t1.28403\t10.0000\t60.5000\t\t1\n"
            "200\t3\t0.250000\t1.28403\t\t61.0000\t40.0000\t0\n");
}

TEST(ValidationsFile, AFullDiskGivesOneWarningAndTheTableIsWholeAgainLater) {
  const ScratchDirectory scratch;
  const auto path = scratch / "validations.tsv";
  ValidationsFile file(path);
  const auto warnings = warnings_of([&] {
    for (const int64_t step : {100, 200}) fail_operation(2, ENOSPC, [&] { file.on_validation(validation_at(step)); });
  });
  EXPECT_EQ(warnings.size(), 1u);
  EXPECT_FALSE(std::filesystem::exists(path));
  file.on_validation(validation_at(300));
  EXPECT_EQ(contents(path), kHeader + row(100, "10.0000") + row(200, "20.0000") + row(300, "30.0000"));
}

TEST(ValidationsFile, LinesThatAreNoRowsAreDroppedWithAWarningThatNamesThem) {
  const ScratchDirectory scratch;
  const auto path = scratch / "validations.tsv";
  put(path, kHeader + row(100, "10.0000") + "a note\n" + row(200, "20.0000"));
  ValidationsFile file(path);
  const auto warnings = warnings_of([&] { file.on_start(200, true); });
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0],
            "warning: " + path.string() + ":3: expected a step and 7 columns, found 'a note'; the line is dropped");
  file.on_validation(validation_at(300));
  EXPECT_EQ(contents(path), kHeader + row(100, "10.0000") + row(200, "20.0000") + row(300, "30.0000"));
}

TEST(ValidationScores, AreAColumnByStep) {
  const ScratchDirectory scratch;
  put(scratch / "validations.tsv", kHeader + row(100, "20.5000") + row(200, "") + row(300, "21.0000"));
  EXPECT_EQ(validation_scores(scratch / "validations.tsv", "bleu"),
            (std::map<int64_t, double>{{100, 20.5}, {300, 21}}));
  EXPECT_EQ(validation_scores(scratch / "validations.tsv", "loss").at(200), 0.25);
  EXPECT_THROW(validation_scores(scratch / "validations.tsv", "rouge"), DataError);
  for (const char* wrong : {"good", "20,5", "nan"}) {
    put(scratch / "validations.tsv", kHeader + row(100, wrong));
    EXPECT_THROW(validation_scores(scratch / "validations.tsv", "bleu"), DataError) << wrong;
  }
  EXPECT_THROW(validation_scores(scratch / "missing.tsv", "bleu"), Error);
}

}  // namespace
}  // namespace heed
