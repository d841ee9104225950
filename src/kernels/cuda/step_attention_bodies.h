#pragma once

#include "kernels/cuda/attention_head.h"
#include "kernels/cuda/items.h"

// Attention of one query row a sentence, as a step of decoding asks for it: a team for each row and head. Groups of
// members, each of which holds one of the keys, go through the keys side by side; softmax as they go along (Milakov and
// Gimelshein 2018), put together at the end.

namespace heed {

// Members that hold a key of one head together, n elements each; 0 if a team of 32 cannot be divided so.
inline int64_t step_group_size(int64_t head_size, int64_t n) {
  const int64_t size = head_size / n;
  const bool power_of_two = size > 0 && (size & (size - 1)) == 0;
  return head_size % n == 0 && power_of_two && size <= 32 ? size : 0;
}

// REQUIRES: fits(); no query segment has more than one row.
template <class T>
struct StepAttention {
  using Element = T;
  using A = ArithmeticOf<T>;
  AttentionPlan<T> plan;

  bool aligned() const {
    constexpr int n = kVector<T>;
    return step_group_size(plan.head_size, n) > 0 && plan.query_stride % n == 0 && plan.key_stride % n == 0 &&
           plan.value_stride % n == 0 && plan.output_stride % n == 0 && is_aligned(plan.query) &&
           is_aligned(plan.key) && is_aligned(plan.value) && is_aligned(plan.output);
  }
  bool fits() const { return plan.dropout.threshold == 0 && (aligned() || step_group_size(plan.head_size, 1) > 0); }

  template <int n, class Team>
  HEED_HOST_DEVICE void row(const Team& team, int64_t item) const {
    const auto [row, head] = place_of(item, plan.num_heads);
    if (plan.query_lengths[row] == 0) return;
    const AttentionHead<T> at(plan, row, head, static_cast<A*>(nullptr));
    const int size = static_cast<int>(plan.head_size) / n, group = team.rank() / size, groups = team.size() / size;
    const int64_t column = team.rank() % size * n;
    const Span seen = at.seen(0);
    const auto query = load_items<n>(plan.query + at.query_offset(0) + column);
    A top = static_cast<A>(kMinusInfinity), total = 0;
    Items<A, n> sums{};
    for (int64_t begin = seen.first; begin < seen.end; begin += groups) {
      const bool any = begin + group < seen.end;
      const int64_t j = begin + (any ? group : 0);
      const auto key = load_items<n>(plan.key + at.key_offset(j) + column);
      const auto value = load_items<n>(plan.value + at.value_offset(j) + column);
      A dot = 0;
      for (int k = 0; k < n; ++k) dot += query.at[k] * key.at[k];
      const A score = at.score(0, j, team.sum_of_neighbours(dot, size));
      if (!any || !(score > static_cast<A>(kMinusInfinity))) continue;
      const A greater = score > top ? score : top, shrink = std::exp(top - greater), weight = std::exp(score - greater);
      top = greater;
      total = total * shrink + weight;
      for (int k = 0; k < n; ++k) sums.at[k] = sums.at[k] * shrink + weight * value.at[k];
    }
    const A max = team.max(top), share = top > static_cast<A>(kMinusInfinity) ? std::exp(top - max) : A{0};
    const A all = team.sum_across(total * share, size), inverse = all > A{0} ? A{1} / all : A{0};
    for (int k = 0; k < n; ++k) sums.at[k] = team.sum_across(sums.at[k] * share, size) * inverse;
    if (group == 0) store_items<n>(plan.output + at.output_offset(0) + column, sums);
  }
};

}  // namespace heed
