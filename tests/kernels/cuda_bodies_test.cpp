// The bodies of the CUDA kernels, run by threads of the CPU, against the CPU kernels: same formulas, same masks, no
// place where a team reads what it has not waited for. What is left to a GPU's own tests (tests/cuda) is the launching.
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "kernels/activation.h"
#include "kernels/column_sums.h"
#include "kernels/cross_entropy.h"
#include "kernels/cuda/best_tokens_bodies.h"
#include "kernels/cuda/element_bodies.h"
#include "kernels/cuda/row_bodies.h"
#include "kernels/cuda/sum_bodies.h"
#include "kernels/cuda/update_bodies.h"
#include "kernels/dispatch.h"
#include "kernels/embedding.h"
#include "kernels/layer_norm.h"
#include "kernels/parameter_update.h"
#include "kernels/thread_team.h"
#include "support/random_tensor.h"

namespace heed::testing {
namespace {

constexpr Dropout kDropout{0.3, 0x0123456789ABCDEFull};
constexpr int64_t kRows = 70, kWidth = 45, kVectorWidth = 48;  // 48: a multiple of every vector

template <class T>
constexpr at::ScalarType kTypeOf = sizeof(T) == 2   ? at::kBFloat16
                                   : sizeof(T) == 4 ? at::kFloat
                                                    : at::kDouble;

template <class T>
class CudaBodies : public ::testing::Test {
 protected:
  static constexpr at::ScalarType kType = kTypeOf<T>, kArithmetic = kTypeOf<ArithmeticOf<T>>;

  static at::Tensor matrix(uint64_t seed, double scale = 1, int64_t width = kWidth) {
    return random_tensor({kRows, width}, seed, kType, scale);
  }
  static at::Tensor row(uint64_t seed, int64_t width = kWidth) { return random_tensor({width}, seed, kArithmetic); }

  template <class Body>
  static void for_each_element(int64_t size, Body body) {
    for (int64_t i = 0; i < size; ++i) body(i);
  }
  template <class Body>
  static void for_each_row(int64_t width, Body body) {
    EXPECT_EQ(body.aligned(), width == kVectorWidth);
    run_team(3, [&](const ThreadTeam& team) {
      for (int64_t i = 0; i < kRows; ++i) {
        if (width == kVectorWidth)
          body.template row<kVector<T>>(team, i);
        else
          body.template row<1>(team, i);
      }
    });
  }
  // All but the last few in vectors, as the launch does.
  template <class Body>
  static void for_each_item(int64_t size, Body body) {
    EXPECT_TRUE(body.aligned());
    const int64_t in_vectors = size / kVector<T> * kVector<T>;
    for (int64_t i = 0; i < in_vectors; i += kVector<T>) body.template items<kVector<T>>(i);
    for (int64_t i = in_vectors; i < size; ++i) body.template items<1>(i);
  }
  // In three parts, then their sums; two groups of lanes.
  template <class Terms>
  static void add_sums(const Terms& terms, const SumTargets<ArithmeticOf<T>>& targets) {
    using A = ArithmeticOf<T>;
    constexpr int64_t kParts = 3;
    const int64_t width = Terms::kSums * terms.plan.width, rows = (terms.plan.rows + kParts - 1) / kParts;
    std::vector<A> parts(static_cast<size_t>(kParts * width));
    for (int64_t part = 0; part < kParts; ++part)
      sum_part(terms, part * rows, std::min(terms.plan.rows, (part + 1) * rows),
               {parts.data() + part * width, nullptr, width, false});
    sum_part(RowTerms<A>{{parts.data(), kParts, width, nullptr}}, 0, kParts, targets);
  }
  template <class Terms>
  static void sum_part(const Terms& terms, int64_t first, int64_t last, const SumTargets<ArithmeticOf<T>>& targets) {
    constexpr int n = kVector<typename Terms::Element>;
    std::vector<ArithmeticOf<T>> shared(2 * kColumnLanes * n * Terms::kSums);
    const int64_t columns = kColumnLanes * (terms.aligned() ? n : 1),
                  blocks = (terms.plan.width + columns - 1) / columns;
    run_team(2 * kColumnLanes, [&](const ThreadTeam& team) {
      for (int64_t block = 0; block < blocks; ++block) {
        if (terms.aligned())
          column_sums<n>(team, terms, first, last, block, shared.data(), targets);
        else
          column_sums<1>(team, terms, first, last, block, shared.data(), targets);
      }
    });
  }
};

using Types = ::testing::Types<float, double, BFloat16>;
struct TypeName {
  template <class T>
  static std::string GetName(int) {
    return type_name(kTypeOf<T>);
  }
};
TYPED_TEST_SUITE(CudaBodies, Types, TypeName);

TYPED_TEST(CudaBodies, LayerNormEqualsTheCpus) {
  using T = TypeParam;
  using A = ArithmeticOf<T>;
  for (const int64_t width : {kWidth, kVectorWidth}) {
    const at::Tensor x = this->matrix(1, 1, width), dy = this->matrix(2, 1, width);
    const at::Tensor gamma = this->row(3, width), beta = this->row(4, width);
    const at::Tensor y = at::empty_like(x), stats = at::empty({kRows, 2}, gamma.options()), dx = at::empty_like(x);
    at::Tensor gamma_gradient = this->row(30, width), beta_gradient = this->row(31, width);
    const at::Tensor found_gamma = gamma_gradient.clone(), found_beta = beta_gradient.clone();
    const LayerNormPlan<T> plan{.x = pointer<const T>(x),
                                .gamma = pointer<const A>(gamma),
                                .beta = pointer<const A>(beta),
                                .epsilon = 1e-5,
                                .rows = kRows,
                                .width = width,
                                .stats = pointer<A>(stats),
                                .y = pointer<T>(y),
                                .dy = pointer<const T>(dy),
                                .dx = pointer<T>(dx),
                                .gamma_gradient = pointer<A>(found_gamma),
                                .beta_gradient = pointer<A>(found_beta)};
    this->for_each_row(width, LayerNormForward<T>{plan});
    this->for_each_row(width, LayerNormBackward<T>{plan});
    const auto [expected_y, expected_stats] = layer_norm(x, gamma, beta, 1e-5);
    const at::Tensor expected_dx = layer_norm_backward(x, gamma, expected_stats, dy, {gamma_gradient, beta_gradient});
    EXPECT_TRUE(near(y, expected_y, this->kType));
    EXPECT_TRUE(near(stats, expected_stats, this->kArithmetic));
    EXPECT_TRUE(near(dx, expected_dx, this->kType));

    this->add_sums(LayerNormTerms<T>{plan}, {plan.gamma_gradient, plan.beta_gradient, width, true});
    EXPECT_TRUE(near(found_gamma, gamma_gradient, this->kArithmetic, 10));
    EXPECT_TRUE(near(found_beta, beta_gradient, this->kArithmetic, 10));
  }
}

TYPED_TEST(CudaBodies, RmsNormEqualsTheCpus) {
  using T = TypeParam;
  using A = ArithmeticOf<T>;
  for (const int64_t width : {kWidth, kVectorWidth}) {
    const at::Tensor x = this->matrix(1, 1, width) + 1, dy = this->matrix(2, 1, width), gamma = this->row(3, width);
    const at::Tensor y = at::empty_like(x), stats = at::empty({kRows, 2}, gamma.options()), dx = at::empty_like(x);
    at::Tensor gamma_gradient = this->row(30, width);
    const at::Tensor found_gamma = gamma_gradient.clone();
    const LayerNormPlan<T> plan{.x = pointer<const T>(x),
                                .gamma = pointer<const A>(gamma),
                                .beta = nullptr,
                                .epsilon = 1e-5,
                                .rows = kRows,
                                .width = width,
                                .stats = pointer<A>(stats),
                                .y = pointer<T>(y),
                                .dy = pointer<const T>(dy),
                                .dx = pointer<T>(dx),
                                .gamma_gradient = pointer<A>(found_gamma),
                                .beta_gradient = nullptr};
    this->for_each_row(width, LayerNormForward<T>{plan});
    this->for_each_row(width, LayerNormBackward<T>{plan});
    this->add_sums(LayerNormTerms<T>{plan}, {plan.gamma_gradient, plan.beta_gradient, width, true});
    const auto [expected_y, expected_stats] = layer_norm(x, gamma, {}, 1e-5);
    const at::Tensor expected_dx = layer_norm_backward(x, gamma, expected_stats, dy, {gamma_gradient, {}});
    EXPECT_TRUE(near(y, expected_y, this->kType));
    EXPECT_TRUE(near(dx, expected_dx, this->kType));
    EXPECT_TRUE(near(found_gamma, gamma_gradient, this->kArithmetic, 10));
  }
}

TYPED_TEST(CudaBodies, ColumnSumsEqualTheCpus) {
  using T = TypeParam;
  using A = ArithmeticOf<T>;
  for (const int64_t width :
       {kWidth, kVectorWidth, 32 * kVector<T> + kVectorWidth}) {  // the last: two blocks of columns
    const at::Tensor x = this->matrix(1, 1, width), found = this->row(2, width);
    at::Tensor expected = found.clone();
    add_column_sums(x, expected);
    const ColumnSumsPlan<T> plan{pointer<const T>(x), kRows, width, pointer<A>(found)};
    this->add_sums(RowTerms<T>{plan}, {plan.sums, nullptr, width, true});
    EXPECT_TRUE(near(found, expected, this->kArithmetic, 10)) << width;
  }
}

TYPED_TEST(CudaBodies, CrossEntropyEqualsTheCpus) {
  using T = TypeParam;
  for (const int64_t width : {kWidth, kVectorWidth}) {
    at::Tensor labels = random_id_tensor(kRows, width, 6);
    labels[kRows / 2] = kPaddingLabel;
    at::Tensor expected = this->matrix(5, 5, width);
    const at::Tensor found = expected.clone(), losses = at::empty({kRows}, at::kDouble), likelihoods = losses.clone();
    this->for_each_row(width, CrossEntropyRow<T>{{pointer<T>(found), pointer<const int64_t>(labels), kRows, width, 0.1,
                                                  true, pointer<double>(losses), pointer<double>(likelihoods)}});
    const RowLosses rows = cross_entropy_rows(expected, labels, 0.1, true);
    EXPECT_TRUE(near(losses, rows.losses, this->kArithmetic));
    EXPECT_TRUE(near(likelihoods, rows.log_likelihoods, this->kArithmetic));
    EXPECT_TRUE(near(found, expected, this->kType));
    EXPECT_EQ(rows.losses[kRows / 2].template item<double>(), 0);
    EXPECT_EQ(expected[kRows / 2].abs().sum().template item<double>(), 0);
  }
}

TYPED_TEST(CudaBodies, CrossEntropyOfAMixtureEqualsTheCpus) {
  using T = TypeParam;
  for (const int64_t width : {kWidth, kVectorWidth}) {
    at::Tensor labels = random_id_tensor(kRows, width, 6);
    labels[kRows / 2] = kPaddingLabel;
    labels[1] = width;  // none of the vocabulary's
    const at::Tensor share = at::linspace(0.2, 0.9, kRows, at::kDouble);
    const LabelMixture mixture{share.log(), ((1 - share) * 0.3).log()};
    at::Tensor expected = this->matrix(5, 5, width);
    const at::Tensor found = expected.clone(), losses = at::empty({kRows}, at::kDouble), likelihoods = losses.clone(),
                     of_share = losses.clone(), of_other = losses.clone();
    this->for_each_row(
        width, CrossEntropyRow<T>{{pointer<T>(found), pointer<const int64_t>(labels), kRows, width, 0.1, true,
                                   pointer<double>(losses), pointer<double>(likelihoods),
                                   pointer<const double>(mixture.log_share), pointer<const double>(mixture.log_other),
                                   pointer<double>(of_share), pointer<double>(of_other)}});
    const RowLosses rows = cross_entropy_rows(expected, labels, 0.1, true, mixture);
    EXPECT_TRUE(near(losses, rows.losses, this->kArithmetic));
    EXPECT_TRUE(near(likelihoods, rows.log_likelihoods, this->kArithmetic));
    EXPECT_TRUE(near(found, expected, this->kType));
    EXPECT_TRUE(near(of_share, rows.gradients.log_share, this->kArithmetic));
    EXPECT_TRUE(near(of_other, rows.gradients.log_other, this->kArithmetic));
    EXPECT_EQ(rows.gradients.log_share[kRows / 2].template item<double>(), 0);
  }
}

// Few distinct logits: many ties. A row of one token, a row of none, and one that is not a number.
TYPED_TEST(CudaBodies, BestTokensAreThoseOfASort) {
  using T = TypeParam;
  constexpr int64_t kCount = 10;
  for (const int64_t width : {kWidth, kVectorWidth}) {
    const at::Tensor logits = (this->matrix(5, 4, width) * 4).round();
    logits[1].narrow(0, 1, width - 1).fill_(-std::numeric_limits<double>::infinity());
    logits[2].fill_(-std::numeric_limits<double>::infinity());
    logits[3][7] = std::numeric_limits<double>::quiet_NaN();
    const at::Tensor log_probs = at::empty({kRows, kCount}, at::kFloat), tokens = at::empty({kRows, kCount}, at::kInt);
    this->for_each_row(width, BestTokensRow<T>{{.logits = pointer<const T>(logits),
                                                .rows = kRows,
                                                .vocabulary_size = width,
                                                .count = kCount,
                                                .num_forbidden = 2,
                                                .forbidden = {2, 40},
                                                .log_probs = pointer<float>(log_probs),
                                                .tokens = pointer<int32_t>(tokens)}});
    const at::Tensor expected = logits.to(at::kDouble).log_softmax(1);
    for (int64_t row = 0; row < kRows; ++row) {
      if (row == 3) {
        EXPECT_FALSE((log_probs[row] > -std::numeric_limits<double>::infinity()).any().template item<bool>());
        continue;
      }
      std::vector<int64_t> sorted;
      for (int64_t token = 0; token < width; ++token) {
        const bool possible = logits[row][token].template item<double>() > -std::numeric_limits<double>::infinity();
        if (token != 2 && token != 40 && possible) sorted.push_back(token);
      }
      std::stable_sort(sorted.begin(), sorted.end(), [&](int64_t a, int64_t b) {
        return logits[row][a].template item<double>() > logits[row][b].template item<double>();
      });
      for (int64_t i = 0; i < kCount; ++i) {
        const bool any = i < static_cast<int64_t>(sorted.size());
        const int64_t token = any ? sorted[static_cast<size_t>(i)] : -1;
        EXPECT_EQ(tokens[row][i].template item<int32_t>(), token) << row << ", " << i;
        const double log_prob = log_probs[row][i].template item<double>();
        if (any)
          EXPECT_NEAR(log_prob, expected[row][token].template item<double>(), 1e-5);
        else
          EXPECT_EQ(log_prob, -std::numeric_limits<double>::infinity());
      }
    }
  }
}

TYPED_TEST(CudaBodies, DropoutDropsWhatTheCpuDrops) {
  using T = TypeParam;
  const at::Tensor x = this->matrix(7), residual = this->matrix(8), out = at::empty_like(x);
  DropoutAddPlan<T> plan{pointer<const T>(x), pointer<const T>(residual), x.numel(), plan_of(kDropout),
                         pointer<T>(out)};
  this->for_each_item(plan.size, DropoutAdd<T>{plan});
  EXPECT_TRUE(near(out, dropout_add(x, residual, kDropout), this->kType));
  plan.residual = nullptr;
  this->for_each_item(plan.size, DropoutAdd<T>{plan});
  EXPECT_TRUE(out.equal(dropout_add(x, std::nullopt, kDropout)));
}

TYPED_TEST(CudaBodies, ActivationsEqualTheCpus) {
  using T = TypeParam;
  using enum ActivationFunction;
  const at::Tensor x = this->matrix(9, 6), dy = this->matrix(10), out = at::empty_like(x);
  for (const ActivationFunction f : {kRelu, kGelu, kSwish, kSigmoid}) {
    const ActivationPlan<T> plan{
        f, pointer<const T>(x), x.numel(), plan_of(kDropout), pointer<T>(out), pointer<const T>(dy)};
    this->for_each_item(plan.size, ActivationForward<T>{plan});
    EXPECT_TRUE(near(out, activation_dropout(f, x, kDropout), this->kType));
    this->for_each_item(plan.size, ActivationBackward<T>{plan});
    EXPECT_TRUE(near(out, activation_dropout_backward(f, x, dy, kDropout), this->kType));
  }
}

TYPED_TEST(CudaBodies, GatedActivationsEqualTheCpus) {
  using T = TypeParam;
  using enum ActivationFunction;
  const int64_t width = kWidth / 2;
  const at::Tensor x = this->matrix(9, 6, 2 * width), dy = this->matrix(10, 1, width);
  const at::Tensor out = at::empty_like(dy), dx = at::empty_like(x);
  for (const ActivationFunction f : {kGelu, kSwish, kSigmoid}) {
    GatedActivationPlan<T> plan{
        f, pointer<const T>(x), kRows, width, plan_of(kDropout), pointer<T>(out), pointer<const T>(dy)};
    this->for_each_element(kRows * width, GatedActivationForward<T>{plan});
    EXPECT_TRUE(near(out, gated_activation_dropout(f, x, kDropout), this->kType));
    plan.out = pointer<T>(dx);
    this->for_each_element(kRows * width, GatedActivationBackward<T>{plan});
    EXPECT_TRUE(near(dx, gated_activation_dropout_backward(f, x, dy, kDropout), this->kType));
  }
}

TYPED_TEST(CudaBodies, EmbeddingEqualsTheCpus) {
  using T = TypeParam;
  using A = ArithmeticOf<T>;
  const at::Tensor table = random_tensor({9, kWidth}, 11, this->kArithmetic);
  const at::Tensor positions = random_tensor({5, kWidth}, 12, this->kArithmetic);
  const at::Tensor ids = random_id_tensor(kRows, 9, 13), position_ids = random_id_tensor(kRows, 5, 14);
  const at::Tensor out = at::empty({kRows, kWidth}, this->kType);
  this->for_each_element(out.numel(), Embed<T>{{pointer<const A>(table), pointer<const int64_t>(ids),
                                                pointer<const A>(positions), pointer<const int64_t>(position_ids), 3,
                                                plan_of(kDropout), kRows, kWidth, pointer<T>(out)}});
  EXPECT_TRUE(near(out, embed(table, {{ids, position_ids, {}, {}}, 3, positions, kDropout, this->kType}), this->kType));
}

// 70 rows of 2 ids: runs longer than a piece, cut at 32 and 64; of 60 ids: runs of one and none.
TYPED_TEST(CudaBodies, EmbeddingGradientsEqualTheCpus) {
  using T = TypeParam;
  using A = ArithmeticOf<T>;
  const at::Tensor dy = this->matrix(15);
  for (const int64_t vocabulary : {1, 2, 60}) {
    const at::Tensor ids = random_id_tensor(kRows, vocabulary, 16),
                     sums = at::empty({kRows, kWidth}, this->kArithmetic);
    const auto [sorted_ids, order] = at::sort(ids, /*stable=*/true, 0, false);
    const at::Tensor found = random_tensor({vocabulary, kWidth}, 17, this->kArithmetic);
    at::Tensor expected = found.clone();
    const ScatterPlan<T> plan{.dy = pointer<const T>(dy),
                              .ids = nullptr,
                              .sorted_ids = pointer<const int64_t>(sorted_ids),
                              .order = pointer<const int64_t>(order),
                              .rows = kRows,
                              .width = kWidth,
                              .scale = 3,
                              .dropout = plan_of(kDropout),
                              .gradient = pointer<A>(found)};
    this->for_each_element(dy.numel(), RunPieceSums<T>{plan, pointer<A>(sums)});
    this->for_each_element(dy.numel(), AddRuns<T>{plan, pointer<const A>(sums)});
    embed_backward(dy, {ids, {}, {}}, 3, kDropout, expected);
    EXPECT_TRUE(near(found, expected, this->kArithmetic, 10)) << vocabulary;
  }
}

TYPED_TEST(CudaBodies, UpdatesEqualTheCpus) {
  using A = ArithmeticOf<TypeParam>;
  const auto flat = [&](uint64_t seed) { return random_tensor({1000}, seed, this->kArithmetic); };
  const at::Tensor g = flat(18);
  at::Tensor w = flat(19), m = flat(20), v = flat(21).square(), w2 = w.clone(), m2 = m.clone(), v2 = v.clone();
  for (const bool decoupled : {false, true}) {
    const AdamStep step{0.01, 0.9, 0.98, 1e-9, 0.1, decoupled, 0.5, 0.1, 0.02};
    adam_update(step, g, w, m, v);
    this->for_each_element(
        1000, AdamElement<A>({step, pointer<const A>(g), pointer<A>(w2), pointer<A>(m2), pointer<A>(v2), 1000}));
  }
  const MomentumStep step{0.1, 0.9, 0.01, 2};
  momentum_update(step, g, w, m);
  this->for_each_element(1000, MomentumElement<A>({step, pointer<const A>(g), pointer<A>(w2), pointer<A>(m2), 1000}));
  update_moving_average(0.75, w, v);
  this->for_each_element(1000, MovingAverageElement<A>({0.75, pointer<const A>(w2), pointer<A>(v2), 1000}));
  EXPECT_TRUE(near(w2, w, this->kArithmetic));
  EXPECT_TRUE(near(m2, m, this->kArithmetic));
  EXPECT_TRUE(near(v2, v, this->kArithmetic));

  const at::Tensor squares = at::empty({7}, at::kDouble);
  this->for_each_element(7, SquaredSums<A>{{pointer<const A>(g), 1000, 7, pointer<double>(squares)}});
  EXPECT_NEAR(squares.sum().template item<double>(), squared_norm(g).item<double>(), 1e-9);
}

}  // namespace
}  // namespace heed::testing
