#include "audit/duplicates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heed {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<PairShape> shapes(const std::vector<std::pair<std::string, std::string>>& texts) {
  std::vector<PairShape> pairs;
  for (const auto& [source, target] : texts) pairs.push_back({shape_of(source), shape_of(target)});
  return pairs;
}

TEST(Duplicates, OfAPairNameTheFirst) {
  const auto pairs = shapes({{"a", "x"}, {"b", "y"}, {"a", "x"}, {"c", "z"}, {"a", "x"}, {"c", "z"}});
  const Repeats repeats = PairIndex(pairs).repeats();
  EXPECT_THAT(repeats.pairs.first, ElementsAre(PairMatch{2, 0}, PairMatch{4, 0}, PairMatch{5, 3}));
  EXPECT_THAT(repeats.sources.first, IsEmpty());
}

TEST(Duplicates, OfASourceAreApartFromThoseOfAPair) {
  const auto pairs = shapes({{"a", "x"}, {"a", "y"}, {"a", "y"}, {"b", "y"}, {"a", "w"}});
  const Repeats repeats = PairIndex(pairs).repeats();
  EXPECT_THAT(repeats.pairs.first, ElementsAre(PairMatch{2, 1}));
  EXPECT_THAT(repeats.sources.first, ElementsAre(PairMatch{1, 0}, PairMatch{4, 0}));
}

TEST(Duplicates, OfLinesWithoutTextAreNone) {
  const auto pairs = shapes({{"a", ""}, {"a", ""}, {" ", "x"}, {" ", "x"}});
  EXPECT_EQ(PairIndex(pairs).repeats().pairs.count, 0);
}

TEST(Duplicates, AcrossCorporaAreTheirOverlap) {
  const auto train = shapes({{"a", "x"}, {"b", "y"}, {"a", "w"}, {"a", "x"}});
  const auto test = shapes({{"n", "x"}, {"a", "w"}, {"b", "other"}, {"a", "x"}, {"", ""}, {"a", "new"}});
  const Repeats overlap = PairIndex(train).overlap(test);
  EXPECT_THAT(overlap.pairs.first, ElementsAre(PairMatch{1, 2}, PairMatch{3, 0}));
  EXPECT_THAT(overlap.sources.first, ElementsAre(PairMatch{2, 1}, PairMatch{5, 0}));
}

TEST(Duplicates, AreAllCountedAndTheFirstKept) {
  const std::vector<PairShape> pairs(5000, shapes({{"a", "x"}}).front());
  const Repeats repeats = PairIndex(pairs).repeats();
  EXPECT_EQ(repeats.pairs.count, 4999);
  EXPECT_EQ(repeats.pairs.first.size(), FoundMatches::kKept);
  EXPECT_EQ(repeats.pairs.first.back(), (PairMatch{1000, 0}));
}

}  // namespace
}  // namespace heed
