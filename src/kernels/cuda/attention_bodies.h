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

// output[i] = sum over keys of dropout(softmax(q K^T scale)) V
template <class T, class Team>
HEED_HOST_DEVICE void attention_query_forward(const Team& team, const AttentionHead<T>& at, int64_t i) {
  using A = ArithmeticOf<T>;
  const AttentionPlan<T>& plan = at.plan;
  const int64_t visible = at.visible(i);
  at.read(team, plan.query + at.query_offset(i), at.row_a);
  at.clear(team, at.sum_a);
  team.sync();
  A top = static_cast<A>(kMinusInfinity), total = 0;
  for (int64_t begin = 0; begin < visible; begin += kTile) {
    const int64_t end = tile_end(begin, visible);
    A own = top;
    for (int64_t j = begin + team.rank(); j < end; j += team.size()) {
      const A score = at.dot(at.row_a, plan.key + at.key_offset(j)) * static_cast<A>(plan.scale);
      at.tile_a[j - begin] = score;
      own = score > own ? score : own;
    }
    const A greater = team.max(own), shrink = std::exp(top - greater);
    top = greater;
    total *= shrink;
    for (int64_t j = begin + team.rank(); j < end; j += team.size()) {
      const A weight = std::exp(at.tile_a[j - begin] - top);
      total += weight;
      at.tile_a[j - begin] = weight * at.keep(i, j);
    }
    team.sync();
    for (int64_t k = team.rank(); k < at.size; k += team.size()) {
      A sum = at.sum_a[k] * shrink;
      for (int64_t j = begin; j < end; ++j)
        sum += at.tile_a[j - begin] * load_element(plan.value + at.key_offset(j) + k);
      at.sum_a[k] = sum;
    }
    team.sync();
  }
  const A all = team.sum(total);
  at.write(team, at.sum_a, all > A{0} ? A{1} / all : A{0}, plan.output + at.output_offset(i));
  team.sync();
}

// Score of key j for the query in row_a, and dP of it from the output gradient in row_b.
template <class T>
HEED_HOST_DEVICE void score_and_gradient(const AttentionHead<T>& at, int64_t i, int64_t j, ArithmeticOf<T>& score,
                                         ArithmeticOf<T>& gradient) {
  const AttentionPlan<T>& plan = at.plan;
  score = at.dot(at.row_a, plan.key + at.key_offset(j)) * static_cast<ArithmeticOf<T>>(plan.scale);
  gradient = at.dot(at.row_b, plan.value + at.key_offset(j)) * at.keep(i, j);
}

// log_sum[i] = log sum exp of the scores, delta[i] = sum over keys of P dP: what every gradient of query i needs.
template <class T, class Team>
HEED_HOST_DEVICE void attention_query_statistics(const Team& team, const AttentionHead<T>& at, int64_t i,
                                                 ArithmeticOf<T>& log_sum, ArithmeticOf<T>& delta) {
  using A = ArithmeticOf<T>;
  A top = static_cast<A>(kMinusInfinity), total = 0, inner = 0;  // of the keys of this member
  for (int64_t j = team.rank(); j < at.visible(i); j += team.size()) {
    A score, gradient;
    score_and_gradient(at, i, j, score, gradient);
    const A greater = score > top ? score : top;
    const A shrink = std::exp(top - greater), weight = std::exp(score - greater);
    total = total * shrink + weight;
    inner = inner * shrink + weight * gradient;
    top = greater;
  }
  const A max = team.max(top), shrink = total > A{0} ? std::exp(top - max) : A{0};
  const A all = team.sum(total * shrink);
  log_sum = max + std::log(all);
  delta = team.sum(inner * shrink) / all;
}

// dS = P * (dP - delta) * scale;  dQ = dS K. statistics[2i], [2i + 1] receive log_sum and delta for the keys'
// gradients.
template <class T, class Team>
HEED_HOST_DEVICE void attention_query_backward(const Team& team, const AttentionHead<T>& at, int64_t i,
                                               ArithmeticOf<T>* statistics) {
  using A = ArithmeticOf<T>;
  const AttentionPlan<T>& plan = at.plan;
  const int64_t visible = at.visible(i);
  at.read(team, plan.query + at.query_offset(i), at.row_a);
  at.read(team, plan.output_gradient + at.output_offset(i), at.row_b);
  at.clear(team, at.sum_a);
  team.sync();
  A log_sum, delta;
  attention_query_statistics(team, at, i, log_sum, delta);
  if (team.rank() == 0) {
    statistics[2 * i] = log_sum;
    statistics[2 * i + 1] = delta;
  }
  for (int64_t begin = 0; begin < visible; begin += kTile) {
    const int64_t end = tile_end(begin, visible);
    for (int64_t j = begin + team.rank(); j < end; j += team.size()) {
      A score, gradient;
      score_and_gradient(at, i, j, score, gradient);
      at.tile_a[j - begin] = std::exp(score - log_sum) * (gradient - delta) * static_cast<A>(plan.scale);
    }
    team.sync();
    for (int64_t k = team.rank(); k < at.size; k += team.size())
      for (int64_t j = begin; j < end; ++j)
        at.sum_a[k] += at.tile_a[j - begin] * load_element(plan.key + at.key_offset(j) + k);
    team.sync();
  }
  at.write(team, at.sum_a, A{1}, plan.query_gradient + at.query_offset(i));
  team.sync();
}

// dV = dropout(P)^T dO;  dK = dS^T Q, over the queries that see key j.
template <class T, class Team>
HEED_HOST_DEVICE void attention_key_backward(const Team& team, const AttentionHead<T>& at, int64_t j,
                                             const ArithmeticOf<T>* statistics) {
  using A = ArithmeticOf<T>;
  const AttentionPlan<T>& plan = at.plan;
  at.read(team, plan.key + at.key_offset(j), at.row_a);
  at.read(team, plan.value + at.key_offset(j), at.row_b);
  at.clear(team, at.sum_a);
  at.clear(team, at.sum_b);
  team.sync();
  for (int64_t begin = at.first_query_that_sees(j); begin < at.num_queries; begin += kTile) {
    const int64_t end = tile_end(begin, at.num_queries);
    for (int64_t i = begin + team.rank(); i < end; i += team.size()) {
      const A score = at.dot(at.row_a, plan.query + at.query_offset(i)) * static_cast<A>(plan.scale);
      const A weight = std::exp(score - statistics[2 * i]), keep = at.keep(i, j);
      const A gradient = at.dot(at.row_b, plan.output_gradient + at.output_offset(i)) * keep;
      at.tile_a[i - begin] = weight * (gradient - statistics[2 * i + 1]) * static_cast<A>(plan.scale);
      at.tile_b[i - begin] = weight * keep;
    }
    team.sync();
    for (int64_t k = team.rank(); k < at.size; k += team.size())
      for (int64_t i = begin; i < end; ++i) {
        at.sum_a[k] += at.tile_a[i - begin] * load_element(plan.query + at.query_offset(i) + k);
        at.sum_b[k] += at.tile_b[i - begin] * load_element(plan.output_gradient + at.output_offset(i) + k);
      }
    team.sync();
  }
  at.write(team, at.sum_a, A{1}, plan.key_gradient + at.key_offset(j));
  at.write(team, at.sum_b, A{1}, plan.value_gradient + at.key_offset(j));
  team.sync();
}

}  // namespace heed
