#include "report/heat_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "report/captures.h"
#include "report/sample_attention.h"

namespace heed {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> opacities(const std::string& svg) { return captures(svg, "fill-opacity=\"([^\"]*)\""); }

TEST(HeatMap, InkIsTheWeightsShareOfTheLargest) {
  const std::string svg = heat_map_svg({"t", "target", "source", {"x", "y"}, {"a", "b"}, {0, .1f, .2f, .4f}});
  EXPECT_THAT(opacities(svg), ElementsAre("0", "0.25", "0.5", "1"));
  EXPECT_THAT(svg, HasSubstr(">0.4</text>"));  // the legend's end
}

TEST(HeatMap, HoveringACellNamesBothTokensAndTheWeight) {
  const std::string svg = heat_map_svg({"t", "target", "source", {"x", "<y>"}, {"a", "b & c"}, {0, .1f, .2f, .4f}});
  EXPECT_THAT(captures(svg, "<title>([^<]*)</title></rect>"),
              ElementsAre("x \u2192 a: 0.000", "x \u2192 b &amp; c: 0.100", "&lt;y&gt; \u2192 a: 0.200",
                          "&lt;y&gt; \u2192 b &amp; c: 0.400"));
}

TEST(HeatMap, LongLabelsAreShortenedInTheDrawingOnly) {
  const std::string word(80, 'o');
  const std::string svg = heat_map_svg({"t", "target", "source", {word}, {"a"}, {1}});
  EXPECT_THAT(svg, HasSubstr("<title>" + word + " \u2192 a"));
  EXPECT_THAT(svg, Not(HasSubstr(">" + word + "</text>")));
  EXPECT_THAT(svg, HasSubstr("o\u2026</text>"));
}

TEST(HeatMap, OneCellAndNoneAreDrawnToo) {
  EXPECT_THAT(opacities(heat_map_svg({"t", "target", "source", {"x"}, {"a"}, {.3f}})), ElementsAre("1"));
  EXPECT_THAT(opacities(heat_map_svg({"t", "target", "source", {"x"}, {"a"}, {0}})), ElementsAre("0"));
  const std::string empty = heat_map_svg({"nothing", "target", "source", {}, {"a"}, {}});
  EXPECT_THAT(empty, HasSubstr("no weights"));
  EXPECT_THAT(empty, Not(HasSubstr("#ramp")));  // the legend's colours
}

TEST(HeatMap, WeightsThatAreNoNumbersStayPaper) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  const std::string svg = heat_map_svg({"t", "target", "source", {"x"}, {"a", "b", "c"}, {nan, infinity, .5f}});
  EXPECT_THAT(opacities(svg), ElementsAre("0", "0", "1"));
}

TEST(HeatMap, LabelsAndTitleComeFromTheView) {
  const AttentionView view = sample_attention(1);
  const HeatMap cross = heat_map(view, choose_attention(view, {AttentionKind::kCross, 2, 3}));
  EXPECT_EQ(cross.title, "Cross-attention, layer 2, head 3");
  EXPECT_THAT(cross.rows, ElementsAre("\u2581Ein", "</s>"));
  EXPECT_THAT(cross.columns, ElementsAre("\u2581A", "</s>"));
  const HeatMap decoder = heat_map(view, choose_attention(view, {AttentionKind::kDecoderSelf, 1, 0}));
  EXPECT_EQ(decoder.title, "Decoder self-attention, layer 1, average over heads");
  EXPECT_THAT(decoder.columns, ElementsAre("<s>", "\u2581Ein"));
  EXPECT_EQ(heat_map(view, choose_attention(view, {AttentionKind::kEncoderSelf, 0, 0})).title,
            "Encoder self-attention, average over layers and heads");
}

TEST(HeatMap, ThePictureGrowsWithItsLabels) {
  const auto width = [](const std::string& svg) {
    return std::stoi(captures(svg, "<svg[^>]* width=\"([0-9]+)\"").at(0));
  };
  const HeatMap narrow{"t", "r", "c", {"x"}, {"a"}, {1}}, wide{"t", "r", "c", {"a longer label"}, {"a"}, {1}};
  const HeatMap titled{std::string(60, 'W'), "r", "c", {"x"}, {"a"}, {1}};
  EXPECT_LT(width(heat_map_svg(narrow)), width(heat_map_svg(wide)));
  EXPECT_LT(60 * 15, width(heat_map_svg(titled)));
}

TEST(HeatMap, LabelsThatDoNotFitTheWeightsAreRefused) {
  EXPECT_THROW(heat_map_svg({"t", "r", "c", {"x"}, {"a", "b"}, {1}}), std::invalid_argument);
  AttentionView view = sample_attention(2);
  const AttentionMap map = choose_attention(view, {});
  EXPECT_THROW(heat_map(merge_to_words(sample_attention(5)), map), std::invalid_argument);
}

}  // namespace
}  // namespace heed
