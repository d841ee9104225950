#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace heed {

// counts[n - 1][name]: how often the n-gram of that name occurs.
using NgramCounts = std::vector<std::vector<int64_t>>;

// Counts the n-grams (n = 1 .. max_order) of token sequences that are to be compared with each other, e.g. a hypothesis
// and its references. An n-gram is named by a number, found from (name of its first n - 1 tokens, last token): exact,
// no hash collision can join two n-grams. Counts of one index are comparable; those made later may be longer.
class NgramIndex {
 public:
  explicit NgramIndex(size_t max_order) : names_(max_order) {}

  NgramCounts count(const std::vector<uint32_t>& tokens);

 private:
  std::vector<std::unordered_map<uint64_t, uint32_t>> names_;  // per order
};

// Words as numbers, the same word the same number.
class WordIndex {
 public:
  std::vector<uint32_t> ids(const std::vector<std::u32string>& words);

 private:
  std::unordered_map<std::u32string, uint32_t> ids_;
};

// Sum over names of the smaller of both counts.
int64_t matches(const std::vector<int64_t>& a, const std::vector<int64_t>& b);

// How many n-grams of order n a sequence of `length` tokens has.
int64_t ngrams_in(size_t length, size_t n);

}  // namespace heed
