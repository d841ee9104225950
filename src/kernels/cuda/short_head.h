#pragma once

#include "kernels/cuda/attention_head.h"
#include "kernels/cuda/items.h"

// One head of one short sentence in a team's shared memory (short_attention_bodies.h).
//
// The team of attention.cu's kernels, and besides:
//   void product<layout of a, layout of b, strides of a, b and c>(const TileProduct&) const
//                      C = A B over tiles, spread over the team
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
      : team(members),
        at(all, b, h, static_cast<float*>(nullptr)),
        num_queries(static_cast<int>(at.num_queries)),
        num_keys(static_cast<int>(at.num_keys)) {}

  // Keys first .. end - 1 are seen by query i; none by the rows that fill a tile.
  struct Seen {
    int first, end;
    HEED_HOST_DEVICE bool has(int j) const { return first <= j && j < end; }
  };
  HEED_HOST_DEVICE Seen seen(int i) const {
    if (i >= num_queries) return {0, 0};
    const Span span = at.seen(i);
    return {static_cast<int>(span.first), static_cast<int>(span.end)};
  }

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

  // Row i of the softmax: scores become exp(score - top), and 1 / their sum is returned (0 for a row that sees
  // nothing).
  template <class RowTeam>
  HEED_HOST_DEVICE float exponentiate(const RowTeam& row_team, Seen seen, float* scores) const {
    const auto scale = static_cast<float>(at.plan.scale);
    float top = static_cast<float>(kMinusInfinity), total = 0;
    for (int j = seen.first + row_team.rank(); j < seen.end; j += row_team.size())
      top = scores[j] > top ? scores[j] : top;
    top = row_team.max(top);
    for (int j = seen.first + row_team.rank(); j < seen.end; j += row_team.size()) {
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

}  // namespace heed
