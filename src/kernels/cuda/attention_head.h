#pragma once

#include "kernels/cuda/team.h"
#include "kernels/dropout_hash.h"
#include "kernels/plans.h"

// One head of one sentence: where its rows are, what its queries see, and the memory a team works in.

namespace heed {

constexpr int64_t kTile = 32;

// Elements of A that a team needs to itself: four rows of a head, two tiles.
HEED_HOST_DEVICE constexpr int64_t attention_scratch(int64_t head_size) { return 4 * head_size + 2 * kTile; }

template <class T>
struct AttentionHead {
  using A = ArithmeticOf<T>;

  HEED_HOST_DEVICE AttentionHead(const AttentionPlan<T>& all, int64_t b, int64_t h, A* scratch)
      : plan(all),
        head(h),
        size(all.head_size),
        num_queries(all.query_lengths[b]),
        num_keys(all.key_lengths[b]),
        first_query(all.query_starts[b]),
        first_key(all.key_starts[b]),
        row_a(scratch),
        row_b(scratch + size),
        sum_a(scratch + 2 * size),
        sum_b(scratch + 3 * size),
        tile_a(scratch + 4 * size),
        tile_b(tile_a + kTile) {}

  HEED_HOST_DEVICE int64_t query_offset(int64_t i) const { return (first_query + i) * plan.query_stride + head * size; }
  HEED_HOST_DEVICE int64_t output_offset(int64_t i) const {
    return (first_query + i) * plan.output_stride + head * size;
  }
  HEED_HOST_DEVICE int64_t key_offset(int64_t j) const {
    const int64_t row = plan.key_rows ? plan.key_rows[first_key + j] : first_key + j;
    return row * plan.key_stride + head * size;
  }
  HEED_HOST_DEVICE int64_t visible(int64_t i) const { return plan.causal ? num_keys - num_queries + i + 1 : num_keys; }
  HEED_HOST_DEVICE int64_t first_query_that_sees(int64_t j) const {
    const int64_t first = j - (num_keys - num_queries);
    return plan.causal && first > 0 ? first : 0;
  }
  HEED_HOST_DEVICE A keep(int64_t i, int64_t j) const {
    if (plan.dropout.threshold == 0) return A{1};
    const uint64_t key = attention_dropout_key(stream_key(plan.dropout), first_query + i, head, plan.num_heads);
    return keep_factor<A>(plan.dropout, key, j);
  }

  template <class Team>
  HEED_HOST_DEVICE void read(const Team& team, const T* from, A* row) const {
    for (int64_t k = team.rank(); k < size; k += team.size()) row[k] = load_element(from + k);
  }
  template <class Team>
  HEED_HOST_DEVICE void write(const Team& team, const A* row, A factor, T* to) const {
    for (int64_t k = team.rank(); k < size; k += team.size()) store_element(to + k, row[k] * factor);
  }
  template <class Team>
  HEED_HOST_DEVICE void clear(const Team& team, A* row) const {
    for (int64_t k = team.rank(); k < size; k += team.size()) row[k] = 0;
  }
  HEED_HOST_DEVICE A dot(const A* row, const T* other) const {
    A total = 0;
    for (int64_t k = 0; k < size; ++k) total += row[k] * load_element(other + k);
    return total;
  }

  const AttentionPlan<T>& plan;
  int64_t head, size, num_queries, num_keys, first_query, first_key;
  A *row_a, *row_b, *sum_a, *sum_b, *tile_a, *tile_b;  // shared by the team
};

}  // namespace heed
