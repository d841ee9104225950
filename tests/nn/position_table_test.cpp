#include "nn/position_table.h"

#include <gtest/gtest.h>

namespace heed {
namespace {

TEST(PositionTable, IsMadeAgainOnlyForMorePositionsOrAnotherType) {
  PositionTable table;
  int made = 0;
  const auto of = [&](int64_t length, torch::ScalarType type) {
    return table.of(length, torch::TensorOptions(type), [&](int64_t n) { return ++made, torch::ones({n}); });
  };
  const torch::Tensor first = of(3, torch::kFloat);
  EXPECT_TRUE(of(first.size(0), torch::kFloat).is_same(first));
  EXPECT_EQ(made, 1);
  EXPECT_GE(of(first.size(0) + 1, torch::kFloat).size(0), first.size(0) + 1);
  EXPECT_EQ(of(1, torch::kDouble).scalar_type(), torch::kDouble);
  EXPECT_EQ(made, 3);
}

}  // namespace
}  // namespace heed
