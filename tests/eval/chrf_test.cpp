#include "eval/chrf.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "eval/dog_bites_man.h"

namespace heed {
namespace {

ChrfOptions chrf_plus_plus() {
  ChrfOptions options;
  options.word_order = 2;
  return options;
}

TEST(Chrf, EqualsSacrebleuOnItsReadmeExample) {
  const ChrfScore score = chrf(kDogHypotheses, kDogReferences);
  EXPECT_DOUBLE_EQ(score.score, 59.72751782684763);
  EXPECT_EQ(score.text, "chrF2 = 59.73");
  EXPECT_EQ(score.signature, "nrefs:2|case:mixed|eff:yes|nc:6|nw:0|space:no|version:heed-0.1.0(sacrebleu-2.6.0)");
}

TEST(Chrf, EqualsSacrebleuWithWordsToo) {
  const ChrfScore score = chrf(kDogHypotheses, kDogReferences, chrf_plus_plus());
  EXPECT_DOUBLE_EQ(score.score, 59.15310444399262);
  EXPECT_EQ(score.text, "chrF2++ = 59.15");
}

TEST(Chrf, EqualsSacrebleuForAnotherBeta) {
  ChrfOptions options;
  options.beta = 1;
  EXPECT_DOUBLE_EQ(chrf(kDogHypotheses, kDogReferences, options).score, 59.011162893322386);
}

// CHRF(word_order=2).corpus_score(["(hi) a, ... b!"], [["(hi a , .. (b !"]])
TEST(Chrf, WordsLoseOnePunctuationMarkAtOneEndAsInSacrebleu) {
  EXPECT_DOUBLE_EQ(chrf({"(hi) a, ... b!"}, {{"(hi a , .. (b !"}}, chrf_plus_plus()).score, 35.861332440937346);
}

TEST(Chrf, IgnoresWhiteSpaceOfAllKinds) { EXPECT_DOUBLE_EQ(chrf({" a\u00A0b c\u3000"}, {{"abc"}}).score, 100.0); }

TEST(Chrf, OrdersLongerThanALineDoNotCount) { EXPECT_DOUBLE_EQ(chrf({"ab"}, {{"ab"}}).score, 100.0); }

// CHRF().corpus_score(["abcdef", "xyz"], [["ab", "xyz"]])
TEST(Chrf, NgramsLongerThanALinesReferenceAreNotHeldAgainstIt) {
  EXPECT_DOUBLE_EQ(chrf({"abcdef", "xyz"}, {{"ab", "xyz"}}).score, 90.71117561683599);
}

TEST(Chrf, TakesTheBestReferenceOfEachLine) {
  EXPECT_DOUBLE_EQ(chrf({"abc", "xyz"}, {{"abc", "?"}, {"!", "xyz"}}).score, 100.0);
}

TEST(Chrf, OfEmptyLinesIsZero) {
  EXPECT_EQ(chrf({""}, {{"ab"}}).score, 0.0);
  EXPECT_EQ(chrf({""}, {{""}}).score, 0.0);
  EXPECT_EQ(chrf({"ab"}, {{"xy"}}).score, 0.0);
}

TEST(Chrf, InvalidUtf8IsAnError) { EXPECT_THROW(chrf({"a\xFF"}, {{"a"}}), DataError); }

}  // namespace
}  // namespace heed
