#pragma once

#include "kernels/cuda/attention_head.h"
#include "kernels/cuda/items.h"

// Attention of one head over one short sentence by one team, all of it in shared memory: products of 16 x 16 tiles on a
// GPU's matrix units, softmax over whole rows, one block writes each gradient, so there is nothing to add up. The sizes
// that FlashAttention works in, 128 x 128, are mostly empty for a sentence of twenty pieces.
//
// The team of attention.cu's kernels, and besides:
//   void product<layout of a, layout of b>(const TileProduct&) const    C = A B over tiles, spread over the team
//   row_team()         the part of the team that works on one row; row_rank() of row_count() of those parts
//
// Sizes are known to the compiler, and indexes within a sentence are of 32 bits: what these kernels spend their time on
// is instructions.

namespace heed {

constexpr int kMatrixTile = 16;

HEED_HOST_DEVICE constexpr int tiled(int size) { return (size + kMatrixTile - 1) / kMatrixTile * kMatrixTile; }

enum class TileLayout { kRows, kTransposed };  // is element (i, k) at [i][k] or at [k][i]?

struct TileProduct {
  const BFloat16 *a, *b;
  float* c;
  int row_tiles, column_tiles, sum_tiles;  // C is (row_tiles, column_tiles) tiles
};

// Where everything lies in a team's shared memory, for sentences of at most kRows rows and heads of kHead. The strides
// leave room so that rows start in different banks.
template <int kRows, int kHead>
struct ShortTiles {
  static constexpr int kRowStride = kHead + 8, kScoreStride = kRows + 8;  // in elements
  static constexpr int kMatrixBytes = kRows * kRowStride * 2, kOutputBytes = kRows * kRowStride * 4;
  static constexpr int kScoreBytes = kRows * kScoreStride * 4, kWeightBytes = kRows * kScoreStride * 2;
  static constexpr int kForwardBytes = 3 * kMatrixBytes + kScoreBytes + kWeightBytes;
  static constexpr int kSumBytes = 2 * kScoreBytes > kOutputBytes ? 2 * kScoreBytes : kOutputBytes;
  static constexpr int kBackwardBytes = 4 * kMatrixBytes + kSumBytes + 2 * kWeightBytes;
};

// One head of one sentence, its matrices in shared memory.
template <int kRows, int kHead, class Team>
struct ShortHead {
  using Tiles = ShortTiles<kRows, kHead>;

  HEED_HOST_DEVICE ShortHead(const Team& members, const AttentionPlan<BFloat16>& all, int64_t b, int64_t h)
      : team(members), at(all, b, h, static_cast<float*>(nullptr)), num_queries(static_cast<int>(at.num_queries)),
        num_keys(static_cast<int>(at.num_keys)) {}

  HEED_HOST_DEVICE int visible(int i) const { return at.plan.causal ? num_keys - num_queries + i + 1 : num_keys; }

  // The head's columns of `count` rows to shared memory, zeros up to whole tiles.
  HEED_HOST_DEVICE void read(const BFloat16* from, int64_t stride, int count, BFloat16* to) const {
    constexpr int n = kVector<BFloat16>, kVectors = kHead / n;
    for (int i = team.rank(); i < tiled(count) * kVectors; i += team.size()) {
      const int row = i / kVectors, column = i % kVectors * n;
      copy_vector(row < count ? from + row * stride + column : nullptr, to + row * Tiles::kRowStride + column);
    }
  }

  // The other way, from sums of products.
  HEED_HOST_DEVICE void write(const float* from, BFloat16* to, int64_t stride, int count) const {
    constexpr int n = kVector<BFloat16>, kVectors = kHead / n;
    for (int i = team.rank(); i < count * kVectors; i += team.size()) {
      const int row = i / kVectors, column = i % kVectors * n;
      store_items<n>(to + row * stride + column, load_row<n>(from + row * Tiles::kRowStride + column));
    }
  }

  HEED_HOST_DEVICE static void copy_vector(const BFloat16* from, BFloat16* to) {
    struct alignas(kVectorBytes) Vector {
      BFloat16 at[kVector<BFloat16>];
    };
    *reinterpret_cast<Vector*>(to) = from ? *reinterpret_cast<const Vector*>(from) : Vector{};
  }

  // scores = rows of a times rows of b, for queries (a) and keys (b)
  HEED_HOST_DEVICE void score(const BFloat16* a, const BFloat16* b, float* scores) const {
    team.template product<TileLayout::kRows, TileLayout::kTransposed, Tiles::kRowStride, Tiles::kRowStride,
                          Tiles::kScoreStride>({a, b, scores, query_tiles(), key_tiles(), kHead / kMatrixTile});
  }
  // sums = weights (queries, keys) times rows of `values`, one for each key
  HEED_HOST_DEVICE void sum_over_keys(const BFloat16* weights, const BFloat16* values, float* sums) const {
    team.template product<TileLayout::kRows, TileLayout::kRows, Tiles::kScoreStride, Tiles::kRowStride,
                          Tiles::kRowStride>({weights, values, sums, query_tiles(), kHead / kMatrixTile, key_tiles()});
  }
  // sums = weights (queries, keys) transposed times rows of `values`, one for each query
  HEED_HOST_DEVICE void sum_over_queries(const BFloat16* weights, const BFloat16* values, float* sums) const {
    team.template product<TileLayout::kTransposed, TileLayout::kRows, Tiles::kScoreStride, Tiles::kRowStride,
                          Tiles::kRowStride>({weights, values, sums, key_tiles(), kHead / kMatrixTile, query_tiles()});
  }

  // Row i of the softmax: scores become exp(score - top), and 1 / their sum is returned (0 for a row that sees nothing).
  template <class RowTeam>
  HEED_HOST_DEVICE float exponentiate(const RowTeam& row_team, int sees, float* scores) const {
    const auto scale = static_cast<float>(at.plan.scale);
    float top = static_cast<float>(kMinusInfinity), total = 0;
    for (int j = row_team.rank(); j < sees; j += row_team.size()) top = scores[j] > top ? scores[j] : top;
    top = row_team.max(top);
    for (int j = row_team.rank(); j < sees; j += row_team.size()) {
      scores[j] = std::exp((scores[j] - top) * scale);
      total += scores[j];
    }
    total = row_team.sum(total);
    return total > 0 ? 1 / total : 0;
  }

  HEED_HOST_DEVICE int query_tiles() const { return tiled(num_queries) / kMatrixTile; }
  HEED_HOST_DEVICE int key_tiles() const { return tiled(num_keys) / kMatrixTile; }

  const Team& team;
  AttentionHead<BFloat16> at;
  int num_queries, num_keys;
};

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
    head.read(plan.value + at.key_offset(0), plan.key_stride, head.num_keys, value);
  }
  team.sync();
  head.score(query, key, scores);
  team.sync();
  const auto& row_team = team.row_team();
  for (int i = team.row_rank(); i < tiled(head.num_queries); i += team.row_count()) {
    float* row = scores + i * Tiles::kScoreStride;
    const int sees = i < head.num_queries ? head.visible(i) : 0;
    const float inverse = head.exponentiate(row_team, sees, row);
    for (int j = row_team.rank(); j < tiled(head.num_keys); j += row_team.size())
      store_element(weights + i * Tiles::kScoreStride + j, j < sees ? row[j] * inverse * at.keep(i, j) : 0.0f);
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
  auto* slopes = reinterpret_cast<float*>(behind + Tiles::kScoreBytes);     // dO V^T
  auto* sums = reinterpret_cast<float*>(behind);                            // over both, once they are used up
  auto* weights = reinterpret_cast<BFloat16*>(behind + Tiles::kSumBytes);   // D
  auto* score_gradient = reinterpret_cast<BFloat16*>(behind + Tiles::kSumBytes + Tiles::kWeightBytes);  // dS

  if (head.num_queries > 0) {
    head.read(plan.query + at.query_offset(0), plan.query_stride, head.num_queries, query);
    head.read(plan.output_gradient + at.output_offset(0), plan.output_stride, head.num_queries, upstream);
  }
  if (head.num_keys > 0) {
    head.read(plan.key + at.key_offset(0), plan.key_stride, head.num_keys, key);
    head.read(plan.value + at.key_offset(0), plan.key_stride, head.num_keys, value);
  }
  team.sync();
  head.score(query, key, scores);
  head.score(upstream, value, slopes);
  team.sync();
  const auto& row_team = team.row_team();
  const auto scale = static_cast<float>(plan.scale);
  for (int i = team.row_rank(); i < tiled(head.num_queries); i += team.row_count()) {
    float *row = scores + i * Tiles::kScoreStride, *slope = slopes + i * Tiles::kScoreStride;
    const int sees = i < head.num_queries ? head.visible(i) : 0;
    const float inverse = head.exponentiate(row_team, sees, row);
    float inner = 0;
    for (int j = row_team.rank(); j < sees; j += row_team.size()) inner += row[j] * inverse * at.keep(i, j) * slope[j];
    inner = row_team.sum(inner);
    for (int j = row_team.rank(); j < tiled(head.num_keys); j += row_team.size()) {
      const bool seen = j < sees;
      const float weight = seen ? row[j] * inverse : 0, keep = seen ? at.keep(i, j) : 0;
      const float gradient = seen ? weight * (keep * slope[j] - inner) * scale : 0;
      store_element(weights + i * Tiles::kScoreStride + j, weight * keep);
      store_element(score_gradient + i * Tiles::kScoreStride + j, gradient);
    }
  }
  team.sync();
  head.sum_over_queries(weights, upstream, sums);
  team.sync();
  head.write(sums, plan.value_gradient + at.key_offset(0), plan.key_stride, head.num_keys);
  team.sync();
  head.sum_over_keys(score_gradient, key, sums);
  team.sync();
  head.write(sums, plan.query_gradient + at.query_offset(0), plan.query_stride, head.num_queries);
  team.sync();
  head.sum_over_queries(score_gradient, query, sums);
  team.sync();
  head.write(sums, plan.key_gradient + at.key_offset(0), plan.key_stride, head.num_keys);
  team.sync();
}

}  // namespace heed
