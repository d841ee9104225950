#include "model/graphed_steps.h"

#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "model/transformer_state.h"
#include "support/model_variants.h"
#include "tensor/id_tensor.h"

// On the CPU no step is a graph, but all is in its place: the same bits as without.
namespace heed::testing {
namespace {

std::vector<Variant> graphed_variants() {
  std::vector<Variant> all = model_variants();
  std::erase_if(all, [](const Variant& variant) {
    return variant.config.decoder != DecoderType::kTransformer || !GraphedSteps::hold(variant.config);
  });
  return all;
}

// Two decodings of the same memory, step by step.
class Beside {
 public:
  Beside(EncoderDecoder& model, const std::shared_ptr<GraphedSteps>& steps, const Batch& batch) : model_(model) {
    Pass none;
    const Memory memory = model->encode(batch.source_ids, batch.source_segments, none);
    plain_ = std::make_unique<TransformerState>(decoder(model), projections(memory));
    graphed_ = std::make_unique<GraphedState>(steps, projections(memory));
  }

  static TransformerDecoderImpl& decoder(EncoderDecoder& model) {
    return dynamic_cast<TransformerDecoderImpl&>(*model->decoder);
  }
  int64_t num_rows() const { return plain_->num_rows(); }

  void step(int64_t number) {
    std::vector<int64_t> tokens;
    for (int64_t row = 0; row < num_rows(); ++row) tokens.push_back(4 + (number * 7 + row * 3) % 27);
    const auto of = [&] {  // each takes a copy of its own
      return Tokens{model_->target_embedding->weight, {id_tensor(tokens, torch::kCPU), {}, {}, {}}, torch::kFloat};
    };
    EXPECT_TRUE(at::equal(graphed_->step(of()), plain_->step(of()))) << number;
  }
  void select(const std::vector<int64_t>& indices) {
    plain_->select(indices);
    graphed_->select(indices);
  }

 private:
  std::vector<ProjectedMemory> projections(const Memory& memory) {
    std::vector<ProjectedMemory> all;
    for (auto& layer : decoder(model_).layers) all.push_back(layer->cross_attention->project(memory));
    return all;
  }

  EncoderDecoder& model_;
  std::unique_ptr<DecoderState> plain_, graphed_;
};

class GraphedModel : public ::testing::TestWithParam<Variant> {};

TEST_P(GraphedModel, StepsInPlacesOfTheirOwnAreTheSame) {
  const torch::NoGradGuard no_grad;
  EncoderDecoder model = tiny_model(GetParam().config);
  const auto steps = std::make_shared<GraphedSteps>(Beside::decoder(model), 40);
  for (const int64_t sentences : {3, 7, 2}) {  // in the room that the one before has left
    Beside both(model, steps,
                random_batch(std::vector<int64_t>(static_cast<size_t>(sentences), 5 + sentences),
                             std::vector<int64_t>(static_cast<size_t>(sentences), 1)));
    both.step(0);
    std::vector<int64_t> beams;  // four hypotheses of each sentence
    for (int64_t row = 0; row < sentences; ++row) beams.insert(beams.end(), 4, row);
    both.select(beams);
    for (int64_t number = 1; number < 30; ++number) {
      both.step(number);
      if (number % 3 != 0) continue;  // some change places, one retires
      std::vector<int64_t> survivors;
      for (int64_t row = 0; row < both.num_rows(); ++row)
        if (both.num_rows() < 6 || row != number) survivors.push_back(row / 4 * 4 + (row * number) % 2);
      for (int64_t& row : survivors) row = std::min(row, both.num_rows() - 1);
      both.select(survivors);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, GraphedModel, ::testing::ValuesIn(graphed_variants()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(GraphedSteps, FindRoomForMoreStepsThanExpected) {
  const torch::NoGradGuard no_grad;
  for (const Positions positions : {Positions::kSinusoidal, Positions::kAlibi}) {
    ModelConfig config = tiny_config();
    config.positions = positions;
    EncoderDecoder model = tiny_model(config);
    const auto steps = std::make_shared<GraphedSteps>(Beside::decoder(model), config.longest_target() + 1);
    Beside both(model, steps, random_batch({5, 9}, {1, 1}));
    for (int64_t number = 0; number < 300; ++number) both.step(number);
  }
}

TEST(GraphedSteps, SayWhenAModelHasLearnedNoMorePositions) {
  const torch::NoGradGuard no_grad;
  ModelConfig config = tiny_config();
  config.positions = Positions::kLearned;
  config.max_positions = 9;
  EncoderDecoder model = tiny_model(config);
  const auto steps = std::make_shared<GraphedSteps>(Beside::decoder(model), config.longest_target() + 1);
  Beside both(model, steps, random_batch({5}, {1}));
  for (int64_t number = 0; number < 9; ++number) both.step(number);
  EXPECT_THROW(both.step(9), DataError);
}

}  // namespace
}  // namespace heed::testing
