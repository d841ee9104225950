#include "watch/curves_file.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/atomic_file.h"
#include "core/logging.h"

namespace heed {
namespace {

void drop_points_after(Curve& curve, double step) {
  std::erase_if(curve.points, [&](const CurvePoint& point) { return point.step > step; });
}

// Of an object's member; not a number where it has none.
double number_of(const nlohmann::json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_number() ? member->get<double>() : std::nan("");
}

}  // namespace

void CurvesFile::on_start(int64_t step, bool resumed) {
  if (resumed) read(static_cast<double>(step));
}

// metrics.jsonl as watch/metrics_file.h writes it; a line that is none (cut off by a kill) is left out.
void CurvesFile::read(double step) {
  if (!std::filesystem::is_regular_file(metrics_)) return;  // a pipe would be waited for
  std::ifstream file(metrics_);
  for (std::string line; std::getline(file, line);) {
    const auto object = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!object.is_object()) continue;
    const double at = number_of(object, "step");
    if (!std::isfinite(at)) continue;
    const auto event = object.find("event");
    if (event == object.end()) continue;
    if (*event == "start" || *event == "resume") drop_after(at);
    if (*event == "update") training_.points.push_back({at, number_of(object, "perplexity")});
    if (*event == "validation") read_validation(object, at);
  }
  drop_after(step);
}

void CurvesFile::read_validation(const nlohmann::json& object, double step) {
  validation_.points.push_back({step, number_of(object, "perplexity")});
  if (const auto best = object.find("best"); best != object.end() && *best == true) best_steps_.push_back(step);
  const auto scores = object.find("scores");
  if (scores == object.end() || !scores->is_object()) return;
  for (const auto& [name, score] : scores->items()) {
    scores_[name].name = name;
    scores_[name].points.push_back({step, number_of(*scores, name.c_str())});
  }
}

void CurvesFile::drop_after(double step) {
  drop_points_after(training_, step);
  drop_points_after(validation_, step);
  for (auto& [name, curve] : scores_) drop_points_after(curve, step);
  std::erase_if(best_steps_, [&](double best) { return best > step; });
}

void CurvesFile::on_update(const UpdateReport& report) {
  training_.points.push_back({static_cast<double>(report.step), report.perplexity});
}

void CurvesFile::on_validation(const ValidationReport& report) {
  const auto step = static_cast<double>(report.step);
  validation_.points.push_back({step, report.perplexity});
  if (report.best) best_steps_.push_back(step);
  for (const auto& [name, score] : report.scores) {
    scores_[name].name = name;
    scores_[name].points.push_back({step, score});
  }
  draw();
}

void CurvesFile::on_end(int64_t, const std::string&) { draw(); }

void CurvesFile::draw() {
  std::vector<CurvePanel> panels{
      {"perplexity per target token, logarithmic", {training_, validation_}, ScaleKind::kLogarithmic}};
  std::optional<CurveMark> best;
  if (!best_steps_.empty()) best = {"best", best_steps_.back()};
  for (const auto& [name, curve] : scores_) panels.push_back({name, {curve}});
  try {
    write_file_atomically(picture_, curves_svg("Learning curves", std::move(panels), best));
  } catch (const std::exception& error) {
    if (!warned_) log_warning(fmt::format("no picture of the learning curves: {}", error.what()));
    warned_ = true;
  }
}

}  // namespace heed
