#include "report/histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "report/captures.h"

namespace heed {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

Histogram sample() {
  return {"lengths <of> lines", "pieces", "lines", ScaleKind::kLinear, {0, 5, 10, 15}, {100, 0, 50}, true, {}};
}

std::vector<double> heights(const std::string& svg) {
  std::vector<double> heights;
  for (const std::string& height : captures(svg, "class=\"ink\"[^>]* height=\"([0-9.]+)\""))
    heights.push_back(std::stod(height));
  return heights;
}

TEST(Histogram, BarsAreAsHighAsTheirCounts) {
  const std::vector<double> found = heights(histogram_svg(sample()));
  ASSERT_THAT(found, SizeIs(2));  // none for an empty bin
  EXPECT_NEAR(found[0], 2 * found[1], 0.2);
}

TEST(Histogram, EveryBarSaysItsBinAndCount) {
  EXPECT_THAT(captures(histogram_svg(sample()), "<rect class=\"ink\"[^>]*><title>([^<]*)"),
              ElementsAre("0 to 5 pieces: 100 lines", "10 or more pieces: 50 lines"));
}

TEST(Histogram, AFewAmongManyAreStillSeen) {
  Histogram histogram = sample();
  histogram.counts = {1000000, 1, 0};
  EXPECT_GE(heights(histogram_svg(histogram)).at(1), 1);
}

TEST(Histogram, MarksStandWhereTheyAreInSight) {
  Histogram histogram = sample();
  histogram.marks = {{"limit", 12}, {"far", 99}};
  const std::string svg = histogram_svg(histogram);
  EXPECT_THAT(svg, HasSubstr(">limit</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("far")));
}

TEST(Histogram, TextIsSafeInMarkup) {
  EXPECT_THAT(histogram_svg(sample()), HasSubstr("<title>lengths &lt;of&gt; lines</title>"));
}

TEST(Histogram, RatiosAreDrawnOnALogarithmicScale) {
  Histogram histogram = sample();
  histogram.scale = ScaleKind::kLogarithmic;
  histogram.edges = {0.25, 0.5, 1, 2};
  histogram.counts = {1, 1, 1};
  const auto widths = captures(histogram_svg(histogram), "class=\"ink\"[^>]* width=\"([0-9.]+)\"");
  ASSERT_THAT(widths, SizeIs(3));
  EXPECT_NEAR(std::stod(widths[0]), std::stod(widths[2]), 0.2);
}

TEST(Histogram, RefusesWhatCannotBeDrawn) {
  Histogram histogram = sample();
  histogram.counts.pop_back();
  EXPECT_THROW(histogram_svg(histogram), std::invalid_argument);
  histogram = sample();
  histogram.edges[1] = 0;
  EXPECT_THROW(histogram_svg(histogram), std::invalid_argument);
  histogram = sample();
  histogram.scale = ScaleKind::kLogarithmic;  // has no 0
  EXPECT_THROW(histogram_svg(histogram), std::invalid_argument);
}

}  // namespace
}  // namespace heed
