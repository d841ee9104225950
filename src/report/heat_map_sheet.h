#pragma once

#include <string>
#include <vector>

#include "report/heat_map.h"

namespace heed {

// Maps of one kind side by side, such as those of several models: a standalone SVG like heat_map_svg's, each map under
// its own title and with its own labels, in as many rows as it takes for the picture to fit a page (a README's width,
// 840 pixels, where a map by itself is no wider). They share one scale of ink, so that the same ink is the same weight
// in all of them. A title that is longer than its place is shortened in its middle, in the drawing only.
// REQUIRES: at least one map. Throws std::invalid_argument where labels and weights do not fit.
std::string heat_map_sheet_svg(const std::string& title, const std::vector<HeatMap>& maps);

}  // namespace heed
