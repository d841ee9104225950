#include "report/curves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/captures.h"

namespace heed {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> paths(const std::string& svg) { return captures(svg, "class=\"curve[^>]* d=\"([^\"]*)\""); }

std::string draw(std::vector<CurvePoint> points) { return curves_svg("t", {{"loss", {{"train", std::move(points)}}}}); }

// The height of every point of a path.
std::vector<double> heights(const std::string& path) {
  std::vector<double> numbers;
  for (const std::string& number : captures(path, "[ML][0-9.]+ ([0-9.]+)")) numbers.push_back(std::stod(number));
  return numbers;
}

TEST(Curves, NoPanelsNoCurvesAndNoPointsAreDrawnEmpty) {
  EXPECT_THAT(curves_svg("t", {}), HasSubstr("<title>t</title>"));
  EXPECT_THAT(paths(curves_svg("t", {{"loss", {}}})), ElementsAre());
  EXPECT_THAT(paths(draw({})), ElementsAre(""));
  EXPECT_THAT(draw({{1, kNan}}), Not(HasSubstr("nan")));
}

TEST(Curves, OnePointIsADotWithItsValue) {
  const std::string svg = draw({{50, 9.125}});
  EXPECT_THAT(svg, HasSubstr("<title>train at step 50: 9.125</title>"));
  EXPECT_THAT(svg, HasSubstr(">train 9.125</text>"));
}

TEST(Curves, AGapSplitsTheLineAndALonePointStaysVisible) {
  const std::vector<std::string> found = paths(draw({{1, 1}, {2, 2}, {3, kNan}, {4, 1}, {5, INFINITY}, {6, 2}}));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(std::count(found[0].begin(), found[0].end(), 'M'), 3);
  EXPECT_EQ(std::count(found[0].begin(), found[0].end(), 'L'), 1);
  EXPECT_THAT(found[0], HasSubstr("h0"));  // what makes a round line end of a lone point
}

TEST(Curves, TheLastNumberIsLabelledEvenWhereAGapFollows) {
  EXPECT_THAT(draw({{1, 3}, {2, 2.5}, {3, kNan}}), HasSubstr(">train 2.500</text>"));
}

TEST(Curves, ManyPointsKeepTheirExtremesInFewSegments) {
  std::vector<CurvePoint> points;
  for (int i = 1; i <= 100000; ++i)
    points.push_back({double(i), i == 54321 ? 10.0 : i == 12345 ? 0.0 : 5 + std::sin(i)});
  const std::string svg = draw(points);
  ASSERT_LT(svg.size(), 30000u);
  const std::vector<double> drawn = heights(paths(svg).at(0));
  const auto [top, bottom] = std::minmax_element(drawn.begin(), drawn.end());
  EXPECT_NEAR(*bottom - *top, 150, 0.2);  // the scale is 0 to 10, the panel 150 pixels high
}

TEST(Curves, PanelsShareTheAxisOfSteps) {
  const std::string svg =
      curves_svg("t", {{"loss", {{"train", {{0, 1}, {4000, 2}}}}}, {"BLEU", {{"bleu", {{2000, 30}}}}}});
  const std::vector<std::string> found = paths(svg);
  ASSERT_EQ(found.size(), 2u);
  const std::vector<std::string> loss = captures(found[0], "[ML]([0-9.]+) "),
                                 bleu = captures(found[1], "[ML]([0-9.]+) ");
  EXPECT_NEAR(std::stod(bleu[0]), (std::stod(loss[0]) + std::stod(loss[1])) / 2, 0.11);
  EXPECT_THAT(svg, HasSubstr(">2k</text>"));
}

TEST(Curves, LabelsOfEqualValuesDoNotOverlap) {
  const std::string svg = curves_svg("t", {{"loss", {{"a", {{1, 1}}}, {"b", {{1, 1}}}, {"c", {{1, 1.001}}}}}});
  std::vector<double> found;
  for (const std::string& y : captures(svg, "<text class=\"dot[^>]* y=\"([0-9.]+)\"")) found.push_back(std::stod(y));
  ASSERT_EQ(found.size(), 3u);
  std::sort(found.begin(), found.end());
  EXPECT_GE(found[1] - found[0], 15);
  EXPECT_GE(found[2] - found[1], 15);
}

TEST(Curves, AMarkStandsInEveryPanelWithItsValueThere) {
  const std::vector<CurvePanel> panels{{"perplexity", {{"training", {{10, 8}, {20, 4}}}, {"validation", {{20, 5.5}}}}},
                                       {"bleu", {{"bleu", {{20, 31.25}, {30, 30}}}}},
                                       {"chrf", {{"chrf", {{30, 50}}}}}};
  EXPECT_THAT(captures(curves_svg("t", panels), "class=\"mark\""), ElementsAre());
  const std::string svg = curves_svg("t", panels, CurveMark{"best", 20});
  const std::vector<std::string> lines = captures(svg, "class=\"mark\" d=\"M([0-9.]+) ");
  const std::vector<std::string> points = captures(svg, "class=\"dot-0\" cx=\"([0-9.]+)\"");
  EXPECT_THAT(lines, ElementsAre(points[1], points[1], points[1]));
  EXPECT_THAT(captures(svg, ">(best: [^<]*)<"), ElementsAre("best: 5.5 at step 20", "best: 31.25 at step 20"));
  const CurvePanel gap{"perplexity", {{"training", {{20, 4}}}, {"validation", {{20, kNan}}}}};
  EXPECT_THAT(curves_svg("t", {gap}, CurveMark{"best", 20}), Not(HasSubstr("best: ")));
}

TEST(Curves, OnALogarithmicScaleEqualRatiosAreEqualHeights) {
  const std::string svg = curves_svg(
      "t", {{"perplexity", {{"training", {{1, 1000}, {2, 100}, {3, 10}, {4, 0}, {5, -2}}}}, ScaleKind::kLogarithmic}});
  const std::vector<double> drawn = heights(paths(svg).at(0));
  ASSERT_EQ(drawn.size(), 3u);
  EXPECT_NEAR(drawn[1] - drawn[0], drawn[2] - drawn[1], 0.11);
  for (const char* tick : {">10<", ">100<", ">1000<"}) EXPECT_THAT(svg, HasSubstr(tick));
}

// Losses a few units in the last place apart: the number of the first tick was beyond 2^53, where adding 1 does
// nothing.
TEST(Curves, ValuesThatAllButEqualHaveFewTicks) {
  const double one = 5.2433438301086426, next = std::nextafter(one, 6);
  const std::string svg = draw({{1, one}, {2, next}});
  EXPECT_LT(svg.size(), 10000u);
  const std::vector<double> drawn = heights(paths(svg).at(0));
  ASSERT_EQ(drawn.size(), 2u);
  EXPECT_EQ(drawn[0], drawn[1]);
  EXPECT_GT(drawn[0], 80);  // within the panel, whose pixels are 76 to 226
  EXPECT_LT(drawn[0], 220);
}

TEST(Curves, NamesAreEscaped) {
  EXPECT_THAT(curves_svg("a<b", {{"c&d", {{"e\"f", {{1, 1}}}}}}),
              AllOf(HasSubstr("a&lt;b"), HasSubstr("c&amp;d"), HasSubstr("e&quot;f at step"), Not(HasSubstr("a<b"))));
}

TEST(Curves, TicksAreRoundNumbersWithoutANegativeZero) {
  const std::string svg = draw({{1, -0.3}, {10000, 0.7}});
  for (const char* tick : {">-0.5<", ">0<", ">0.5<", ">1<", ">2k<", ">10k<"}) EXPECT_THAT(svg, HasSubstr(tick));
  EXPECT_THAT(svg, Not(HasSubstr(">-0<")));
}

}  // namespace
}  // namespace heed
