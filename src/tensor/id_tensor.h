#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>

#include <cstdint>
#include <vector>

namespace heed {

// Ids as an int64 tensor (N) of its own on `device`.
inline at::Tensor id_tensor(const std::vector<int64_t>& ids, c10::Device device) {
  return at::from_blob(const_cast<int64_t*>(ids.data()), {static_cast<int64_t>(ids.size())}, at::kLong)
      .clone()
      .to(device);
}

}  // namespace heed
