#pragma once

// See cpu_kernels.h, kernels/cross_entropy.h and kernels/log_sum_exp.h.

#include <algorithm>
#include <cmath>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/lanes.h"
#include "kernels/label_loss.h"

namespace heed {
namespace {

// The log of the sum of e^x from the largest x and the sum of e^(x - largest).
template <class A>
double log_of_sum(A largest, A exponentials) {
  return static_cast<double>(largest) + std::log(static_cast<double>(exponentials));
}

// Sums over one row x.
template <class A>
struct RowSums {
  A max, exponentials, plain;  // the largest x; the sum of e^(x - max); the sum of x
};

// NaN is none of them; -infinity: there is no other. Calls also(vector) for each vector of the row, padded with zeros.
template <class T, class Also, class A = Acc<T>>
A largest_of(const T* row, int64_t size, Also also) {
  Lanes<A> top = splat<A>(-INFINITY);
  for_lanes<A>(size, [&](int64_t i, int64_t count) {
    Lanes<A> x = load_up_to(row + i, count);
    also(x);
    for (int64_t lane = count; lane < kLanes<A>; ++lane) x[lane] = -INFINITY;
    top = x > top ? x : top;
  });
  return largest<A>(top);
}

// Of x - max.
template <class T, class A = Acc<T>>
A sum_of_exponentials(const T* row, int64_t size, A max) {
  Lanes<A> total{};
  for_lanes<A>(size, [&](int64_t i, int64_t count) {
    Lanes<A> e = exponential(load_up_to(row + i, count) - max);
    for (int64_t lane = count; lane < kLanes<A>; ++lane) e[lane] = 0;
    total += e;
  });
  return sum<A>(total);
}

template <class T, class A = Acc<T>>
RowSums<A> row_sums(const T* row, int64_t size) {
  Lanes<A> plain{};
  const A max = largest_of(row, size, [&](Lanes<A> x) { plain += x; });
  return {max, sum_of_exponentials(row, size, max), sum<A>(plain)};
}

template <class T>
void log_sum_exp(const LogSumExpPlan<T>& plan, int64_t begin, int64_t end) {
  const int64_t blocks = (plan.width + plan.block - 1) / plan.block;
  for (int64_t row = begin; row < end; ++row) {
    const T* x = plan.x + row * plan.width;
    Acc<T>* largest = plan.largest + row * blocks;
    Acc<T> max = -INFINITY;
    for (int64_t b = 0; b < blocks; ++b) {
      largest[b] =
          largest_of(x + b * plan.block, std::min(plan.block, plan.width - b * plan.block), [](const auto&) {});
      max = std::max(max, largest[b]);
    }
    plan.sums[row] = log_of_sum(max, sum_of_exponentials(x, plan.width, max));
  }
}

// loss = (1 - e) * -log p(label) + e/V * sum over v of -log p(v); its gradient: kernels/label_loss.h.
template <class T>
void cross_entropy(const CrossEntropyPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  const int64_t size = plan.vocabulary_size;
  for (int64_t row = begin; row < end; ++row) {
    T* logits = plan.logits + row * size;
    const int64_t label = plan.labels[row];
    if (label == kPaddingLabel) {
      store_label_loss(plan, row, LabelLoss{}, 0);
      if (plan.gradient) std::fill_n(logits, size, T{});
      continue;
    }
    const bool known = label < size;  // else a word that can but be copied
    const RowSums<A> sums = row_sums(logits, size);
    const double log_normaliser = log_of_sum(sums.max, sums.exponentials);
    const double of_vocabulary =
        known ? static_cast<double>(load_some(logits + label, 1)[0]) - log_normaliser : -INFINITY;
    const LabelLoss of_label = label_loss(plan, row, of_vocabulary);
    store_label_loss(plan, row, of_label, static_cast<double>(sums.plain) - static_cast<double>(size) * log_normaliser);
    if (!plan.gradient) continue;
    const A spread = static_cast<A>(of_label.spread), inverse = spread / sums.exponentials;
    const A even = static_cast<A>(plan.smoothing / static_cast<double>(size));
    for_lanes<A>(size, [&](int64_t i, int64_t count) {
      store_up_to(logits + i, exponential(load_up_to(logits + i, count) - sums.max) * inverse - even, count);
    });
    if (!known) continue;
    const A label_probability = spread * std::exp(static_cast<A>(of_vocabulary));
    const Lanes<A> at_label = splat<A>(label_probability - even - static_cast<A>(of_label.pull));
    store_some(logits + label, at_label, 1);
  }
}

}  // namespace
}  // namespace heed
