#pragma once

#include "kernels/cuda/items.h"
#include "kernels/label_loss.h"
#include "kernels/plans.h"

// One row by one team, n neighbouring elements at a time: row<n>(team, row). The same formulas as the CPU's
// (cpu/layer_norm_kernels.h, cpu/cross_entropy_kernel.h); sums run in another order.

namespace heed {

// Calls body(column) for the columns first of n that are `team` member's own, of `width`, a multiple of n.
template <int n, class Team, class Body>
HEED_HOST_DEVICE void for_columns(const Team& team, int64_t width, Body body) {
  for (int64_t i = team.rank() * int64_t{n}; i < width; i += team.size() * int64_t{n}) body(i);
}

constexpr int kKeptGroups = 2;  // of n columns, that a member keeps in registers

// The same as body(group, column); groups from kKeptGroups on are all called kKeptGroups.
template <int n, class Team, class Body>
HEED_HOST_DEVICE void for_groups(const Team& team, int64_t width, Body body) {
  int64_t i = team.rank() * int64_t{n};
  for (int group = 0; group < kKeptGroups; ++group, i += team.size() * int64_t{n})
    if (i < width) body(group, i);
  for (; i < width; i += team.size() * int64_t{n}) body(kKeptGroups, i);
}

// A member's own columns of a row that is read more than once.
template <int n, class T>
struct KeptRow {
  template <class Team>
  HEED_HOST_DEVICE KeptRow(const Team& team, int64_t width, const T* from) : row(from) {
    for_groups<n>(team, width, [&](int group, int64_t i) {
      if (group < kKeptGroups) kept[group] = load_items<n>(row + i);
    });
  }
  HEED_HOST_DEVICE Items<ArithmeticOf<T>, n> at(int group, int64_t i) const {
    return group < kKeptGroups ? kept[group] : load_items<n>(row + i);
  }

  const T* row;
  Items<ArithmeticOf<T>, n> kept[kKeptGroups];
};

template <class T>
struct LayerNormForward {
  using Element = T;
  using A = ArithmeticOf<T>;
  LayerNormPlan<T> plan;

  bool aligned() const {
    return plan.width % kVector<T> == 0 && is_aligned(plan.x) && is_aligned(plan.y) && is_aligned(plan.gamma) &&
           is_aligned(plan.beta);
  }

  template <int n, class Team>
  HEED_HOST_DEVICE void row(const Team& team, int64_t row) const {
    const int64_t width = plan.width;
    const KeptRow<n, T> in(team, width, plan.x + row * width);
    A total = 0, squares = 0;
    for_groups<n>(team, width, [&](int group, int64_t i) {
      const auto values = in.at(group, i);
      for (int k = 0; k < n; ++k) total += values.at[k];
    });
    const A mean = plan.beta ? team.sum(total) / static_cast<A>(width) : A{0};
    for_groups<n>(team, width, [&](int group, int64_t i) {
      const auto values = in.at(group, i);
      for (int k = 0; k < n; ++k) squares += (values.at[k] - mean) * (values.at[k] - mean);
    });
    const A rstd = A{1} / std::sqrt(team.sum(squares) / static_cast<A>(width) + static_cast<A>(plan.epsilon));
    for_groups<n>(team, width, [&](int group, int64_t i) {
      auto values = in.at(group, i);
      const auto factors = load_row<n>(plan.gamma + i);
      Items<A, n> offsets{};
      if (plan.beta) offsets = load_row<n>(plan.beta + i);
      for (int k = 0; k < n; ++k) values.at[k] = (values.at[k] - mean) * rstd * factors.at[k] + offsets.at[k];
      store_items<n>(plan.y + row * width + i, values);
    });
    if (team.rank() != 0) return;
    plan.stats[2 * row] = mean;
    plan.stats[2 * row + 1] = rstd;
  }
};

template <class T>
struct LayerNormBackward {
  using Element = T;
  using A = ArithmeticOf<T>;
  LayerNormPlan<T> plan;

  bool aligned() const {
    return plan.width % kVector<T> == 0 && is_aligned(plan.x) && is_aligned(plan.gamma) && is_aligned(plan.dy) &&
           is_aligned(plan.dx);
  }

  template <int n, class Team>
  HEED_HOST_DEVICE void row(const Team& team, int64_t row) const {
    const int64_t width = plan.width;
    const A mean = plan.stats[2 * row], rstd = plan.stats[2 * row + 1];
    const KeptRow<n, T> in(team, width, plan.x + row * width), upstream(team, width, plan.dy + row * width);
    A sum_g = 0, sum_gx = 0;
    for_groups<n>(team, width, [&](int group, int64_t i) {
      const auto values = in.at(group, i), gradients = upstream.at(group, i);
      const auto factors = load_row<n>(plan.gamma + i);
      for (int k = 0; k < n; ++k) {
        const A g = gradients.at[k] * factors.at[k];
        sum_g += g;
        sum_gx += g * (values.at[k] - mean);
      }
    });
    const A mean_g = plan.beta_gradient ? team.sum(sum_g) / static_cast<A>(width) : A{0};
    const A slope = team.sum(sum_gx) * rstd * rstd / static_cast<A>(width);
    for_groups<n>(team, width, [&](int group, int64_t i) {
      const auto values = in.at(group, i);
      auto gradients = upstream.at(group, i);
      const auto factors = load_row<n>(plan.gamma + i);
      for (int k = 0; k < n; ++k)
        gradients.at[k] = (gradients.at[k] * factors.at[k] - mean_g - (values.at[k] - mean) * slope) * rstd;
      store_items<n>(plan.dx + row * width + i, gradients);
    });
  }
};

// The sum of a softmax in one pass (Milakov and Gimelshein 2018): what a member has summed is rescaled when it meets a
// greater value.
template <class A>
struct ExponentialSum {
  A top = static_cast<A>(kMinusInfinity), total = 0;

  template <int n>
  HEED_HOST_DEVICE void add(const Items<A, n>& values) {
    A greater = top;
    for (int k = 0; k < n; ++k) greater = values.at[k] > greater ? values.at[k] : greater;
    if (greater > top) total *= std::exp(top - greater);
    top = greater;
    for (int k = 0; k < n; ++k) total += std::exp(values.at[k] - top);
  }

  // Of all members, relative to `max`, the greatest top.
  template <class Team>
  HEED_HOST_DEVICE A of_team(const Team& team, A max) const {
    return team.sum(top > static_cast<A>(kMinusInfinity) ? total * std::exp(top - max) : A{0});
  }
};

template <class T>
struct CrossEntropyRow {
  using Element = T;
  using A = ArithmeticOf<T>;
  CrossEntropyPlan<T> plan;

  bool aligned() const { return plan.vocabulary_size % kVector<T> == 0 && is_aligned(plan.logits); }

  template <int n, class Team>
  HEED_HOST_DEVICE void row(const Team& team, int64_t row) const {
    const int64_t size = plan.vocabulary_size, label = plan.labels[row];
    T* logits = plan.logits + row * size;
    if (label == kPaddingLabel) return skip<n>(team, row);
    ExponentialSum<A> exponentials;
    A plain = 0;
    for_columns<n>(team, size, [&](int64_t i) {
      const auto values = load_items<n>(logits + i);
      exponentials.add(values);
      for (int k = 0; k < n; ++k) plain += values.at[k];
    });
    const A max = team.max(exponentials.top), normaliser = exponentials.of_team(team, max);
    const double log_normaliser = static_cast<double>(max) + std::log(static_cast<double>(normaliser));
    const bool known = label < size;  // else a word that can but be copied
    const double of_vocabulary =
        known ? static_cast<double>(load_element(logits + label)) - log_normaliser : kMinusInfinity;
    const double of_all = static_cast<double>(team.sum(plain)) - static_cast<double>(size) * log_normaliser;
    const LabelLoss of_label = label_loss(plan, row, of_vocabulary);
    if (team.rank() == 0) store_label_loss(plan, row, of_label, of_all);
    if (!plan.gradient) return;
    team.sync();  // everyone has read the label's logit
    const A inverse = static_cast<A>(of_label.spread) / normaliser;
    const A even = static_cast<A>(plan.smoothing / static_cast<double>(size));
    const A of_truth = static_cast<A>(of_label.pull);
    for_columns<n>(team, size, [&](int64_t i) {
      auto values = load_items<n>(logits + i);
      for (int k = 0; k < n; ++k)
        values.at[k] = std::exp(values.at[k] - max) * inverse - even - (i + k == label ? of_truth : A{0});
      store_items<n>(logits + i, values);
    });
  }

 private:
  template <int n, class Team>
  HEED_HOST_DEVICE void skip(const Team& team, int64_t row) const {
    if (team.rank() == 0) store_label_loss(plan, row, LabelLoss{}, 0);
    if (!plan.gradient) return;
    for_columns<n>(team, plan.vocabulary_size,
                   [&](int64_t i) { store_items<n>(plan.logits + row * plan.vocabulary_size + i, Items<A, n>{}); });
  }
};

}  // namespace heed
