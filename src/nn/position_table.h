#pragma once

#include <torch/types.h>

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <vector>

namespace heed {

// A table that positions alone determine: made on demand, longer when it must be, never saved. The last one serves; the
// others are kept, because CUDA graphs may still read those that it has replaced. Safe from several threads.
class PositionTable {
 public:
  // For at least `length` positions, in the type and on the device of `options`; `make(n)` makes it for n.
  template <class Make>
  torch::Tensor of(int64_t length, const torch::TensorOptions& options, Make make) {
    const std::lock_guard lock(mutex_);
    if (tables_.empty() || length > length_ || tables_.back().dtype() != options.dtype() ||
        tables_.back().device() != options.device()) {
      length_ = std::max<int64_t>(2 * length, 512);
      tables_.push_back(make(length_).to(options));
    }
    return tables_.back();
  }

 private:
  std::mutex mutex_;
  int64_t length_ = 0;  // of the last one
  std::vector<torch::Tensor> tables_;
};

}  // namespace heed
