#include "watch/curves_file.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "core/logging.h"

namespace heed {
namespace {

void drop_points_after(Curve& curve, int64_t step) {
  std::erase_if(curve.points, [&](const CurvePoint& point) { return point.step > static_cast<double>(step); });
}

CurvePoint point_of(const nlohmann::json& step, const nlohmann::json& value) {
  return {step.get<double>(), value.is_number() ? value.get<double>() : std::nan("")};
}

}  // namespace

void CurvesFile::on_start(int64_t step, bool resumed) {
  if (resumed) read(step);
}

// metrics.jsonl as watch/metrics_file.h writes it; a line that is none (cut off by a kill) is left out.
void CurvesFile::read(int64_t step) {
  std::ifstream file(metrics_);
  for (std::string line; std::getline(file, line);) {
    const auto object = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!object.is_object() || !object.contains("event") || !object.contains("step")) continue;
    const auto& event = object["event"];
    if (event == "start" || event == "resume") drop_after(object["step"].get<int64_t>());
    if (event == "update") training_.points.push_back(point_of(object["step"], object["loss"]));
    if (event != "validation") continue;
    validation_.points.push_back(point_of(object["step"], object["loss"]));
    for (const auto& [name, score] : object["scores"].items()) {
      scores_[name].name = name;
      scores_[name].points.push_back(point_of(object["step"], score));
    }
  }
  drop_after(step);
}

void CurvesFile::drop_after(int64_t step) {
  drop_points_after(training_, step);
  drop_points_after(validation_, step);
  for (auto& [name, curve] : scores_) drop_points_after(curve, step);
}

void CurvesFile::on_update(const UpdateReport& report) {
  training_.points.push_back({static_cast<double>(report.step), report.loss});
}

void CurvesFile::on_validation(const ValidationReport& report) {
  const auto step = static_cast<double>(report.step);
  validation_.points.push_back({step, report.loss});
  for (const auto& [name, score] : report.scores) {
    scores_[name].name = name;
    scores_[name].points.push_back({step, score});
  }
  draw();
}

void CurvesFile::on_end(int64_t, const std::string&) { draw(); }

void CurvesFile::draw() {
  std::vector<CurvePanel> panels{{"loss per target token", {training_, validation_}}};
  for (const auto& [name, curve] : scores_) panels.push_back({name, {curve}});
  try {
    write_file_atomically(picture_, curves_svg("Learning curves", panels));
  } catch (const std::exception& error) {
    if (!warned_) log_warning(fmt::format("no picture of the learning curves: {}", error.what()));
    warned_ = true;
  }
}

}  // namespace heed
