#include "eval/ngrams.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "eval/text_line.h"

namespace heed {

NgramCounts NgramIndex::count(const std::vector<uint32_t>& tokens) {
  NgramCounts counts(table_.size());
  std::vector<uint32_t> names(tokens.size(), 0);  // 1 + the number of the n-gram that starts at each position
  for (size_t n = 0; n < max_order_; ++n)
    for (size_t i = 0; i + n < tokens.size(); ++i) {
      const uint32_t number = table_.number((uint64_t{names[i]} << 32) | tokens[i + n]);
      if (number == orders_.size()) orders_.push_back(static_cast<uint8_t>(n));
      if (number >= counts.size()) counts.resize(number + 1);
      ++counts[number];
      names[i] = number + 1;
    }
  return counts;
}

std::vector<int64_t> NgramIndex::matches(const NgramCounts& a, const NgramCounts& b) const {
  std::vector<int64_t> sums(max_order_);
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) sums[orders_[i]] += std::min(a[i], b[i]);
  return sums;
}

uint32_t WordIndex::id(std::u32string_view word) {
  const uint32_t number = hashes_.number(std::hash<std::u32string_view>{}(word));
  if (number == words_.size()) words_.push_back(word);
  if (words_[number] == word) return number;
  constexpr uint32_t kBehind = 1u << 31;
  return others_.try_emplace(word, kBehind + static_cast<uint32_t>(others_.size())).first->second;
}

std::vector<uint32_t> WordIndex::ids(std::u32string text) {
  texts_.push_back(std::move(text));
  std::vector<uint32_t> ids;
  for (const std::u32string_view word : split_at_space(texts_.back())) ids.push_back(id(word));
  return ids;
}

std::vector<uint32_t> WordIndex::ids(std::vector<std::u32string> words) {
  std::vector<uint32_t> ids;
  for (std::u32string& word : words) {
    texts_.push_back(std::move(word));
    ids.push_back(id(texts_.back()));
  }
  return ids;
}

int64_t ngrams_in(size_t length, size_t n) { return length < n ? 0 : static_cast<int64_t>(length - n + 1); }

}  // namespace heed
