#include "eval/bleu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "eval/dog_bites_man.h"

namespace heed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Bleu, EqualsSacrebleuOnItsReadmeExample) {
  const BleuScore score = bleu(kDogHypotheses, kDogReferences);
  EXPECT_DOUBLE_EQ(score.score, 48.530827009929865);
  EXPECT_EQ(score.text, "BLEU = 48.53 82.4/50.0/45.5/37.5 (BP = 0.943 ratio = 0.944 hyp_len = 17 ref_len = 18)");
  EXPECT_EQ(score.signature, "nrefs:2|case:mixed|eff:no|tok:13a|smooth:exp|version:heed-0.1.0(sacrebleu-2.6.0)");
  EXPECT_THAT(score.counts, ElementsAre(14, 7, 5, 3));
  EXPECT_THAT(score.totals, ElementsAre(17, 14, 11, 8));
}

TEST(Bleu, EqualsSacrebleuForEveryTokenizer) {
  const auto with = [](BleuTokenizer tokenizer) {
    BleuOptions options;
    options.tokenizer = tokenizer;
    return bleu(kDogHypotheses, kDogReferences, options).score;
  };
  EXPECT_DOUBLE_EQ(with(BleuTokenizer::kNone), 49.19195660047277);
  EXPECT_DOUBLE_EQ(with(BleuTokenizer::kInternational), 43.91623493336995);
  EXPECT_DOUBLE_EQ(with(BleuTokenizer::kCharacter), 72.61064153440596);
}

TEST(Bleu, EqualsSacrebleuForEveryMaximumOrder) {
  const std::vector<double> expected = {77.64837655275439,  60.50312757020198, 53.93393139430307,
                                        48.530827009929865, 46.14416643541557, 43.283197812670714};
  for (int order = 1; order <= 6; ++order) {
    BleuOptions options;
    options.max_order = order;
    EXPECT_DOUBLE_EQ(bleu(kDogHypotheses, kDogReferences, options).score, expected[static_cast<size_t>(order - 1)]);
  }
}

// BLEU(smooth_method=..., effective_order=True).corpus_score(["a b x"], [["a c y"]])
TEST(Bleu, EqualsSacrebleuForEverySmoothing) {
  const auto with = [](BleuSmoothing smoothing, double value) {
    BleuOptions options;
    options.smoothing = smoothing;
    options.smoothing_value = value;
    options.effective_order = true;
    return bleu({"a b x"}, {{"a c y"}}, options).score;
  };
  EXPECT_DOUBLE_EQ(with(BleuSmoothing::kExponential, 0), 27.516060407455225);
  EXPECT_DOUBLE_EQ(with(BleuSmoothing::kFloor, 0), 11.856311014966876);
  EXPECT_DOUBLE_EQ(with(BleuSmoothing::kFloor, 0.5), 34.66806371753173);
  EXPECT_DOUBLE_EQ(with(BleuSmoothing::kAddK, 0), 48.54917717073236);
  EXPECT_DOUBLE_EQ(with(BleuSmoothing::kAddK, 2), 57.73502691896257);
  EXPECT_EQ(with(BleuSmoothing::kNone, 0), 0.0);
}

TEST(Bleu, SignatureTellsTheSmoothingValue) {
  BleuOptions options;
  options.smoothing = BleuSmoothing::kFloor;
  options.effective_order = true;
  EXPECT_THAT(bleu({"a"}, {{"a"}}, options).signature, HasSubstr("|eff:yes|tok:13a|smooth:floor[0.10]|"));
}

TEST(Bleu, OfTheReferenceItselfIsOneHundred) {
  EXPECT_DOUBLE_EQ(bleu({kDogReferences[0]}, {kDogReferences[0]}).score, 100.0);
}

TEST(Bleu, WithoutAMatchIsZeroWhateverTheSmoothing) {
  const BleuScore score = bleu({"a b c d e"}, {{"v w x y z"}});
  EXPECT_EQ(score.score, 0.0);
  EXPECT_THAT(score.precisions, ElementsAre(0, 0, 0, 0));
}

TEST(Bleu, OfEmptyLinesIsZeroWithoutDividingByZero) {
  const BleuScore empty_hypothesis = bleu({""}, {{"a b"}});
  EXPECT_EQ(empty_hypothesis.text, "BLEU = 0.00 0.0/0.0/0.0/0.0 (BP = 0.000 ratio = 0.000 hyp_len = 0 ref_len = 2)");
  const BleuScore both_empty = bleu({""}, {{""}});
  EXPECT_EQ(both_empty.text, "BLEU = 0.00 0.0/0.0/0.0/0.0 (BP = 1.000 ratio = 0.000 hyp_len = 0 ref_len = 0)");
}

TEST(Bleu, ReferenceLengthIsTheClosestAndTheShorterOnATie) {
  EXPECT_EQ(bleu({"a b c"}, {{"a b c d"}, {"a b"}}).reference_length, 2);
  EXPECT_EQ(bleu({"a b c"}, {{"a"}, {"a b c d"}}).reference_length, 4);
}

TEST(Bleu, CountsAnNgramAsOftenAsTheReferenceThatHasItMost) {
  EXPECT_THAT(bleu({"a a a a"}, {{"a a"}, {"a"}}).counts, ElementsAre(2, 1, 0, 0));
}

TEST(Bleu, ShortTextIsPenalised) {
  EXPECT_DOUBLE_EQ(bleu({"a b c d"}, {{"a b c d e"}}).brevity_penalty, std::exp(1 - 5.0 / 4.0));
  EXPECT_DOUBLE_EQ(bleu({"a b c d"}, {{"a b c d e"}}).score, 100 * std::exp(-0.25));
}

TEST(Bleu, UnequalNumbersOfLinesAreAnErrorWithBothNumbers) {
  try {
    bleu({"a", "b"}, {{"a", "b"}, {"a"}});
    FAIL() << "accepted";
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(), "the hypotheses have 2 lines but reference 2 has 1");
  }
  EXPECT_THROW(bleu({}, {{}}), DataError);
  EXPECT_THROW(bleu({"a"}, {}), DataError);
}

}  // namespace
}  // namespace heed
