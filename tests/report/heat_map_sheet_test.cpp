#include "report/heat_map_sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "report/captures.h"

namespace heed {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;

// Of `size` words on both sides, each looking at its own.
HeatMap diagonal(const std::string& title, size_t size, float weight = 1) {
  HeatMap map{title, "target", "source", {}, {}, std::vector<float>(size * size, 0)};
  for (size_t i = 0; i < size; ++i) {
    map.rows.push_back("r" + std::to_string(i));
    map.columns.push_back("c" + std::to_string(i));
    map.weights[i * size + i] = weight;
  }
  return map;
}

std::vector<double> numbers(const std::string& svg, const std::string& pattern) {
  std::vector<double> found;
  for (const std::string& text : captures(svg, pattern)) found.push_back(std::stod(text));
  return found;
}

double width(const std::string& svg) { return numbers(svg, "<svg[^>]* width=\"([0-9]+)\"").at(0); }

// How many maps there are in each row, from above: titles of a row stand on one line.
std::vector<int> rows_of(const std::string& svg) {
  std::map<double, int> rows;
  std::vector<double> titles = numbers(svg, "class=\"title\" x=\"[^\"]*\" y=\"([^\"]*)\"");
  titles.erase(titles.begin());  // the whole picture's
  for (const double y : titles) ++rows[y];
  std::vector<int> counts;
  for (const auto& [y, count] : rows) counts.push_back(count);
  return counts;
}

std::string sheet_of(size_t maps, size_t words) {
  std::vector<HeatMap> all;
  for (size_t i = 0; i < maps; ++i) all.push_back(diagonal("runs/" + std::to_string(i), words));
  return heat_map_sheet_svg("Cross-attention", all);
}

TEST(HeatMapSheet, EveryMapHasItsTitleItsLabelsAndItsCells) {
  const std::string svg = heat_map_sheet_svg("What", {diagonal("runs/a", 2), diagonal("runs/b", 3)});
  EXPECT_THAT(captures(svg, "class=\"title\"[^>]*>([^<]*)<"), ElementsAre("What", "runs/a", "runs/b"));
  EXPECT_THAT(captures(svg, "class=\"(ink)\""), ElementsAre("ink", "ink"));
  EXPECT_THAT(captures(svg, "class=\"right\"[^>]*>([^<]*)<"), ElementsAre("r0", "r1", "r0", "r1", "r2"));
  EXPECT_THAT(captures(svg, "rotate\\(-45\\)\">([^<]*)<"), ElementsAre("c0", "c1", "c0", "c1", "c2"));
  EXPECT_EQ(captures(svg, "(fill-opacity)").size(), 2U * 2 + 3 * 3);
  EXPECT_THAT(svg, HasSubstr("rows: target, columns: source"));
  EXPECT_EQ(captures(svg, "(id=\"ramp\")").size(), 1U);  // one legend: an id stands once in a document
}

TEST(HeatMapSheet, TheSameInkIsTheSameWeightInEveryMap) {
  const std::string svg = heat_map_sheet_svg("t", {diagonal("a", 1, .2f), diagonal("b", 1, .8f)});
  EXPECT_THAT(captures(svg, "fill-opacity=\"([^\"]*)\""), ElementsAre("0.25", "1"));
  EXPECT_THAT(svg, HasSubstr(">0.8</text>"));
}

TEST(HeatMapSheet, TextIsEscaped) {
  HeatMap map = diagonal("</text><script>&", 1);
  map.rows = {"<b>"};
  const std::string svg = heat_map_sheet_svg("<&>", {map});
  EXPECT_THAT(svg, AllOf(HasSubstr(">&lt;/text&gt;&lt;script&gt;&amp;</text>"), HasSubstr(">&lt;b&gt;</text>"),
                         HasSubstr(">&lt;&amp;&gt;</text>"), Not(HasSubstr("<b>")), Not(HasSubstr("<script>"))));
}

TEST(HeatMapSheet, MapsStandBesideEachOtherAsFarAsAPageGoes) {
  EXPECT_THAT(rows_of(sheet_of(2, 12)), ElementsAre(2));
  EXPECT_THAT(rows_of(sheet_of(3, 5)), ElementsAre(3));
  EXPECT_THAT(rows_of(sheet_of(4, 9)), ElementsAre(2, 2));  // not 3 and 1
  EXPECT_THAT(rows_of(sheet_of(7, 8)), ElementsAre(3, 3, 1));
  EXPECT_THAT(rows_of(sheet_of(2, 30)), ElementsAre(1, 1));
  for (size_t maps = 1; maps < 8; ++maps)
    for (const size_t words : {1, 2, 5, 12, 17, 18, 37})
      EXPECT_LE(width(sheet_of(maps, words)), 840) << maps << " maps of " << words << " words";
  EXPECT_GT(width(sheet_of(2, 60)), 1200);  // one that is wider by itself is not squeezed
}

TEST(HeatMapSheet, CellsAreAsLargeAsTheyMayBeAndNoSmallerThanTheirLabels) {
  const auto cells = [](const std::string& svg) {
    return numbers(svg, "<rect x=\"[^\"]*\" y=\"[^\"]*\" width=\"([0-9]+)\" [^>]*fill-opacity");
  };
  EXPECT_THAT(cells(sheet_of(2, 3)), Each(35));  // and a line between them
  EXPECT_THAT(cells(sheet_of(2, 12)), Each(AllOf(Ge(22), Le(34))));
  EXPECT_THAT(cells(sheet_of(2, 60)), Each(19));
}

TEST(HeatMapSheet, MapsDoNotOverlap) {
  const std::string svg = sheet_of(5, 8);
  const auto lefts = numbers(svg, "<path class=\"line\" d=\"M([0-9.]+) "),
             tops = numbers(svg, "<path class=\"line\" d=\"M[0-9.]+ ([0-9.]+)h");
  const double side = numbers(svg, "<path class=\"line\" d=\"M[0-9.]+ [0-9.]+h([0-9.]+)").at(0);
  ASSERT_EQ(lefts.size(), 5U);
  for (size_t i = 0; i < lefts.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      EXPECT_TRUE(std::abs(lefts[i] - lefts[j]) > side || std::abs(tops[i] - tops[j]) > side) << i << " and " << j;
}

TEST(HeatMapSheet, CellsOfARowBeginAtOneHeight) {
  HeatMap tall = diagonal("b", 2);
  tall.columns = {"a label of many letters", "c"};
  const std::string svg = heat_map_sheet_svg("t", {diagonal("a", 2), tall});
  const auto tops = numbers(svg, "<path class=\"line\" d=\"M[0-9.]+ ([0-9.]+)h");
  ASSERT_EQ(tops.size(), 2U);
  EXPECT_EQ(tops[0], tops[1]);
}

TEST(HeatMapSheet, ALongTitleTakesTheRoomThereIsAndIsShortenedInItsMiddle) {
  const auto sheet = [](const std::string& title) {
    return heat_map_sheet_svg("t", {diagonal(title, 4), diagonal("b", 4)});
  };
  const std::string fitting = "runs/of-about/forty-letters/step-00001000";
  EXPECT_THAT(sheet(fitting), HasSubstr(">" + fitting + "</text>"));
  const std::string path = "runs/" + std::string(80, 'o') + "/step-00001000", svg = sheet(path);
  EXPECT_EQ(captures(svg, ">(runs/o+\u2026o*/step-00001000<title>" + path + "</title>)</text>").size(), 1U);
  for (const std::string& picture : {sheet(fitting), svg}) {
    EXPECT_THAT(rows_of(picture), ElementsAre(2));
    EXPECT_LE(width(picture), 840);
  }
}

TEST(HeatMapSheet, LabelsThatDoNotFitTheWeightsAreRefused) {
  HeatMap map = diagonal("a", 2);
  map.rows.pop_back();
  EXPECT_THROW(heat_map_sheet_svg("t", {diagonal("b", 2), map}), std::invalid_argument);
}

}  // namespace
}  // namespace heed
