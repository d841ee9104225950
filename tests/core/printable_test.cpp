#include "core/printable.h"

#include <gtest/gtest.h>

#include "core/random.h"
#include "core/utf8.h"

namespace heed {
namespace {

// The list once more, as the Unicode Character Database names it: Cc, Zl, Zp and the explicit Bidi_Controls.
bool must_be_hidden(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
  const bool separator = c == 0x2028 || c == 0x2029;
  const bool embedding = c == 0x202A || c == 0x202B || c == 0x202C || c == 0x202D || c == 0x202E;
  const bool isolate = c == 0x2066 || c == 0x2067 || c == 0x2068 || c == 0x2069;
  return control || separator || embedding || isolate;
}

std::string utf8(char32_t c) {
  std::string text;
  append_utf8(c, text);
  return text;
}

TEST(Printable, ShowsTheCodeOfWhatWouldMoveACursorOrReorderALine) {
  EXPECT_EQ(printable("red: \x1b[31m"), "red: \\x1b[31m");
  EXPECT_EQ(printable("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(printable(std::string("\0\x7f", 2)), "\\x00\\x7f");
  EXPECT_EQ(printable("\u009b2J"), "\\u009b2J");
  EXPECT_EQ(printable("user\u202exslx.exe"), "user\\u202exslx.exe");
  EXPECT_EQ(printable("a\u2028b\u2067c"), "a\\u2028b\\u2067c");
}

TEST(Printable, ShowsEveryByteThatIsNotUtf8) {
  EXPECT_EQ(printable("na\xC3ve"), "na\\xc3ve");
  EXPECT_EQ(printable("\x9b"
                      "2J"),
            "\\x9b2J");  // C1 as Latin-1 terminals take it
  EXPECT_EQ(printable("\xE2\x82"), "\\xe2\\x82");
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // a surrogate
}

TEST(Printable, ChangesNoOtherCharacterOfUnicode) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    ASSERT_EQ(printable(utf8(c)) == utf8(c), !must_be_hidden(c)) << static_cast<uint32_t>(c);
  }
  for (const std::string text : {"C:\\new\\table", "größer", "日本語", "שלום", "👩‍👩‍👧"})
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, OfAnyBytesIsTextWithoutHiddenCharactersAndStaysAsItIs) {
  RandomStream random(random_key(7, Purpose::kToy));
  for (int trial = 0; trial < 2000; ++trial) {
    std::string bytes;
    for (uint64_t i = 0, count = random.below(12); i < count; ++i) bytes += static_cast<char>(random.below(256));
    const std::string shown = printable(bytes);
    ASSERT_FALSE(find_invalid_utf8(shown));
    for (const char32_t c : code_points(shown)) ASSERT_FALSE(must_be_hidden(c));
    ASSERT_EQ(printable(shown), shown);
  }
}

TEST(BeginningOf, CutsBetweenCharactersAndTellsSo) {
  EXPECT_EQ(beginning_of("größer", 8), "größer");
  EXPECT_EQ(beginning_of("größer", 7), "größe...");
  EXPECT_EQ(beginning_of("größer", 5), "grö...");  // the ß would end at 6
  EXPECT_EQ(beginning_of("größer", 0), "...");
  EXPECT_EQ(beginning_of("", 0), "");
  EXPECT_EQ(beginning_of("\xE2\x82\xE2\x82", 3), "\xE2\x82...");
}

}  // namespace
}  // namespace heed
