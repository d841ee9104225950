// Oracle: the same cell step by step, with autograd through the steps.
#include "nn/recurrent_run.h"

#include <ATen/ops/allclose.h>
#include <gtest/gtest.h>

#include "nn/gradient.h"
#include "nn/recurrent_cell.h"
#include "support/random_tensor.h"

namespace heed {
namespace {

using testing::random_tensor;

constexpr int64_t kWidth = 6;

// Results and gradients of one way through the steps.
struct Way {
  torch::Tensor states, input_gates, weight, bias;
};

class EveryCell : public ::testing::TestWithParam<std::tuple<CellType, double>> {
 protected:
  CellType type() const { return std::get<0>(GetParam()); }
  Dropout dropout() const { return {std::get<1>(GetParam()), 77}; }

  // Twice, so that weight gradients are seen to be added to.
  template <class Steps>
  Way way(const std::vector<int64_t>& counts, Steps steps) const {
    int64_t rows = 0;
    for (const int64_t count : counts) rows += count;
    RecurrentCell cell(type(), kWidth, kWidth);
    cell->to(torch::kDouble);
    const int64_t gates = cell->hidden->weight.size(0);
    cell->hidden->weight.set_data(random_tensor({gates, kWidth}, 1));
    cell->hidden->bias.set_data(random_tensor({gates}, 2));
    torch::Tensor input_gates = random_tensor({rows, gates}, 3).requires_grad_();
    torch::Tensor states;
    for (int time = 0; time < 2; ++time) {
      states = steps(cell, input_gates);
      states.backward(random_tensor({rows, kWidth}, 4));
    }
    return {states.detach(), input_gates.grad(), gradient_of(cell->hidden->weight), gradient_of(cell->hidden->bias)};
  }
};

TEST_P(EveryCell, EqualsItsSteps) {
  for (const std::vector<int64_t>& counts : {std::vector<int64_t>{4, 4, 2, 1}, {3}, {1, 1, 1}}) {
    const Way found = way(counts, [&](RecurrentCell& cell, const torch::Tensor& gates) {
      return run_cell(type(), gates, cell->hidden, counts, dropout());
    });
    const Way expected = way(counts, [&](RecurrentCell& cell, const torch::Tensor& gates) {
      CellState state = cell->start(torch::zeros({counts.front(), kWidth}, torch::kDouble));
      std::vector<torch::Tensor> states;
      const auto of_steps = gates.split_with_sizes(counts);
      for (size_t t = 0; t < counts.size(); ++t) {
        state = cell->step(of_steps[t], state.first(counts[t]), dropout());
        states.push_back(state.hidden);
      }
      return torch::cat(states);
    });
    EXPECT_TRUE(torch::allclose(found.states, expected.states, 0, 1e-14));
    EXPECT_TRUE(torch::allclose(found.input_gates, expected.input_gates, 0, 1e-13));
    EXPECT_TRUE(torch::allclose(found.weight, expected.weight, 0, 1e-13));
    EXPECT_TRUE(torch::allclose(found.bias, expected.bias, 0, 1e-13));
  }
}

// Without gradient the rows come from the steps of decoding, which do not depend on each other.
TEST_P(EveryCell, IsTheSameInEvaluation) {
  RecurrentCell cell(type(), kWidth, kWidth);
  cell->to(torch::kDouble);
  const int64_t gates = cell->hidden->weight.size(0);
  cell->hidden->weight.set_data(random_tensor({gates, kWidth}, 1));
  cell->hidden->bias.set_data(random_tensor({gates}, 2));
  const std::vector<int64_t> counts{3, 2, 2};
  const torch::Tensor input_gates = random_tensor({7, gates}, 3);
  const torch::Tensor trained = cell->run(input_gates, counts, {});
  const torch::NoGradGuard no_grad;
  EXPECT_TRUE(torch::allclose(cell->run(input_gates, counts, {}), trained.detach(), 0, 1e-14));
}

INSTANTIATE_TEST_SUITE_P(, EveryCell,
                         ::testing::Combine(::testing::Values(CellType::kGru, CellType::kLstm),
                                            ::testing::Values(0.0, 0.4)),
                         [](const auto& tested) {
                           return std::string(std::get<0>(tested.param) == CellType::kGru ? "Gru" : "Lstm") +
                                  (std::get<1>(tested.param) > 0 ? "WithDropout" : "");
                         });

}  // namespace
}  // namespace heed
