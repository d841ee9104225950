#pragma once

// Attention of single query rows to the keys of their sentence. See kernels/row_attention.h.

#include "kernels/cpu/attention_item.h"
#include "kernels/cpu/cell_kernels.h"
#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/lanes.h"
#include "kernels/cpu/rows.h"

namespace heed {
namespace {

template <class T>
inline Acc<T> dot(const T* left, const T* right, int64_t size) {
  using A = Acc<T>;
  Lanes<A> total{};
  for_lanes<A>(size, [&](int64_t i, int64_t n) { total += load_up_to(left + i, n) * load_up_to(right + i, n); });
  return sum<A>(total);
}

template <class T>
inline Acc<T> additive_score(const RowAttentionPlan<T>& plan, const T* query, const T* key) {
  using A = Acc<T>;
  Lanes<A> total{};
  for_lanes<A>(plan.key_size, [&](int64_t i, int64_t n) {
    const Lanes<A> t = hyperbolic_tangent<A>(load_up_to(query + i, n) + load_up_to(key + i, n));
    total += t * load_up_to(plan.score_vector + i, n);
  });
  return sum<A>(total);
}

template <class T>
void row_attention_forward(const RowAttentionPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  for (int64_t row = begin; row < end; ++row) {
    const int64_t start = plan.key_starts[row], length = plan.key_lengths[row];
    const T* query = plan.query + row * plan.key_size;
    A* weights = plan.weights + row * plan.columns;
    for (int64_t j = 0; j < length; ++j) {
      const T* key = plan.keys + (start + j) * plan.key_size;
      weights[j] = plan.score_vector ? additive_score(plan, query, key) : dot(query, key, plan.key_size);
    }
    for (int64_t j = length; j < plan.columns; ++j) weights[j] = -INFINITY;
    softmax<A>(weights, plan.columns, A{1});
    for_lanes<A>(plan.value_size, [&](int64_t i, int64_t n) {
      Lanes<A> total{};
      for (int64_t j = 0; j < length; ++j)
        total += load_up_to(plan.values + (start + j) * plan.value_size + i, n) * weights[j];
      store_up_to(plan.output + row * plan.value_size + i, total, n);
    });
  }
}

// target += x * factor
template <class T, class A>
inline void add_scaled(const T* x, A factor, int64_t size, A* target) {
  for_lanes<A>(size, [&](int64_t i, int64_t n) {
    store_up_to(target + i, load_up_to(target + i, n) + load_up_to(x + i, n) * factor, n);
  });
}

// Gradient of one score: of query, key and score vector.
template <class T>
void score_backward(const RowAttentionPlan<T>& plan, int64_t row, int64_t key_row, Acc<T> gradient) {
  using A = Acc<T>;
  const T *query = plan.query + row * plan.key_size, *key = plan.keys + key_row * plan.key_size;
  A *dq = plan.query_gradient + row * plan.key_size, *dk = plan.keys_gradient + key_row * plan.key_size;
  if (!plan.score_vector) {
    add_scaled(key, gradient, plan.key_size, dq);
    add_scaled(query, gradient, plan.key_size, dk);
    return;
  }
  A* dv = plan.score_gradient + row * plan.key_size;
  for_lanes<A>(plan.key_size, [&](int64_t i, int64_t n) {
    const Lanes<A> t = hyperbolic_tangent<A>(load_up_to(query + i, n) + load_up_to(key + i, n));
    const Lanes<A> inner = (A{1} - t * t) * load_up_to(plan.score_vector + i, n) * gradient;
    store_up_to(dq + i, load_up_to(dq + i, n) + inner, n);
    store_up_to(dk + i, load_up_to(dk + i, n) + inner, n);
    store_up_to(dv + i, load_up_to(dv + i, n) + t * gradient, n);
  });
}

template <class T>
void row_attention_backward(const RowAttentionPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  Buffer<A> gradients(plan.columns);
  for (int64_t row = begin; row < end; ++row) {
    const int64_t start = plan.key_starts[row], length = plan.key_lengths[row];
    const T* upstream = plan.output_gradient + row * plan.value_size;
    const A* weights = plan.weights + row * plan.columns;
    A inner = 0;
    for (int64_t j = 0; j < length; ++j) {
      gradients[j] = dot(upstream, plan.values + (start + j) * plan.value_size, plan.value_size);
      inner += weights[j] * gradients[j];
      add_scaled(upstream, weights[j], plan.value_size, plan.values_gradient + (start + j) * plan.value_size);
    }
    for (int64_t j = 0; j < length; ++j) score_backward(plan, row, start + j, weights[j] * (gradients[j] - inner));
  }
}

}  // namespace
}  // namespace heed
