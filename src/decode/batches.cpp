#include "decode/batches.h"

#include <algorithm>
#include <numeric>

namespace heed {

std::vector<std::vector<size_t>> batches_by_length(const std::vector<int64_t>& lengths, int64_t max_tokens,
                                                   int64_t max_sentences) {
  std::vector<size_t> order(lengths.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return lengths[a] > lengths[b]; });
  std::vector<std::vector<size_t>> batches;
  int64_t tokens = 0;
  for (const size_t i : order) {
    if (lengths[i] == 0) break;
    tokens += lengths[i];
    const bool full =
        batches.empty() || tokens > max_tokens || static_cast<int64_t>(batches.back().size()) == max_sentences;
    if (full) {
      batches.emplace_back();
      tokens = lengths[i];
    }
    batches.back().push_back(i);
  }
  return batches;
}

}  // namespace heed
