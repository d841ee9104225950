#include "nn/positions.h"

#include <ATen/ops/empty.h>

#include <cmath>

namespace heed {

torch::Tensor sinusoidal_positions(int64_t length, int64_t d_model) {
  torch::Tensor table = at::empty({length, d_model}, torch::kDouble);
  auto rows = table.accessor<double, 2>();
  const int64_t half = d_model / 2;
  for (int64_t position = 0; position < length; ++position) {
    for (int64_t j = 0; j < half; ++j) {
      const double angle = static_cast<double>(position) /
                           std::pow(10000.0, 2.0 * static_cast<double>(j) / static_cast<double>(d_model));
      rows[position][j] = std::sin(angle);
      rows[position][half + j] = std::cos(angle);
    }
  }
  return table;
}

}  // namespace heed
