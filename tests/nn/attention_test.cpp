#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <gtest/gtest.h>

#include "core/thread_team.h"
#include "nn/attention/attend.h"
#include "nn/attention/reference.h"
#include "nn/columns.h"
#include "support/attention_case.h"

namespace heed::testing {
namespace {

class FusedAttention : public ::testing::TestWithParam<AttentionCase> {
 protected:
  // Output, then the gradients of query, key and value, and biases.
  template <class Attend>
  static std::vector<torch::Tensor> results(Attend attend) {
    const AttentionCase& c = GetParam();
    const torch::Tensor query = c.query(torch::kDouble).requires_grad_();
    const torch::Tensor key_value = c.key_value(torch::kDouble).requires_grad_();
    AttentionProblem problem = c.problem(torch::kDouble);
    if (c.key_bias) problem.key_bias.requires_grad_();
    if (c.distance_bias) problem.distance_bias.requires_grad_();
    const auto parts = split_columns(key_value, {c.key_width(), c.key_width()});
    const torch::Tensor output = attend(QueryKeyValue{query, parts[0], parts[1]}, problem);
    output.backward(c.upstream(torch::kDouble));
    std::vector<torch::Tensor> all{output.detach(), query.grad(), key_value.grad()};
    if (c.key_bias) all.push_back(problem.key_bias.grad());
    if (c.distance_bias) all.push_back(problem.distance_bias.grad());
    return all;
  }
};

TEST_P(FusedAttention, EqualsTheReferenceForwardAndBackward) {
  const auto fused = results([](const auto& x, const auto& problem) { return attend(x, problem); });
  const auto expected =
      results([](const auto& x, const auto& problem) { return reference_attention(x, problem).output; });
  for (size_t i = 0; i < fused.size(); ++i) EXPECT_TRUE(at::allclose(fused[i], expected[i], 1e-11, 1e-12)) << i;
}

TEST_P(FusedAttention, InFloatAndBFloat16FollowsDouble) {
  const AttentionCase& c = GetParam();
  const auto attended = [&](torch::ScalarType type) {
    const torch::Tensor query = c.query(torch::kDouble) / 2, key_value = c.key_value(torch::kDouble) / 2;
    return attend(c.rows(query.to(type), key_value.to(type)), c.problem(type)).to(torch::kDouble);
  };
  const torch::Tensor exact = attended(torch::kDouble);
  EXPECT_TRUE(at::allclose(attended(torch::kFloat), exact, 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(attended(torch::kBFloat16), exact, 2e-2, 2e-2));  // bf16 has 8 bits of mantissa
}

// Word by word, each at its position with the keys that are there by then, gives the rows of the whole, bit for bit.
TEST_P(FusedAttention, StepsGiveTheBitsOfTheWhole) {
  AttentionCase c = GetParam();
  c.rate = 0;  // masks go by row
  const torch::Tensor query = c.query(torch::kFloat), key_value = c.key_value(torch::kFloat);
  AttentionProblem problem = c.problem(torch::kFloat);
  const torch::Tensor whole = attend(c.rows(query, key_value), problem);
  const Segments queries = problem.queries;
  for (size_t b = 0; b < queries.lengths().size(); ++b)
    for (int32_t i = 0; i < queries.lengths()[b]; ++i) {
      problem.queries = Segments({queries.starts()[b] + i}, {1});
      problem.keys = Segments({c.keys().starts()[b]}, {c.keys().lengths()[b]});
      problem.positions = {.first = c.positions.first + i * c.positions.step, .step = 0};
      const int64_t row = queries.starts()[b] + i;
      EXPECT_TRUE(attend(c.rows(query, key_value), problem)[row].equal(whole[row])) << row;
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, FusedAttention, ::testing::ValuesIn(attention_cases()), name_of_case);

// It trains what no kernel does, and a run must not depend on its threads.
TEST(ReferenceAttention, HasTheSameBitsForAnyNumberOfThreads) {
  const AttentionCase c{"", {150, 1, 33}, {140, 60, 1}, 4, 64, kGlobalReach, 0.1};
  for (const ScoreFunction score : {ScoreFunction::kProduct, ScoreFunction::kAdditive})
    for (const Normalizer normalizer : {Normalizer::kSoftmax, Normalizer::kSparsemax, Normalizer::kEntmax15}) {
      std::vector<torch::Tensor> results[2];
      for (const int threads : {1, 2}) {
        set_num_threads(threads);
        AttentionProblem problem = c.problem(torch::kFloat);
        problem.score = score;
        problem.normalizer = normalizer;
        const torch::Tensor query = c.query(torch::kFloat).requires_grad_();
        const torch::Tensor key_value = c.key_value(torch::kFloat).requires_grad_();
        if (score == ScoreFunction::kAdditive)
          problem.score_vector = random_tensor({c.width()}, 8, torch::kFloat).requires_grad_();
        const torch::Tensor output = reference_attention(c.rows(query, key_value), problem).output;
        output.backward(c.upstream(torch::kFloat));
        results[threads - 1] = {output.detach(), query.grad(), key_value.grad()};
        if (problem.score_vector.defined()) results[threads - 1].push_back(problem.score_vector.grad());
      }
      for (size_t i = 0; i < results[0].size(); ++i) EXPECT_TRUE(results[0][i].equal(results[1][i])) << i;
    }
}

TEST(ReferenceAttention, FindsKeysByTheirRowTable) {
  const AttentionCase c{"", {1, 1}, {3, 2}, 2, 4, kCausalReach, 0, 1, {.first = 2, .step = 0}, true};
  const torch::Tensor rows = torch::tensor({4, 0, 3, 1, 4}, torch::kInt);
  AttentionProblem problem = c.problem(torch::kDouble);
  const QueryKeyValue x = c.rows(c.query(torch::kDouble), c.key_value(torch::kDouble));
  problem.key_rows = rows;
  const torch::Tensor found = reference_attention(x, problem).output;
  EXPECT_TRUE(at::allclose(found, attend(x, problem), 1e-12, 1e-12));
  problem.key_rows = torch::Tensor();
  const auto picked = [&](const torch::Tensor& all) { return all.index_select(0, rows); };
  problem.key_bias = picked(problem.key_bias);
  EXPECT_TRUE(found.equal(reference_attention({x.query, picked(x.key), picked(x.value)}, problem).output));
}

TEST(Columns, GradientsBesideEachOtherAreNotCopied) {
  const AttentionCase c{"", {3, 5}, {3, 5}, 2, 6, kCausalReach};
  const torch::Tensor matrix = random_tensor({8, 36}, 4).requires_grad_();
  const auto parts = split_columns(matrix, {12, 12, 12});
  attend({parts[0], parts[1], parts[2]}, c.problem(torch::kDouble)).backward(c.upstream(torch::kDouble));
  const torch::Tensor apart = matrix.detach().clone().requires_grad_();
  reference_attention({apart.narrow(1, 0, 12), apart.narrow(1, 12, 12), apart.narrow(1, 24, 12)},
                      c.problem(torch::kDouble))
      .output.backward(c.upstream(torch::kDouble));
  EXPECT_TRUE(at::allclose(matrix.grad(), apart.grad(), 1e-11, 1e-12));

  const auto beside = empty_beside({parts[0], parts[1], parts[2]});
  EXPECT_EQ(beside[1].storage_offset(), 12);
  EXPECT_EQ(beside[2].stride(0), 36);
  EXPECT_TRUE(beside[0].storage().is_alias_of(beside[2].storage()));
  const auto alone = empty_beside({parts[0], parts[2], random_tensor({8, 5}, 1)});
  for (size_t i = 0; i < alone.size(); ++i) EXPECT_TRUE(alone[i].is_contiguous()) << i;
}

// The gradient of one part only, and of parts out of order.
TEST(Columns, AnyGradientsComeTogether) {
  const torch::Tensor matrix = random_tensor({4, 6}, 1).requires_grad_();
  auto parts = split_columns(matrix, {1, 2, 3});
  (parts[2] * 5).sum().backward();
  EXPECT_TRUE(matrix.grad().narrow(1, 0, 3).equal(torch::zeros({4, 3}, torch::kDouble)));
  EXPECT_TRUE(matrix.grad().narrow(1, 3, 3).equal(torch::full({4, 3}, 5, torch::kDouble)));
  EXPECT_THROW(split_columns(matrix, {1, 2}), c10::Error);
}

}  // namespace
}  // namespace heed::testing
