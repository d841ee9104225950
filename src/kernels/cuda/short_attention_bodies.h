#pragma once

#include "kernels/cuda/short_head.h"

// Attention of one head over one short sentence by one team, all of it in shared memory: products of 16 x 16 tiles on a
// GPU's matrix units, softmax over whole rows, one block writes each gradient, so there is nothing to add up. The sizes
// that FlashAttention works in, 128 x 128, are mostly empty for a sentence of twenty pieces.

namespace heed {

// output = dropout(softmax(Q K^T scale)) V
template <int kRows, int kHead, class Team>
HEED_HOST_DEVICE void short_attention_forward(const Team& team, const AttentionPlan<BFloat16>& plan, int64_t b,
                                              int64_t h, char* shared) {
  using Tiles = ShortTiles<kRows, kHead>;
  const ShortHead<kRows, kHead, Team> head(team, plan, b, h);
  const AttentionHead<BFloat16>& at = head.at;
  if (head.num_queries == 0) return;
  auto* query = reinterpret_cast<BFloat16*>(shared);
  auto* key = reinterpret_cast<BFloat16*>(shared + Tiles::kMatrixBytes);
  auto* value = reinterpret_cast<BFloat16*>(shared + 2 * Tiles::kMatrixBytes);
  auto* scores = reinterpret_cast<float*>(shared + 3 * Tiles::kMatrixBytes);
  auto* weights = reinterpret_cast<BFloat16*>(shared + 3 * Tiles::kMatrixBytes + Tiles::kScoreBytes);
  auto* output = reinterpret_cast<float*>(shared);  // over query and key, which the scores have used up

  head.read(plan.query + at.query_offset(0), plan.query_stride, head.num_queries, query);
  if (head.num_keys > 0) {
    head.read(plan.key + at.key_offset(0), plan.key_stride, head.num_keys, key);
    head.read(plan.value + at.value_offset(0), plan.value_stride, head.num_keys, value);
  }
  team.sync();
  head.score(query, key, scores);
  team.sync();
  const auto& row_team = team.row_team();
  for (int i = team.row_rank(); i < tiled(head.num_queries); i += team.row_count()) {
    float* row = scores + i * Tiles::kScoreStride;
    const auto seen = head.seen(i);
    const float inverse = head.exponentiate(row_team, seen, row);
    for (int j = row_team.rank(); j < tiled(head.num_keys); j += row_team.size())
      store_element(weights + i * Tiles::kScoreStride + j, seen.has(j) ? row[j] * inverse * at.keep(i, j) : 0.0f);
  }
  team.sync();
  head.sum_over_keys(weights, value, output);
  team.sync();
  head.write(output, plan.output + at.output_offset(0), plan.output_stride, head.num_queries);
  team.sync();
}

// P = softmax, D = dropout(P): dV = D^T dO, dP = dropout(dO V^T), dS = P * (dP - sum of P dP) * scale, dQ = dS K,
// dK = dS^T Q.
template <int kRows, int kHead, class Team>
HEED_HOST_DEVICE void short_attention_backward(const Team& team, const AttentionPlan<BFloat16>& plan, int64_t b,
                                               int64_t h, char* shared) {
  using Tiles = ShortTiles<kRows, kHead>;
  const ShortHead<kRows, kHead, Team> head(team, plan, b, h);
  const AttentionHead<BFloat16>& at = head.at;
  if (head.num_queries == 0 && head.num_keys == 0) return;
  char* const behind = shared + 4 * Tiles::kMatrixBytes;
  auto* query = reinterpret_cast<BFloat16*>(shared);
  auto* key = reinterpret_cast<BFloat16*>(shared + Tiles::kMatrixBytes);
  auto* value = reinterpret_cast<BFloat16*>(shared + 2 * Tiles::kMatrixBytes);
  auto* upstream = reinterpret_cast<BFloat16*>(shared + 3 * Tiles::kMatrixBytes);  // dO
  auto* scores = reinterpret_cast<float*>(behind);
  auto* slopes = reinterpret_cast<float*>(behind + Tiles::kScoreBytes);    // dO V^T
  auto* sums = reinterpret_cast<float*>(behind);                           // over both, once they are used up
  auto* weights = reinterpret_cast<BFloat16*>(behind + Tiles::kSumBytes);  // D
  auto* score_gradient = reinterpret_cast<BFloat16*>(behind + Tiles::kSumBytes + Tiles::kWeightBytes);  // dS

  if (head.num_queries > 0) {
    head.read(plan.query + at.query_offset(0), plan.query_stride, head.num_queries, query);
    head.read(plan.output_gradient + at.output_offset(0), plan.output_stride, head.num_queries, upstream);
  }
  if (head.num_keys > 0) {
    head.read(plan.key + at.key_offset(0), plan.key_stride, head.num_keys, key);
    head.read(plan.value + at.value_offset(0), plan.value_stride, head.num_keys, value);
  }
  team.sync();
  head.score(query, key, scores);
  head.score(upstream, value, slopes);
  team.sync();
  const auto& row_team = team.row_team();
  const auto scale = static_cast<float>(plan.scale);
  for (int i = team.row_rank(); i < tiled(head.num_queries); i += team.row_count()) {
    float *row = scores + i * Tiles::kScoreStride, *slope = slopes + i * Tiles::kScoreStride;
    const auto seen = head.seen(i);
    const float inverse = head.exponentiate(row_team, seen, row);
    float inner = 0;
    for (int j = seen.first + row_team.rank(); j < seen.end; j += row_team.size())
      inner += row[j] * inverse * at.keep(i, j) * slope[j];
    inner = row_team.sum(inner);
    for (int j = row_team.rank(); j < tiled(head.num_keys); j += row_team.size()) {
      const bool sees = seen.has(j);
      const float weight = sees ? row[j] * inverse : 0, keep = sees ? at.keep(i, j) : 0;
      const float gradient = sees ? weight * (keep * slope[j] - inner) * scale : 0;
      store_element(weights + i * Tiles::kScoreStride + j, weight * keep);
      store_element(score_gradient + i * Tiles::kScoreStride + j, gradient);
    }
  }
  team.sync();
  head.sum_over_queries(weights, upstream, sums);
  team.sync();
  head.write(sums, plan.value_gradient + at.value_gradient_offset(0), plan.value_gradient_stride, head.num_keys);
  team.sync();
  head.sum_over_keys(score_gradient, key, sums);
  team.sync();
  head.write(sums, plan.query_gradient + at.query_gradient_offset(0), plan.query_gradient_stride, head.num_queries);
  team.sync();
  head.sum_over_queries(score_gradient, query, sums);
  team.sync();
  head.write(sums, plan.key_gradient + at.key_gradient_offset(0), plan.key_gradient_stride, head.num_keys);
  team.sync();
}

}  // namespace heed
