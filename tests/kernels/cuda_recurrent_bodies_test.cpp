// The bodies of the CUDA kernels of recurrent models, run by threads of the CPU, against the CPU kernels.
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "kernels/column_sums.h"
#include "kernels/cuda/cell_bodies.h"
#include "kernels/cuda/row_attention_bodies.h"
#include "kernels/dispatch.h"
#include "kernels/recurrent_cell.h"
#include "kernels/row_attention.h"
#include "kernels/thread_team.h"
#include "support/random_tensor.h"

namespace heed::testing {
namespace {

template <class T>
class RecurrentBodies : public ::testing::Test {
 public:
  static constexpr at::ScalarType kType = sizeof(T) == 2 ? at::kBFloat16 : sizeof(T) == 4 ? at::kFloat : at::kDouble;
  static constexpr at::ScalarType kArithmetic = sizeof(T) == 8 ? at::kDouble : at::kFloat;
  static constexpr int64_t kOdd = 19, kVectorWidth = 24;  // a multiple of every vector

  static at::Tensor matrix(int64_t rows, int64_t width, uint64_t seed) {
    return random_tensor({rows, width}, seed, kType, 2);
  }
  // As the launch does.
  template <class Body>
  static void for_each_item(int64_t width, int64_t size, Body body) {
    EXPECT_EQ(body.aligned(), width == kVectorWidth);
    if (width == kVectorWidth)
      for (int64_t i = 0; i < size; i += kVector<T>) body.template items<kVector<T>>(i);
    else
      for (int64_t i = 0; i < size; ++i) body.template items<1>(i);
  }
  template <class Body>
  static void for_each_row(bool vectors, int64_t rows, Body body) {
    EXPECT_EQ(body.aligned(), vectors);
    run_team(3, [&](const ThreadTeam& team) {
      for (int64_t i = 0; i < rows; ++i) {
        if (vectors)
          body.template row<kVector<T>>(team, i);
        else
          body.template row<1>(team, i);
      }
    });
  }
};

using Types = ::testing::Types<float, double, BFloat16>;
struct TypeName {
  template <class T>
  static std::string GetName(int) {
    return type_name(RecurrentBodies<T>::kType);
  }
};
TYPED_TEST_SUITE(RecurrentBodies, Types, TypeName);

TYPED_TEST(RecurrentBodies, GruEqualsTheCpus) {
  using T = TypeParam;
  for (const int64_t width : {this->kOdd, this->kVectorWidth}) {
    const at::Tensor x = this->matrix(5, 3 * width, 1), h = this->matrix(5, 3 * width, 2),
                     state = this->matrix(5, width, 3);
    const at::Tensor dy = this->matrix(5, width, 4);
    GruPlan<T> plan{};
    plan.input_gates = pointer<const T>(x);
    plan.hidden_gates = pointer<const T>(h);
    plan.hidden = pointer<const T>(state);
    plan.rows = 5;
    plan.width = width;
    const at::Tensor output = at::empty_like(state), dx = at::empty_like(x), dh = at::empty_like(h),
                     dstate = at::empty_like(state);
    plan.output = pointer<T>(output);
    plan.output_gradient = pointer<const T>(dy);
    plan.input_gradient = pointer<T>(dx);
    plan.hidden_gates_gradient = pointer<T>(dh);
    plan.hidden_gradient = pointer<T>(dstate);
    this->for_each_item(width, plan.rows * width, GruForward<T>{plan});
    this->for_each_item(width, plan.rows * width, GruBackward<T>{plan});
    EXPECT_TRUE(near(output, gru_cell(x, h, state), this->kType));
    const GruGradients expected = gru_cell_backward(x, h, state, dy);
    EXPECT_TRUE(near(dx, expected.input_gates, this->kType));
    EXPECT_TRUE(near(dh, expected.hidden_gates, this->kType));
    EXPECT_TRUE(near(dstate, expected.hidden, this->kType));
  }
}

TYPED_TEST(RecurrentBodies, LstmEqualsTheCpus) {
  using T = TypeParam;
  for (const int64_t width : {this->kOdd, this->kVectorWidth}) {
    const at::Tensor x = this->matrix(5, 4 * width, 1), h = this->matrix(5, 4 * width, 2),
                     cell = this->matrix(5, width, 3);
    const at::Tensor dy = this->matrix(5, width, 4), dcell = this->matrix(5, width, 5);
    LstmPlan<T> plan{};
    plan.input_gates = pointer<const T>(x);
    plan.hidden_gates = pointer<const T>(h);
    plan.cell = pointer<const T>(cell);
    plan.rows = 5;
    plan.width = width;
    const at::Tensor output = at::empty_like(cell), after = at::empty_like(cell), gates = at::empty_like(x),
                     before = at::empty_like(cell);
    plan.output = pointer<T>(output);
    plan.cell_output = pointer<T>(after);
    plan.output_gradient = pointer<const T>(dy);
    plan.cell_output_gradient = pointer<const T>(dcell);
    plan.gates_gradient = pointer<T>(gates);
    plan.cell_gradient = pointer<T>(before);
    this->for_each_item(width, plan.rows * width, LstmForward<T>{plan});
    this->for_each_item(width, plan.rows * width, LstmBackward<T>{plan});
    const LstmOutput expected = lstm_cell(x, h, cell);
    EXPECT_TRUE(near(output, expected.hidden, this->kType));
    EXPECT_TRUE(near(after, expected.cell, this->kType));
    const LstmGradients gradients = lstm_cell_backward(x, h, cell, {dy, dcell});
    EXPECT_TRUE(near(gates, gradients.gates, this->kType));
    EXPECT_TRUE(near(before, gradients.cell, this->kType));
  }
}

// Rows of different lengths out of order, one of a single key; 18 columns of weights where the longest has 12.
TYPED_TEST(RecurrentBodies, RowAttentionEqualsTheCpus) {
  using T = TypeParam;
  using A = ArithmeticOf<T>;
  const Segments reach({17, 0, 5, 4}, {9, 4, 12, 1});
  for (const int64_t width : {this->kOdd, this->kVectorWidth}) {
    for (const bool additive : {false, true}) {
      const at::Tensor query = this->matrix(4, width, 1), keys = this->matrix(26, width, 2),
                       values = this->matrix(26, 2 * width, 3), upstream = this->matrix(4, 2 * width, 4),
                       score = additive ? this->matrix(1, width, 5).flatten() : at::Tensor();
      const RowAttentionInput input{query, keys, values, reach, score};
      const RowAttention expected = row_attention(input);
      const at::Tensor weights = at::full_like(expected.weights, 7), output = at::empty_like(expected.output);
      RowAttentionPlan<T> plan{};
      plan.query = pointer<const T>(query);
      plan.keys = pointer<const T>(keys);
      plan.values = pointer<const T>(values);
      plan.score_vector = pointer<const T>(score);
      plan.key_starts = reach.starts().data();
      plan.key_lengths = reach.lengths().data();
      plan.rows = 4;
      plan.key_size = width;
      plan.value_size = 2 * width;
      plan.columns = weights.size(1);
      plan.weights = pointer<A>(weights);
      plan.output = pointer<T>(output);
      const bool vectors = width == this->kVectorWidth, even = (2 * width) % kVector<T> == 0;
      this->for_each_row(vectors, weights.numel(), RowScores<T>{plan});
      this->for_each_row(even, plan.rows, RowContext<T>{plan});
      EXPECT_TRUE(near(output, expected.output, this->kType));
      EXPECT_TRUE(near(weights, expected.weights, this->kArithmetic, 10));

      const auto gradients = [&] {
        RowAttentionGradients result{{},
                                     random_tensor(keys.sizes(), 6, this->kArithmetic),
                                     random_tensor(values.sizes(), 7, this->kArithmetic),
                                     {}};
        if (additive) result.score_vector = random_tensor({width}, 8, this->kArithmetic);
        return result;
      };
      RowAttentionGradients wanted = gradients(), found = gradients();
      row_attention_backward(input, expected.weights, upstream, wanted);
      const at::Tensor scratch = at::full_like(weights, 7), query_gradient = at::full_like(query, 7, this->kArithmetic),
                       score_rows = at::full_like(query, 7, this->kArithmetic);
      plan.output_gradient = pointer<const T>(upstream);
      plan.query_gradient = pointer<A>(query_gradient);
      plan.keys_gradient = pointer<A>(found.keys);
      plan.values_gradient = pointer<A>(found.values);
      plan.score_gradient = pointer<A>(score_rows);
      this->for_each_row(even, weights.numel(), RowWeightsBackward<T>{plan, pointer<A>(scratch)});
      this->for_each_row(vectors, plan.rows, RowScoresBackward<T>{plan, pointer<A>(scratch)});
      EXPECT_TRUE(near(query_gradient, wanted.query, this->kType, 2));
      EXPECT_TRUE(near(found.keys, wanted.keys, this->kArithmetic, 20));
      EXPECT_TRUE(near(found.values, wanted.values, this->kArithmetic, 20));
      if (!additive) continue;
      add_column_sums(score_rows, found.score_vector);
      EXPECT_TRUE(near(found.score_vector, wanted.score_vector, this->kArithmetic, 20));
    }
  }
}

}  // namespace
}  // namespace heed::testing
