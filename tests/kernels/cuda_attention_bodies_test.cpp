// The bodies of the CUDA attention kernel, run by threads of the CPU, against the CPU kernel.
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "kernels/attention.h"
#include "kernels/cuda/attention_backward_bodies.h"
#include "kernels/cuda/step_attention_bodies.h"
#include "kernels/plan_attention.h"
#include "kernels/thread_team.h"
#include "support/attention_case.h"
#include "support/random_tensor.h"

namespace heed::testing {
namespace {

// body(team, head) for every (sentence, head) or (sentence, key head), by a team of `threads`.
template <class T, class Body>
void for_heads(const AttentionPlan<T>& plan, int64_t heads, int threads, Body body) {
  std::vector<ArithmeticOf<T>> scratch(static_cast<size_t>(attention_scratch(plan.head_size)));
  run_team(threads, [&](const ThreadTeam& team) {
    for (int64_t b = 0; b < plan.num_sentences; ++b)
      for (int64_t h = 0; h < heads; ++h)
        body(team, AttentionHead<T>(plan, b, h * plan.num_heads / heads, scratch.data()));
  });
}

class CudaAttention : public ::testing::TestWithParam<AttentionCase> {
 protected:
  template <class T>
  void forward(int threads, at::ScalarType type) {
    const AttentionCase& c = GetParam();
    const QueryKeyValue x = c.rows(c.query(type), c.key_value(type));
    const AttentionProblem problem = c.problem(type);
    const at::Tensor out = at::empty_like(x.query);
    AttentionPlan<T> plan = plan_attention<T>(x, problem);
    plan.output = pointer<T>(out);
    for_heads(plan, plan.num_heads, threads, [](const ThreadTeam& team, const AttentionHead<T>& head) {
      for (int64_t i = 0; i < head.num_queries; ++i) attention_query_forward(team, head, i);
    });
    EXPECT_TRUE(near(out, packed_attention(x, problem), type, 2));
  }

  template <class T>
  void backward(int threads, at::ScalarType type) {
    using A = ArithmeticOf<T>;
    const AttentionCase& c = GetParam();
    const QueryKeyValue x = c.rows(c.query(type), c.key_value(type));
    const AttentionProblem problem = c.problem(type);
    const at::Tensor upstream = c.upstream(type);
    const auto like_rows = [&] {
      return QueryKeyValue{at::empty_like(x.query), at::empty(x.key.sizes(), x.key.options()),
                           at::empty(x.key.sizes(), x.key.options())};
    };
    const QueryKeyValue found = like_rows(), expected = like_rows();
    const BiasGradients biases = packed_attention_backward(x, problem, upstream, expected);
    const at::Tensor key_bias = c.key_bias ? at::empty_like(biases.key) : at::Tensor();
    const at::Tensor tables =
        c.distance_bias
            ? at::empty({problem.queries.size(), c.num_heads, biases.distance.size(1)}, biases.distance.options())
            : at::Tensor();
    AttentionPlan<T> plan = plan_attention_backward<T>(x, problem, upstream, found);
    plan.key_bias_gradient = pointer<A>(key_bias);
    plan.distance_bias_gradient = pointer<A>(tables);
    run_backward(plan, threads);
    EXPECT_TRUE(near(found.query, expected.query, type, 10));
    EXPECT_TRUE(near(found.key, expected.key, type, 10));
    EXPECT_TRUE(near(found.value, expected.value, type, 10));
    EXPECT_TRUE(!c.key_bias || near(key_bias, biases.key, arithmetic_type(type), 10));
    EXPECT_TRUE(!c.distance_bias || near(tables.sum(0), biases.distance, arithmetic_type(type), 10));
  }

  template <class T>
  static void run_backward(const AttentionPlan<T>& plan, int threads) {
    const int64_t rows = plan.num_query_rows;
    std::vector<QueryStatistics<ArithmeticOf<T>>> statistics(static_cast<size_t>(plan.num_heads * rows));
    for_heads(plan, plan.num_heads, threads, [&](const ThreadTeam& team, const AttentionHead<T>& head) {
      for (int64_t i = 0; i < head.num_queries; ++i)
        attention_query_backward(team, head, i, statistics_of(head, statistics.data(), rows));
    });
    for_heads(plan, plan.num_key_heads, threads, [&](const ThreadTeam& team, const AttentionHead<T>& head) {
      for (int64_t j = 0; j < head.num_keys; ++j) attention_key_backward(team, head, j, statistics.data(), rows);
    });
    if (!plan.distance_bias_gradient) return;
    for_heads(plan, plan.num_heads, threads, [&](const ThreadTeam& team, const AttentionHead<T>& head) {
      for (int64_t column = 0; column < plan.distances; ++column)
        attention_distance_backward(team, head, column, statistics_of(head, statistics.data(), rows));
    });
  }
};

TEST_P(CudaAttention, ForwardEqualsTheCpus) {
  forward<float>(1, at::kFloat);
  forward<double>(3, at::kDouble);
  forward<BFloat16>(2, at::kBFloat16);
}

TEST_P(CudaAttention, BackwardEqualsTheCpus) {
  backward<float>(1, at::kFloat);
  backward<double>(3, at::kDouble);
  backward<BFloat16>(2, at::kBFloat16);
}

INSTANTIATE_TEST_SUITE_P(Cases, CudaAttention, ::testing::ValuesIn(attention_cases()), name_of_case);

// Two tables of room 4.
TEST(CudaAttentionStep, FindsKeysByTheirRowTable) {
  const at::Tensor query = random_tensor({2, 8}, 1), key_value = random_tensor({7, 16}, 2), out = at::empty_like(query);
  const QueryKeyValue x{query, key_value.narrow(1, 0, 8), key_value.narrow(1, 8, 8)};
  const AttentionProblem problem{.queries = Segments::packed({1, 1}),
                                 .keys = Segments({0, 4}, {3, 2}),
                                 .num_heads = 2,
                                 .reach = kCausalReach,
                                 .key_rows = at::tensor({4, 0, 6, -1, 5, 4, -1, -1}, at::kInt),
                                 .positions = {.first = 2, .step = 0}};
  AttentionPlan<double> plan = plan_attention<double>(x, problem);
  plan.output = pointer<double>(out);
  for_heads(plan, 2, 2,
            [](const ThreadTeam& team, const AttentionHead<double>& head) { attention_query_forward(team, head, 0); });
  EXPECT_TRUE(near(out, packed_attention(x, problem), at::kDouble));
}

// Heads of vectors and of single elements; a sentence without a query, one whose keys fill no round of the groups.
template <class T>
class CudaStepAttention : public ::testing::Test {};
using StepTypes = ::testing::Types<float, double, BFloat16>;
TYPED_TEST_SUITE(CudaStepAttention, StepTypes);

TYPED_TEST(CudaStepAttention, EqualsTheCpus) {
  using T = TypeParam;
  constexpr at::ScalarType kType = sizeof(T) == 2 ? at::kBFloat16 : sizeof(T) == 4 ? at::kFloat : at::kDouble;
  constexpr int kThreads = 8;
  for (const int64_t size : {4, 16})
    for (const bool by_table : {false, true})
      for (const Reach& reach : {kCausalReach, Reach{.behind = 5, .ahead = 0}, Reach{.behind = 30, .stride = 3}}) {
        const AttentionCase c{"", {}, {}, 4, size, reach, 0, 2};
        const at::Tensor query = random_tensor({3, c.width()}, 1, kType, 2), out = at::empty_like(query);
        const QueryKeyValue x = c.rows(query, random_tensor({80, 2 * c.key_width()}, 2, kType, 2));
        const AttentionProblem problem{.queries = Segments({0, 0, 1, 2}, {1, 0, 1, 1}),
                                       .keys = Segments({0, 20, 3, 40}, {13, 2, 1, 37}),
                                       .num_heads = c.num_heads,
                                       .reach = reach,
                                       .key_rows = by_table ? random_id_tensor(80, 80, 3).to(at::kInt) : at::Tensor(),
                                       .num_key_heads = c.num_key_heads,
                                       .positions = {.first = 12, .step = 0},
                                       .key_bias = random_tensor({80, c.num_key_heads}, 4, arithmetic_type(kType)),
                                       .distance_bias = random_tensor({c.num_heads, 75}, 5, arithmetic_type(kType))};
        StepAttention<T> body{plan_attention<T>(x, problem)};
        body.plan.output = pointer<T>(out);
        EXPECT_TRUE(body.fits());
        const bool vectors = body.aligned();
        EXPECT_EQ(vectors, size % kVector<T> == 0);
        run_team(kThreads, [&](const ThreadTeam& team) {
          for (int64_t item = 0; item < problem.queries.size() * c.num_heads; ++item) {
            if (vectors)
              body.template row<kVector<T>>(team, item);
            else
              body.template row<1>(team, item);
          }
        });
        EXPECT_TRUE(near(out, packed_attention(x, problem), kType, 2));
      }
}

}  // namespace
}  // namespace heed::testing
