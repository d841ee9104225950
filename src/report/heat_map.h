#pragma once

#include <string>
#include <vector>

#include "report/attention_view.h"

namespace heed {

// One map with its labels. weights: (rows, columns), row-major.
struct HeatMap {
  std::string title;
  std::string row_axis, column_axis;  // what the rows and the columns are: "target", "source"
  std::vector<std::string> rows, columns;
  std::vector<float> weights;
};

// `map` of `view`, e.g. of choose_attention. Throws std::invalid_argument where their sizes differ.
HeatMap heat_map(const AttentionView& view, const AttentionMap& map);

// A standalone SVG, as large as its labels need: cells from the paper's colour (0) to the ink's (the largest weight,
// which the legend names); hovering a cell shows both labels and the weight. Long labels are shortened in the drawing
// only.
std::string heat_map_svg(const HeatMap& map);

}  // namespace heed
