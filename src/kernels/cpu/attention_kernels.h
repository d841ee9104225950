#pragma once

// Attention of one (sentence, key head) at a time: all of it stays in the first-level caches. Keys and values are
// copied to scratch once, keys transposed so that scores of neighbouring keys fill the lanes; for a few queries they
// are read where they lie. Queries come in blocks, so that what is read of keys and values serves several; every sum is
// one chain over keys, or over the head, in order, and a key that a query does not see adds nothing, so a row's result
// is the same in a full pass and in a decoding step. A block works on the keys that one of its queries sees, up to
// whole vectors, so that a window costs its own width and a stride its own keys.

#include "kernels/cpu/attention_weights.h"
#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/rows.h"

namespace heed {
namespace {

// sums (count, padded size) = weights times rows of the keys seen, of which `rows_from(j)` gives those from key j on
template <class T, class RowsFrom>
void sum_rows(const QueryBlock<T>& block, Buffer<Acc<T>>& weights, RowsFrom rows_from, Buffer<Acc<T>>& sums) {
  const AttentionItem<T>& item = block.item;
  const int64_t size = item.padded_size;
  std::fill(sums.data(), sums.data() + block.count * size, Acc<T>{0});
  for_seen(block, [&](int64_t first, int64_t count) {
    multiply<true, Acc<T>>({weights.data() + first, item.padded_keys, 1}, block.count, count, rows_from(first), size,
                           sums.data(), size);
  });
}

// Rows of keys as they lie in scratch, and values where they are.
template <class T>
auto rows_in_scratch(const AttentionItem<T>& item, Buffer<Acc<T>>& rows) {
  return [&](int64_t j) { return EvenRows<Acc<T>>{rows.data() + j * item.padded_size, item.padded_size}; };
}

template <class T>
struct ValuesInPlace {
  const AttentionItem<T>& item;
  int64_t first;
  const T* row(int64_t j) const { return item.plan.value + item.value_offset(first + j); }
};

// sums (keys, padded size) += transposed weights times rows (count, padded size)
template <class T>
void add_to_keys(const QueryBlock<T>& block, Buffer<Acc<T>>& weights, Buffer<Acc<T>>& rows, Buffer<Acc<T>>& sums) {
  const AttentionItem<T>& item = block.item;
  const int64_t size = item.padded_size;
  for_seen(block, [&](int64_t first, int64_t count) {
    multiply<true, Acc<T>>({weights.data() + first, 1, item.padded_keys}, count, block.count,
                           EvenRows<Acc<T>>{rows.data(), size}, size, sums.data() + first * size, size);
  });
}

// The rows of scratch to where the queries' are: to[offset(query)].
template <class T, class Offset>
void scatter_queries(const QueryBlock<T>& block, Buffer<Acc<T>>& rows, T* to, Offset offset) {
  for_queries(block, [&](int64_t i, const AttentionQuery<T>& query) {
    copy_row(rows.data() + i * block.item.padded_size, to + offset(query), block.item.plan.head_size);
  });
}

template <class T>
void attention_forward(const AttentionPlan<T>& plan, int64_t begin, int64_t end) {
  AttentionScratch<T> scratch(plan, false);
  for (int64_t index = begin; index < end; ++index) {
    const AttentionItem<T> item(plan, index);
    if (index + 1 < end) prefetch_rows(AttentionItem<T>(plan, index + 1), false);
    const auto key = [&](int64_t j) { return item.key_offset(j); };
    const auto value = [&](int64_t j) { return item.value_offset(j); };
    const bool in_place = item.is_in_place();
    if (!in_place) {
      transpose_rows(item, plan.key, key, scratch.keys_transposed.data());
      gather_rows(item, plan.value, value, scratch.values.data());
    }
    gather_key_bias(item, scratch.key_bias);
    for_blocks(item, [&](const QueryBlock<T>& block) {
      attention_weights(block, in_place, scratch);
      drop_weights(block, scratch.weights);
      if (in_place) {
        const auto values = [&](int64_t first) { return ValuesInPlace<T>{item, first}; };
        sum_rows(block, scratch.weights, values, scratch.rows);
      } else {
        sum_rows(block, scratch.weights, rows_in_scratch(item, scratch.values), scratch.rows);
      }
      const auto offset = [](const AttentionQuery<T>& query) { return query.output_offset(); };
      scatter_queries(block, scratch.rows, plan.output, offset);
    });
  }
}

// gradient = P * (dP - sum(P * dP)) * scale, where it is dP before; the biases' gradients are added to.
template <class T>
void softmax_backward(const AttentionQuery<T>& query, const Acc<T>* weights, Acc<T>* gradient,
                      Buffer<Acc<T>>& key_bias_gradient) {
  using A = Acc<T>;
  const AttentionPlan<T>& plan = query.item.plan;
  if (plan.dropout.threshold) drop_weights(query, gradient);
  Lanes<A> inner{};
  for_vectors(query, [&](int64_t j) { inner += load(gradient + j) * load(weights + j); });
  const A delta = sum<A>(inner);
  for_vectors(query, [&](int64_t j) { store(gradient + j, load(weights + j) * (load(gradient + j) - delta)); });
  const int64_t of_sentence = query.item.sentence * plan.num_heads * plan.distances;
  for_seen(query, [&](int64_t first, int64_t count) {
    if (plan.key_bias_gradient) add_to(gradient + first, count, key_bias_gradient.data() + first);
    if (plan.distance_bias_gradient)
      add_to(gradient + first, count, plan.distance_bias_gradient + of_sentence + query.distance_offset(first));
  });
  for_vectors(query, [&](int64_t j) { store(gradient + j, load(gradient + j) * static_cast<A>(plan.scale)); });
}

// dV += P'^T dO;  dP = dropout'(dO V^T);  dS = P * (dP - sum(P * dP)) * scale;  dQ = dS K;  dK += dS^T Q
template <class T>
void attention_backward_block(const QueryBlock<T>& block, AttentionScratch<T>& scratch) {
  const AttentionPlan<T>& plan = block.item.plan;
  attention_weights(block, false, scratch);
  const auto of_output = [](const AttentionQuery<T>& query) { return query.output_offset(); };
  gather_queries(block, plan.output_gradient, of_output, scratch.rows);
  scores_of_keys(block, scratch.rows, scratch.values_transposed, scratch.score_gradient);
  for_queries(block, [&](int64_t i, const AttentionQuery<T>& query) {
    const int64_t row = i * block.item.padded_keys;
    softmax_backward(query, &scratch.weights[row], &scratch.score_gradient[row], scratch.key_bias_gradient);
  });
  drop_weights(block, scratch.weights);
  add_to_keys(block, scratch.weights, scratch.rows, scratch.value_gradient);
  add_to_keys(block, scratch.score_gradient, scratch.queries, scratch.key_gradient);
  sum_rows(block, scratch.score_gradient, rows_in_scratch(block.item, scratch.keys), scratch.rows);
  const auto of_query = [](const AttentionQuery<T>& query) { return query.query_gradient_offset(); };
  scatter_queries(block, scratch.rows, plan.query_gradient, of_query);
}

template <class T>
void attention_backward(const AttentionPlan<T>& plan, int64_t begin, int64_t end) {
  const int64_t size = plan.head_size;
  AttentionScratch<T> scratch(plan, true);
  for (int64_t index = begin; index < end; ++index) {
    const AttentionItem<T> item(plan, index);
    if (index + 1 < end) prefetch_rows(AttentionItem<T>(plan, index + 1), true);
    const auto key = [&](int64_t j) { return item.key_offset(j); };
    const auto value = [&](int64_t j) { return item.value_offset(j); };
    transpose_rows(item, plan.key, key, scratch.keys_transposed.data());
    transpose_rows(item, plan.value, value, scratch.values_transposed.data());
    gather_rows(item, plan.key, key, scratch.keys.data());
    gather_key_bias(item, scratch.key_bias);
    scratch.key_gradient.clear();
    scratch.value_gradient.clear();
    scratch.key_bias_gradient.clear();
    for_blocks(item, [&](const QueryBlock<T>& block) { attention_backward_block(block, scratch); });
    for (int64_t j = 0; j < item.num_keys; ++j) {
      copy_row(&scratch.key_gradient[j * item.padded_size], plan.key_gradient + item.key_gradient_offset(j), size);
      copy_row(&scratch.value_gradient[j * item.padded_size], plan.value_gradient + item.value_gradient_offset(j),
               size);
      if (plan.key_bias_gradient)
        plan.key_bias_gradient[item.key_row(j) * plan.num_key_heads + item.key_head] = scratch.key_bias_gradient[j];
    }
  }
}

}  // namespace
}  // namespace heed
