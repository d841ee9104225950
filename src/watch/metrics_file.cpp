#include "watch/metrics_file.h"

#include <ctime>
#include <nlohmann/json.hpp>

#include "watch/report_text.h"

namespace heed {

namespace {

using Json = nlohmann::ordered_json;

Json event(const char* name, int64_t step) {
  return {{"event", name}, {"time", utc_time_text(std::time(nullptr))}, {"step", step}};
}

std::string line(const Json& object) {
  constexpr int kOneLine = -1;
  return object.dump(kOneLine, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

void MetricsFile::write(const std::string& line) {
  file_.append(line);
  file_.warn_of_failure();
}

void MetricsFile::on_start(int64_t step, bool resumed) { write(line(event(resumed ? "resume" : "start", step))); }

void MetricsFile::on_change(int64_t step, const ConfigChange& change) {
  Json object = event("change", step);
  object["key"] = change.key;
  object["before"] = change.before;
  object["after"] = change.after;
  write(line(object));
}

void MetricsFile::on_update(const UpdateReport& report) {
  Json object = event("update", report.step);
  object["epoch"] = report.epoch;
  object["loss"] = report.loss;
  object["perplexity"] = report.perplexity;
  object["learning_rate"] = report.learning_rate;
  object["gradient_norm"] = report.gradient_norm;
  object["tokens_per_second"] = report.tokens_per_second;
  object["target_tokens"] = report.target_tokens;
  object["bad_updates"] = report.bad_updates;
  object["seconds"] = report.seconds;
  write(line(object));
}

void MetricsFile::on_validation(const ValidationReport& report) {
  Json object = event("validation", report.step);
  object["epoch"] = report.epoch;
  object["loss"] = report.loss;
  object["perplexity"] = report.perplexity;
  object["scores"] = Json::object();
  for (const auto& [name, score] : report.scores) object["scores"][name] = score;
  object["unfinished"] = report.unfinished;
  object["best"] = report.best;
  object["seconds"] = report.seconds;
  object["samples"] = Json::array();
  for (const auto& sample : report.samples)
    object["samples"].push_back(
        {{"source", sample.source}, {"reference", sample.reference}, {"hypothesis", sample.hypothesis}});
  write(line(object));
}

void MetricsFile::on_checkpoint(int64_t step, const std::string& directory) {
  Json object = event("checkpoint", step);
  object["directory"] = directory;
  write(line(object));
}

void MetricsFile::on_end(int64_t step, const std::string& why) {
  Json object = event("end", step);
  object["why"] = why;
  write(line(object));
}

}  // namespace heed
