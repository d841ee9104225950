#pragma once

#include "kernels/cuda/attention_head.h"

// Attention by teams: one query row (forward, gradient of the query) or one key row (gradients of key and value) of one
// head at a time, over tiles of the other side, so that any length fits. Softmax as it goes along (Milakov and
// Gimelshein 2018): the sums are rescaled whenever a greater score appears. Every sum is made by one team in a fixed
// order, without atomics: the same bits every time. The weights and gradients are those of cpu/attention_kernels.h.

namespace heed {

HEED_HOST_DEVICE inline int64_t tile_end(int64_t begin, int64_t end) {
  return begin + kTile < end ? begin + kTile : end;
}

// e^(x - top), also of minus infinity, where `top` may be too.
template <class A>
HEED_HOST_DEVICE A exponential_of(A x, A top) {
  return x > static_cast<A>(kMinusInfinity) ? std::exp(x - top) : A{0};
}

// output[i] = sum over keys of dropout(softmax(scores)) V
template <class T, class Team>
HEED_HOST_DEVICE void attention_query_forward(const Team& team, const AttentionHead<T>& at, int64_t i) {
  using A = ArithmeticOf<T>;
  const AttentionPlan<T>& plan = at.plan;
  const Span seen = at.seen(i);
  at.read(team, plan.query + at.query_offset(i), at.row_a);
  at.clear(team, at.sum_a);
  team.sync();
  A top = static_cast<A>(kMinusInfinity), total = 0;
  for (int64_t begin = seen.first; begin < seen.end; begin += kTile) {
    const int64_t end = tile_end(begin, seen.end);
    A own = top;
    for (int64_t j = begin + team.rank(); j < end; j += team.size()) {
      const A score = at.score(i, j, at.dot(at.row_a, plan.key + at.key_offset(j)));
      at.tile_a[j - begin] = score;
      own = score > own ? score : own;
    }
    const A greater = team.max(own), shrink = exponential_of(top, greater);
    top = greater;
    total *= shrink;
    for (int64_t j = begin + team.rank(); j < end; j += team.size()) {
      const A weight = exponential_of(at.tile_a[j - begin], top);
      total += weight;
      at.tile_a[j - begin] = weight * at.keep(i, j);
    }
    team.sync();
    for (int64_t k = team.rank(); k < at.size; k += team.size()) {
      A sum = at.sum_a[k] * shrink;
      for (int64_t j = begin; j < end; ++j)
        sum += at.tile_a[j - begin] * load_element(plan.value + at.value_offset(j) + k);
      at.sum_a[k] = sum;
    }
    team.sync();
  }
  const A all = team.sum(total);
  at.write(team, at.sum_a, all > A{0} ? A{1} / all : A{0}, plan.output + at.output_offset(i));
  team.sync();
}

}  // namespace heed
