// The body of the CUDA kernel for short sentences, run by threads of the CPU that multiply tiles with plain loops,
// against the CPU kernel.
#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <type_traits>
#include <vector>

#include "kernels/attention.h"
#include "kernels/cuda/short_attention_bodies.h"
#include "kernels/plan_attention.h"
#include "kernels/thread_team.h"
#include "support/attention_case.h"

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

class ShortAttention : public ::testing::TestWithParam<AttentionCase> {
 protected:
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

  const Segments queries = GetParam().queries(), keys = GetParam().keys();
  const AttentionProblem problem = GetParam().problem(at::kBFloat16);
  const QueryKeyValue x = GetParam().rows(GetParam().query(at::kBFloat16), GetParam().key_value(at::kBFloat16));
  AttentionPlan<BFloat16> plan = plan_attention<BFloat16>(x, problem);
};

TEST_P(ShortAttention, ForwardEqualsTheCpus) {
  const at::Tensor output = at::full_like(x.query, NAN);
  plan.output = pointer<BFloat16>(output);
  with_sizes([&](auto rows, auto head) {
    for_heads(ShortTiles<rows, head>::kForwardBytes, [&](const TileTeam& team, int64_t b, int64_t h, char* shared) {
      short_attention_forward<rows, head>(team, plan, b, h, shared);
    });
  });
  EXPECT_TRUE(near(output, packed_attention(x, problem), at::kBFloat16, 2));
}

TEST_P(ShortAttention, BackwardEqualsTheCpus) {
  const at::Tensor upstream = GetParam().upstream(at::kBFloat16);
  const auto like_rows = [&] {
    const at::Tensor query = at::full_like(x.query, NAN);
    const at::Tensor both = at::full({keys.num_rows(), 2 * GetParam().width()}, NAN, x.query.options());
    return GetParam().rows(query, both);
  };
  const QueryKeyValue found = like_rows(), expected = like_rows();
  plan = plan_attention_backward<BFloat16>(x, problem, upstream, found);
  with_sizes([&](auto rows, auto head) {
    for_heads(ShortTiles<rows, head>::kBackwardBytes, [&](const TileTeam& team, int64_t b, int64_t h, char* shared) {
      short_attention_backward<rows, head>(team, plan, b, h, shared);
    });
  });
  packed_attention_backward(x, problem, upstream, expected);
  EXPECT_TRUE(near(found.query, expected.query, at::kBFloat16, 10));
  EXPECT_TRUE(near(found.key, expected.key, at::kBFloat16, 10));
  EXPECT_TRUE(near(found.value, expected.value, at::kBFloat16, 10));
}

// Lengths below, at and above a tile of 16; sentences without queries, as padding has them not but others may.
INSTANTIATE_TEST_SUITE_P(
    Cases, ShortAttention,
    ::testing::Values(AttentionCase{"Single", {1}, {1}, 1, 16}, AttentionCase{"Cross", {3, 16, 7}, {5, 33, 1}, 3, 16},
                      AttentionCase{"Causal", {4, 64, 17}, {4, 64, 17}, 2, 64, kCausalReach},
                      AttentionCase{"CausalFromTheMiddle", {2, 3}, {9, 10}, 1, 32, kCausalReach, 0, 1, {.first = 7}},
                      AttentionCase{"Dropout", {5, 34}, {5, 34}, 2, 16, kCausalReach, 0.4},
                      AttentionCase{"CrossDropout", {5, 6}, {61, 3}, 4, 32, kGlobalReach, 0.2},
                      AttentionCase{"Window", {64, 17, 1}, {64, 17, 1}, 2, 16, {.behind = 9, .ahead = 4}, 0.1},
                      AttentionCase{"WindowAcross", {40, 2}, {12, 30}, 2, 16, {.behind = 5, .ahead = 2}},
                      AttentionCase{"Empty", {5, 0, 0, 2}, {3, 4, 0, 7}, 2, 16}),
    name_of_case);

}  // namespace
}  // namespace heed::testing
