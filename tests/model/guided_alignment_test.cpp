#include "nn/alignment_loss.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/encoder_decoder.h"
#include "support/finite_differences.h"
#include "support/tiny_model.h"

namespace heed::testing {
namespace {

torch::Tensor rows(const std::vector<double>& values, int64_t columns) {
  return torch::tensor(values, torch::kDouble).view({-1, columns});
}

// Two rows of one sentence: the first is to look at the second of two words, half of the second row at each.
TEST(AlignmentLoss, IsTheCrossEntropyPerToken) {
  const torch::Tensor heads = torch::stack({rows({0.6, 0.4, 0.5, 0.5}, 2), rows({0.2, 0.8, 0.9, 0.1}, 2)});
  AlignmentGuide guide{.weight = 0.5, .targets = {rows({0, 1, 0.5, 0.5}, 2)}, .num_tokens = 4};
  const double of_mean = -(std::log(0.6) + 0.5 * std::log(0.7) + 0.5 * std::log(0.3));
  EXPECT_NEAR(alignment_loss({heads}, guide).item<double>(), 0.5 * of_mean / 4, 1e-12);
  guide.head = 1;
  const double of_head = -(std::log(0.8) + 0.5 * std::log(0.9) + 0.5 * std::log(0.1));
  EXPECT_NEAR(alignment_loss({heads}, guide).item<double>(), 0.5 * of_head / 4, 1e-12);
}

TEST(AlignmentLoss, AWeightOfZeroIsNoInfinity) {
  const AlignmentGuide guide{.weight = 1, .targets = {rows({1, 0}, 2)}, .num_tokens = 1};
  EXPECT_NEAR(alignment_loss({rows({0, 1}, 2).unsqueeze(0)}, guide).item<double>(), -std::log(1e-9), 1e-9);
}

struct Guided {
  const char* name;
  ModelConfig config;
  int64_t head;
};

std::vector<Guided> guided_models() {
  ModelConfig transformer = tiny_config(), bahdanau = tiny_config(), luong = tiny_config(), local = tiny_config();
  bahdanau.decoder = luong.decoder = DecoderType::kRecurrent;
  bahdanau.encoder = EncoderType::kRecurrent;
  luong.recurrence = RecurrenceType::kLuong;
  luong.cross_attention.num_heads = 2;
  local.cross_attention = {.score = ScoreType::kCosine, .reach = ReachType::kLocalPredictive, .window_behind = 4};
  return {{"TransformersMean", transformer, -1},
          {"TransformersHead", transformer, 1},
          {"Bahdanau", bahdanau, -1},
          {"LuongsHead", luong, 1},
          {"LocalPredictive", local, 0}};
}

class GuidedModel : public ::testing::TestWithParam<Guided> {};

TEST_P(GuidedModel, HasTheGradientOfFiniteDifferences) {
  EncoderDecoder model = tiny_model(GetParam().config, 31, torch::kDouble);
  const Batch batch = random_batch({4, 2}, {3, 5});
  AlignmentGuide guide{alignment_place(GetParam().config), GetParam().head, 0.7, {}, batch.num_target_tokens()};
  for (size_t b = 0; b < 2; ++b) {
    torch::Tensor links =
        torch::zeros({batch.target_segments.lengths()[b], batch.source_segments.lengths()[b]}, torch::kDouble);
    for (int64_t row = 0; row + 1 < links.size(0); ++row) links[row][row % links.size(1)] = 1;
    guide.targets.push_back(links);
  }
  const auto loss_of = [&](bool guided) {
    Pass pass(3, 1, 0);
    if (guided) pass.guide(guide);
    return model->loss(batch, 0.1, pass);
  };
  const Loss loss = loss_of(true);
  EXPECT_GT(loss.sum.item<double>(), loss_of(false).sum.item<double>());
  loss.backward();
  expect_finite_differences(*model, 3, [&] { return loss_of(true).sum.item<double>(); });
}

INSTANTIATE_TEST_SUITE_P(, GuidedModel, ::testing::ValuesIn(guided_models()),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace heed::testing
