#include "core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace heed {
namespace {

TEST(RandomStream, IsAPureFunctionOfItsKey) {
  RandomStream first(random_key(1, Purpose::kDropout, {2, 3}));
  RandomStream second(random_key(1, Purpose::kDropout, {2, 3}));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(first.next(), second.next());
}

TEST(RandomStream, EveryCoordinateChangesTheKey) {
  const uint64_t key = random_key(1, Purpose::kDropout, {2, 3});
  EXPECT_NE(key, random_key(2, Purpose::kDropout, {2, 3}));
  EXPECT_NE(key, random_key(1, Purpose::kBatchOrder, {2, 3}));
  EXPECT_NE(key, random_key(1, Purpose::kDropout, {3, 2}));
  EXPECT_NE(key, random_key(1, Purpose::kDropout, {2, 3, 0}));
}

TEST(RandomStream, UniformHasTheMomentsOfTheUniformDistribution) {
  RandomStream stream(random_key(7, Purpose::kToy));
  const int n = 100000;
  double sum = 0, squares = 0;
  for (int i = 0; i < n; ++i) {
    const double u = stream.uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
    squares += u * u;
  }
  EXPECT_NEAR(sum / n, 0.5, 5 * std::sqrt(1.0 / 12 / n));  // five standard errors
  EXPECT_NEAR(squares / n, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / n));
}

TEST(Shuffle, IsAPermutation) {
  std::vector<int> values(1000);
  std::iota(values.begin(), values.end(), 0);
  const std::vector<int> sorted = values;
  shuffle(values, RandomStream(3));
  EXPECT_NE(values, sorted);
  std::sort(values.begin(), values.end());
  EXPECT_EQ(values, sorted);
}

}  // namespace
}  // namespace heed
