#include "report/heat_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <stdexcept>

#include "report/svg.h"

namespace heed {

namespace {

constexpr double kMargin = 16, kFont = 12, kTitleFont = 15, kGap = 8;
constexpr double kSmallestCell = 20, kLargestCell = 36, kComfortableMap = 480;  // 20: labels at 45 degrees do not touch
constexpr double kLongestLabel = 150;
constexpr double kLegendBar = 120, kLegendHeight = 44;
constexpr double kSlope = std::numbers::sqrt2 / 2;  // column labels rise at 45 degrees

struct Layout {
  double cell = 0;
  double left = 0, top = 0;  // of the cells
  double width = 0, height = 0;
};

std::string label(const std::string& text) { return shortened(text, kLongestLabel, kFont); }

double label_width(const std::string& text) { return text_width(label(text), kFont); }

std::string axes_text(const HeatMap& map) {
  return fmt::format("rows: {}, columns: {}", map.row_axis, map.column_axis);
}

Layout lay_out(const HeatMap& map) {
  const auto rows = static_cast<double>(map.rows.size()), columns = static_cast<double>(map.columns.size());
  Layout layout;
  layout.cell = std::clamp(std::floor(kComfortableMap / std::max({rows, columns, 1.0})), kSmallestCell, kLargestCell);
  double row_labels = 0, column_labels = 0;
  for (const std::string& row : map.rows) row_labels = std::max(row_labels, label_width(row));
  layout.left = std::ceil(kMargin + row_labels + kGap);
  double right = layout.left + std::max(columns * layout.cell, kLegendBar + 80);
  for (size_t i = 0; i < map.columns.size(); ++i) {
    const double rise = label_width(map.columns[i]) * kSlope + kFont;
    column_labels = std::max(column_labels, rise);
    right = std::max(right, layout.left + (static_cast<double>(i) + 0.5) * layout.cell + rise);
  }
  right =
      std::max({right, kMargin + text_width(map.title, kTitleFont) * 1.1, kMargin + text_width(axes_text(map), kFont)});
  layout.width = std::ceil(right + kMargin);
  layout.top = std::ceil(kMargin + 2 * 20 + column_labels + kGap);
  layout.height = std::ceil(layout.top + rows * layout.cell + kLegendHeight + kMargin);
  return layout;
}

// The weight at full ink.
float largest_weight(const HeatMap& map) {
  float largest = 0;
  for (const float weight : map.weights)
    if (std::isfinite(weight)) largest = std::max(largest, weight);
  return largest > 0 ? largest : 1;
}

std::string grid(const HeatMap& map, const Layout& at) {
  const double width = static_cast<double>(map.columns.size()) * at.cell;
  const double height = static_cast<double>(map.rows.size()) * at.cell;
  std::string path;
  for (size_t i = 0; i <= map.rows.size(); ++i)
    path += fmt::format("M{:g} {:g}h{:g}", at.left, at.top + static_cast<double>(i) * at.cell, width);
  for (size_t i = 0; i <= map.columns.size(); ++i)
    path += fmt::format("M{:g} {:g}v{:g}", at.left + static_cast<double>(i) * at.cell, at.top, height);
  return fmt::format("<path class=\"line\" d=\"{}\"/>\n", path);
}

std::string labels(const HeatMap& map, const Layout& at) {
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

std::string cells(const HeatMap& map, const Layout& at) {
  const float largest = largest_weight(map);
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
                     std::isfinite(weight) ? std::clamp(weight / largest, 0.0f, 1.0f) : 0.0f, query, columns[column],
                     weight);
    }
  }
  return text + "</g>\n";
}

std::string legend(const HeatMap& map, const Layout& at) {
  const double y = at.top + static_cast<double>(map.rows.size()) * at.cell + 24;
  return fmt::format(
      "<defs><linearGradient id=\"ramp\"><stop class=\"stop\" stop-opacity=\"0\"/>"
      "<stop class=\"stop\" offset=\"1\"/></linearGradient></defs>\n"
      "<rect x=\"{0:g}\" y=\"{1:g}\" width=\"{2:g}\" height=\"10\" fill=\"url(#ramp)\"/>\n"
      "<rect class=\"line\" x=\"{0:g}\" y=\"{1:g}\" width=\"{2:g}\" height=\"10\"/>\n"
      "<text class=\"muted right\" x=\"{3:g}\" y=\"{4:g}\">0</text>\n"
      "<text class=\"muted\" x=\"{5:g}\" y=\"{4:g}\">{6:.2g}</text>\n",
      at.left, y, kLegendBar, at.left - kGap, y + 9, at.left + kLegendBar + kGap, largest_weight(map));
}

std::string title_of(const AttentionMap& map) {
  constexpr const char* kNames[] = {"Encoder self-attention", "Decoder self-attention", "Cross-attention"};
  std::string title = kNames[static_cast<size_t>(map.kind)];
  title += map.layer > 0 ? fmt::format(", layer {}", map.layer) : ", average over layers";
  if (map.layer == 0 && map.head == 0) return title + " and heads";
  return title + (map.head > 0 ? fmt::format(", head {}", map.head) : ", average over heads");
}

}  // namespace

HeatMap heat_map(const AttentionView& view, const AttentionMap& map) {
  check_attention({view.source, view.target, view.target_input, {map}});
  return {title_of(map),
          std::string(query_axis_name(map.kind)),
          map.kind == AttentionKind::kDecoderSelf ? "target so far" : std::string(key_axis_name(map.kind)),
          query_axis(view, map.kind).tokens,
          key_axis(view, map.kind).tokens,
          map.weights};
}

std::string heat_map_svg(const HeatMap& map) {
  if (map.weights.size() != map.rows.size() * map.columns.size())
    throw std::invalid_argument(fmt::format("heat map '{}': {} x {} labels but {} weights", map.title, map.rows.size(),
                                            map.columns.size(), map.weights.size()));
  const Layout at = lay_out(map);
  std::string body = fmt::format("<text class=\"title\" x=\"{:g}\" y=\"{:g}\">{}</text>\n", kMargin, kMargin + 14,
                                 markup_text(map.title));
  body += fmt::format("<text class=\"muted\" x=\"{:g}\" y=\"{:g}\">{}</text>\n", kMargin, kMargin + 34,
                      markup_text(map.weights.empty() ? "no weights" : axes_text(map)));
  if (!map.weights.empty()) body += grid(map, at) + cells(map, at) + labels(map, at) + legend(map, at);
  return svg_document(at.width, at.height, map.title, body);
}

}  // namespace heed
