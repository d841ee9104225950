#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

namespace heed {

// Dropout (Srivastava et al. 2014), inverted: kept elements are scaled by 1/(1 - rate). Which elements stay is a pure
// function of (key, element number), so backward draws the same mask again and nothing is stored.
struct Dropout {
  double rate = 0;  // 0: none
  uint64_t key = 0;
  // Device memory, where given: the key is mix64(*base ^ key), read when the kernel runs. A captured CUDA graph draws
  // other masks each time it is replayed that way.
  const uint64_t* base = nullptr;
};

// residual + dropout(x), without `residual` just dropout(x). x, residual: any equal shape, contiguous.
at::Tensor dropout_add(const at::Tensor& x, const std::optional<at::Tensor>& residual, const Dropout& dropout);

}  // namespace heed
