#include "nn/attention/relative_positions.h"

#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace heed {

int64_t relative_bucket(int64_t distance, bool causal) {
  const int64_t buckets = causal ? kRelativeBuckets : kRelativeBuckets / 2;
  const int64_t first = !causal && distance > 0 ? buckets : 0;
  const int64_t steps = causal ? std::max<int64_t>(-distance, 0) : std::abs(distance), exact = buckets / 2;
  if (steps < exact) return first + steps;
  const auto times = static_cast<double>(steps) / static_cast<double>(exact);
  const double share = std::log(times) / std::log(static_cast<double>(kFarthestBucket) / static_cast<double>(exact));
  return first + std::min(exact + static_cast<int64_t>(share * static_cast<double>(buckets - exact)), buckets - 1);
}

torch::Tensor relative_buckets(int64_t n, bool causal) {
  torch::Tensor table = at::zeros({kRelativeBuckets, 2 * n - 1}, torch::kDouble);
  auto entries = table.accessor<double, 2>();
  for (int64_t column = 0; column < 2 * n - 1; ++column) entries[relative_bucket(column - (n - 1), causal)][column] = 1;
  return table;
}

}  // namespace heed
