#include "nn/attention/alibi.h"

#include <ATen/ops/empty.h>

#include <cmath>
#include <cstdlib>

namespace heed {
namespace {

// 2^(-8/n), 2^(-16/n), ..., 2^-8
std::vector<double> geometric_slopes(int64_t n) {
  std::vector<double> slopes;
  for (int64_t h = 1; h <= n; ++h) slopes.push_back(std::exp2(-8.0 * static_cast<double>(h) / static_cast<double>(n)));
  return slopes;
}

}  // namespace

std::vector<double> alibi_slopes(int64_t num_heads) {
  int64_t power = 1;
  while (2 * power <= num_heads) power *= 2;
  std::vector<double> slopes = geometric_slopes(power);
  const std::vector<double> between = geometric_slopes(2 * power);
  for (int64_t h = power; h < num_heads; ++h) slopes.push_back(between[static_cast<size_t>(2 * (h - power))]);
  return slopes;
}

torch::Tensor alibi_biases(int64_t num_heads, int64_t n) {
  torch::Tensor table = at::empty({num_heads, 2 * n - 1}, torch::kDouble);
  auto rows = table.accessor<double, 2>();
  const std::vector<double> slopes = alibi_slopes(num_heads);
  for (int64_t h = 0; h < num_heads; ++h)
    for (int64_t column = 0; column < 2 * n - 1; ++column)
      rows[h][column] = -slopes[static_cast<size_t>(h)] * static_cast<double>(std::abs(column - (n - 1)));
  return table;
}

}  // namespace heed
