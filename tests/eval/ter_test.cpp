#include "eval/ter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/dog_bites_man.h"
#include "eval/edit_rate.h"
#include "eval/lower_case.h"
#include "eval/metrics.h"

namespace heed {
namespace {

using testing::ElementsAre;

TEST(Ter, IsSacrebleusOfItsExample) {
  const Score found = score("ter", kDogHypotheses, kDogReferences);
  EXPECT_EQ(found.score, 40);
  EXPECT_EQ(found.text, "TER = 40.00");
  EXPECT_THAT(found.signature,
              testing::HasSubstr("nrefs:2|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:heed-"));
}

TEST(Ter, CountsEditsAndShiftsOfRuns) {
  EXPECT_EQ(translation_edits({1, 2, 3, 4}, {1, 2, 3, 4}), 0);
  EXPECT_EQ(translation_edits({1, 9, 3, 4}, {1, 2, 3, 4}), 1);
  EXPECT_EQ(translation_edits({3, 4, 5, 1, 2}, {1, 2, 3, 4, 5}), 1);  // a run changes its place at the cost of one edit
  EXPECT_EQ(translation_edits({}, {1, 2}), 2);
  EXPECT_EQ(translation_edits({1, 2}, {}), 2);
  EXPECT_EQ(translation_edits({}, {}), 0);
}

// sacreBLEU's conventions for what is empty.
TEST(Ter, OfEmptyLinesIsAllOrNothing) {
  EXPECT_EQ(score("ter", {""}, {{""}}).score, 0);
  EXPECT_EQ(score("ter", {"a"}, {{""}}).score, 100);
  EXPECT_EQ(score("ter", {""}, {{"a b"}}).score, 100);
  EXPECT_EQ(score("ter", {"a b c d"}, {{"x"}}).score, 400);
}

TEST(Ter, WordsAreCutAsAsked) {
  TerOptions options;
  EXPECT_THAT(ter_words(U"It's A-b, 3.5. ", options), ElementsAre(U"it's", U"a-b,", U"3.5."));
  options.normalized = true;
  EXPECT_THAT(ter_words(U"It's &quot;A&quot;, 3.5.", options),
              ElementsAre(U"it", U"'s", U"\"", U"a", U"\"", U",", U"3.5", U"."));
  EXPECT_THAT(ter_words(U"中文", options), ElementsAre(U"中文"));
  options.asian = true;
  EXPECT_THAT(ter_words(U"中文。", options), ElementsAre(U"中", U"文", U"。"));
  options.no_punctuation = options.case_sensitive = true;
  EXPECT_THAT(ter_words(U"A, 中文。", options), ElementsAre(U"A", U"中", U"文"));
}

TEST(LowerCase, IsUnicodes) {
  EXPECT_EQ(lower_case(U"ÄÖ Ω ǅ Ⅷ"), U"äö ω ǆ ⅷ");
  EXPECT_EQ(lower_case(U"ΣΑΣ ΣΑΣ. Σ"), U"σας σας. σ");
  EXPECT_EQ(lower_case(U"\u0130"), U"i\u0307");
}

}  // namespace
}  // namespace heed
