#include "report/heat_map_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <stdexcept>
#include <vector>

#include "report/svg.h"

namespace heed {

namespace {

constexpr double kComfortableMap = 480, kLongestLabel = 150, kLegendBar = 120;
constexpr double kSlope = std::numbers::sqrt2 / 2;  // column labels rise at 45 degrees

std::string label(const std::string& text) { return shortened(text, kLongestLabel, kFont); }

double label_width(const std::string& text) { return text_width(label(text), kFont); }

std::string grid(const HeatMap& map, const HeatMapPanel& at) {
  const double width = static_cast<double>(map.columns.size()) * at.cell;
  const double height = static_cast<double>(map.rows.size()) * at.cell;
  std::string path;
  for (size_t i = 0; i <= map.rows.size(); ++i)
    path += fmt::format("M{:g} {:g}h{:g}", at.left, at.top + static_cast<double>(i) * at.cell, width);
  for (size_t i = 0; i <= map.columns.size(); ++i)
    path += fmt::format("M{:g} {:g}v{:g}", at.left + static_cast<double>(i) * at.cell, at.top, height);
  return fmt::format("<path class=\"line\" d=\"{}\"/>\n", path);
}

std::string labels(const HeatMap& map, const HeatMapPanel& at) {
  std::string text;
  for (size_t i = 0; i < map.rows.size(); ++i)
    text +=
        fmt::format("<text class=\"right\" x=\"{:g}\" y=\"{:g}\">{}</text>\n", at.left - kGap,
                    at.top + (static_cast<double>(i) + 0.5) * at.cell + kFont * 0.35, markup_text(label(map.rows[i])));
  for (size_t i = 0; i < map.columns.size(); ++i)
    text += fmt::format("<text transform=\"translate({:g} {:g}) rotate(-45)\">{}</text>\n",
                        at.left + (static_cast<double>(i) + 0.5) * at.cell + kFont * 0.25, at.top - kGap,
                        markup_text(label(map.columns[i])));
  return text;
}

std::string cells(const HeatMap& map, const HeatMapPanel& at, float full_ink) {
  std::vector<std::string> columns;
  for (const std::string& column : map.columns) columns.push_back(markup_text(column));
  std::string text = "<g class=\"ink\">\n";
  for (size_t row = 0; row < map.rows.size(); ++row) {
    const std::string query = markup_text(map.rows[row]);
    for (size_t column = 0; column < columns.size(); ++column) {
      const float weight = map.weights[row * columns.size() + column];
      fmt::format_to(std::back_inserter(text),
                     "<rect x=\"{:g}\" y=\"{:g}\" width=\"{:g}\" height=\"{:g}\" fill-opacity=\"{:.3g}\">"
                     "<title>{} \u2192 {}: {:.3f}</title></rect>\n",
                     at.left + static_cast<double>(column) * at.cell + 0.5,
                     at.top + static_cast<double>(row) * at.cell + 0.5, at.cell - 1, at.cell - 1,
                     std::isfinite(weight) ? std::clamp(weight / full_ink, 0.0f, 1.0f) : 0.0f, query, columns[column],
                     weight);
    }
  }
  return text + "</g>\n";
}

}  // namespace

std::string axes_text(const HeatMap& map) {
  return fmt::format("rows: {}, columns: {}", map.row_axis, map.column_axis);
}

double title_width(const std::string& title) { return text_width(title, kTitleFont) * kBold; }

std::string heading_svg(const std::string& title, const std::string& below) {
  return fmt::format(
      "<text class=\"title\" x=\"{0:g}\" y=\"{1:g}\">{2}</text>\n"
      "<text class=\"muted\" x=\"{0:g}\" y=\"{3:g}\">{4}</text>\n",
      kMargin, kMargin + 14, markup_text(title), kMargin + 34, markup_text(below));
}

double heading_end(const std::string& title, const std::string& below) {
  return kMargin + std::max(title_width(title), text_width(below, kFont));
}

double comfortable_cell(const HeatMap& map) {
  const auto longest = static_cast<double>(std::max({map.rows.size(), map.columns.size(), size_t{1}}));
  return std::clamp(std::floor(kComfortableMap / longest), kSmallestCell, kLargestCell);
}

HeatMapPanel lay_out(const HeatMap& map, double cell) {
  if (map.weights.size() != map.rows.size() * map.columns.size())
    throw std::invalid_argument(fmt::format("heat map '{}': {} x {} labels but {} weights", map.title, map.rows.size(),
                                            map.columns.size(), map.weights.size()));
  double row_labels = 0, column_labels = 0;
  for (const std::string& row : map.rows) row_labels = std::max(row_labels, label_width(row));
  HeatMapPanel panel;
  panel.cell = cell;
  panel.left = std::ceil(row_labels + kGap);
  panel.width = panel.left + static_cast<double>(map.columns.size()) * cell;
  for (size_t i = 0; i < map.columns.size(); ++i) {
    const double rise = label_width(map.columns[i]) * kSlope + kFont;
    column_labels = std::max(column_labels, rise);
    panel.width = std::max(panel.width, panel.left + (static_cast<double>(i) + 0.5) * cell + rise);
  }
  panel.top = std::ceil(column_labels + kGap);
  panel.height = panel.top + static_cast<double>(map.rows.size()) * cell;
  return panel;
}

float largest_weight(const HeatMap& map) {
  float largest = 0;
  for (const float weight : map.weights)
    if (std::isfinite(weight)) largest = std::max(largest, weight);
  return largest;
}

std::string panel_svg(const HeatMap& map, const HeatMapPanel& at, float full_ink) {
  return grid(map, at) + cells(map, at, full_ink > 0 ? full_ink : 1) + labels(map, at);
}

std::string legend_svg(double left, double bottom, float full_ink) {
  const double y = bottom + 24;
  return fmt::format(
      "<defs><linearGradient id=\"ramp\"><stop class=\"stop\" stop-opacity=\"0\"/>"
      "<stop class=\"stop\" offset=\"1\"/></linearGradient></defs>\n"
      "<rect x=\"{0:g}\" y=\"{1:g}\" width=\"{2:g}\" height=\"10\" fill=\"url(#ramp)\"/>\n"
      "<rect class=\"line\" x=\"{0:g}\" y=\"{1:g}\" width=\"{2:g}\" height=\"10\"/>\n"
      "<text class=\"muted right\" x=\"{3:g}\" y=\"{4:g}\">0</text>\n"
      "<text class=\"muted\" x=\"{5:g}\" y=\"{4:g}\">{6:.2g}</text>\n",
      left, y, kLegendBar, left - kGap, y + 9, left + kLegendBar + kGap, full_ink > 0 ? full_ink : 1);
}

}  // namespace heed
