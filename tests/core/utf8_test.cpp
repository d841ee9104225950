#include "core/utf8.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace heed {
namespace {

bool is_scalar_value(char32_t point) { return point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF); }

TEST(Utf8, EveryScalarValueSurvivesARoundTrip) {
  for (char32_t point = 0; point <= 0x10FFFF; ++point) {
    if (!is_scalar_value(point)) continue;
    std::string text;
    append_utf8(point, text);
    ASSERT_EQ(find_invalid_utf8(text), std::nullopt) << static_cast<uint32_t>(point);
    ASSERT_EQ(code_points(text), std::u32string(1, point));
    ASSERT_EQ(utf8_character_length(text, 0), text.size());
  }
}

TEST(Utf8, SurrogatesOverlongFormsAndHugeValuesAreInvalid) {
  for (const char* text :
       {"\xED\xA0\x80", "\xED\xBF\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF", "\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x98"}) {
    EXPECT_EQ(find_invalid_utf8(text), 0u) << text;
    EXPECT_EQ(find_invalid_utf8(std::string("twelve bytes") + text + "more"), 12u) << text;
  }
}

// Table 3-8 of the Unicode Standard 15.0, the example of maximal subparts.
TEST(Utf8, ReplacementFollowsTheStandardsExample) {
  EXPECT_EQ(replace_invalid_utf8("a\xF1\x80\x80\xE1\x80\xC2"
                                 "b\x80"
                                 "c\x80\xBF"
                                 "d"),
            "a\uFFFD\uFFFD\uFFFDb\uFFFDc\uFFFD\uFFFDd");
}

TEST(Utf8, ReplacedTextIsValidAndValidTextIsUntouched) {
  RandomStream random(random_key(1, Purpose::kToy));
  for (int trial = 0; trial < 20000; ++trial) {
    std::string bytes(random.below(20), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.below(2) ? random.below(256) : 0x80 + random.below(0x78));
    const std::string replaced = replace_invalid_utf8(bytes);
    ASSERT_EQ(find_invalid_utf8(replaced), std::nullopt);
    ASSERT_EQ(replace_invalid_utf8(replaced), replaced);
    ASSERT_EQ(replaced == bytes, !find_invalid_utf8(bytes));
  }
}

// Unicode 15's PropList.txt: 25 characters have White_Space.
TEST(Utf8, WhiteSpaceIsUnicodesProperty) {
  std::u32string found;
  for (char32_t c = 0; c <= 0x10FFFF; ++c)
    if (is_white_space(c)) found += c;
  EXPECT_EQ(found, std::u32string(U"\t\n\v\f\r \u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
                                  U"\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000"));
}

TEST(Utf8, BlankIsWhatHasNothingToRead) {
  for (const char* blank : {"", " ", "\t \r", "\u00A0", "\u3000\u2003", "\u200B", "\uFEFF \u200B", "\u0085"})
    EXPECT_TRUE(is_blank(blank)) << blank;
  for (const char* text : {"a", "  .", "\u3000\u65E5", "\u00AD", "\u200D", "\u2581", "\xFF"})
    EXPECT_FALSE(is_blank(text)) << text;
}

TEST(Utf8, CodePointAtAnOffsetIsThatOfTheWholeText) {
  const std::string text = "a\u00E9\u65E5\U0001F600\xFF.";
  const std::u32string points = code_points(text);
  size_t offset = 0;
  for (const char32_t point : points) {
    EXPECT_EQ(code_point_at(text, offset), point);
    offset += utf8_character_length(text, offset);
  }
  EXPECT_EQ(offset, text.size());
}

TEST(FirstCharacters, AreCutBetweenCharacters) {
  EXPECT_EQ(first_characters("a\u00E9\u6F22b", 3), "a\u00E9\u6F22");
  EXPECT_EQ(first_characters("a\u00E9\u6F22b", 4), "a\u00E9\u6F22b");
  EXPECT_EQ(first_characters("a\u00E9", 100), "a\u00E9");
  EXPECT_EQ(first_characters("\u6F22\u6F22", 1), "\u6F22");
  EXPECT_EQ(first_characters("", 1), "");
}

}  // namespace
}  // namespace heed
