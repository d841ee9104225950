#pragma once

// Attention of one (sentence, key head) at a time: all of it stays in the first-level caches. Keys and values are
// copied to scratch once, keys transposed so that scores of neighbouring keys fill the lanes; every query row is then
// independent of the others, so a row's result is the same in a full pass and in a decoding step. A query works on the
// keys that it sees, up to whole vectors, so that a window costs its own width.

#include "kernels/cpu/attention_item.h"
#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/lanes.h"
#include "kernels/cpu/rows.h"

namespace heed {
namespace {

// The weights of a query are scratch.weights[seen.first .. seen.end - 1]; around them, up to whole vectors, zeros.
template <class T>
void mask_unseen(const AttentionQuery<T>& query, Acc<T>* scores) {
  const Span& seen = query.seen;
  for (int64_t j = query.first; j < seen.first; ++j) scores[j] = -INFINITY;
  for (int64_t j = seen.end; j < query.first + query.columns; ++j) scores[j] = -INFINITY;
  const Reach& reach = query.item.plan.reach;
  if (reach.stride == 1) return;
  for (int64_t j = seen.first; j < seen.end; ++j)
    if (skips(reach, query.position, j)) scores[j] = -INFINITY;
}

// scores[j] = scale scores[j] + biases
template <class T>
void add_biases(const AttentionQuery<T>& query, AttentionScratch<T>& scratch) {
  using A = Acc<T>;
  const AttentionPlan<T>& plan = query.item.plan;
  A* scores = scratch.weights.data() + query.first;
  for (int64_t j = 0; j < query.columns; j += kLanes<A>)
    store(scores + j, load(scores + j) * static_cast<A>(plan.scale));
  if (plan.key_bias) add_to(scratch.key_bias.data() + query.first, query.columns, scores);
  const int64_t skipped = query.seen.first - query.first;  // the table may begin with the first key seen
  if (plan.distance_bias)
    add_to(plan.distance_bias + query.distance_offset() + skipped, query.seen.end - query.seen.first, scores + skipped);
}

template <class T>
void attention_weights(const AttentionQuery<T>& query, AttentionScratch<T>& scratch) {
  using A = Acc<T>;
  const AttentionPlan<T>& plan = query.item.plan;
  copy_row(plan.query + query.query_offset(), scratch.query.data(), plan.head_size);
  A* weights = scratch.weights.data();
  row_times_matrix(scratch.query.data(), scratch.keys_transposed.data() + query.first, plan.head_size,
                   query.item.padded_keys, query.columns, weights + query.first);
  const bool biased = plan.key_bias || plan.distance_bias;
  if (biased) add_biases(query, scratch);
  mask_unseen(query, weights);
  softmax<A>(weights + query.first, query.columns, biased ? A{1} : static_cast<A>(plan.scale));
}

template <class T>
void drop_weights(const AttentionQuery<T>& query, Acc<T>* weights) {
  using A = Acc<T>;
  const DropoutPlan& plan = query.item.plan.dropout;
  const uint64_t key = query.dropout_key();
  for (int64_t j = query.first; j < query.first + query.columns; j += kLanes<A>) {
    const uint32_t first = static_cast<uint32_t>(j);
    store(weights + j, load(weights + j) * keep_factors<A>(key, first, plan.threshold, static_cast<A>(plan.scale)));
  }
}

template <class T>
void attention_forward(const AttentionPlan<T>& plan, int64_t begin, int64_t end) {
  AttentionScratch<T> scratch(plan, false);
  const int64_t size = plan.head_size;
  for (int64_t index = begin; index < end; ++index) {
    const AttentionItem<T> item(plan, index);
    const auto key = [&](int64_t j) { return item.key_offset(j); };
    const auto value = [&](int64_t j) { return item.value_offset(j); };
    transpose_rows(item, plan.key, key, scratch.keys_transposed.data(), scratch.row);
    gather_rows(item, plan.value, value, scratch.values.data());
    gather_key_bias(item, scratch.key_bias);
    for_queries(item, [&](const AttentionQuery<T>& query) {
      attention_weights(query, scratch);
      if (plan.dropout.threshold) drop_weights(query, scratch.weights.data());
      const Span& seen = query.seen;
      weighted_rows(scratch.weights.data() + seen.first, scratch.values.data() + seen.first * size,
                    seen.end - seen.first, size, scratch.row.data());
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
  A *weights = scratch.weights.data() + query.first, *gradient = scratch.score_gradient.data() + query.first;
  if (plan.dropout.threshold) drop_weights(query, scratch.score_gradient.data());
  Lanes<A> inner{};
  for (int64_t j = 0; j < query.columns; j += kLanes<A>) inner += load(gradient + j) * load(weights + j);
  const A delta = sum<A>(inner);
  for (int64_t j = 0; j < query.columns; j += kLanes<A>)
    store(gradient + j, load(weights + j) * (load(gradient + j) - delta));
  const int64_t skipped = query.seen.first - query.first, seen = query.seen.end - query.seen.first;
  if (plan.key_bias_gradient) add_to(gradient + skipped, seen, scratch.key_bias_gradient.data() + query.seen.first);
  if (plan.distance_bias_gradient)
    add_to(gradient + skipped, seen,
           plan.distance_bias_gradient + query.item.sentence * plan.num_heads * plan.distances +
               query.distance_offset() + skipped);
  for (int64_t j = 0; j < query.columns; j += kLanes<A>)
    store(gradient + j, load(gradient + j) * static_cast<A>(plan.scale));
}

// dV += P'^T dO;  dP = dropout'(dO V^T);  dS = P * (dP - sum(P * dP)) * scale;  dQ = dS K;  dK += dS^T Q
template <class T>
void attention_backward_query(const AttentionQuery<T>& query, AttentionScratch<T>& scratch) {
  const AttentionPlan<T>& plan = query.item.plan;
  const int64_t size = plan.head_size, first = query.seen.first, count = query.seen.end - first;
  attention_weights(query, scratch);  // leaves the query row in scratch.query
  copy_row(plan.output_gradient + query.output_offset(), scratch.row.data(), size);
  Acc<T>*weights = scratch.weights.data(), *gradient = scratch.score_gradient.data();
  row_times_matrix(scratch.row.data(), scratch.values_transposed.data() + query.first, size, query.item.padded_keys,
                   query.columns, gradient + query.first);
  softmax_backward(query, scratch);
  if (plan.dropout.threshold) drop_weights(query, weights);
  add_outer(weights + first, scratch.row.data(), count, size, scratch.value_gradient.data() + first * size);
  add_outer(gradient + first, scratch.query.data(), count, size, scratch.key_gradient.data() + first * size);
  weighted_rows(gradient + first, scratch.keys.data() + first * size, count, size, scratch.row.data());
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
