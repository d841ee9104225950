#pragma once

// Attention of one (sentence, head) at a time: all of it stays in the first-level caches. Keys and values are copied to
// scratch once, keys transposed so that scores of neighbouring keys fill the lanes; every query row is then independent
// of the others, so a row's result is the same in a full pass and in a decoding step.

#include "kernels/cpu/attention_item.h"
#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/lanes.h"

namespace heed {
namespace {

// out[j] = sum over k of row[k] * matrix[k][j], matrix (size, columns); columns is a multiple of the lane count.
template <class A>
void row_times_matrix(const A* row, const A* matrix, int64_t size, int64_t columns, A* out) {
  int64_t j = 0;
  for (; j + 2 * kLanes<A> <= columns; j += 2 * kLanes<A>) {
    Lanes<A> first{}, second{};
    for (int64_t k = 0; k < size; ++k) {
      first += load(matrix + k * columns + j) * row[k];
      second += load(matrix + k * columns + j + kLanes<A>) * row[k];
    }
    store(out + j, first);
    store(out + j + kLanes<A>, second);
  }
  for (; j < columns; j += kLanes<A>) {
    Lanes<A> total{};
    for (int64_t k = 0; k < size; ++k) total += load(matrix + k * columns + j) * row[k];
    store(out + j, total);
  }
}

// out[k] = sum over j < count of weights[j] * matrix[j][k], matrix (count, size)
template <class A>
void weighted_rows(const A* weights, const A* matrix, int64_t count, int64_t size, A* out) {
  for_lanes<A>(size, [&](int64_t i, int64_t lanes) {
    Lanes<A> total{};
    for (int64_t j = 0; j < count; ++j) total += load_up_to(matrix + j * size + i, lanes) * weights[j];
    store_up_to(out + i, total, lanes);
  });
}

// matrix[j] += weights[j] * row for j < count
template <class A>
void add_outer(const A* weights, const A* row, int64_t count, int64_t size, A* matrix) {
  for (int64_t j = 0; j < count; ++j)
    for_lanes<A>(size, [&](int64_t i, int64_t lanes) {
      A* target = matrix + j * size + i;
      store_up_to(target, load_up_to(target, lanes) + load_up_to(row + i, lanes) * weights[j], lanes);
    });
}

// Scores to softmax weights in place; entries from `visible` on become 0.
template <class A>
void softmax(A* scores, int64_t visible, int64_t columns, A scale) {
  for (int64_t j = visible; j < columns; ++j) scores[j] = -INFINITY;
  Lanes<A> top = splat<A>(-INFINITY), total{};
  for (int64_t j = 0; j < columns; j += kLanes<A>) {
    const Lanes<A> x = load(scores + j) * scale;
    store(scores + j, x);
    top = x > top ? x : top;
  }
  const A max = largest<A>(top);
  for (int64_t j = 0; j < columns; j += kLanes<A>) {
    const Lanes<A> e = exponential(load(scores + j) - max);
    store(scores + j, e);
    total += e;
  }
  const A inverse = A{1} / sum<A>(total);
  for (int64_t j = 0; j < columns; j += kLanes<A>) store(scores + j, load(scores + j) * inverse);
}

template <class T, class A>
void attention_weights(const AttentionItem<T>& item, int64_t i, AttentionScratch<T>& scratch) {
  const AttentionPlan<T>& plan = item.plan;
  copy_row(plan.query + item.query_offset(i), scratch.query.data(), plan.head_size);
  row_times_matrix(scratch.query.data(), scratch.keys_transposed.data(), plan.head_size, item.padded_keys,
                   scratch.weights.data());
  softmax<A>(scratch.weights.data(), item.visible(i), item.padded_keys, static_cast<A>(plan.scale));
}

template <class A>
void drop_weights(A* weights, uint64_t key, const DropoutPlan& plan, int64_t columns) {
  for (int64_t j = 0; j < columns; j += kLanes<A>) {
    const uint32_t first = static_cast<uint32_t>(j);
    store(weights + j, load(weights + j) * keep_factors<A>(key, first, plan.threshold, static_cast<A>(plan.scale)));
  }
}

template <class T>
void attention_forward(const AttentionPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  AttentionScratch<T> scratch(plan.max_key_length, plan.head_size, false);
  for (int64_t index = begin; index < end; ++index) {
    const AttentionItem<T> item(plan, index);
    transpose_rows(item, plan.key, scratch.keys_transposed.data(), scratch.row);
    gather_rows(item, plan.value, scratch.values.data());
    for (int64_t i = 0; i < item.num_queries; ++i) {
      attention_weights<T, A>(item, i, scratch);
      if (plan.dropout.threshold)
        drop_weights(scratch.weights.data(), item.dropout_key(i), plan.dropout, item.padded_keys);
      weighted_rows(scratch.weights.data(), scratch.values.data(), item.visible(i), plan.head_size, scratch.row.data());
      copy_row(scratch.row.data(), plan.output + item.output_offset(i), plan.head_size);
    }
  }
}

// dV += P'^T dO;  dP = dropout'(dO V^T);  dS = P * (dP - sum(P * dP)) * scale;  dQ = dS K;  dK += dS^T Q
template <class T>
void attention_backward_row(const AttentionItem<T>& item, int64_t i, AttentionScratch<T>& scratch) {
  using A = Acc<T>;
  const AttentionPlan<T>& plan = item.plan;
  const int64_t size = plan.head_size, columns = item.padded_keys, visible = item.visible(i);
  attention_weights<T, A>(item, i, scratch);  // leaves the query row in scratch.query
  copy_row(plan.output_gradient + item.output_offset(i), scratch.row.data(), size);
  A *weights = scratch.weights.data(), *gradient = scratch.score_gradient.data();
  row_times_matrix(scratch.row.data(), scratch.values_transposed.data(), size, columns, gradient);

  Lanes<A> inner{};
  for (int64_t j = 0; j < columns; j += kLanes<A>) {
    Lanes<A> g = load(gradient + j);
    if (plan.dropout.threshold) {
      const uint32_t first = static_cast<uint32_t>(j);
      g *= keep_factors<A>(item.dropout_key(i), first, plan.dropout.threshold, static_cast<A>(plan.dropout.scale));
    }
    store(gradient + j, g);
    inner += g * load(weights + j);
  }
  const A delta = sum<A>(inner);
  for (int64_t j = 0; j < columns; j += kLanes<A>)
    store(gradient + j, load(weights + j) * (load(gradient + j) - delta) * static_cast<A>(plan.scale));

  if (plan.dropout.threshold) drop_weights(weights, item.dropout_key(i), plan.dropout, columns);
  add_outer(weights, scratch.row.data(), visible, size, scratch.value_gradient.data());
  add_outer(gradient, scratch.query.data(), visible, size, scratch.key_gradient.data());
  weighted_rows(gradient, scratch.keys.data(), visible, size, scratch.row.data());
  copy_row(scratch.row.data(), plan.query_gradient + item.query_offset(i), size);
}

template <class T>
void attention_backward(const AttentionPlan<T>& plan, int64_t begin, int64_t end) {
  const int64_t size = plan.head_size;
  AttentionScratch<T> scratch(plan.max_key_length, size, true);
  for (int64_t index = begin; index < end; ++index) {
    const AttentionItem<T> item(plan, index);
    transpose_rows(item, plan.key, scratch.keys_transposed.data(), scratch.row);
    transpose_rows(item, plan.value, scratch.values_transposed.data(), scratch.row);
    gather_rows(item, plan.key, scratch.keys.data());
    scratch.key_gradient.clear();
    scratch.value_gradient.clear();
    for (int64_t i = 0; i < item.num_queries; ++i) attention_backward_row(item, i, scratch);
    for (int64_t j = 0; j < item.num_keys; ++j) {
      copy_row(&scratch.key_gradient[j * size], plan.key_gradient + item.key_offset(j), size);
      copy_row(&scratch.value_gradient[j * size], plan.value_gradient + item.key_offset(j), size);
    }
  }
}

}  // namespace
}  // namespace heed
