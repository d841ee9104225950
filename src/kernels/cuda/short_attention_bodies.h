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

namespace heed {

constexpr int64_t kMatrixTile = 16;
constexpr int64_t kLongestShortSentence = 64;

HEED_HOST_DEVICE constexpr int64_t tiled(int64_t size) { return (size + kMatrixTile - 1) / kMatrixTile * kMatrixTile; }

enum class TileLayout { kRows, kTransposed };  // is element (i, k) at [i][k] or at [k][i]?

struct TileProduct {
  const BFloat16 *a, *b;
  float* c;
  int64_t a_stride, b_stride, c_stride;        // of stored rows, in elements
  int64_t row_tiles, column_tiles, sum_tiles;  // C is (row_tiles, column_tiles) tiles
};

// Where everything lies in a team's shared memory, for sentences of at most `longest` rows. The strides leave room so
// that rows start in different banks.
struct ShortTiles {
  HEED_HOST_DEVICE ShortTiles(int64_t longest, int64_t head_size)
      : rows(tiled(longest)), row_stride(head_size + 8), score_stride(rows + 8) {}

  HEED_HOST_DEVICE int64_t matrix_bytes() const { return rows * row_stride * 2; }
  HEED_HOST_DEVICE int64_t score_bytes() const { return rows * score_stride * 4; }
  HEED_HOST_DEVICE int64_t weight_bytes() const { return rows * score_stride * 2; }
  HEED_HOST_DEVICE int64_t output_bytes() const { return rows * row_stride * 4; }

  HEED_HOST_DEVICE int64_t forward_bytes() const { return 3 * matrix_bytes() + score_bytes() + weight_bytes(); }
  HEED_HOST_DEVICE int64_t backward_bytes() const {
    return 4 * matrix_bytes() + greater(2 * score_bytes(), output_bytes()) + 2 * weight_bytes();
  }
  HEED_HOST_DEVICE static int64_t greater(int64_t a, int64_t b) { return a > b ? a : b; }

  int64_t rows, row_stride, score_stride;
};

// One head of one sentence, its matrices in shared memory.
template <class Team>
struct ShortHead {
  HEED_HOST_DEVICE ShortHead(const Team& members, const AttentionPlan<BFloat16>& all, const ShortTiles& places, int64_t b,
                             int64_t h)
      : team(members), at(all, b, h, static_cast<float*>(nullptr)), tiles(places), query_tiles(tiled(at.num_queries) / kMatrixTile),
        key_tiles(tiled(at.num_keys) / kMatrixTile), head_tiles(at.size / kMatrixTile) {}

  // The head's columns of `count` rows to shared memory, zeros up to whole tiles. Sizes here fit in an int, and a GPU
  // divides those several times as fast.
  HEED_HOST_DEVICE void read(const BFloat16* from, int64_t stride, int64_t count, BFloat16* to) const {
    const int vectors = static_cast<int>(at.size) / kVector<BFloat16>, all = static_cast<int>(tiled(count)) * vectors;
    for (int i = team.rank(); i < all; i += team.size()) {
      const int row = i / vectors, column = i % vectors * kVector<BFloat16>;
      copy_vector(row < count ? from + row * stride + column : nullptr, to + row * tiles.row_stride + column);
    }
  }

  // The other way, from sums of products.
  HEED_HOST_DEVICE void write(const float* from, BFloat16* to, int64_t stride, int64_t count) const {
    constexpr int n = kVector<BFloat16>;
    const int vectors = static_cast<int>(at.size) / n, all = static_cast<int>(count) * vectors;
    for (int i = team.rank(); i < all; i += team.size()) {
      const int row = i / vectors, column = i % vectors * n;
      const Items<float, n / 2> low = load_items<n / 2>(from + row * tiles.row_stride + column);
      const Items<float, n / 2> high = load_items<n / 2>(from + row * tiles.row_stride + column + n / 2);
      Items<float, n> items;
      for (int k = 0; k < n / 2; ++k) {
        items.at[k] = low.at[k];
        items.at[n / 2 + k] = high.at[k];
      }
      store_items<n>(to + row * stride + column, items);
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
    team.template product<TileLayout::kRows, TileLayout::kTransposed>(
        {a, b, scores, tiles.row_stride, tiles.row_stride, tiles.score_stride, query_tiles, key_tiles, head_tiles});
  }
  // sums = weights (queries, keys) times rows of `values`, one for each key
  HEED_HOST_DEVICE void sum_over_keys(const BFloat16* weights, const BFloat16* values, float* sums) const {
    team.template product<TileLayout::kRows, TileLayout::kRows>(
        {weights, values, sums, tiles.score_stride, tiles.row_stride, tiles.row_stride, query_tiles, head_tiles, key_tiles});
  }
  // sums = weights (queries, keys) transposed times rows of `values`, one for each query
  HEED_HOST_DEVICE void sum_over_queries(const BFloat16* weights, const BFloat16* values, float* sums) const {
    team.template product<TileLayout::kTransposed, TileLayout::kRows>(
        {weights, values, sums, tiles.score_stride, tiles.row_stride, tiles.row_stride, key_tiles, head_tiles, query_tiles});
  }

  // Row i of the softmax: scores become exp(score - top), and 1 / their sum is returned (0 for a row that sees nothing).
  template <class RowTeam>
  HEED_HOST_DEVICE float exponentiate(const RowTeam& row_team, int64_t i, float* scores) const {
    const int visible = static_cast<int>(at.visible(i));
    const auto scale = static_cast<float>(at.plan.scale);
    float top = static_cast<float>(kMinusInfinity), total = 0;
    for (int j = row_team.rank(); j < visible; j += row_team.size()) {
      scores[j] *= scale;
      top = scores[j] > top ? scores[j] : top;
    }
    top = row_team.max(top);
    for (int j = row_team.rank(); j < visible; j += row_team.size()) {
      scores[j] = std::exp(scores[j] - top);
      total += scores[j];
    }
    total = row_team.sum(total);
    return total > 0 ? 1 / total : 0;
  }

  const Team& team;
  AttentionHead<BFloat16> at;
  const ShortTiles& tiles;
  int64_t query_tiles, key_tiles, head_tiles;
};

// output = dropout(softmax(Q K^T scale)) V
template <class Team>
HEED_HOST_DEVICE void short_attention_forward(const Team& team, const AttentionPlan<BFloat16>& plan,
                                              const ShortTiles& tiles, int64_t b, int64_t h, char* shared) {
  const ShortHead<Team> head(team, plan, tiles, b, h);
  const AttentionHead<BFloat16>& at = head.at;
  if (at.num_queries == 0) return;
  auto* query = reinterpret_cast<BFloat16*>(shared);
  auto* key = reinterpret_cast<BFloat16*>(shared + tiles.matrix_bytes());
  auto* value = reinterpret_cast<BFloat16*>(shared + 2 * tiles.matrix_bytes());
  auto* scores = reinterpret_cast<float*>(shared + 3 * tiles.matrix_bytes());
  auto* weights = reinterpret_cast<BFloat16*>(shared + 3 * tiles.matrix_bytes() + tiles.score_bytes());
  auto* output = reinterpret_cast<float*>(shared);  // over query and key, which the scores have used up

  head.read(plan.query + at.query_offset(0), plan.query_stride, at.num_queries, query);
  if (at.num_keys > 0) {
    head.read(plan.key + at.key_offset(0), plan.key_stride, at.num_keys, key);
    head.read(plan.value + at.key_offset(0), plan.key_stride, at.num_keys, value);
  }
  team.sync();
  head.score(query, key, scores);
  team.sync();
  const auto& row_team = team.row_team();
  for (int i = team.row_rank(); i < tiled(at.num_queries); i += team.row_count()) {
    float* row = scores + i * tiles.score_stride;
    const bool exists = i < at.num_queries;
    const float inverse = exists ? head.exponentiate(row_team, i, row) : 0;
    const int64_t visible = exists ? at.visible(i) : 0;
    for (int j = row_team.rank(); j < tiled(at.num_keys); j += row_team.size())
      store_element(weights + i * tiles.score_stride + j, j < visible ? row[j] * inverse * at.keep(i, j) : 0.0f);
  }
  team.sync();
  head.sum_over_keys(weights, value, output);
  team.sync();
  head.write(output, plan.output + at.output_offset(0), plan.output_stride, at.num_queries);
  team.sync();
}

// P = softmax, D = dropout(P): dV = D^T dO, dP = dropout(dO V^T), dS = P * (dP - sum of P dP) * scale, dQ = dS K,
// dK = dS^T Q.
template <class Team>
HEED_HOST_DEVICE void short_attention_backward(const Team& team, const AttentionPlan<BFloat16>& plan,
                                               const ShortTiles& tiles, int64_t b, int64_t h, char* shared) {
  const ShortHead<Team> head(team, plan, tiles, b, h);
  const AttentionHead<BFloat16>& at = head.at;
  if (at.num_queries == 0 && at.num_keys == 0) return;
  const int64_t matrix = tiles.matrix_bytes(), sums_bytes = ShortTiles::greater(2 * tiles.score_bytes(), tiles.output_bytes());
  auto* query = reinterpret_cast<BFloat16*>(shared);
  auto* key = reinterpret_cast<BFloat16*>(shared + matrix);
  auto* value = reinterpret_cast<BFloat16*>(shared + 2 * matrix);
  auto* upstream = reinterpret_cast<BFloat16*>(shared + 3 * matrix);  // dO
  auto* scores = reinterpret_cast<float*>(shared + 4 * matrix);
  auto* slopes = reinterpret_cast<float*>(shared + 4 * matrix + tiles.score_bytes());  // dO V^T
  auto* sums = reinterpret_cast<float*>(shared + 4 * matrix);                          // over both, once they are used up
  auto* weights = reinterpret_cast<BFloat16*>(shared + 4 * matrix + sums_bytes);       // D
  auto* score_gradient = reinterpret_cast<BFloat16*>(shared + 4 * matrix + sums_bytes + tiles.weight_bytes());  // dS

  if (at.num_queries > 0) {
    head.read(plan.query + at.query_offset(0), plan.query_stride, at.num_queries, query);
    head.read(plan.output_gradient + at.output_offset(0), plan.output_stride, at.num_queries, upstream);
  }
  if (at.num_keys > 0) {
    head.read(plan.key + at.key_offset(0), plan.key_stride, at.num_keys, key);
    head.read(plan.value + at.key_offset(0), plan.key_stride, at.num_keys, value);
  }
  team.sync();
  head.score(query, key, scores);
  head.score(upstream, value, slopes);
  team.sync();
  const auto& row_team = team.row_team();
  for (int i = team.row_rank(); i < tiled(at.num_queries); i += team.row_count()) {
    float *row = scores + i * tiles.score_stride, *slope = slopes + i * tiles.score_stride;
    const bool exists = i < at.num_queries;
    const int64_t visible = exists ? at.visible(i) : 0;
    const float inverse = exists ? head.exponentiate(row_team, i, row) : 0;
    float inner = 0;
    for (int j = row_team.rank(); j < visible; j += row_team.size()) inner += row[j] * inverse * at.keep(i, j) * slope[j];
    inner = row_team.sum(inner);
    for (int j = row_team.rank(); j < tiled(at.num_keys); j += row_team.size()) {
      const bool seen = j < visible;
      const float weight = seen ? row[j] * inverse : 0, keep = seen ? at.keep(i, j) : 0;
      const float gradient = seen ? weight * (keep * slope[j] - inner) * static_cast<float>(plan.scale) : 0;
      store_element(weights + i * tiles.score_stride + j, weight * keep);
      store_element(score_gradient + i * tiles.score_stride + j, gradient);
    }
  }
  team.sync();
  head.sum_over_queries(weights, upstream, sums);
  team.sync();
  head.write(sums, plan.value_gradient + at.key_offset(0), plan.key_stride, at.num_keys);
  team.sync();
  head.sum_over_keys(score_gradient, key, sums);
  team.sync();
  head.write(sums, plan.query_gradient + at.query_offset(0), plan.query_stride, at.num_queries);
  team.sync();
  head.sum_over_queries(score_gradient, query, sums);
  team.sync();
  head.write(sums, plan.key_gradient + at.key_offset(0), plan.key_stride, at.num_keys);
  team.sync();
}

}  // namespace heed
