#include "tensor/segments.h"

#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <utility>

namespace heed {

Segments::Segments(std::vector<int32_t> starts, std::vector<int32_t> lengths)
    : starts_(std::move(starts)), lengths_(std::move(lengths)) {
  TORCH_CHECK(starts_.size() == lengths_.size(), "Segments: ", starts_.size(), " starts, ", lengths_.size(),
              " lengths");
  for (const int32_t length : lengths_) {
    num_rows_ += length;
    max_length_ = std::max(max_length_, length);
  }
}

Segments Segments::packed(const std::vector<int32_t>& lengths) {
  std::vector<int32_t> starts(lengths.size());
  int32_t row = 0;
  for (size_t b = 0; b < lengths.size(); ++b) {
    starts[b] = row;
    row += lengths[b];
  }
  return Segments(std::move(starts), lengths);
}

std::vector<int64_t> Segments::positions() const {
  std::vector<int64_t> positions;
  positions.reserve(static_cast<size_t>(num_rows_));
  for (const int32_t length : lengths_)
    for (int32_t i = 0; i < length; ++i) positions.push_back(i);
  return positions;
}

Segments Segments::first(int64_t count) const {
  if (count == size()) return *this;
  return {{starts_.begin(), starts_.begin() + count}, {lengths_.begin(), lengths_.begin() + count}};
}

bool Segments::is_packed() const {
  int32_t row = 0;
  for (size_t b = 0; b < starts_.size(); ++b) {
    if (starts_[b] != row) return false;
    row += lengths_[b];
  }
  return true;
}

const Segments::OnDevice& Segments::on(c10::Device device) const {
  if (copy_->starts.defined() && copy_->starts.device() == device) return *copy_;
  // One transfer for both; from pinned memory it does not wait for the device.
  const at::Tensor host = at::empty({2 * size() + 1}, at::TensorOptions(at::kInt).pinned_memory(device.is_cuda()));
  int32_t* numbers = host.mutable_data_ptr<int32_t>();
  numbers = std::copy(starts_.begin(), starts_.end(), numbers);
  *numbers++ = static_cast<int32_t>(num_rows_);
  std::copy(lengths_.begin(), lengths_.end(), numbers);
  const at::Tensor there = host.to(device, /*non_blocking=*/true);
  copy_->starts = there.narrow(0, 0, size() + 1);
  copy_->lengths = there.narrow(0, size() + 1, size());
  return *copy_;
}

Segments Segments::placed(OnDevice copy) const {
  Segments result = *this;
  result.copy_ = std::make_shared<OnDevice>(std::move(copy));
  return result;
}

Segments Segments::bounded(int32_t longest) const {
  Segments result = *this;
  result.max_length_ = std::max(max_length_, longest);
  return result;
}

}  // namespace heed
