#pragma once

#include "kernels/attention_plan.h"
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
        sentence(b),
        head(h),
        key_head(h * all.num_key_heads / all.num_heads),
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
  HEED_HOST_DEVICE int64_t key_row(int64_t j) const {
    return plan.key_rows ? plan.key_rows[first_key + j] : first_key + j;
  }
  HEED_HOST_DEVICE int64_t key_offset(int64_t j) const { return key_row(j) * plan.key_stride + key_head * size; }
  HEED_HOST_DEVICE int64_t query_gradient_offset(int64_t i) const {
    return (first_query + i) * plan.query_gradient_stride + head * size;
  }
  HEED_HOST_DEVICE int64_t key_gradient_offset(int64_t j) const {
    return key_row(j) * plan.key_gradient_stride + key_head * size;
  }
  HEED_HOST_DEVICE int64_t value_offset(int64_t j) const { return key_row(j) * plan.value_stride + key_head * size; }
  HEED_HOST_DEVICE int64_t value_gradient_offset(int64_t j) const {
    return key_row(j) * plan.value_gradient_stride + key_head * size;
  }
  HEED_HOST_DEVICE int64_t key_bias_offset(int64_t j) const { return key_row(j) * plan.num_key_heads + key_head; }

  HEED_HOST_DEVICE int64_t position(int64_t i) const { return position_of(plan.positions, i, num_keys); }
  HEED_HOST_DEVICE Span seen(int64_t i) const { return keys_seen(plan.reach, position(i), num_keys); }
  HEED_HOST_DEVICE bool sees(int64_t i, int64_t j) const {
    const Span span = seen(i);
    return span.first <= j && j < span.end && !skips(plan.reach, position(i), j);
  }
  HEED_HOST_DEVICE Span queries_of(int64_t j) const {
    return queries_around(plan.reach, plan.positions, j, num_queries, num_keys);
  }
  // Of key j for query i, both within each other's reach but perhaps skipped: minus infinity.
  HEED_HOST_DEVICE A score(int64_t i, int64_t j, A product) const {
    if (skips(plan.reach, position(i), j)) return static_cast<A>(kMinusInfinity);
    A score = product * static_cast<A>(plan.scale);
    if (plan.key_bias) score += plan.key_bias[key_bias_offset(j)];
    if (plan.distance_bias) score += plan.distance_bias[distance_offset() + j - position(i)];
    return score;
  }
  HEED_HOST_DEVICE int64_t distance_offset() const { return head * plan.distances + plan.distances / 2; }
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
  HEED_HOST_DEVICE A dot_of_stored(const T* row, const T* other) const {
    A total = 0;
    for (int64_t k = 0; k < size; ++k) total += load_element(row + k) * load_element(other + k);
    return total;
  }

  const AttentionPlan<T>& plan;
  int64_t sentence, head, key_head, size, num_queries, num_keys, first_query, first_key;
  A *row_a, *row_b, *sum_a, *sum_b, *tile_a, *tile_b;  // shared by the team
};

}  // namespace heed
