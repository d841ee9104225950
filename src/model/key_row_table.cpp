#include "model/key_row_table.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>

#include "tensor/id_tensor.h"

namespace heed {
namespace {

constexpr int64_t kFirstLength = 32;  // doubled when full

}  // namespace

KeyRowTable::KeyRowTable(int64_t rows, c10::Device device)
    : rows_(at::zeros({rows, kFirstLength}, at::TensorOptions(at::kInt).device(device))) {}

// On the CPU by hand: a step has little else to wait for.
void KeyRowTable::append(int64_t first) {
  if (length_ == rows_.size(1)) rows_ = at::cat({rows_, at::zeros_like(rows_)}, 1);
  if (rows_.is_cpu()) {
    auto* row = rows_.mutable_data_ptr<int32_t>() + length_;
    for (int64_t i = 0; i < rows_.size(0); ++i, row += rows_.size(1)) *row = static_cast<int32_t>(first + i);
  } else {
    rows_.select(1, length_).copy_(at::arange(first, first + rows_.size(0), rows_.options()));
  }
  ++length_;
}

void KeyRowTable::select(const std::vector<int64_t>& indices) {
  if (rows_.is_cpu()) {
    const int64_t longest = rows_.size(1);
    const at::Tensor selected = at::empty({static_cast<int64_t>(indices.size()), longest}, rows_.options());
    auto* to = selected.mutable_data_ptr<int32_t>();
    const auto* from = rows_.const_data_ptr<int32_t>();
    for (const int64_t index : indices) {
      std::copy_n(from + index * longest, length_, to);
      to += longest;
    }
    rows_ = selected;
  } else {
    rows_ = rows_.index_select(0, id_tensor(indices, rows_.device()));
  }
}

}  // namespace heed
