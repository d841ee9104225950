#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heed {

// What was found in a corpus: how often, and the first cases, which is what a person looks at.
template <class Case>
struct Found {
  static constexpr size_t kKept = 1000;

  int64_t count = 0;
  std::vector<Case> first;  // in the order they were added, at most kKept

  void add(const Case& one) {
    ++count;
    if (first.size() < kKept) first.push_back(one);
  }
};

// Pairs by their number: from 0, over all files of their corpus, none left out.
using FoundPairs = Found<int64_t>;

// A pair that has to do with another, in the same corpus or in one that it is compared with.
struct PairMatch {
  int64_t pair = 0, other = 0;

  bool operator==(const PairMatch&) const = default;
};
using FoundMatches = Found<PairMatch>;

}  // namespace heed
