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
    multiply<false, Acc<T>>({rows.data(), item.padded_size, 1}, block.count, item.plan.head_size, matrix.data() + first,
                            item.padded_keys, columns, scores.data() + first, item.padded_keys);
  });
}

template <class T>
void attention_weights(const QueryBlock<T>& block, AttentionScratch<T>& scratch) {
  using A = Acc<T>;
  const AttentionPlan<T>& plan = block.item.plan;
  const auto offset = [](const AttentionQuery<T>& query) { return query.query_offset(); };
  gather_queries(block, plan.query, offset, scratch.queries);
  scores_of_keys(block, scratch.queries, scratch.keys_transposed, scratch.weights);
  const bool biased = plan.key_bias || plan.distance_bias;
  for_queries(block, [&](int64_t i, const AttentionQuery<T>& query) {
    A* weights = scratch.weights.data() + i * block.item.padded_keys;
    if (biased) add_biases(query, scratch.key_bias, weights);
    mask_unseen(query, weights);
    softmax<A>(weights, biased ? A{1} : static_cast<A>(plan.scale), [&](auto body) { for_vectors(query, body); });
  });
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
