#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/scale.h"

namespace heed {

struct CurvePoint {
  double step = 0;   // updates; ascending within a curve
  double value = 0;  // one that its panel's scale cannot hold (not a number, infinite): a gap
};

struct Curve {
  std::string name;
  std::vector<CurvePoint> points;
};

// Curves of one scale: the training and validation loss, say, or one score.
struct CurvePanel {
  std::string title;
  std::vector<Curve> curves;  // told apart by colour up to 4
  ScaleKind scale = ScaleKind::kLinear;
};

// A step that stands out: a line through all panels, each with its value there, that of the last curve with a point.
struct CurveMark {
  std::string name;  // "best"
  double step = 0;
};

// A standalone SVG: the panels below each other over one axis of steps, each with its own scale and gridlines, each
// curve with its name and last value at its end. A curve of few points marks them (hovering shows step and value); one
// of more points than can be seen is drawn through the smallest and largest value of every pixel or two.
std::string curves_svg(const std::string& title, std::vector<CurvePanel> panels,
                       const std::optional<CurveMark>& mark = std::nullopt);

}  // namespace heed
