#include "report/curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>

#include "report/svg.h"

namespace heed {

namespace {

constexpr double kWidth = 760, kMargin = 16, kFont = 12, kLeft = 68;  // left: room for the numbers of a scale
constexpr double kTitle = 30, kPanelTitle = 30, kPanelHeight = 150, kPanelGap = 14, kStepAxis = 40;
constexpr double kLabelHeight = 15, kGap = 8, kBucket = 1.5;  // kBucket: pixels whose points become one or two
constexpr size_t kMarkedPoints = 60, kColours = 4;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string step_text(double step) {
  if (step >= 1e6) return fmt::format("{:g}M", step / 1e6);
  return step >= 1e3 ? fmt::format("{:g}k", step / 1e3) : fmt::format("{:g}", step);
}

// What a scale cannot hold becomes a gap; a point without a step is left out.
void keep_drawable(CurvePanel& panel) {
  for (Curve& curve : panel.curves) {
    std::erase_if(curve.points, [](const CurvePoint& point) {
      return !(point.step >= 0 && can_be_drawn(point.step, ScaleKind::kLinear));
    });
    for (CurvePoint& point : curve.points)
      if (!can_be_drawn(point.value, panel.scale)) point.value = std::numeric_limits<double>::quiet_NaN();
  }
}

Scale value_scale(const CurvePanel& panel, double top) {
  double low = kInfinity, high = -kInfinity;
  for (const Curve& curve : panel.curves)
    for (const CurvePoint& point : curve.points) {
      if (!std::isfinite(point.value)) continue;
      low = std::min(low, point.value);
      high = std::max(high, point.value);
    }
  if (low > high) low = 1, high = 2;
  Scale scale = round_scale(low, high, panel.scale);
  scale.from = top + kPanelHeight;
  scale.to = top;
  return scale;
}

std::optional<CurvePoint> last_number(const Curve& curve) {
  const auto found = std::find_if(curve.points.rbegin(), curve.points.rend(),
                                  [](const CurvePoint& point) { return std::isfinite(point.value); });
  return found == curve.points.rend() ? std::nullopt : std::optional(*found);
}

std::string end_label(const Curve& curve) {
  const auto last = last_number(curve);
  return last ? fmt::format("{} {:#.4g}", shortened(curve.name, 120, kFont), last->value) : "";
}

Scale step_scale(const std::vector<CurvePanel>& panels) {
  double last = 1, widest_label = 0;
  for (const CurvePanel& panel : panels)
    for (const Curve& curve : panel.curves) {
      for (const CurvePoint& point : curve.points) last = std::max(last, point.step);
      widest_label = std::max(widest_label, text_width(end_label(curve), kFont));
    }
  Scale scale = scale_from_zero(last, 6);
  scale.from = kLeft;
  scale.to = std::floor(kWidth - kMargin - 2 * kGap - widest_label);
  return scale;
}

// At most two points a bucket, its smallest and its largest in their order; a gap stays where a bucket has no number.
std::vector<CurvePoint> visible_points(const Curve& curve, const Scale& steps) {
  if (static_cast<double>(curve.points.size()) <= (steps.to - steps.from) / kBucket) return curve.points;
  std::vector<CurvePoint> visible;
  for (auto begin = curve.points.begin(); begin != curve.points.end();) {
    const auto bucket = [&](const CurvePoint& point) { return std::floor(steps.at(point.step) / kBucket); };
    const auto end = std::find_if(begin, curve.points.end(),
                                  [&](const CurvePoint& point) { return bucket(point) != bucket(*begin); });
    auto low = end, high = end;
    for (auto at = begin; at != end; ++at) {
      if (!std::isfinite(at->value)) continue;
      if (low == end || at->value < low->value) low = at;
      if (high == end || at->value > high->value) high = at;
    }
    if (low == end) {
      visible.push_back(*begin);
    } else {
      visible.push_back(std::min(low, high) == low ? *low : *high);
      if (low != high) visible.push_back(std::min(low, high) == low ? *high : *low);
    }
    begin = end;
  }
  return visible;
}

std::string path_of(const std::vector<CurvePoint>& points, const Scale& steps, const Scale& values) {
  std::string path;
  bool drawing = false;
  for (const CurvePoint& point : points) {
    const bool finite = std::isfinite(point.value);
    if (finite)  // h0 shows a point without neighbours as a dot
      fmt::format_to(std::back_inserter(path), "{}{:.1f} {:.1f}{}", drawing ? "L" : "M", steps.at(point.step),
                     values.at(point.value), drawing ? "" : "h0");
    drawing = finite;
  }
  return path;
}

std::string markers(const Curve& curve, const Scale& steps, const Scale& values, size_t colour) {
  if (curve.points.size() > kMarkedPoints) return "";
  std::string text;
  for (const CurvePoint& point : curve.points)
    if (std::isfinite(point.value))
      text += fmt::format(
          "<circle class=\"dot-{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\"><title>{} at step {:g}: "
          "{:.5g}</title></circle>\n",
          colour, steps.at(point.step), values.at(point.value), markup_text(curve.name), point.step, point.value);
  return text;
}

std::string gridlines(const Scale& steps, const Scale& values) {
  std::string path, numbers;
  for (const double value : values.ticks) {
    path += fmt::format("M{:g} {:.1f}H{:g}", steps.from, values.at(value), steps.to);
    numbers += fmt::format("<text class=\"muted right\" x=\"{:g}\" y=\"{:.1f}\">{:.6g}</text>\n", steps.from - kGap,
                           values.at(value) + kFont * 0.35, value);
  }
  for (const double step : steps.ticks)
    path += fmt::format("M{:.1f} {:g}V{:g}", steps.at(step), values.to, values.from);
  return fmt::format("<path class=\"line\" d=\"{}\"/>\n", path) + numbers;
}

// The labels beside the curves' ends, pushed apart where they would overlap.
std::string end_labels(const CurvePanel& panel, const Scale& steps, const Scale& values) {
  std::vector<double> heights;
  for (const Curve& curve : panel.curves) {
    const auto last = last_number(curve);
    heights.push_back(last ? values.at(last->value) : values.from);
  }
  std::vector<size_t> order(heights.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return heights[a] < heights[b]; });
  double lowest = values.from;
  for (auto at = order.rbegin(); at != order.rend(); ++at) {
    heights[*at] = std::min(heights[*at], lowest);
    lowest = heights[*at] - kLabelHeight;
  }
  std::string text;
  for (size_t i = 0; i < heights.size(); ++i)
    text += fmt::format("<text class=\"dot-{}\" x=\"{:g}\" y=\"{:.1f}\">{}</text>\n", i % kColours, steps.to + kGap,
                        heights[i] + kFont * 0.35, markup_text(end_label(panel.curves[i])));
  return text;
}

std::optional<double> value_at(const CurvePanel& panel, double step) {
  for (auto curve = panel.curves.rbegin(); curve != panel.curves.rend(); ++curve)
    for (const CurvePoint& point : curve->points)
      if (point.step == step) return std::isfinite(point.value) ? std::optional(point.value) : std::nullopt;
  return std::nullopt;
}

// The line of the mark and a ring around its value, which stands above, as near as the panel's title lets it.
std::string mark_svg(const CurvePanel& panel, const CurveMark& mark, const Scale& steps, const Scale& values) {
  const double x = steps.at(mark.step);
  std::string text = fmt::format("<path class=\"mark\" d=\"M{:.1f} {:g}V{:g}\"/>\n", x, values.to, values.from);
  const auto value = value_at(panel, mark.step);
  if (!value) return text;
  const std::string label = fmt::format("{}: {:.4g} at step {:.0f}", mark.name, *value, mark.step);
  const double width = text_width(label, kFont), title_end = kLeft + text_width(panel.title, kFont) + 2 * kGap;
  const double left = std::max(title_end, std::min(x - width / 2, steps.to - width));
  text += fmt::format("<circle class=\"mark solid\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"6\"/>\n", x, values.at(*value));
  return text + fmt::format("<text class=\"muted\" x=\"{:.1f}\" y=\"{:g}\">{}</text>\n", left, values.to - kGap,
                            markup_text(label));
}

std::string panel_svg(const CurvePanel& panel, const Scale& steps, const Scale& values) {
  std::string body =
      fmt::format("<text x=\"{:g}\" y=\"{:g}\">{}</text>\n", kLeft, values.to - kGap, markup_text(panel.title));
  body += gridlines(steps, values);
  for (size_t i = 0; i < panel.curves.size(); ++i) {
    const Curve& curve = panel.curves[i];
    body += fmt::format("<path class=\"curve{} curve-{}\" d=\"{}\"/>\n",
                        curve.points.size() > kMarkedPoints ? " dense" : "", i % kColours,
                        path_of(visible_points(curve, steps), steps, values));
    body += markers(curve, steps, values, i % kColours);
  }
  return body + end_labels(panel, steps, values);
}

}  // namespace

std::string curves_svg(const std::string& title, std::vector<CurvePanel> panels, const std::optional<CurveMark>& mark) {
  for (CurvePanel& panel : panels) keep_drawable(panel);
  const Scale steps = step_scale(panels);
  std::string body = fmt::format("<text class=\"title\" x=\"{:g}\" y=\"{:g}\">{}</text>\n", kMargin, kMargin + 14,
                                 markup_text(shortened(title, (kWidth - 2 * kMargin) / 1.1, 15)));
  double top = kMargin + kTitle;
  for (const CurvePanel& panel : panels) {
    const Scale values = value_scale(panel, top + kPanelTitle);
    body += panel_svg(panel, steps, values);
    if (mark) body += mark_svg(panel, *mark, steps, values);
    top += kPanelTitle + kPanelHeight + kPanelGap;
  }
  if (!panels.empty()) {
    for (const double step : steps.ticks)
      body += fmt::format("<text class=\"muted\" text-anchor=\"middle\" x=\"{:.1f}\" y=\"{:g}\">{}</text>\n",
                          steps.at(step), top + 6, step_text(step));
    body += fmt::format("<text class=\"muted\" x=\"{:g}\" y=\"{:g}\">step</text>\n", steps.to + kGap * 3, top + 6);
  }
  return svg_document(kWidth, top + kStepAxis - kPanelGap, title, body);
}

}  // namespace heed
