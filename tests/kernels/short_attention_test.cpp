// The body of the CUDA kernel for short sentences, run by threads of the CPU that multiply tiles with plain loops,
// against the CPU kernel.
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full_like.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <type_traits>
#include <vector>

#include "kernels/attention.h"
#include "kernels/cuda/short_attention_bodies.h"
#include "kernels/dispatch.h"
#include "kernels/thread_team.h"
#include "support/random_tensor.h"

namespace heed::testing {
namespace {

// One thread, working on a row alone.
struct SingleTeam {
  int rank() const { return 0; }
  int size() const { return 1; }
  template <class A>
  A sum(A x) const {
    return x;
  }
  template <class A>
  A max(A x) const {
    return x;
  }
};

struct TileTeam : ThreadTeam {
  explicit TileTeam(const ThreadTeam& team) : ThreadTeam(team) {}
  SingleTeam row_team() const { return {}; }
  int row_rank() const { return rank(); }
  int row_count() const { return size(); }

  template <TileLayout kA, TileLayout kB, int kStrideOfA, int kStrideOfB, int kStrideOfC>
  void product(const TileProduct& p) const {
    const int64_t rows = p.row_tiles * kMatrixTile, columns = p.column_tiles * kMatrixTile;
    for (int64_t i = rank(); i < rows; i += size())
      for (int64_t j = 0; j < columns; ++j) {
        float sum = 0;
        for (int64_t k = 0; k < p.sum_tiles * kMatrixTile; ++k)
          sum += load_element(p.a + (kA == TileLayout::kRows ? i * kStrideOfA + k : k * kStrideOfA + i)) *
                 load_element(p.b + (kB == TileLayout::kRows ? k * kStrideOfB + j : j * kStrideOfB + k));
        p.c[i * kStrideOfC + j] = sum;
      }
  }
};

struct Case {
  const char* name;
  std::vector<int32_t> query_lengths, key_lengths;
  int64_t num_heads, head_size;
  bool causal;
  double rate;
};

class ShortAttention : public ::testing::TestWithParam<Case> {
 protected:
  ShortAttention() {
    plan.query_starts = queries.starts().data();
    plan.query_lengths = queries.lengths().data();
    plan.key_starts = keys.starts().data();
    plan.key_lengths = keys.lengths().data();
    plan.num_heads = GetParam().num_heads;
    plan.head_size = GetParam().head_size;
    plan.scale = 1 / std::sqrt(static_cast<double>(GetParam().head_size));
    plan.causal = GetParam().causal;
    plan.dropout = plan_of(options.dropout);
    plan.query = pointer<const BFloat16>(x.query);
    plan.key = pointer<const BFloat16>(x.key);
    plan.value = pointer<const BFloat16>(x.value);
    plan.query_stride = x.query.stride(0);
    plan.key_stride = x.key.stride(0);
    plan.output_stride = width;
  }

  // Calls body(rows, head size) with the sizes as constants.
  template <class Body>
  void with_sizes(Body body) const {
    const bool few = std::max(queries.max_length(), keys.max_length()) <= 32;
    const auto with_rows = [&](auto head) {
      few ? body(std::integral_constant<int, 32>(), head) : body(std::integral_constant<int, 64>(), head);
    };
    switch (GetParam().head_size) {
      case 16:
        return with_rows(std::integral_constant<int, 16>());
      case 32:
        return with_rows(std::integral_constant<int, 32>());
      default:
        return with_rows(std::integral_constant<int, 64>());
    }
  }

  // body(team, sentence, head, shared memory) for all, the memory full of NaN before each.
  template <class Body>
  void for_heads(int bytes, Body body) const {
    std::vector<double> shared(static_cast<size_t>(bytes / 8 + 1));
    run_team(3, [&](const ThreadTeam& threads) {
      for (int64_t b = 0; b < queries.size(); ++b)
        for (int64_t h = 0; h < plan.num_heads; ++h) {
          if (threads.rank() == 0) std::memset(shared.data(), 0xFF, shared.size() * sizeof(double));
          threads.sync();
          body(TileTeam(threads), b, h, reinterpret_cast<char*>(shared.data()));
          threads.sync();
        }
    });
  }

  const Segments queries = Segments::packed(GetParam().query_lengths), keys = Segments::packed(GetParam().key_lengths);
  const PackedAttention options{queries, keys, GetParam().num_heads, GetParam().causal, {GetParam().rate, 99}, {}};
  const int64_t width = GetParam().num_heads * GetParam().head_size;
  const at::Tensor queries_rows = random_tensor({queries.num_rows(), width}, 1, at::kBFloat16, 2);
  const at::Tensor key_value_rows = random_tensor({keys.num_rows(), 2 * width}, 2, at::kBFloat16, 2);
  const QueryKeyValue x{queries_rows, key_value_rows.narrow(1, 0, width), key_value_rows.narrow(1, width, width)};
  AttentionPlan<BFloat16> plan{};
};

TEST_P(ShortAttention, ForwardEqualsTheCpus) {
  const at::Tensor output = at::full_like(x.query, NAN);
  plan.output = pointer<BFloat16>(output);
  with_sizes([&](auto rows, auto head) {
    for_heads(ShortTiles<rows, head>::kForwardBytes, [&](const TileTeam& team, int64_t b, int64_t h, char* shared) {
      short_attention_forward<rows, head>(team, plan, b, h, shared);
    });
  });
  EXPECT_TRUE(near(output, packed_attention(x, options), at::kBFloat16, 2));
}

TEST_P(ShortAttention, BackwardEqualsTheCpus) {
  const at::Tensor upstream = random_tensor({queries.num_rows(), width}, 3, at::kBFloat16);
  const at::Tensor query = at::full_like(x.query, NAN), both = at::full_like(key_value_rows, NAN);
  const at::Tensor expected_query = at::empty_like(x.query), expected_both = at::empty_like(key_value_rows);
  plan.output_gradient = pointer<const BFloat16>(upstream);
  plan.query_gradient = pointer<BFloat16>(query);
  plan.key_gradient = pointer<BFloat16>(both.narrow(1, 0, width));
  plan.value_gradient = pointer<BFloat16>(both.narrow(1, width, width));
  with_sizes([&](auto rows, auto head) {
    for_heads(ShortTiles<rows, head>::kBackwardBytes, [&](const TileTeam& team, int64_t b, int64_t h, char* shared) {
      short_attention_backward<rows, head>(team, plan, b, h, shared);
    });
  });
  packed_attention_backward(x, options, upstream,
                            {expected_query, expected_both.narrow(1, 0, width), expected_both.narrow(1, width, width)});
  EXPECT_TRUE(near(query, expected_query, at::kBFloat16, 10));
  EXPECT_TRUE(near(both, expected_both, at::kBFloat16, 10));
}

// Lengths below, at and above a tile of 16; sentences without queries, as padding has them not but others may.
INSTANTIATE_TEST_SUITE_P(Shapes, ShortAttention,
                         ::testing::Values(Case{"Single", {1}, {1}, 1, 16, false, 0},
                                           Case{"Cross", {3, 16, 7}, {5, 33, 1}, 3, 16, false, 0},
                                           Case{"Causal", {4, 64, 17}, {4, 64, 17}, 2, 64, true, 0},
                                           Case{"CausalToTheEnd", {2, 3}, {9, 40}, 1, 32, true, 0},
                                           Case{"Dropout", {5, 34}, {5, 34}, 2, 16, true, 0.4},
                                           Case{"CrossDropout", {5, 6}, {61, 3}, 4, 32, false, 0.2},
                                           Case{"Empty", {5, 0, 0, 2}, {3, 4, 0, 7}, 2, 16, false, 0}),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
}  // namespace heed::testing
