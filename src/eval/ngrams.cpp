#include "eval/ngrams.h"

#include <algorithm>

namespace heed {

NgramCounts NgramIndex::count(const std::vector<uint32_t>& tokens) {
  NgramCounts counts(names_.size());
  std::vector<uint32_t> names(tokens.size(), 0);  // of the n-gram that starts at each position, n growing
  for (size_t n = 1; n <= names_.size(); ++n) {
    auto& known = names_[n - 1];
    auto& count = counts[n - 1];
    count.resize(known.size());
    for (size_t i = 0; i + n <= tokens.size(); ++i) {
      const uint64_t key = (uint64_t{names[i]} << 32) | tokens[i + n - 1];
      names[i] = known.try_emplace(key, static_cast<uint32_t>(known.size())).first->second;
      if (names[i] == count.size()) count.push_back(0);
      ++count[names[i]];
    }
  }
  return counts;
}

std::vector<uint32_t> WordIndex::ids(const std::vector<std::u32string>& words) {
  std::vector<uint32_t> ids;
  ids.reserve(words.size());
  for (const auto& word : words)
    ids.push_back(ids_.try_emplace(word, static_cast<uint32_t>(ids_.size())).first->second);
  return ids;
}

int64_t matches(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  int64_t sum = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) sum += std::min(a[i], b[i]);
  return sum;
}

int64_t ngrams_in(size_t length, size_t n) { return length < n ? 0 : static_cast<int64_t>(length - n + 1); }

}  // namespace heed
