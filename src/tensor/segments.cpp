#include "tensor/segments.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <utility>

namespace heed {

Segments::Segments(std::vector<int32_t> starts, std::vector<int32_t> lengths)
    : starts_(std::move(starts)), lengths_(std::move(lengths)) {
  TORCH_CHECK(starts_.size() == lengths_.size(), "Segments: ", starts_.size(), " starts, ", lengths_.size(), " lengths");
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

}  // namespace heed
