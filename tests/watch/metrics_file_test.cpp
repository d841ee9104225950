#include "watch/metrics_file.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/scratch_directory.h"
#include "watch/reports.h"

namespace heed {
namespace {

using nlohmann::json;

std::vector<json> objects(const std::filesystem::path& path) {
  std::istringstream lines(contents(path));
  std::vector<json> result;
  for (std::string line; std::getline(lines, line);) result.push_back(json::parse(line));
  return result;
}

TEST(MetricsFile, WritesEveryFieldOfEveryEventAsOneObjectPerLine) {
  const ScratchDirectory scratch;
  MetricsFile file(scratch / "metrics.jsonl");
  file.on_start(0, false);
  file.on_change(0, {"optimizer.learning_rate", "0.002", "0.0001"});
  file.on_update(update_at(50));
  file.on_validation(validation_at(50));
  file.on_checkpoint(50, "checkpoints/step-00000050");
  file.on_end(50, "max_steps reached");
  std::vector<json> found = objects(scratch / "metrics.jsonl");
  for (json& object : found) {
    EXPECT_EQ(object.at("time").get<std::string>().size(), std::string("2026-11-20T23:14:25Z").size());
    object.erase("time");
  }
  const UpdateReport update = update_at(50);
  const ValidationReport validation = validation_at(50);
  const std::vector<json> expected = {
      {{"event", "start"}, {"step", 0}},
      {{"event", "change"}, {"step", 0}, {"key", "optimizer.learning_rate"}, {"before", "0.002"}, {"after", "0.0001"}},
      {{"event", "update"},
       {"step", 50},
       {"epoch", 1},
       {"loss", update.loss},
       {"perplexity", update.perplexity},
       {"learning_rate", update.learning_rate},
       {"gradient_norm", 0.5},
       {"tokens_per_second", 8123.0},
       {"target_tokens", 200000},
       {"bad_updates", 0},
       {"seconds", 25.0}},
      {{"event", "validation"},
       {"step", 50},
       {"epoch", 1},
       {"loss", 0.25},
       {"perplexity", validation.perplexity},
       {"scores", {{"bleu", 5.0}, {"chrf", 60.5}}},
       {"unfinished", 0},
       {"best", true},
       {"seconds", 3.0},
       {"samples",
        json::array({{{"source", "two <b> cats"}, {"reference", "zwei Katzen"}, {"hypothesis", "zwei *Katzen*"}}})}},
      {{"event", "checkpoint"}, {"step", 50}, {"directory", "checkpoints/step-00000050"}},
      {{"event", "end"}, {"step", 50}, {"why", "max_steps reached"}}};
  EXPECT_EQ(found, expected);  // doubles come back with every bit
}

TEST(MetricsFile, AResumeMarksWhatItSupersedesAfterAKillInsideALine) {
  const ScratchDirectory scratch;
  const auto path = scratch / "metrics.jsonl";
  {
    MetricsFile file(path);
    file.on_start(0, false);
    for (const int64_t step : {10, 20, 30}) file.on_update(update_at(step));
  }
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 7);  // killed in the line of step 30
  {
    MetricsFile file(path);
    file.on_start(10, true);
    file.on_update(update_at(20));
  }
  std::vector<std::pair<std::string, int64_t>> events;
  for (const json& object : objects(path)) events.emplace_back(object["event"], object["step"]);
  const decltype(events) expected = {{"start", 0}, {"update", 10}, {"update", 20}, {"resume", 10}, {"update", 20}};
  EXPECT_EQ(events, expected);
}

TEST(MetricsFile, NumbersThatAreNotFiniteAndTextThatIsNotUtf8StayValidJson) {
  const ScratchDirectory scratch;
  MetricsFile file(scratch / "metrics.jsonl");
  UpdateReport update = update_at(1);
  update.perplexity = std::numeric_limits<double>::infinity();
  file.on_update(update);
  ValidationReport validation = validation_at(1);
  validation.samples[0].hypothesis = "a\xff\nb";
  file.on_validation(validation);
  const std::vector<json> found = objects(scratch / "metrics.jsonl");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE(found[0]["perplexity"].is_null());
  EXPECT_EQ(found[1]["samples"][0]["hypothesis"], "a\xef\xbf\xbd\nb");
}

}  // namespace
}  // namespace heed
