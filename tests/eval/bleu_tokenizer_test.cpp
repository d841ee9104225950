#include "eval/bleu_tokenizer.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "eval/text_line.h"

namespace heed {
namespace {

std::string tokenized(const std::string& line, const std::string& tokenizer) {
  std::string joined;
  RewrittenLines rewritten;
  for (const std::string_view token : bleu_tokens(line, bleu_tokenizer(tokenizer), rewritten))
    joined.append(joined.empty() ? "" : " ").append(token);
  return joined;
}

// Each expected text below is what sacreBLEU 2.6.0 gives:
//   python -c 'from sacrebleu.metrics import BLEU; import sys; t = BLEU(tokenize=sys.argv[1])
//   print(t._preprocess_segment(sys.argv[2]))' 13a 'LINE'
TEST(Tokenizer13a, SeparatesPointsAndCommasUnlessBetweenDigits) {
  EXPECT_EQ(tokenized("a,b.c 3.14 1,000.5 x.", "13a"), "a , b . c 3.14 1,000.5 x .");
  EXPECT_EQ(tokenized("..,, 1. 2,", "13a"), ". . , , 1 . 2 ,");
}

TEST(Tokenizer13a, SeparatesDashesAfterDigitsOnly) {
  EXPECT_EQ(tokenized("it's a-b 5-6 $5 (hi)", "13a"), "it's a-b 5 - 6 $ 5 ( hi )");
}

TEST(Tokenizer13a, KnowsOnlyAsciiDigits) { EXPECT_EQ(tokenized("é.5 ٣.٤", "13a"), "é . 5 ٣ . ٤"); }

TEST(Tokenizer13a, SplitsAtUnicodeWhiteSpace) {
  EXPECT_EQ(tokenized("a\u00A0b\u3000c\u2028d\x1F"
                      "e\u0085"
                      "f\u200Bg",
                      "13a"),
            "a b c d e f\u200Bg");
}

TEST(Tokenizer13a, ResolvesEntitiesInTheOrderOfMteval) {
  EXPECT_EQ(tokenized("&quot;x&quot; &amp;lt; &lt;y&gt; &amp;quot; &amp;amp;", "13a"),
            "\" x \" < < y > & quot ; & amp ;");
}

TEST(Tokenizer13a, RemovesSkippedAndJoinsBrokenWords) {
  EXPECT_EQ(tokenized("a<skipped>b bro-\nken two\nlines <skip<skipped>ped>", "13a"), "ab broken two lines < skipped >");
}

TEST(TokenizerIntl, SeparatesUnicodePunctuationAndSymbolsUnlessBetweenNumbers) {
  EXPECT_EQ(tokenized("Das „Haus“ kostet 1.000,50€ (2010).", "intl"), "Das „ Haus “ kostet 1.000,50 € ( 2010 ) .");
  EXPECT_EQ(tokenized("It was 2010.", "intl"), "It was 2010.");
  EXPECT_EQ(tokenized("٣.٤ a.b", "intl"), "٣.٤ a . b");
}

TEST(TokenizerChar, MakesEveryCharacterAToken) {
  EXPECT_EQ(tokenized(" aé 😀z\u3000\xCC\x81", "char"), "a é 😀 z \xCC\x81");
}

TEST(TokenizerNone, SplitsAtWhiteSpaceOnly) { EXPECT_EQ(tokenized(" a,b  c.\t", "none"), "a,b c."); }

TEST(TokenizerZh, TakesSacrebleusRangesForChinese) {
  EXPECT_EQ(tokenized("我爱NLP3.5，很…好 \U00020000x", "zh"), "我 爱 NLP3.5 ， 很 … 好 \U00020000x");
}

TEST(BleuTokenizer, UnknownNameIsAnErrorThatListsTheKnownOnes) {
  try {
    bleu_tokenizer("14a");
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "unknown BLEU tokenizer '14a'; there are 13a, intl, char, zh, none, spm");
  }
}

TEST(BleuTokenizer, InvalidUtf8IsAnErrorThatNamesTheByte) {
  try {
    decode_line("abc\xC3(");
    FAIL() << "accepted";
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(), "invalid UTF-8 at byte 4 of a line to score");
  }
}

}  // namespace
}  // namespace heed
