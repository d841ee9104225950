#pragma once

#include <string>

#include "report/heat_map.h"

namespace heed {

// A map's cells and labels without a title: what pictures of one map (report/heat_map.h) and of several
// (report/heat_map_sheet.h) are made of. Lengths are CSS pixels.
struct HeatMapPanel {
  double cell = 0;               // its side
  double left = 0, top = 0;      // of the cells
  double width = 0, height = 0;  // labels included
};

inline constexpr double kBold = 1.1;  // how much wider a title is than text of its size
inline constexpr double kMargin = 16, kGap = 8, kFont = 12, kTitleFont = 15, kHeading = 40;
inline constexpr double kSmallestCell = 20, kLargestCell = 36;  // 20: labels at 45 degrees do not touch
inline constexpr double kLegendWidth = 200, kLegendHeight = 44;

std::string axes_text(const HeatMap& map);  // "rows: target, columns: source"
double title_width(const std::string& title);

// The two lines at the top of a picture, and where the longer one ends.
std::string heading_svg(const std::string& title, const std::string& below);
double heading_end(const std::string& title, const std::string& below);

// For a map by itself.
double comfortable_cell(const HeatMap& map);

// The panel with its corner at 0, 0. Throws std::invalid_argument where labels and weights do not fit.
HeatMapPanel lay_out(const HeatMap& map, double cell);

// 0 where there is none above it.
float largest_weight(const HeatMap& map);

// The cells from the paper's colour (0) to the ink's (`full_ink`, of a weight), each named when it is hovered over.
std::string panel_svg(const HeatMap& map, const HeatMapPanel& at, float full_ink);

// What the ink means, below cells that begin at `left` and end at `bottom`. Once in a document.
std::string legend_svg(double left, double bottom, float full_ink);

}  // namespace heed
