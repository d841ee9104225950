#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace heed {

// Where each sentence lies in a packed matrix of rows: sentence b owns rows starts[b] .. starts[b] + lengths[b] - 1.
// Segments need not touch each other nor be in order, so a static cache with room to grow fits too.
//
// The int32 host copy serves CPU kernels and planning, the device copy CUDA kernels; they hold the same numbers.
class Segments {
 public:
  Segments() = default;

  // Sentences one after another, without gaps. Lengths may be 0.
  static Segments packed(const std::vector<int32_t>& lengths);
  Segments(std::vector<int32_t> starts, std::vector<int32_t> lengths);

  int64_t size() const { return static_cast<int64_t>(lengths_.size()); }  // B
  int64_t num_rows() const { return num_rows_; }                          // N: sum of the lengths
  int32_t max_length() const { return max_length_; }
  const std::vector<int32_t>& starts() const { return starts_; }
  const std::vector<int32_t>& lengths() const { return lengths_; }

  // Position of every packed row within its sentence (0, 1, ...), in row order. REQUIRES: built by packed().
  std::vector<int64_t> positions() const;

 private:
  std::vector<int32_t> starts_, lengths_;
  int64_t num_rows_ = 0;
  int32_t max_length_ = 0;
};

}  // namespace heed
