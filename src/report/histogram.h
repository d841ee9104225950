#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/scale.h"

namespace heed {

// How often values fall into bins that lie beside each other.
struct Histogram {
  std::string title;
  std::string x_name;  // what is counted by: "pieces a line"
  std::string unit;    // what is counted: "lines"
  ScaleKind scale = ScaleKind::kLinear;
  std::vector<double> edges;    // ascending; bin i is [edges[i], edges[i + 1])
  std::vector<int64_t> counts;  // of each bin
  bool last_is_open = false;    // the last bin has all larger values, too
  struct Mark {
    std::string name;
    double value = 0;
  };
  std::vector<Mark> marks;  // dashed lines; those beyond the edges are left out
};

// A standalone SVG (report/svg.h) of bars; each says its bin and count where a pointer rests on it. Throws
// std::invalid_argument unless there is one edge more than counts, two edges at least, ascending, and all can be drawn.
std::string histogram_svg(const Histogram& histogram);

}  // namespace heed
