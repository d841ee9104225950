#pragma once

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "tensor/segments.h"

// A block of 64-bit numbers that travels to a device in one go: its parts, one after another, as views of the block
// there and as it is filled here.
namespace heed {

// Hands out the parts of a block; take(first, size) makes one.
template <class Take>
class Parts {
 public:
  explicit Parts(Take take) : take_(std::move(take)) {}
  auto next(int64_t size) {
    const int64_t first = used_;
    used_ += size;
    return take_(first, size);
  }

 private:
  Take take_;
  int64_t used_ = 0;
};

inline int64_t words_of_segments(const Segments& segments) { return segments.size() + 1; }  // 2 B + 1 int32 numbers

// `like` with its copy in the next part of the block.
template <class Views>
Segments placed_segments(Views& parts, const Segments& like) {
  const at::Tensor numbers = parts.next(words_of_segments(like)).view(at::kInt);
  const int64_t size = like.size();
  return like.placed({numbers.narrow(0, 0, size + 1), numbers.narrow(0, size + 1, size)});
}

// Each fills a part and returns its end.
inline int64_t* fill(int64_t* to, const std::vector<int64_t>& values) {
  return std::copy(values.begin(), values.end(), to);
}

inline int64_t* fill_segments(int64_t* to, const Segments& segments) {
  auto* numbers = reinterpret_cast<int32_t*>(to);
  numbers = std::copy(segments.starts().begin(), segments.starts().end(), numbers);
  *numbers++ = static_cast<int32_t>(segments.num_rows());
  std::copy(segments.lengths().begin(), segments.lengths().end(), numbers);
  return to + words_of_segments(segments);
}

}  // namespace heed
