#pragma once

#include "kernels/cuda/row_bodies.h"

// Attention of single query rows (kernels/row_attention.h), in two passes each way, with what the first finds for each
// key kept in a matrix (R, columns). Pairs of a row and a key, numbered row * columns + key, go to a team each; then
// rows.

namespace heed {

// weights[pair] = score
template <class T>
struct RowScores {
  using Element = T;
  using A = ArithmeticOf<T>;
  RowAttentionPlan<T> plan;

  bool aligned() const {
    return plan.key_size % kVector<T> == 0 && is_aligned(plan.query) && is_aligned(plan.keys) &&
           is_aligned(plan.score_vector);
  }

  template <int n, class Team>
  HEED_HOST_DEVICE void row(const Team& team, int64_t pair) const {
    const auto [row, column] = place_of(pair, plan.columns);
    if (column >= plan.key_lengths[row]) return;
    const T *query = plan.query + row * plan.key_size,
            *key = plan.keys + (plan.key_starts[row] + column) * plan.key_size;
    A total = 0;
    for_columns<n>(team, plan.key_size, [&](int64_t i) {
      const auto q = load_items<n>(query + i), k = load_items<n>(key + i);
      const auto v = plan.score_vector ? load_items<n>(plan.score_vector + i) : Items<A, n>{};
      for (int m = 0; m < n; ++m)
        total += plan.score_vector ? v.at[m] * std::tanh(q.at[m] + k.at[m]) : q.at[m] * k.at[m];
    });
    total = team.sum(total);
    if (team.rank() == 0) plan.weights[pair] = total;
  }
};

// Scores to weights, and with these the sum of the values.
template <class T>
struct RowContext {
  using Element = T;
  using A = ArithmeticOf<T>;
  RowAttentionPlan<T> plan;

  bool aligned() const {
    return plan.value_size % kVector<T> == 0 && is_aligned(plan.values) && is_aligned(plan.output);
  }

  template <int n, class Team>
  HEED_HOST_DEVICE void row(const Team& team, int64_t row) const {
    const int64_t length = plan.key_lengths[row];
    A* weights = plan.weights + row * plan.columns;
    A top = static_cast<A>(kMinusInfinity), total = 0;
    for_columns<1>(team, length, [&](int64_t j) { top = weights[j] > top ? weights[j] : top; });
    top = team.max(top);
    for_columns<1>(team, length, [&](int64_t j) {
      weights[j] = std::exp(weights[j] - top);
      total += weights[j];
    });
    const A inverse = A{1} / team.sum(total);
    for_columns<1>(team, plan.columns, [&](int64_t j) { weights[j] = j < length ? weights[j] * inverse : A{0}; });
    team.sync();
    const T* values = plan.values + plan.key_starts[row] * plan.value_size;
    for_columns<n>(team, plan.value_size, [&](int64_t i) {
      Items<A, n> sum{};
      for (int64_t j = 0; j < length; ++j) {
        const auto value = load_items<n>(values + j * plan.value_size + i);
        for (int m = 0; m < n; ++m) sum.at[m] += weights[j] * value.at[m];
      }
      store_items<n>(plan.output + row * plan.value_size + i, sum);
    });
  }
};

// Backward, pairs: weight_gradients[pair], and values_gradient += weight * output_gradient.
template <class T>
struct RowWeightsBackward {
  using Element = T;
  using A = ArithmeticOf<T>;
  RowAttentionPlan<T> plan;
  A* weight_gradients;

  bool aligned() const {
    return plan.value_size % kVector<T> == 0 && is_aligned(plan.values) && is_aligned(plan.output_gradient) &&
           is_aligned(plan.values_gradient);
  }

  template <int n, class Team>
  HEED_HOST_DEVICE void row(const Team& team, int64_t pair) const {
    const auto [row, column] = place_of(pair, plan.columns);
    if (column >= plan.key_lengths[row]) return;
    const int64_t value_row = (plan.key_starts[row] + column) * plan.value_size;
    const A weight = plan.weights[pair];
    A total = 0;
    for_columns<n>(team, plan.value_size, [&](int64_t i) {
      const auto upstream = load_items<n>(plan.output_gradient + row * plan.value_size + i);
      const auto value = load_items<n>(plan.values + value_row + i);
      auto gradient = load_row<n>(plan.values_gradient + value_row + i);
      for (int m = 0; m < n; ++m) {
        total += upstream.at[m] * value.at[m];
        gradient.at[m] += weight * upstream.at[m];
      }
      store_row<n>(plan.values_gradient + value_row + i, gradient);
    });
    total = team.sum(total);
    if (team.rank() == 0) weight_gradients[pair] = total;
  }
};

// Backward, rows: weight_gradients become those of the scores; query_gradient and score_gradient are written,
// keys_gradient is added to.
template <class T>
struct RowScoresBackward {
  using Element = T;
  using A = ArithmeticOf<T>;
  RowAttentionPlan<T> plan;
  A* weight_gradients;

  bool aligned() const {
    return plan.key_size % kVector<T> == 0 && is_aligned(plan.query) && is_aligned(plan.keys) &&
           is_aligned(plan.score_vector) && is_aligned(plan.keys_gradient) && is_aligned(plan.query_gradient) &&
           is_aligned(plan.score_gradient);
  }

  template <int n, class Team>
  HEED_HOST_DEVICE void row(const Team& team, int64_t row) const {
    const int64_t length = plan.key_lengths[row];
    const A* weights = plan.weights + row * plan.columns;
    A *scores = weight_gradients + row * plan.columns, inner = 0;
    for_columns<1>(team, length, [&](int64_t j) { inner += weights[j] * scores[j]; });
    inner = team.sum(inner);
    for_columns<1>(team, length, [&](int64_t j) { scores[j] = weights[j] * (scores[j] - inner); });
    team.sync();
    for_columns<n>(team, plan.key_size, [&](int64_t i) {
      if (plan.score_vector)
        additive<n>(row, i, scores, length);
      else
        dot<n>(row, i, scores, length);
    });
  }

 private:
  template <int n>
  HEED_HOST_DEVICE void additive(int64_t row, int64_t i, const A* scores, int64_t length) const {
    const auto q = load_items<n>(plan.query + row * plan.key_size + i), v = load_items<n>(plan.score_vector + i);
    Items<A, n> dq{}, dv{};
    for (int64_t j = 0; j < length; ++j) {
      const int64_t at = (plan.key_starts[row] + j) * plan.key_size + i;
      const auto k = load_items<n>(plan.keys + at);
      auto dk = load_row<n>(plan.keys_gradient + at);
      for (int m = 0; m < n; ++m) {
        const A t = std::tanh(q.at[m] + k.at[m]), inside = (A{1} - t * t) * v.at[m] * scores[j];
        dq.at[m] += inside;
        dk.at[m] += inside;
        dv.at[m] += t * scores[j];
      }
      store_row<n>(plan.keys_gradient + at, dk);
    }
    store_row<n>(plan.query_gradient + row * plan.key_size + i, dq);
    store_row<n>(plan.score_gradient + row * plan.key_size + i, dv);
  }

  template <int n>
  HEED_HOST_DEVICE void dot(int64_t row, int64_t i, const A* scores, int64_t length) const {
    const auto q = load_items<n>(plan.query + row * plan.key_size + i);
    Items<A, n> dq{};
    for (int64_t j = 0; j < length; ++j) {
      const int64_t at = (plan.key_starts[row] + j) * plan.key_size + i;
      const auto k = load_items<n>(plan.keys + at);
      auto dk = load_row<n>(plan.keys_gradient + at);
      for (int m = 0; m < n; ++m) {
        dq.at[m] += k.at[m] * scores[j];
        dk.at[m] += q.at[m] * scores[j];
      }
      store_row<n>(plan.keys_gradient + at, dk);
    }
    store_row<n>(plan.query_gradient + row * plan.key_size + i, dq);
  }
};

}  // namespace heed
