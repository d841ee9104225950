// Each CUDA kernel against its CPU twin, which has tests of its own (tests/kernels). Skipped where there is no GPU.
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <limits>

#include "kernels/activation.h"
#include "kernels/best_tokens.h"
#include "kernels/column_sums.h"
#include "kernels/cross_entropy.h"
#include "kernels/embedding.h"
#include "kernels/layer_norm.h"
#include "kernels/parameter_update.h"
#include "kernels/recurrent_cell.h"
#include "kernels/row_attention.h"
#include "support/gpu.h"
#include "support/random_tensor.h"

namespace heed::testing {
namespace {

constexpr Dropout kDropout{0.3, 0x0123456789ABCDEFull};

class KernelsOnCuda : public ::testing::TestWithParam<at::ScalarType> {
 protected:
  void SetUp() override {
    if (!has_gpu()) GTEST_SKIP() << "no CUDA device";
  }
  at::ScalarType type() const { return GetParam(); }
  at::ScalarType arithmetic() const { return arithmetic_type(GetParam()); }
  // More rows than one piece of pieces, a width that no vector or warp divides.
  at::Tensor matrix(uint64_t seed, double scale = 1) const { return random_tensor({4200, 333}, seed, type(), scale); }
  at::Tensor row(uint64_t seed) const { return random_tensor({333}, seed, arithmetic()); }
};

TEST_P(KernelsOnCuda, DropoutDropsWhatTheCpuDrops_CUDA) {
  const at::Tensor x = matrix(1), residual = matrix(2);
  EXPECT_TRUE(dropout_add(x.cuda(), std::nullopt, kDropout).cpu().equal(dropout_add(x, std::nullopt, kDropout)));
  EXPECT_TRUE(near(dropout_add(x.cuda(), residual.cuda(), kDropout), dropout_add(x, residual, kDropout), type()));
}

TEST_P(KernelsOnCuda, ActivationsEqualTheCpus_CUDA) {
  using enum ActivationFunction;
  const at::Tensor x = matrix(3, 6), dy = matrix(4);
  for (const ActivationFunction f : {kRelu, kGelu, kSwish}) {
    EXPECT_TRUE(near(activation_dropout(f, x.cuda(), kDropout), activation_dropout(f, x, kDropout), type()));
    EXPECT_TRUE(near(activation_dropout_backward(f, x.cuda(), dy.cuda(), kDropout),
                     activation_dropout_backward(f, x, dy, kDropout), type()));
  }
}

TEST_P(KernelsOnCuda, LayerNormEqualsTheCpus_CUDA) {
  const at::Tensor x = matrix(5), gamma = row(6), beta = row(7), dy = matrix(8);
  const auto [y, stats] = layer_norm(x, gamma, beta, 1e-5);
  const auto [cuda_y, cuda_stats] = layer_norm(x.cuda(), gamma.cuda(), beta.cuda(), 1e-5);
  EXPECT_TRUE(near(cuda_y, y, type()));
  EXPECT_TRUE(near(cuda_stats, stats, arithmetic()));
  at::Tensor dgamma = row(9), dbeta = row(10), cuda_dgamma = dgamma.cuda(), cuda_dbeta = dbeta.cuda();
  const at::Tensor dx = layer_norm_backward(x, gamma, stats, dy, {dgamma, dbeta});
  const at::Tensor cuda_dx =
      layer_norm_backward(x.cuda(), gamma.cuda(), cuda_stats, dy.cuda(), {cuda_dgamma, cuda_dbeta});
  EXPECT_TRUE(near(cuda_dx, dx, type()));
  EXPECT_TRUE(near(cuda_dgamma, dgamma, arithmetic(), 50));  // sums of 4200 in another order
  EXPECT_TRUE(near(cuda_dbeta, dbeta, arithmetic(), 50));
}

TEST_P(KernelsOnCuda, ColumnSumsEqualTheCpus_CUDA) {
  at::Tensor sums = row(11), cuda_sums = sums.cuda();
  add_column_sums(matrix(12), sums);
  add_column_sums(matrix(12).cuda(), cuda_sums);
  EXPECT_TRUE(near(cuda_sums, sums, arithmetic(), 50));
}

TEST_P(KernelsOnCuda, CrossEntropyEqualsTheCpus_CUDA) {
  const at::Tensor labels = random_id_tensor(4200, 333, 13);
  at::Tensor logits = matrix(14, 5), cuda_logits = logits.cuda();
  const RowLosses rows = cross_entropy_rows(logits, labels, 0.1, true);
  const RowLosses cuda_rows = cross_entropy_rows(cuda_logits, labels.cuda(), 0.1, true);
  EXPECT_TRUE(near(cuda_rows.losses, rows.losses, arithmetic()));
  EXPECT_TRUE(near(cuda_rows.log_likelihoods, rows.log_likelihoods, arithmetic()));
  EXPECT_TRUE(near(cuda_logits, logits, type()));
}

TEST_P(KernelsOnCuda, BestTokensAreThoseOfASort_CUDA) {
  for (const int64_t vocabulary : {333, 8000}) {
    const at::Tensor logits = random_tensor({70, vocabulary}, 15, type(), 5);
    const BestTokens best = best_tokens(logits.cuda(), 10, {2, 3});
    at::Tensor allowed = logits.to(at::kDouble).clone();
    allowed.narrow(1, 2, 2).fill_(-std::numeric_limits<double>::infinity());
    const auto [values, tokens] = at::sort(allowed, /*stable=*/true, 1, /*descending=*/true);
    EXPECT_TRUE(best.tokens.to(at::kLong).equal(tokens.narrow(1, 0, 10)));
    const at::Tensor expected = logits.to(at::kDouble).log_softmax(1).gather(1, tokens.narrow(1, 0, 10));
    EXPECT_TRUE(near(best.log_probs, expected, at::kFloat, 2));
  }
}

TEST_P(KernelsOnCuda, EmbeddingEqualsTheCpusAndRepeatsItsBits_CUDA) {
  const at::Tensor table = random_tensor({57, 333}, 15, arithmetic()),
                   positions = random_tensor({9, 333}, 16, arithmetic());
  const at::Tensor ids = random_id_tensor(4200, 57, 17), position_ids = random_id_tensor(4200, 9, 18), dy = matrix(19);
  EXPECT_TRUE(
      near(embed(table.cuda(), {{ids.cuda(), position_ids.cuda(), {}, {}}, 3, positions.cuda(), kDropout, type()}),
           embed(table, {{ids, position_ids, {}, {}}, 3, positions, kDropout, type()}), type()));
  at::Tensor gradient = table.clone(), first = table.cuda(), second = table.cuda();
  embed_backward(dy, {ids, {}, {}}, 3, kDropout, gradient);
  embed_backward(dy.cuda(), {ids.cuda(), {}, {}}, 3, kDropout, first);
  embed_backward(dy.cuda(), {ids.cuda(), {}, {}}, 3, kDropout, second);
  EXPECT_TRUE(near(first, gradient, arithmetic(), 50));
  EXPECT_TRUE(first.equal(second));
}

// Widths of whole vectors and not.
TEST_P(KernelsOnCuda, RecurrentCellsEqualTheCpus_CUDA) {
  for (const int64_t width : {48, 111}) {
    const at::Tensor x = random_tensor({300, 4 * width}, 30, type(), 2),
                     h = random_tensor({300, 4 * width}, 31, type(), 2);
    const at::Tensor state = random_tensor({300, width}, 32, type()), dy = random_tensor({300, width}, 33, type());
    const LstmOutput lstm = lstm_cell(x, h, state), cuda_lstm = lstm_cell(x.cuda(), h.cuda(), state.cuda());
    EXPECT_TRUE(near(cuda_lstm.hidden, lstm.hidden, type()));
    EXPECT_TRUE(near(cuda_lstm.cell, lstm.cell, type()));
    const LstmGradients dlstm = lstm_cell_backward(x, h, state, {dy, state}),
                        cuda_dlstm = lstm_cell_backward(x.cuda(), h.cuda(), state.cuda(), {dy.cuda(), state.cuda()});
    EXPECT_TRUE(near(cuda_dlstm.gates, dlstm.gates, type()));
    EXPECT_TRUE(near(cuda_dlstm.cell, dlstm.cell, type()));

    const at::Tensor gru_x = x.narrow(1, 0, 3 * width).contiguous(), gru_h = h.narrow(1, 0, 3 * width).contiguous();
    EXPECT_TRUE(near(gru_cell(gru_x.cuda(), gru_h.cuda(), state.cuda()), gru_cell(gru_x, gru_h, state), type()));
    const GruGradients gru = gru_cell_backward(gru_x, gru_h, state, dy),
                       cuda_gru = gru_cell_backward(gru_x.cuda(), gru_h.cuda(), state.cuda(), dy.cuda());
    EXPECT_TRUE(near(cuda_gru.input_gates, gru.input_gates, type()));
    EXPECT_TRUE(near(cuda_gru.hidden_gates, gru.hidden_gates, type()));
    EXPECT_TRUE(near(cuda_gru.hidden, gru.hidden, type()));
  }
}

TEST_P(KernelsOnCuda, RowAttentionEqualsTheCpus_CUDA) {
  const Segments reach({17, 0, 5, 4, 26}, {9, 4, 12, 1, 300});
  for (const int64_t width : {48, 111}) {
    for (const bool additive : {false, true}) {
      const at::Tensor query = random_tensor({5, width}, 40, type()), keys = random_tensor({326, width}, 41, type()),
                       values = random_tensor({326, 96}, 42, type()), dy = random_tensor({5, 96}, 43, type()),
                       score = additive ? random_tensor({width}, 44, type()) : at::Tensor();
      const RowAttentionInput input{query, keys, values, reach, score};
      const RowAttentionInput on_gpu{query.cuda(), keys.cuda(), values.cuda(), reach, additive ? score.cuda() : score};
      const RowAttention expected = row_attention(input), found = row_attention(on_gpu);
      EXPECT_TRUE(near(found.output, expected.output, type()));
      EXPECT_TRUE(near(found.weights, expected.weights, arithmetic()));
      const auto gradients = [&](c10::Device device) {
        RowAttentionGradients result{{},
                                     random_tensor({326, width}, 45, arithmetic()).to(device),
                                     random_tensor({326, 96}, 46, arithmetic()).to(device),
                                     {}};
        if (additive) result.score_vector = random_tensor({width}, 47, arithmetic()).to(device);
        return result;
      };
      RowAttentionGradients wanted = gradients(at::kCPU), got = gradients(at::kCUDA);
      row_attention_backward(input, expected.weights, dy, wanted);
      row_attention_backward(on_gpu, found.weights, dy.cuda(), got);
      EXPECT_TRUE(near(got.query, wanted.query, type(), 2));
      EXPECT_TRUE(near(got.keys, wanted.keys, arithmetic(), 20));
      EXPECT_TRUE(near(got.values, wanted.values, arithmetic(), 20));
      if (additive) {
        EXPECT_TRUE(near(got.score_vector, wanted.score_vector, arithmetic(), 50));
      }
    }
  }
}

TEST_P(KernelsOnCuda, UpdatesEqualTheCpus_CUDA) {
  if (type() == at::kBFloat16) GTEST_SKIP() << "parameters are kept in float or double";
  const auto flat = [&](uint64_t seed) { return random_tensor({1000003}, seed, type()); };
  const at::Tensor g = flat(20), cuda_g = g.cuda();
  at::Tensor w = flat(21), m = flat(22), v = flat(23).square();
  at::Tensor cuda_w = w.cuda(), cuda_m = m.cuda(), cuda_v = v.cuda();
  const AdamStep adam{0.01, 0.9, 0.98, 1e-9, 0.1, true, 0.5, 0.1, 0.02};
  adam_update(adam, g, w, m, v);
  adam_update(adam, cuda_g, cuda_w, cuda_m, cuda_v);
  momentum_update({0.1, 0.9, 0.01, 2}, g, w, m);
  momentum_update({0.1, 0.9, 0.01, 2}, cuda_g, cuda_w, cuda_m);
  update_moving_average(0.75, w, v);
  update_moving_average(0.75, cuda_w, cuda_v);
  EXPECT_TRUE(near(cuda_w, w, type()));
  EXPECT_TRUE(near(cuda_m, m, type()));
  EXPECT_TRUE(near(cuda_v, v, type()));
  EXPECT_NEAR(squared_norm(cuda_g).item<double>(), squared_norm(g).item<double>(),
              1e-10 * squared_norm(g).item<double>());
}

INSTANTIATE_TEST_SUITE_P(Types, KernelsOnCuda, ::testing::Values(at::kFloat, at::kDouble, at::kBFloat16),
                         [](const auto& parameter) { return type_name(parameter.param) + "_CUDA"; });

}  // namespace
}  // namespace heed::testing
