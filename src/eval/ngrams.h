#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "eval/number_table.h"

namespace heed {

// How often the n-gram of each number occurs. Those of one index are comparable; later ones may be longer.
using NgramCounts = std::vector<int32_t>;

// Counts the n-grams (n = 1 .. max_order) of token sequences that are to be compared with each other, e.g. a hypothesis
// and its references. An n-gram is numbered, found from (number of its first n - 1 tokens, last token): exact, no hash
// collision can join two n-grams.
class NgramIndex {
 public:
  explicit NgramIndex(size_t max_order) : max_order_(max_order) {}

  NgramCounts count(const std::vector<uint32_t>& tokens);

  // Per order, the sum over n-grams of the smaller of both counts.
  std::vector<int64_t> matches(const NgramCounts& a, const NgramCounts& b) const;

 private:
  size_t max_order_;
  NumberTable table_;
  std::vector<uint8_t> orders_;  // of each n-gram, from 0
};

// Words as numbers, the same word the same number.
class WordIndex {
 public:
  // Of the words between white space.
  std::vector<uint32_t> ids(std::u32string text);
  std::vector<uint32_t> ids(std::vector<std::u32string> words);

 private:
  uint32_t id(std::u32string_view word);

  std::deque<std::u32string> texts_;  // whose parts the words are
  NumberTable hashes_;                // of a word's hash: the first word that has it
  std::vector<std::u32string_view> words_;
  std::unordered_map<std::u32string_view, uint32_t> others_;  // whose hash another word has: hardly any
};

// How many n-grams of order n a sequence of `length` tokens has.
int64_t ngrams_in(size_t length, size_t n);

}  // namespace heed
