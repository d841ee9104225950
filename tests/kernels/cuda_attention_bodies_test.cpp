// The bodies of the CUDA attention kernel, run by threads of the CPU, against the CPU kernel.
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "kernels/attention.h"
#include "kernels/cuda/attention_bodies.h"
#include "kernels/cuda/step_attention_bodies.h"
#include "kernels/dispatch.h"
#include "kernels/thread_team.h"
#include "support/random_tensor.h"

namespace heed::testing {
namespace {

struct Case {
  const char* name;
  std::vector<int32_t> query_lengths, key_lengths;
  int64_t num_heads, head_size;
  bool causal;
  double rate;
};

template <class T>
AttentionPlan<T> plan_of_case(const Case& c, const Segments& queries, const Segments& keys) {
  AttentionPlan<T> plan{};
  plan.query_starts = queries.starts().data();
  plan.query_lengths = queries.lengths().data();
  plan.key_starts = keys.starts().data();
  plan.key_lengths = keys.lengths().data();
  plan.num_heads = c.num_heads;
  plan.head_size = c.head_size;
  plan.max_key_length = keys.max_length();
  plan.scale = 1 / std::sqrt(static_cast<double>(c.head_size));
  plan.causal = c.causal;
  plan.dropout = plan_of({c.rate, 99});
  plan.output_stride = c.num_heads * c.head_size;
  return plan;
}

// body(head) for every (sentence, head), by a team of `threads`.
template <class T, class Body>
void for_heads(const AttentionPlan<T>& plan, int64_t sentences, int threads, Body body) {
  std::vector<ArithmeticOf<T>> scratch(static_cast<size_t>(attention_scratch(plan.head_size)));
  run_team(threads, [&](const ThreadTeam& team) {
    for (int64_t b = 0; b < sentences; ++b)
      for (int64_t h = 0; h < plan.num_heads; ++h) body(team, AttentionHead<T>(plan, b, h, scratch.data()), b, h);
  });
}

class CudaAttention : public ::testing::TestWithParam<Case> {
 protected:
  template <class T>
  void forward(int threads, at::ScalarType type) {
    const Case& c = GetParam();
    const int64_t width = c.num_heads * c.head_size;
    const at::Tensor query = random_tensor({queries.num_rows(), width}, 1, type, 2);
    const at::Tensor keys_values = random_tensor({keys.num_rows(), 2 * width}, 2, type, 2), out = at::empty_like(query);
    const at::Tensor key = keys_values.narrow(1, 0, width), value = keys_values.narrow(1, width, width);
    AttentionPlan<T> plan = plan_of_case<T>(c, queries, keys);
    plan.query = pointer<const T>(query);
    plan.key = pointer<const T>(key);
    plan.value = pointer<const T>(value);
    plan.query_stride = width;
    plan.key_stride = 2 * width;
    plan.output = pointer<T>(out);
    for_heads(plan, queries.size(), threads,
              [](const ThreadTeam& team, const AttentionHead<T>& head, int64_t, int64_t) {
                for (int64_t i = 0; i < head.num_queries; ++i) attention_query_forward(team, head, i);
              });
    EXPECT_TRUE(near(out, packed_attention({query, key, value}, options), type, 2));
  }

  template <class T>
  void backward(int threads, at::ScalarType type) {
    using A = ArithmeticOf<T>;
    const Case& c = GetParam();
    const int64_t width = c.num_heads * c.head_size, rows = queries.num_rows();
    const at::Tensor query = random_tensor({rows, width}, 1, type, 2), dout = random_tensor({rows, width}, 3, type);
    const at::Tensor key = random_tensor({keys.num_rows(), width}, 2, type, 2);
    const at::Tensor value = random_tensor({keys.num_rows(), width}, 4, type);
    const at::Tensor dq = at::empty_like(query), dk = at::empty_like(key), dv = at::empty_like(key);
    const at::Tensor dq2 = at::empty_like(query), dk2 = at::empty_like(key), dv2 = at::empty_like(key);
    AttentionPlan<T> plan = plan_of_case<T>(c, queries, keys);
    plan.query = pointer<const T>(query);
    plan.key = pointer<const T>(key);
    plan.value = pointer<const T>(value);
    plan.query_stride = plan.key_stride = width;
    plan.output_gradient = pointer<const T>(dout);
    plan.query_gradient = pointer<T>(dq);
    plan.key_gradient = pointer<T>(dk);
    plan.value_gradient = pointer<T>(dv);
    std::vector<A> statistics(static_cast<size_t>(2 * c.num_heads * rows));
    const auto of_head = [&](const AttentionHead<T>& head) {
      return statistics.data() + 2 * (head.head * rows + head.first_query);
    };
    for_heads(plan, queries.size(), threads,
              [&](const ThreadTeam& team, const AttentionHead<T>& head, int64_t, int64_t) {
                for (int64_t i = 0; i < head.num_queries; ++i) attention_query_backward(team, head, i, of_head(head));
              });
    for_heads(plan, queries.size(), threads,
              [&](const ThreadTeam& team, const AttentionHead<T>& head, int64_t, int64_t) {
                for (int64_t j = 0; j < head.num_keys; ++j) attention_key_backward(team, head, j, of_head(head));
              });
    packed_attention_backward({query, key, value}, options, dout, {dq2, dk2, dv2});
    EXPECT_TRUE(near(dq, dq2, type, 10));
    EXPECT_TRUE(near(dk, dk2, type, 10));
    EXPECT_TRUE(near(dv, dv2, type, 10));
  }

  const Segments queries = Segments::packed(GetParam().query_lengths), keys = Segments::packed(GetParam().key_lengths);
  const PackedAttention options{queries, keys, GetParam().num_heads, GetParam().causal, {GetParam().rate, 99}, {}};
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

// Lengths below, at and above a tile of 32.
INSTANTIATE_TEST_SUITE_P(Shapes, CudaAttention,
                         ::testing::Values(Case{"Single", {1}, {1}, 1, 4, false, 0},
                                           Case{"Cross", {3, 1, 7}, {5, 33, 1}, 3, 8, false, 0},
                                           Case{"Causal", {4, 70, 2}, {4, 70, 2}, 2, 12, true, 0},
                                           Case{"CausalToTheEnd", {2, 3}, {9, 40}, 1, 10, true, 0},
                                           Case{"Dropout", {5, 34}, {5, 34}, 2, 8, true, 0.4},
                                           Case{"CrossDropout", {5, 6}, {65, 3}, 4, 3, false, 0.2}),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST(CudaAttentionStep, FindsKeysByTheirRowTable) {
  constexpr int64_t kHeads = 2, kSize = 4, kWidth = 8;
  const at::Tensor query = random_tensor({2, kWidth}, 1, at::kDouble), out = at::empty_like(query);
  const at::Tensor key = random_tensor({7, kWidth}, 2, at::kDouble), value = random_tensor({7, kWidth}, 3, at::kDouble);
  const at::Tensor rows = at::tensor({4, 0, 6, -1, 5, 4, -1, -1}, at::kInt);  // two tables of room 4
  const Segments queries = Segments::packed({1, 1}), keys({0, 4}, {3, 2});
  AttentionPlan<double> plan = plan_of_case<double>({"", {}, {}, kHeads, kSize, true, 0}, queries, keys);
  plan.query = pointer<const double>(query);
  plan.key = pointer<const double>(key);
  plan.value = pointer<const double>(value);
  plan.query_stride = plan.key_stride = kWidth;
  plan.key_rows = pointer<const int32_t>(rows);
  plan.output = pointer<double>(out);
  for_heads(plan, 2, 2, [](const ThreadTeam& team, const AttentionHead<double>& head, int64_t, int64_t) {
    attention_query_forward(team, head, 0);
  });
  EXPECT_TRUE(near(out, packed_attention({query, key, value}, {queries, keys, kHeads, true, {}, rows}), at::kDouble));
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
  const Segments queries({0, 0, 1, 2}, {1, 0, 1, 1}), keys({0, 20, 3, 40}, {13, 2, 1, 37});
  for (const int64_t size : {4, 16}) {
    const int64_t heads = 3, width = heads * size;
    const at::Tensor query = random_tensor({3, width}, 1, kType, 2), out = at::empty_like(query);
    const at::Tensor both = random_tensor({80, 2 * width}, 2, kType, 2);
    const at::Tensor key = both.narrow(1, 0, width), value = both.narrow(1, width, width);
    const at::Tensor table = random_id_tensor(80, 80, 3).to(at::kInt);
    for (const bool by_table : {false, true}) {
      StepAttention<T> body{plan_of_case<T>({"", {}, {}, heads, size, true, 0}, queries, keys)};
      body.plan.query = pointer<const T>(query);
      body.plan.key = pointer<const T>(key);
      body.plan.value = pointer<const T>(value);
      body.plan.query_stride = width;
      body.plan.key_stride = 2 * width;
      if (by_table) body.plan.key_rows = pointer<const int32_t>(table);
      body.plan.output = pointer<T>(out);
      EXPECT_TRUE(body.fits());
      const bool vectors = body.aligned();
      EXPECT_EQ(vectors, size % kVector<T> == 0);
      run_team(kThreads, [&](const ThreadTeam& team) {
        for (int64_t item = 0; item < queries.size() * heads; ++item) {
          if (vectors)
            body.template row<kVector<T>>(team, item);
          else
            body.template row<1>(team, item);
        }
      });
      const at::Tensor rows = by_table ? table : at::Tensor();
      EXPECT_TRUE(near(out, packed_attention({query, key, value}, {queries, keys, heads, true, {}, rows}), kType, 2));
    }
  }
}

}  // namespace
}  // namespace heed::testing
