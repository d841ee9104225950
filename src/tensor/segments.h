#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
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

  Segments first(int64_t count) const;  // of the first `count` sentences

  // Does each sentence begin where the one before it ends, the first at row 0?
  bool is_packed() const;

  // The numbers as int32 tensors of another device. The copy is made at the first call, without waiting for the device,
  // and shared by all copies of this object; one thread at a time.
  struct OnDevice {
    at::Tensor starts;   // (B + 1): the last is num_rows(), so that these are the cumulative lengths where is_packed()
    at::Tensor lengths;  // (B)
  };
  const OnDevice& on(c10::Device device) const;

  // The same with a copy that somebody else makes and fills.
  Segments placed(OnDevice copy) const;
  // The same with a max_length() that is no less than `longest`.
  Segments bounded(int32_t longest) const;

 private:
  std::vector<int32_t> starts_, lengths_;
  int64_t num_rows_ = 0;
  int32_t max_length_ = 0;
  std::shared_ptr<OnDevice> copy_ = std::make_shared<OnDevice>();
};

}  // namespace heed
