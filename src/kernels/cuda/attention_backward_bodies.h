#pragma once

#include "kernels/cuda/attention_bodies.h"

// The gradients of attention by teams (attention_bodies.h): of a query row, with what the others need to know of it;
// then of key rows and of distances.

namespace heed {

// What every gradient of query i needs.
template <class A>
struct QueryStatistics {
  A log_sum;  // log sum exp of the scores
  A delta;    // sum over keys of P dP
};

// Of all heads and query rows: `rows` for each head.
template <class T>
HEED_HOST_DEVICE QueryStatistics<ArithmeticOf<T>>* statistics_of(const AttentionHead<T>& at,
                                                                 QueryStatistics<ArithmeticOf<T>>* all, int64_t rows) {
  return all + at.head * rows + at.first_query;
}

// dP of key j for query i, whose output gradient is in row_b.
template <class T>
HEED_HOST_DEVICE ArithmeticOf<T> weight_gradient(const AttentionHead<T>& at, int64_t i, int64_t j) {
  return at.dot(at.row_b, at.plan.value + at.value_offset(j)) * at.keep(i, j);
}

// The query's row is in row_a, its output gradient in row_b.
template <class T, class Team>
HEED_HOST_DEVICE QueryStatistics<ArithmeticOf<T>> query_statistics(const Team& team, const AttentionHead<T>& at,
                                                                   int64_t i) {
  using A = ArithmeticOf<T>;
  A top = static_cast<A>(kMinusInfinity), total = 0, inner = 0;  // of the keys of this member
  const Span seen = at.seen(i);
  for (int64_t j = seen.first + team.rank(); j < seen.end; j += team.size()) {
    const A score = at.score(i, j, at.dot(at.row_a, at.plan.key + at.key_offset(j)));
    const A greater = score > top ? score : top;
    const A shrink = exponential_of(top, greater), weight = exponential_of(score, greater);
    total = total * shrink + weight;
    inner = inner * shrink + weight * weight_gradient(at, i, j);
    top = greater;
  }
  const A max = team.max(top), shrink = exponential_of(top, max), all = team.sum(total * shrink);
  return {max + std::log(all), team.sum(inner * shrink) / all};
}

// dS = P * (dP - delta), the gradient of the score;  dQ = scale dS K. The statistics are kept for the keys' gradients.
template <class T, class Team>
HEED_HOST_DEVICE void attention_query_backward(const Team& team, const AttentionHead<T>& at, int64_t i,
                                               QueryStatistics<ArithmeticOf<T>>* statistics) {
  using A = ArithmeticOf<T>;
  const AttentionPlan<T>& plan = at.plan;
  const Span seen = at.seen(i);
  at.read(team, plan.query + at.query_offset(i), at.row_a);
  at.read(team, plan.output_gradient + at.output_offset(i), at.row_b);
  at.clear(team, at.sum_a);
  team.sync();
  const QueryStatistics<A> own = query_statistics(team, at, i);
  if (team.rank() == 0) statistics[i] = own;
  for (int64_t begin = seen.first; begin < seen.end; begin += kTile) {
    const int64_t end = tile_end(begin, seen.end);
    for (int64_t j = begin + team.rank(); j < end; j += team.size()) {
      const A score = at.score(i, j, at.dot(at.row_a, plan.key + at.key_offset(j)));
      at.tile_a[j - begin] = exponential_of(score, own.log_sum) * (weight_gradient(at, i, j) - own.delta);
    }
    team.sync();
    for (int64_t k = team.rank(); k < at.size; k += team.size())
      for (int64_t j = begin; j < end; ++j)
        at.sum_a[k] += at.tile_a[j - begin] * load_element(plan.key + at.key_offset(j) + k);
    team.sync();
  }
  at.write(team, at.sum_a, static_cast<A>(plan.scale), plan.query_gradient + at.query_gradient_offset(i));
  team.sync();
}

// What the queries of one head that see key j, whose rows are in row_a and row_b, add to its gradients in sum_a and
// sum_b, dK without the scale; returns what this member has of the sum of dS.
template <class T, class Team>
HEED_HOST_DEVICE ArithmeticOf<T> add_key_gradients(const Team& team, const AttentionHead<T>& at, int64_t j,
                                                   const QueryStatistics<ArithmeticOf<T>>* statistics) {
  using A = ArithmeticOf<T>;
  const AttentionPlan<T>& plan = at.plan;
  const Span queries = at.queries_of(j);
  A bias_gradient = 0;
  for (int64_t begin = queries.first; begin < queries.end; begin += kTile) {
    const int64_t end = tile_end(begin, queries.end);
    for (int64_t i = begin + team.rank(); i < end; i += team.size()) {
      at.tile_a[i - begin] = at.tile_b[i - begin] = 0;
      if (!at.sees(i, j)) continue;
      const A score = at.score(i, j, at.dot(at.row_a, plan.query + at.query_offset(i)));
      const A weight = exponential_of(score, statistics[i].log_sum), keep = at.keep(i, j);
      const A gradient = at.dot(at.row_b, plan.output_gradient + at.output_offset(i)) * keep;
      at.tile_a[i - begin] = weight * (gradient - statistics[i].delta);
      at.tile_b[i - begin] = weight * keep;
      bias_gradient += at.tile_a[i - begin];
    }
    team.sync();
    for (int64_t k = team.rank(); k < at.size; k += team.size())
      for (int64_t i = begin; i < end; ++i) {
        at.sum_a[k] += at.tile_a[i - begin] * load_element(plan.query + at.query_offset(i) + k);
        at.sum_b[k] += at.tile_b[i - begin] * load_element(plan.output_gradient + at.output_offset(i) + k);
      }
    team.sync();
  }
  return bias_gradient;
}

// dV = dropout(P)^T dO;  dK = scale dS^T Q, over the queries that see key j of the heads that share `first`'s keys.
template <class T, class Team>
HEED_HOST_DEVICE void attention_key_backward(const Team& team, const AttentionHead<T>& first, int64_t j,
                                             QueryStatistics<ArithmeticOf<T>>* statistics, int64_t rows) {
  using A = ArithmeticOf<T>;
  const AttentionPlan<T>& plan = first.plan;
  first.read(team, plan.key + first.key_offset(j), first.row_a);
  first.read(team, plan.value + first.value_offset(j), first.row_b);
  first.clear(team, first.sum_a);
  first.clear(team, first.sum_b);
  team.sync();
  A bias_gradient = 0;
  for (int64_t next = 0; next < plan.num_heads / plan.num_key_heads; ++next) {
    const AttentionHead<T> at(plan, first.sentence, first.head + next, first.row_a);
    bias_gradient += add_key_gradients(team, at, j, statistics_of(at, statistics, rows));
  }
  first.write(team, first.sum_a, static_cast<A>(plan.scale), plan.key_gradient + first.key_gradient_offset(j));
  first.write(team, first.sum_b, A{1}, plan.value_gradient + first.value_gradient_offset(j));
  const A all = team.sum(bias_gradient);
  if (plan.key_bias_gradient && team.rank() == 0) plan.key_bias_gradient[first.key_bias_offset(j)] = all;
  team.sync();
}

// The gradient of one of the head's distance biases, `column` of the table: the sum of dS over all pairs that far
// apart.
template <class T, class Team>
HEED_HOST_DEVICE void attention_distance_backward(const Team& team, const AttentionHead<T>& at, int64_t column,
                                                  const QueryStatistics<ArithmeticOf<T>>* statistics) {
  using A = ArithmeticOf<T>;
  const AttentionPlan<T>& plan = at.plan;
  A own = 0;
  for (int64_t i = team.rank(); i < at.num_queries; i += team.size()) {
    const int64_t j = at.position(i) + column - plan.distances / 2;
    if (j < 0 || j >= at.num_keys || !at.sees(i, j)) continue;
    const T *query = plan.query + at.query_offset(i), *upstream = plan.output_gradient + at.output_offset(i);
    const A score = at.score(i, j, at.dot_of_stored(query, plan.key + at.key_offset(j)));
    const A gradient = at.dot_of_stored(upstream, plan.value + at.value_offset(j)) * at.keep(i, j);
    own += exponential_of(score, statistics[i].log_sum) * (gradient - statistics[i].delta);
  }
  const A all = team.sum(own);
  const int64_t table = (at.sentence * plan.num_heads + at.head) * plan.distances;
  if (team.rank() == 0) plan.distance_bias_gradient[table + column] = all;
}

}  // namespace heed
