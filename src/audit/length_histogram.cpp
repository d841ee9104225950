#include "audit/length_histogram.h"

#include <algorithm>
#include <cmath>

namespace heed {

void LengthHistogram::add(int64_t length) {
  if (length > longest()) counts_.resize(static_cast<size_t>(length) + 1);
  ++counts_[static_cast<size_t>(length)];
  ++lines_;
  total_ += length;
}

double LengthHistogram::mean() const {
  return lines_ == 0 ? 0 : static_cast<double>(total_) / static_cast<double>(lines_);
}

int64_t LengthHistogram::quantile(double share) const {
  const auto wanted = static_cast<int64_t>(std::ceil(share * static_cast<double>(lines_)));
  int64_t seen = 0;
  for (size_t length = 0; length < counts_.size(); ++length) {
    seen += counts_[length];
    if (counts_[length] > 0 && seen >= wanted) return static_cast<int64_t>(length);
  }
  return 0;
}

std::vector<int64_t> LengthHistogram::bins(int64_t width, int64_t count) const {
  std::vector<int64_t> bins(static_cast<size_t>(count));
  for (size_t length = 0; length < counts_.size(); ++length)
    bins[static_cast<size_t>(std::min(static_cast<int64_t>(length) / width, count - 1))] += counts_[length];
  return bins;
}

}  // namespace heed
