#pragma once

#include <gtest/gtest.h>
#include <torch/nn/module.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

namespace heed::testing {

// Compares the gradients that a double model's parameters have with finite differences of loss(), at about `entries`
// places of each parameter.
template <class LossOf>
void expect_finite_differences(const torch::nn::Module& model, int64_t entries, LossOf loss) {
  const torch::NoGradGuard no_grad;
  const double step = 1e-5;
  for (const auto& item : model.named_parameters()) {
    double* values = item.value().mutable_data_ptr<double>();
    const int64_t size = item.value().numel();
    for (int64_t i = 0; i < size; i += std::max<int64_t>(1, size / entries)) {
      const double kept = values[i];
      values[i] = kept + step;
      const double up = loss();
      values[i] = kept - step;
      const double down = loss();
      values[i] = kept;
      const double numeric = (up - down) / (2 * step), analytic = item.value().grad().flatten()[i].item<double>();
      EXPECT_NEAR(analytic, numeric, 1e-7 * std::max(1.0, std::abs(numeric))) << item.key() << "[" << i << "]";
    }
  }
}

}  // namespace heed::testing
