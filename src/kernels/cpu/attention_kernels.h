#pragma once

// Attention of one (sentence, key head) at a time: all of it stays in the first-level caches. Keys and values are
// copied to scratch once, keys transposed so that scores of neighbouring keys fill the lanes; every query row is then
// independent of the others, so a row's result is the same in a full pass and in a decoding step. A query works on the
// keys that it sees, up to whole vectors, so that a window costs its own width and a stride its own keys.

#include "kernels/cpu/attention_item.h"
#include "kernels/cpu/attention_query.h"
#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/lanes.h"
#include "kernels/cpu/rows.h"

namespace heed {
namespace {

// The weights of a query are scratch.weights[j] of the keys j that it sees; around them, up to whole vectors, zeros.
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
void add_biases(const AttentionQuery<T>& query, AttentionScratch<T>& scratch) {
  using A = Acc<T>;
  const AttentionPlan<T>& plan = query.item.plan;
  A* scores = scratch.weights.data();
  for_vectors(query, [&](int64_t j) { store(scores + j, load(scores + j) * static_cast<A>(plan.scale)); });
  if (plan.key_bias)
    for_vector_runs(query, [&](int64_t first, int64_t columns) {
      add_to(scratch.key_bias.data() + first, columns, scores + first);
    });
  if (plan.distance_bias)
    for_seen(query, [&](int64_t first, int64_t count) {
      add_to(plan.distance_bias + query.distance_offset(first), count, scores + first);
    });
}

// left . matrix columns: scores of the keys, (size) times (size, padded keys).
template <class T>
void scores_of_keys(const AttentionQuery<T>& query, Buffer<Acc<T>>& left, Buffer<Acc<T>>& matrix, Acc<T>* scores) {
  for_vector_runs(query, [&](int64_t first, int64_t columns) {
    row_times_matrix(left.data(), matrix.data() + first, query.item.plan.head_size, query.item.padded_keys, columns,
                     scores + first);
  });
}

template <class T>
void attention_weights(const AttentionQuery<T>& query, AttentionScratch<T>& scratch) {
  using A = Acc<T>;
  const AttentionPlan<T>& plan = query.item.plan;
  copy_row(plan.query + query.query_offset(), scratch.query.data(), plan.head_size);
  A* weights = scratch.weights.data();
  scores_of_keys(query, scratch.query, scratch.keys_transposed, weights);
  const bool biased = plan.key_bias || plan.distance_bias;
  if (biased) add_biases(query, scratch);
  mask_unseen(query, weights);
  softmax<A>(weights, biased ? A{1} : static_cast<A>(plan.scale), [&](auto body) { for_vectors(query, body); });
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

// sums = weights . rows of the keys seen
template <class T>
void sum_rows(const AttentionQuery<T>& query, const Acc<T>* weights, Buffer<Acc<T>>& rows, Acc<T>* sums) {
  const int64_t size = query.item.plan.head_size;
  std::fill(sums, sums + size, Acc<T>{0});
  for_seen(query, [&](int64_t first, int64_t count) {
    add_weighted_rows(weights + first, rows.data() + first * size, count, size, sums);
  });
}

template <class T>
void attention_forward(const AttentionPlan<T>& plan, int64_t begin, int64_t end) {
  AttentionScratch<T> scratch(plan, false);
  const int64_t size = plan.head_size;
  for (int64_t index = begin; index < end; ++index) {
    const AttentionItem<T> item(plan, index);
    if (plan.key_rows && index + 1 < end) prefetch_rows(AttentionItem<T>(plan, index + 1));
    const auto key = [&](int64_t j) { return item.key_offset(j); };
    const auto value = [&](int64_t j) { return item.value_offset(j); };
    transpose_rows(item, plan.key, key, scratch.keys_transposed.data(), scratch.row);
    gather_rows(item, plan.value, value, scratch.values.data());
    gather_key_bias(item, scratch.key_bias);
    for_queries(item, [&](const AttentionQuery<T>& query) {
      attention_weights(query, scratch);
      if (plan.dropout.threshold) drop_weights(query, scratch.weights.data());
      sum_rows(query, scratch.weights.data(), scratch.values, scratch.row.data());
      copy_row(scratch.row.data(), plan.output + query.output_offset(), size);
    });
  }
}

// score_gradient = P * (dP - sum(P * dP)) * scale, where scratch.score_gradient is dP; the biases' gradients are added
// to.
template <class T>
void softmax_backward(const AttentionQuery<T>& query, AttentionScratch<T>& scratch) {
  using A = Acc<T>;
  const AttentionPlan<T>& plan = query.item.plan;
  A *weights = scratch.weights.data(), *gradient = scratch.score_gradient.data();
  if (plan.dropout.threshold) drop_weights(query, gradient);
  Lanes<A> inner{};
  for_vectors(query, [&](int64_t j) { inner += load(gradient + j) * load(weights + j); });
  const A delta = sum<A>(inner);
  for_vectors(query, [&](int64_t j) { store(gradient + j, load(weights + j) * (load(gradient + j) - delta)); });
  const int64_t of_sentence = query.item.sentence * plan.num_heads * plan.distances;
  for_seen(query, [&](int64_t first, int64_t count) {
    if (plan.key_bias_gradient) add_to(gradient + first, count, scratch.key_bias_gradient.data() + first);
    if (plan.distance_bias_gradient)
      add_to(gradient + first, count, plan.distance_bias_gradient + of_sentence + query.distance_offset(first));
  });
  for_vectors(query, [&](int64_t j) { store(gradient + j, load(gradient + j) * static_cast<A>(plan.scale)); });
}

// dV += P'^T dO;  dP = dropout'(dO V^T);  dS = P * (dP - sum(P * dP)) * scale;  dQ = dS K;  dK += dS^T Q
template <class T>
void attention_backward_query(const AttentionQuery<T>& query, AttentionScratch<T>& scratch) {
  const AttentionPlan<T>& plan = query.item.plan;
  const int64_t size = plan.head_size;
  attention_weights(query, scratch);  // leaves the query row in scratch.query
  copy_row(plan.output_gradient + query.output_offset(), scratch.row.data(), size);
  Acc<T>*weights = scratch.weights.data(), *gradient = scratch.score_gradient.data();
  scores_of_keys(query, scratch.row, scratch.values_transposed, gradient);
  softmax_backward(query, scratch);
  if (plan.dropout.threshold) drop_weights(query, weights);
  for_seen(query, [&](int64_t first, int64_t count) {
    add_outer(weights + first, scratch.row.data(), count, size, scratch.value_gradient.data() + first * size);
    add_outer(gradient + first, scratch.query.data(), count, size, scratch.key_gradient.data() + first * size);
  });
  sum_rows(query, gradient, scratch.keys, scratch.row.data());
  copy_row(scratch.row.data(), plan.query_gradient + query.query_gradient_offset(), size);
}

template <class T>
void attention_backward(const AttentionPlan<T>& plan, int64_t begin, int64_t end) {
  const int64_t size = plan.head_size;
  AttentionScratch<T> scratch(plan, true);
  for (int64_t index = begin; index < end; ++index) {
    const AttentionItem<T> item(plan, index);
    const auto key = [&](int64_t j) { return item.key_offset(j); };
    const auto value = [&](int64_t j) { return item.value_offset(j); };
    transpose_rows(item, plan.key, key, scratch.keys_transposed.data(), scratch.row);
    transpose_rows(item, plan.value, value, scratch.values_transposed.data(), scratch.row);
    gather_rows(item, plan.key, key, scratch.keys.data());
    gather_key_bias(item, scratch.key_bias);
    scratch.key_gradient.clear();
    scratch.value_gradient.clear();
    scratch.key_bias_gradient.clear();
    for_queries(item, [&](const AttentionQuery<T>& query) { attention_backward_query(query, scratch); });
    for (int64_t j = 0; j < item.num_keys; ++j) {
      copy_row(&scratch.key_gradient[j * size], plan.key_gradient + item.key_gradient_offset(j), size);
      copy_row(&scratch.value_gradient[j * size], plan.value_gradient + item.value_gradient_offset(j), size);
      if (plan.key_bias_gradient)
        plan.key_bias_gradient[item.key_row(j) * plan.num_key_heads + item.key_head] = scratch.key_bias_gradient[j];
    }
  }
}

}  // namespace
}  // namespace heed
