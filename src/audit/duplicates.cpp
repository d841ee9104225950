#include "audit/duplicates.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace heed {
namespace {

constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

}  // namespace

PairIndex::PairIndex(std::span<const PairShape> pairs) : pairs_(pairs) {
  for (size_t i = 0; i < pairs.size(); ++i)
    if (pairs[i].has_text()) order_.push_back(static_cast<uint32_t>(i));
  const auto key = [&](uint32_t i) { return std::tuple(pairs[i].source.hash, pairs[i].target.hash, i); };
  std::sort(order_.begin(), order_.end(), [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
}

Repeats PairIndex::repeats() const {
  std::vector<uint32_t> same_pair(pairs_.size(), kNone), same_source(pairs_.size(), kNone);
  for (size_t begin = 0, end = 0; begin < order_.size(); begin = end) {
    const std::span<const uint32_t> group = with_source(pairs_[order_[begin]].source.hash);
    end = begin + group.size();
    const uint32_t first = *std::min_element(group.begin(), group.end());
    for (size_t i = 0, pair = group[0]; i < group.size(); ++i) {  // `pair`: the first with this target
      if (pairs_[group[i]].target.hash != pairs_[pair].target.hash) pair = group[i];
      if (pair != group[i]) same_pair[group[i]] = static_cast<uint32_t>(pair);
      if (pair == group[i] && first != group[i]) same_source[group[i]] = first;
    }
  }
  Repeats repeats;
  for (size_t i = 0; i < pairs_.size(); ++i) {  // in the corpus's order
    if (same_pair[i] != kNone) repeats.pairs.add({static_cast<int64_t>(i), same_pair[i]});
    if (same_source[i] != kNone) repeats.sources.add({static_cast<int64_t>(i), same_source[i]});
  }
  return repeats;
}

Repeats PairIndex::overlap(std::span<const PairShape> others) const {
  Repeats overlap;
  for (size_t i = 0; i < others.size(); ++i) {
    if (!others[i].has_text()) continue;
    const std::span<const uint32_t> group = with_source(others[i].source.hash);
    if (group.empty()) continue;
    const auto same = std::find_if(group.begin(), group.end(),
                                   [&](uint32_t pair) { return pairs_[pair].target.hash == others[i].target.hash; });
    if (same != group.end())
      overlap.pairs.add({static_cast<int64_t>(i), *same});
    else
      overlap.sources.add({static_cast<int64_t>(i), *std::min_element(group.begin(), group.end())});
  }
  return overlap;
}

std::span<const uint32_t> PairIndex::with_source(uint64_t hash) const {
  const auto begin = std::partition_point(order_.begin(), order_.end(),
                                          [&](uint32_t pair) { return pairs_[pair].source.hash < hash; });
  const auto end =
      std::partition_point(begin, order_.end(), [&](uint32_t pair) { return pairs_[pair].source.hash == hash; });
  return {begin, end};
}

}  // namespace heed
