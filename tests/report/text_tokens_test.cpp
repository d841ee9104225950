#include "report/text_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace heed {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TextTokens, AreWordsWithTheSpaceBeforeThem) {
  EXPECT_THAT(text_tokens("the dog,  bit\tit "), ElementsAre("the", " dog,", "  bit", "\tit"));
  EXPECT_THAT(text_tokens("  a\u00A0b\u3000c"), ElementsAre("  a", "\u00A0b", "\u3000c"));
  EXPECT_THAT(text_tokens(" \u2003"), IsEmpty());
  EXPECT_THAT(text_tokens(""), IsEmpty());
}

TEST(TextTokens, OfAScriptWithoutSpacesAreCharacters) {
  EXPECT_THAT(text_tokens("我爱NLP 很好。ok"), ElementsAre("我", "爱", "NLP", " 很", "好", "。ok"));
}

TEST(TextTokens, TogetherAreTheText) {
  const std::string text = "\xC3( \xFF\xE6 a\u0301b  \U0001F600x ไทย";
  std::string together;
  for (const auto token : text_tokens(text)) together += token;
  EXPECT_EQ(together, text);
}

}  // namespace
}  // namespace heed
