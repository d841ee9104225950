#include "nn/attention/alibi.h"

#include <gtest/gtest.h>

namespace heed {
namespace {

// Press et al. 2022, section 3: for 8 heads the slopes are 1/2, 1/4, ..., 1/256; their code's for 12 heads: those of 8,
// then the first, third, ... of 16.
TEST(Alibi, SlopesAreThePapers) {
  const std::vector<double> eight = alibi_slopes(8);
  for (size_t h = 0; h < 8; ++h) EXPECT_EQ(eight[h], std::exp2(-static_cast<double>(h + 1)));
  const std::vector<double> twelve = alibi_slopes(12);
  ASSERT_EQ(twelve.size(), 12u);
  EXPECT_EQ(twelve[7], 1.0 / 256);
  EXPECT_EQ(twelve[8], std::exp2(-0.5));
  EXPECT_EQ(twelve[9], std::exp2(-1.5));
  EXPECT_EQ(twelve[11], std::exp2(-3.5));
  EXPECT_EQ(alibi_slopes(1), std::vector<double>{1.0 / 256});
}

TEST(Alibi, BiasesFallByTheSlopeWithTheDistance) {
  const torch::Tensor biases = alibi_biases(2, 4);
  ASSERT_EQ(biases.size(1), 7);
  EXPECT_EQ(biases[0][3].item<double>(), 0);
  EXPECT_EQ(biases[0][5].item<double>(), -2.0 / 16);
  EXPECT_EQ(biases[1][0].item<double>(), -3.0 / 256);
}

}  // namespace
}  // namespace heed
