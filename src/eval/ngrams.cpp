#include "eval/ngrams.h"

#include <algorithm>

namespace heed {

namespace {

// The n-gram that ends in `token` and goes on from the one numbered `begin` - 1; 0: from nothing.
uint64_t key_of(uint32_t begin, uint32_t token) { return (uint64_t{begin} << 32) | token; }

}  // namespace

void NgramIndex::add(const std::vector<uint32_t>& reference) {
  std::vector<int32_t> counts(counts_.size());
  for (size_t begin = 0; begin < reference.size(); ++begin)
    for (size_t i = begin, name = 0; i < std::min(begin + max_order_, reference.size()); ++i) {
      const uint32_t number = table_.number(key_of(static_cast<uint32_t>(name), reference[i]));
      if (number == counts.size()) counts.push_back(0);
      ++counts[number];
      name = number + 1;
    }
  counts_.resize(counts.size());
  for (size_t i = 0; i < counts.size(); ++i) counts_[i] = std::max(counts_[i], counts[i]);
}

std::vector<int64_t> NgramIndex::matches(const std::vector<uint32_t>& hypothesis) const {
  std::vector<int64_t> found(max_order_);
  std::vector<int32_t> left = counts_;
  for (size_t begin = 0; begin < hypothesis.size(); ++begin) {
    uint32_t name = 0;
    for (size_t i = begin; i < std::min(begin + max_order_, hypothesis.size()); ++i) {
      const uint32_t number = table_.find(key_of(name, hypothesis[i]));
      if (number == NumberTable::kNone) break;  // what is not there is not there in anything longer
      if (left[number]-- > 0) ++found[i - begin];
      name = number + 1;
    }
  }
  return found;
}

int64_t ngrams_in(size_t length, size_t n) { return length < n ? 0 : static_cast<int64_t>(length - n + 1); }

}  // namespace heed
