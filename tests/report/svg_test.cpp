#include "report/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heed {
namespace {

using ::testing::HasSubstr;

TEST(Svg, TextIsSafeInContentAndAttributes) {
  EXPECT_EQ(markup_text("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  EXPECT_EQ(markup_text("\u2581Mädchen 犬"), "\u2581Mädchen 犬");
}

TEST(Svg, CharactersThatXmlForbidsAreReplaced) {
  EXPECT_EQ(markup_text("a\x01\x1f\tb\n"), "a\uFFFD\uFFFD\tb\n");
  EXPECT_EQ(markup_text("\uFFFE\xff"), "\uFFFD\uFFFD");
}

TEST(Svg, LongTextsAreShortenedToTheirWidth) {
  EXPECT_EQ(shortened("dog", 100, 12), "dog");
  const std::string text = shortened(std::string(100, 'o'), 100, 12);
  EXPECT_THAT(text, ::testing::EndsWith("o\u2026"));
  EXPECT_LE(text_width(text, 12), 100);
  EXPECT_GT(text_width(text, 12), 80);
  EXPECT_EQ(shortened("犬犬犬犬犬犬犬犬犬犬", 50, 12), "犬犬犬\u2026");  // never half a character
}

TEST(Svg, PathsAreShortenedInTheirMiddle) {
  EXPECT_EQ(shortened_in_the_middle("runs/a", 100, 12), "runs/a");
  const std::string text = shortened_in_the_middle("runs/first/" + std::string(100, 'o') + "/step-1", 150, 12);
  EXPECT_THAT(text, ::testing::MatchesRegex("runs/.*\u2026.*/step-1"));
  EXPECT_LE(text_width(text, 12), 150);
  EXPECT_GT(text_width(text, 12), 135);
  EXPECT_EQ(shortened_in_the_middle("犬犬犬犬犬犬犬犬犬犬", 50, 12), "犬\u2026犬犬");
  EXPECT_EQ(shortened_in_the_middle("犬犬", 1, 12), "\u2026");
}

TEST(Svg, CombiningMarksTakeNoRoom) { EXPECT_EQ(text_width("e\u0301", 12), text_width("e", 12)); }

TEST(Svg, TheDocumentHasATitleASizeAndColoursForDarkPages) {
  const std::string svg = svg_document(120, 80, "a < b", "<text>x</text>\n");
  EXPECT_THAT(svg, HasSubstr("width=\"120\" height=\"80\" viewBox=\"0 0 120 80\""));
  EXPECT_THAT(svg, HasSubstr("<title>a &lt; b</title>"));
  EXPECT_THAT(svg, HasSubstr("@media (prefers-color-scheme: dark)"));
  EXPECT_THAT(svg, ::testing::EndsWith("<text>x</text>\n</svg>\n"));
}

}  // namespace
}  // namespace heed
