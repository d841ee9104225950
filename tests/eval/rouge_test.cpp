#include "eval/rouge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "eval/metrics.h"
#include "eval/porter_stemmer.h"

namespace heed {
namespace {

using testing::ElementsAre;

RougeScore rouge_of(RougeKind kind, const std::string& hypothesis, const std::string& reference,
                    RougeOptions options = {}) {
  options.kind = kind;
  const auto sums = Rouge(options, "1").statistics(hypothesis, std::span(&reference, 1));
  return {sums[0], sums[1], sums[2]};
}

// rouge-score's own test cases.
TEST(Rouge, CountsWhatBothHave) {
  const RougeScore one = rouge_of(RougeKind::kUnigrams, "testing", "testing one two");
  EXPECT_DOUBLE_EQ(one.precision, 1);
  EXPECT_DOUBLE_EQ(one.recall, 1. / 3);
  EXPECT_DOUBLE_EQ(one.f, 1. / 2);
  EXPECT_DOUBLE_EQ(rouge_of(RougeKind::kBigrams, "testing one", "testing one two").f, 2. / 3);
  EXPECT_DOUBLE_EQ(rouge_of(RougeKind::kBigrams, "testing", "testing one two").f, 0);
  EXPECT_DOUBLE_EQ(rouge_of(RougeKind::kLongest, "testing two", "testing one two").f, 4. / 5);
  EXPECT_DOUBLE_EQ(rouge_of(RougeKind::kLongest, "", "testing one two").f, 0);
}

// Lin 2004, section 3.2's example: the union of both sentences' subsequences is w1 w2 w3 w5.
TEST(Rouge, OfASummaryIsOfItsSentencesTogether) {
  RougeOptions options;
  options.sentence_end = "<n>";
  const RougeScore score = rouge_of(RougeKind::kSummary, "w1 w2 w6 w7 w8<n>w1 w3 w8 w9 w5", "w1 w2 w3 w4 w5", options);
  EXPECT_DOUBLE_EQ(score.recall, .8);
  EXPECT_DOUBLE_EQ(score.precision, .4);
  EXPECT_NEAR(score.f, .5333, 1e-4);
}

TEST(Rouge, WordsAreLettersAndDigitsInLowerCase) {
  EXPECT_THAT(rouge_words(U"It's 3.5 Größe-x \u212A", {}),
              ElementsAre(U"it", U"s", U"3", U"5", U"gr", U"e", U"x", U"k"));
  RougeOptions unicode;
  unicode.tokens = RougeTokens::kUnicode;
  EXPECT_THAT(rouge_words(U"Größe-x 中文字 カー हिन्दी ꆈꌠ!", unicode),
              ElementsAre(U"größe", U"x", U"中", U"文", U"字", U"カ", U"ー", U"हिन्दी", U"ꆈ", U"ꌠ"));
}

TEST(Rouge, StemsJoinWordsOfOneKind) {
  RougeOptions options;
  options.stems = true;
  EXPECT_EQ(rouge_of(RougeKind::kUnigrams, "agreements signed", "signing the agreement", options).precision, 1);
  EXPECT_EQ(rouge_of(RougeKind::kUnigrams, "agreements signed", "signing the agreement").f, 0);
}

TEST(Rouge, OfSeveralReferencesTheBestCounts) {
  const std::vector<std::string> references = {"x y", "a b", "a"};
  EXPECT_EQ(Rouge({}, "3").statistics("a b", references), (std::vector<double>{1, 1, 1, 1}));
}

TEST(Rouge, IsAMeanOverLinesAndSaysHow) {
  const Score found = score("rouge1", {"a", "b"}, {{"a", "c"}});
  EXPECT_EQ(found.score, 50);
  EXPECT_EQ(found.text, "ROUGE-1 = 50.00 (precision 50.00, recall 50.00)");
  EXPECT_THAT(found.signature, testing::HasSubstr("nrefs:1|tok:ascii|stem:no|version:heed-"));
  EXPECT_THROW(score("rougeL", {"\xFF"}, {{"a"}}), DataError);
}

// Examples of Porter 1980, and where NLTK goes another way.
TEST(PorterStemmer, StripsSuffixes) {
  const std::vector<std::pair<const char*, const char*>> words = {{"caresses", "caress"},
                                                                  {"ponies", "poni"},
                                                                  {"ties", "tie"},
                                                                  {"agreed", "agre"},
                                                                  {"plastered", "plaster"},
                                                                  {"hopping", "hop"},
                                                                  {"falling", "fall"},
                                                                  {"filing", "file"},
                                                                  {"happy", "happi"},
                                                                  {"enjoy", "enjoy"},
                                                                  {"spy", "spi"},
                                                                  {"relational", "relat"},
                                                                  {"rational", "ration"},
                                                                  {"vietnamization", "vietnam"},
                                                                  {"formality", "formal"},
                                                                  {"electrical", "electr"},
                                                                  {"adoption", "adopt"},
                                                                  {"cease", "ceas"},
                                                                  {"controlling", "control"},
                                                                  {"dying", "die"},
                                                                  {"news", "news"},
                                                                  {"as", "as"},
                                                                  {"geologically", "geolog"}};
  for (const auto& [word, stem] : words) EXPECT_EQ(porter_stem(word), stem) << word;
}

}  // namespace
}  // namespace heed
