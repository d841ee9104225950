#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace heed {

// Where each row of a decoding finds the keys of its tokens in the caches: a beam that is reordered moves these
// numbers, never keys.
class KeyRowTable {
 public:
  KeyRowTable(int64_t rows, c10::Device device);

  // Row i's next token has its key in cache row `first` + i.
  void append(int64_t first);
  // Row i goes on as old row indices[i].
  void select(const std::vector<int64_t>& indices);

  int64_t length() const { return length_; }        // tokens of each row
  const at::Tensor& rows() const { return rows_; }  // (R, at least length()) int32

 private:
  at::Tensor rows_;
  int64_t length_ = 0;
};

}  // namespace heed
