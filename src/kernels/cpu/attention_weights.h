#pragma once

// How much each query of a block attends to each key.

#include "kernels/cpu/attention_item.h"
#include "kernels/cpu/attention_query.h"
#include "kernels/cpu/dropout_lanes.h"
#include "kernels/cpu/rows.h"

namespace heed {
namespace {

// Scores, weights and their gradients of a block's query i are row i of their buffer, padded_keys apart: entry j is
// that of key j if the block sees it, zero (a weight) if just this query does not.
template <class T>
void mask_unseen(const AttentionQuery<T>& query, Acc<T>* scores) {
  const Span& seen = query.seen;
  const Reach& reach = query.item.plan.reach;
  if (reach.stride == 1) {
    for (int64_t j = query.first; j < seen.first; ++j) scores[j] = -INFINITY;
    for (int64_t j = seen.end; j < query.first + query.columns; ++j) scores[j] = -INFINITY;
    return;
  }
  for_vector_runs(query, [&](int64_t first, int64_t columns) {
    for (int64_t j = first; j < first + columns; ++j)
      if (j < seen.first || j >= seen.end || skips(reach, query.position, j)) scores[j] = -INFINITY;
  });
}

// scores[j] = scale scores[j] + biases
template <class T>
void add_biases(const AttentionQuery<T>& query, Buffer<Acc<T>>& key_bias, Acc<T>* scores) {
  using A = Acc<T>;
  const AttentionPlan<T>& plan = query.item.plan;
  for_vectors(query, [&](int64_t j) { store(scores + j, load(scores + j) * static_cast<A>(plan.scale)); });
  if (plan.key_bias)
    for_vector_runs(query,
                    [&](int64_t first, int64_t columns) { add_to(key_bias.data() + first, columns, scores + first); });
  if (plan.distance_bias)
    for_seen(query, [&](int64_t first, int64_t count) {
      add_to(plan.distance_bias + query.distance_offset(first), count, scores + first);
    });
}

// The queries' rows (count, padded size), beginning at from[offset(query)], to scratch.
template <class T, class Offset>
void gather_queries(const QueryBlock<T>& block, const T* from, Offset offset, Buffer<Acc<T>>& to) {
  for_queries(block, [&](int64_t i, const AttentionQuery<T>& query) {
    copy_padded(from + offset(query), to.data() + i * block.item.padded_size, block.item.plan.head_size);
  });
}

// rows times matrix columns: scores of the keys, (count, size) times (size, padded keys).
template <class T>
void scores_of_keys(const QueryBlock<T>& block, Buffer<Acc<T>>& rows, Buffer<Acc<T>>& matrix, Buffer<Acc<T>>& scores) {
  const AttentionItem<T>& item = block.item;
  for_vector_runs(AttentionQuery<T>(block, 0), [&](int64_t first, int64_t columns) {
    multiply<false, Acc<T>>({rows.data(), item.padded_size, 1}, block.count, item.plan.head_size,
                            EvenRows<Acc<T>>{matrix.data() + first, item.padded_keys}, columns, scores.data() + first,
                            item.padded_keys);
  });
}

// The same by keys where they lie, transposed in registers: for so few queries a copy does not pay.
template <int count, class T>
void scores_of_keys_in_place(const QueryBlock<T>& block, Buffer<Acc<T>>& rows, Buffer<Acc<T>>& scores) {
  using A = Acc<T>;
  const AttentionItem<T>& item = block.item;
  const auto vector_of_keys = [&](int64_t j) {
    const T* keys[kLanes<A>];  // behind the last one it stands again: what it scores there is masked
    for (int i = 0; i < kLanes<A>; ++i)
      keys[i] = item.plan.key + item.key_offset(std::min<int64_t>(j + i, item.num_keys - 1));
    Lanes<A> sums[count]{};
    for (int64_t k = 0; k < item.plan.head_size; k += kLanes<A>) {
      Lanes<A> square[kLanes<A>];
#pragma GCC unroll 16
      for (int i = 0; i < kLanes<A>; ++i) square[i] = load(keys[i] + k);
      transpose<A>(square);
#pragma GCC unroll 16
      for (int i = 0; i < kLanes<A>; ++i)
#pragma GCC unroll 6
        for (int query = 0; query < count; ++query) sums[query] += square[i] * rows[query * item.padded_size + k + i];
    }
    for (int query = 0; query < count; ++query) store(scores.data() + query * item.padded_keys + j, sums[query]);
  };
  for_vectors(AttentionQuery<T>(block, 0), vector_of_keys);
}

template <class T, int count = kFewQueries>
void scores_in_place(const QueryBlock<T>& block, Buffer<Acc<T>>& rows, Buffer<Acc<T>>& scores) {
  if (block.count == count) return scores_of_keys_in_place<count>(block, rows, scores);
  if constexpr (count > 1) scores_in_place<T, count - 1>(block, rows, scores);
}

// Softmax of the scores in scratch.weights.
template <class T>
void normalize_scores(const QueryBlock<T>& block, AttentionScratch<T>& scratch) {
  using A = Acc<T>;
  const AttentionPlan<T>& plan = block.item.plan;
  const bool biased = plan.key_bias || plan.distance_bias;
  for_queries(block, [&](int64_t i, const AttentionQuery<T>& query) {
    A* weights = scratch.weights.data() + i * block.item.padded_keys;
    if (biased) add_biases(query, scratch.key_bias, weights);
    mask_unseen(query, weights);
    softmax<A>(weights, biased ? A{1} : static_cast<A>(plan.scale), [&](auto body) { for_vectors(query, body); });
  });
}

// Leaves the queries' rows in scratch.queries. Of an item in place, keys have not been copied to scratch.
template <class T>
void attention_weights(const QueryBlock<T>& block, bool in_place, AttentionScratch<T>& scratch) {
  const auto offset = [](const AttentionQuery<T>& query) { return query.query_offset(); };
  gather_queries(block, block.item.plan.query, offset, scratch.queries);
  if (in_place) {
    scores_in_place(block, scratch.queries, scratch.weights);
  } else {
    scores_of_keys(block, scratch.queries, scratch.keys_transposed, scratch.weights);
  }
  normalize_scores(block, scratch);
}

template <class T>
void drop_weights(const AttentionQuery<T>& query, Acc<T>* weights) {
  using A = Acc<T>;
  const DropoutPlan& plan = query.item.plan.dropout;
  const uint64_t key = query.dropout_key();
  for_vectors(query, [&](int64_t j) {
    const uint32_t first = static_cast<uint32_t>(j);
    store(weights + j, load(weights + j) * keep_factors<A>(key, first, plan.threshold, static_cast<A>(plan.scale)));
  });
}

template <class T>
void drop_weights(const QueryBlock<T>& block, Buffer<Acc<T>>& weights) {
  if (!block.item.plan.dropout.threshold) return;
  for_queries(block, [&](int64_t i, const AttentionQuery<T>& query) {
    drop_weights(query, weights.data() + i * block.item.padded_keys);
  });
}

}  // namespace
}  // namespace heed
