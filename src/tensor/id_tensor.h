#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace heed {

// Ids as an int64 tensor (N) of its own on `device`. From pinned memory, so that nobody waits for a GPU.
inline at::Tensor id_tensor(const std::vector<int64_t>& ids, c10::Device device) {
  const auto options = at::TensorOptions(at::kLong).pinned_memory(device.is_cuda());
  const at::Tensor host = at::empty({static_cast<int64_t>(ids.size())}, options);
  std::copy(ids.begin(), ids.end(), host.mutable_data_ptr<int64_t>());
  return host.to(device, /*non_blocking=*/true);
}

}  // namespace heed
