#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/random.h"
#include "tensor/arithmetic_type.h"

namespace heed::testing {

// Uniform in [-scale, scale), a pure function of the seed.
inline at::Tensor random_tensor(at::IntArrayRef sizes, uint64_t seed, at::ScalarType type = at::kDouble,
                                double scale = 1) {
  at::Tensor tensor = at::empty(sizes, at::kDouble);
  RandomStream stream(mix64(seed));
  double* values = tensor.mutable_data_ptr<double>();
  std::generate(values, values + tensor.numel(), [&] { return scale * (2 * stream.uniform() - 1); });
  return tensor.to(type);
}

// int64 in [0, bound).
inline at::Tensor random_id_tensor(int64_t count, int64_t bound, uint64_t seed) {
  at::Tensor tensor = at::empty({count}, at::kLong);
  RandomStream stream(mix64(seed));
  int64_t* values = tensor.mutable_data_ptr<int64_t>();
  std::generate(values, values + count,
                [&] { return static_cast<int64_t>(stream.below(static_cast<uint64_t>(bound))); });
  return tensor;
}

// A few roundings of the storage type.
inline double tolerance(at::ScalarType type) {
  return type == at::kDouble ? 1e-12 : type == at::kFloat ? 5e-6 : 1.0 / 64;
}

// Equal as doubles within the tolerance of `type`, relative to the greater of 1 and the value.
inline bool near(const at::Tensor& found, const at::Tensor& expected, at::ScalarType type, double factor = 1) {
  const double limit = factor * tolerance(type);
  return at::allclose(found.cpu().to(at::kDouble), expected.cpu().to(at::kDouble), limit, limit);
}

inline std::string type_name(at::ScalarType type) {
  return type == at::kDouble ? "double" : type == at::kFloat ? "float" : "bfloat16";
}

}  // namespace heed::testing
