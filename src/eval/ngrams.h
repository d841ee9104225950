#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "eval/number_table.h"

namespace heed {

// The n-grams (n = 1 .. max_order) of the references of a line, each as often as the reference that has it most. An
// n-gram is numbered, found from (number of its first n - 1 tokens, last token): exact, no hash collision can join two
// n-grams.
class NgramIndex {
 public:
  explicit NgramIndex(size_t max_order) : max_order_(max_order) {}

  void add(const std::vector<uint32_t>& reference);

  // Per order, how many n-grams of a hypothesis are there, each at most as often as it is there.
  std::vector<int64_t> matches(const std::vector<uint32_t>& hypothesis) const;

 private:
  size_t max_order_;
  NumberTable table_;
  std::vector<int32_t> counts_;  // of each n-gram
};

// Words as numbers, the same word the same number.
template <class Char>
class WordIndex {
 public:
  using View = std::basic_string_view<Char>;
  using Words = std::vector<std::basic_string<Char>>;

  // Of words that outlive this.
  std::vector<uint32_t> ids(const std::vector<View>& words) {
    std::vector<uint32_t> ids;
    ids.reserve(words.size());
    for (const View word : words) ids.push_back(id(word));
    return ids;
  }
  // Of words that it keeps.
  std::vector<uint32_t> ids(Words words) {
    const Words& kept = kept_.emplace_back(std::move(words));
    return ids(std::vector<View>(kept.begin(), kept.end()));
  }

 private:
  uint32_t id(View word) {
    const uint32_t number = hashes_.number(std::hash<View>{}(word));
    if (number == words_.size()) words_.push_back(word);
    if (words_[number] == word) return number;
    constexpr uint32_t kBehind = 1u << 31;
    return others_.try_emplace(word, kBehind + static_cast<uint32_t>(others_.size())).first->second;
  }

  std::vector<Words> kept_;
  NumberTable hashes_;  // of a word's hash: the first word that has it
  std::vector<View> words_;
  std::unordered_map<View, uint32_t> others_;  // whose hash another word has: hardly any
};

// How many n-grams of order n a sequence of `length` tokens has.
int64_t ngrams_in(size_t length, size_t n);

}  // namespace heed
