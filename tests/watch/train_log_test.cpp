#include "watch/train_log.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "core/logging.h"
#include "support/scratch_directory.h"
#include "watch/reports.h"

namespace heed {
namespace {

TEST(TrainLog, HoldsLogLinesAndReportsEachWithItsTime) {
  const ScratchDirectory scratch;
  {
    TrainLog log(scratch / "train.log", {.max_steps = 100});
    log_warning("disk is slow");
    log.on_start(0, false);
    log.on_update(update_at(100));
    log.on_validation(validation_at(100));
    log.on_checkpoint(100, "checkpoints/step-00000100");
    log.on_end(100, "max_steps reached");
  }
  log_info("not of this run");
  const std::string text = contents(scratch / "train.log");
  const std::regex time(R"(^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d )", std::regex::multiline);
  EXPECT_EQ(std::regex_replace(text, time, ""),
            "warning: disk is slow\n"
            "training starts\n"
            "step 100/100  epoch 2  loss 0.8000  perplexity 2.23  8.1k tokens/s  learning rate 1.00e-03  "
            "gradient norm 0.5\n"
            "validation at step 100  epoch 2  loss 0.2500  perplexity 1.28  bleu 10.00  chrf 60.50  in 3s  "
            "(best so far)\n"
            "  source      two <b> cats\n"
            "  reference   zwei Katzen\n"
            "  hypothesis  zwei *Katzen*\n"
            "checkpoint of step 100 in checkpoints/step-00000100\n"
            "training ends at step 100: max_steps reached\n");
}

TEST(TrainLog, SamplesOfForeignTextAreLinesWithoutControlCharacters) {
  const ScratchDirectory scratch;
  ValidationReport report = validation_at(100);
  report.samples = {{"\x1b[2Jsource", "reference\u202e", "hypo\nthesis"}};
  TrainLog(scratch / "train.log", {}).on_validation(report);
  const std::string text = contents(scratch / "train.log");
  EXPECT_NE(text.find("  source      \\x1b[2Jsource\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  reference   reference\\u202e\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  hypothesis  hypo\\nthesis\n"), std::string::npos) << text;
}

TEST(TrainLog, AResumedRunAppends) {
  const ScratchDirectory scratch;
  for (const bool resumed : {false, true}) TrainLog(scratch / "train.log", {}).on_start(resumed ? 1500 : 0, resumed);
  const std::string text = contents(scratch / "train.log");
  EXPECT_NE(text.find("training starts\n"), std::string::npos);
  EXPECT_NE(text.find("training goes on after step 1,500\n"), std::string::npos);
}

TEST(TrainLog, AFullDiskWarnsOnceAndDoesNotStopTheLog) {
  const ScratchDirectory scratch;
  std::filesystem::create_symlink("/dev/full", scratch / "train.log");
  TrainLog log(scratch / "train.log", {});
  int warnings = 0;
  const int sink = add_log_sink([&](LogLevel level, const std::string&) { warnings += level == LogLevel::kWarning; });
  log_info("a line that does not fit");
  log.on_update(update_at(1));
  log.on_update(update_at(2));
  remove_log_sink(sink);
  EXPECT_EQ(warnings, 1);
}

}  // namespace
}  // namespace heed
