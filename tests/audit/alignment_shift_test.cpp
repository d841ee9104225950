#include "audit/alignment_shift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/random.h"

namespace heed {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

using Lines = std::vector<std::string>;

struct Corpus {
  Lines source, target;

  std::vector<ShiftedBlock> shifts() const {
    std::vector<PairShape> pairs;
    SharedWords words;
    for (size_t i = 0; i < source.size(); ++i) {
      pairs.push_back({shape_of(source[i]), shape_of(target[i])});
      words.add(source[i], target[i]);
    }
    return find_shifts(pairs, words);
  }
};

// Sentences of 20 to 120 characters and translations about as long, without a word in common.
Corpus of_lengths(size_t count) {
  Corpus corpus;
  RandomStream random(mix64(3));
  for (size_t i = 0; i < count; ++i) {
    const size_t length = 20 + random.below(100);
    corpus.source.emplace_back(length, 'a');
    corpus.target.emplace_back(length * (80 + random.below(60)) / 100, 'b');
  }
  return corpus;
}

// Texts and titles of lengths that have nothing to do with each other, two of three with a rare word in common.
Corpus of_words(size_t count) {
  Corpus corpus;
  RandomStream random(mix64(4));
  const auto word = [](uint64_t number) { return "word" + std::to_string(number); };
  for (size_t i = 0; i < count; ++i) {
    std::string text = word(random.below(20));
    for (uint64_t words = random.below(30); words > 0; --words) text += " " + word(random.below(20));
    corpus.source.push_back(text + " " + word(1000 + i));
    corpus.target.push_back(std::string(1 + random.below(40), 'x') + " " +
                            (random.below(3) > 0 ? word(1000 + i) : word(random.below(20))));
  }
  return corpus;
}

void lose_line(Lines& lines, size_t number) {
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(number));
  lines.emplace_back("an end that belongs to nothing");
}

TEST(AlignmentShift, IsNotSeenInCleanCorpora) {
  EXPECT_THAT(of_lengths(5000).shifts(), IsEmpty());
  EXPECT_THAT(of_words(5000).shifts(), IsEmpty());
}

class EveryCorpus : public ::testing::TestWithParam<bool> {
 protected:
  static Corpus corpus(size_t count) { return GetParam() ? of_words(count) : of_lengths(count); }
};

TEST_P(EveryCorpus, IsSeenToBeShiftedFromALostTargetOn) {
  Corpus shifted = corpus(3000);
  lose_line(shifted.target, 1234);
  const auto blocks = shifted.shifts();
  ASSERT_THAT(blocks, SizeIs(1));
  EXPECT_EQ(blocks[0].shift, -1);  // the target of source i stands a line earlier
  EXPECT_NEAR(static_cast<double>(blocks[0].begin), 1234, kFineWindow / 2);
  EXPECT_EQ(blocks[0].end, 3000);
}

TEST_P(EveryCorpus, IsSeenToBeShiftedByLostSources) {
  Corpus shifted = corpus(3000);
  for (int i = 0; i < 3; ++i) lose_line(shifted.source, 500);
  const auto blocks = shifted.shifts();
  ASSERT_THAT(blocks, SizeIs(1));
  EXPECT_EQ(blocks[0].shift, 3);
  EXPECT_NEAR(static_cast<double>(blocks[0].begin), 500, kFineWindow / 2);
}

TEST_P(EveryCorpus, IsSeenToBeShiftedInTheMiddleOnly) {
  Corpus shifted = corpus(3000);
  shifted.target.insert(shifted.target.begin() + 1000, "one too many");
  shifted.target.erase(shifted.target.begin() + 1601);
  const auto blocks = shifted.shifts();
  ASSERT_THAT(blocks, SizeIs(1));
  EXPECT_EQ(blocks[0].shift, 1);
  EXPECT_NEAR(static_cast<double>(blocks[0].begin), 1000, kFineWindow / 2);
  EXPECT_NEAR(static_cast<double>(blocks[0].end), 1600, kFineWindow / 2);
}

INSTANTIATE_TEST_SUITE_P(AlignmentShift, EveryCorpus, ::testing::Bool(),
                         [](const auto& row) { return row.param ? "OfWords" : "OfLengths"; });

// Repeated and sorted lines go with their neighbours' targets as well as with their own.
TEST(AlignmentShift, IsNotSeenWhereNeighboursAreAlike) {
  Corpus corpus = of_lengths(2000);
  const auto by_length = [](const std::string& a, const std::string& b) { return a.size() < b.size(); };
  std::sort(corpus.source.begin(), corpus.source.end(), by_length);
  std::sort(corpus.target.begin(), corpus.target.end(), by_length);
  EXPECT_THAT(corpus.shifts(), IsEmpty());
  for (size_t i = 0; i < corpus.source.size(); ++i) {
    corpus.source[i] = "the same 7";
    corpus.target[i] = "dasselbe 7";
  }
  EXPECT_THAT(corpus.shifts(), IsEmpty());
}

TEST(AlignmentShift, OfAFewLinesOrNoneIsNoError) {
  EXPECT_THAT(Corpus().shifts(), IsEmpty());
  EXPECT_THAT(of_lengths(1).shifts(), IsEmpty());
  EXPECT_THAT(of_lengths(5).shifts(), IsEmpty());
  Corpus blank;
  blank.source = blank.target = Lines(500);
  EXPECT_THAT(blank.shifts(), IsEmpty());
}

}  // namespace
}  // namespace heed
