#include "model/encoder_decoder.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "nn/parameter_module.h"
#include "support/tiny_model.h"

namespace heed {
namespace {

using testing::kBos;
using testing::pack;
using testing::random_batch;
using testing::random_ids;
using testing::tiny_config;
using testing::tiny_model;

struct Variant {
  const char* name;
  ModelConfig config;
};

std::vector<Variant> variants() {
  std::vector<Variant> all;
  const auto add = [&](const char* name, auto change) {
    ModelConfig config = tiny_config();
    change(config);
    all.push_back({name, config});
  };
  add("PreNorm", [](ModelConfig&) {});
  add("PostNorm", [](ModelConfig& c) { c.norm = NormPlace::kPost; });
  add("LearnedPositions", [](ModelConfig& c) {
    c.positions = Positions::kLearned;
    c.max_positions = 40;
  });
  add("GeluUntied", [](ModelConfig& c) {
    c.activation = Activation::kGelu;
    c.tie_embeddings = TieEmbeddings::kNone;
    c.output_bias = true;
  });
  add("SwishDeepEncoder", [](ModelConfig& c) {
    c.activation = Activation::kSwish;
    c.tie_embeddings = TieEmbeddings::kDecoder;
    c.num_encoder_layers = 3;
    c.num_decoder_layers = 1;
    c.initialization = Initialization::kPytorch;
  });
  add("Rotary", [](ModelConfig& c) { c.positions = Positions::kRotary; });
  add("RotaryWindowsSharedKeys", [](ModelConfig& c) {
    c.positions = Positions::kRotary;
    c.num_heads = 4;
    c.num_key_heads = 2;
    c.decoder_attention = {.reach = ReachType::kWindow, .window_behind = 3};
  });
  add("Alibi", [](ModelConfig& c) { c.positions = Positions::kAlibi; });
  add("NoPositions", [](ModelConfig& c) { c.positions = Positions::kNone; });
  add("SharedKeyHeads", [](ModelConfig& c) {
    c.num_heads = 6;
    c.num_key_heads = 2;
  });
  add("Windows", [](ModelConfig& c) {
    c.encoder_attention.reach = c.decoder_attention.reach = ReachType::kWindow;
    c.cross_attention.reach = ReachType::kLocalMonotonic;
    c.encoder_attention.window_behind = c.cross_attention.window_ahead = 2;
    c.encoder_attention.window_ahead = c.decoder_attention.window_behind = c.cross_attention.window_behind = 3;
  });
  add("Strides", [](ModelConfig& c) {
    c.encoder_attention.reach = c.decoder_attention.reach = ReachType::kStrided;
    c.encoder_attention.stride = 3;
    c.decoder_attention.stride = 2;
  });
  add("AlibiWindowsOfOwnHeads", [](ModelConfig& c) {
    c.positions = Positions::kAlibi;
    c.num_key_heads = 2;
    c.encoder_attention = {.reach = ReachType::kWindow, .window_behind = 4, .window_ahead = 1, .num_heads = 6};
    c.decoder_attention.num_heads = 4;
    c.cross_attention.num_heads = 2;
  });
  const auto recurrent_decoder = [](ModelConfig& c) { c.decoder = DecoderType::kRecurrent; };
  const auto recurrent = [](ModelConfig& c) {
    c.encoder = EncoderType::kRecurrent;
    c.decoder = DecoderType::kRecurrent;
  };
  const auto luong = [&](ModelConfig& c) {
    recurrent(c);
    c.attention = AttentionType::kLuong;
  };
  add("RecurrentGruBahdanau", recurrent);
  add("RecurrentLstmBahdanau", [&](ModelConfig& c) {
    recurrent(c);
    c.cell = CellType::kLstm;
    c.num_decoder_layers = 1;
    c.tie_embeddings = TieEmbeddings::kNone;
    c.output_bias = true;
    c.variational_dropout = true;
  });
  add("RecurrentGruLuongGeneral", luong);
  add("RecurrentLstmLuongDot", [&](ModelConfig& c) {
    luong(c);
    c.cell = CellType::kLstm;
    c.attention_score = AttentionScore::kDot;
    c.bridge = BridgeType::kMean;
    c.initialization = Initialization::kPytorch;
  });
  add("RecurrentGruLuongConcatUnfed", [&](ModelConfig& c) {
    luong(c);
    c.attention_score = AttentionScore::kConcat;
    c.input_feeding = false;
    c.bridge = BridgeType::kZero;
    c.variational_dropout = true;
  });
  add("TransformerEncoderBahdanauDecoder", recurrent_decoder);
  add("TransformerEncoderLuongLstmDecoder", [&](ModelConfig& c) {
    recurrent_decoder(c);
    c.attention = AttentionType::kLuong;
    c.cell = CellType::kLstm;
  });
  add("GruEncoderTransformerDecoder", [](ModelConfig& c) { c.encoder = EncoderType::kRecurrent; });
  add("LstmEncoderTransformerDecoder", [](ModelConfig& c) {
    c.encoder = EncoderType::kRecurrent;
    c.cell = CellType::kLstm;
    c.variational_dropout = true;
  });
  return all;
}

class EveryModel : public ::testing::TestWithParam<Variant> {
 protected:
  const ModelConfig& config() const { return GetParam().config; }
};

// Decoder output (Nt, D) in evaluation.
torch::Tensor hidden_of(EncoderDecoder& model, const Batch& batch) {
  const torch::NoGradGuard no_grad;
  Pass pass;
  const Memory memory = model->encode(batch.source_ids, batch.source_segments, pass);
  return model->decode(memory, batch.target_input_ids, batch.target_segments, pass);
}

TEST_P(EveryModel, FutureTokensDoNotChangePastOutputs) {
  EncoderDecoder model = tiny_model(config());
  const auto source = random_ids(9, 1);
  auto target = random_ids(12, 2), changed = target;
  for (size_t i = 7; i < changed.size(); ++i) changed[i] = 4 + (changed[i] - 3) % 27;
  const auto first = hidden_of(model, pack({source}, {target})), second = hidden_of(model, pack({source}, {changed}));
  EXPECT_TRUE(at::equal(first.narrow(0, 0, 8), second.narrow(0, 0, 8)));  // rows 0..7 read bos and tokens 0..6
  EXPECT_FALSE(at::equal(first.narrow(0, 8, 1), second.narrow(0, 8, 1)));
}

TEST_P(EveryModel, SentenceDoesNotDependOnItsBatchOrTheNumberOfThreads) {
  EncoderDecoder model = tiny_model(config());
  const auto source = random_ids(11, 1), target = random_ids(13, 2);
  const auto alone = hidden_of(model, pack({source}, {target}));
  for (const int threads : {1, 2}) {
    at::set_num_threads(threads);
    for (int64_t before : {1, 2, 5, 30}) {
      std::vector<std::vector<int64_t>> sources, targets;
      for (int64_t i = 0; i < before; ++i) {
        sources.push_back(random_ids(1 + 3 * (i % 9), 10 + static_cast<uint64_t>(i)));
        targets.push_back(random_ids(1 + 2 * (i % 13), 90 + static_cast<uint64_t>(i)));
      }
      sources.push_back(source);
      targets.push_back(target);
      sources.push_back(random_ids(4, 7));
      targets.push_back(random_ids(3, 8));
      const Batch batch = pack(sources, targets);
      const auto together = hidden_of(model, batch)
                                .narrow(0, batch.target_segments.starts()[static_cast<size_t>(before)],
                                        static_cast<int64_t>(target.size()) + 1);
      EXPECT_TRUE(at::equal(alone, together)) << before << " sentences before, " << threads << " threads";
    }
  }
}

TEST_P(EveryModel, StepwiseDecodingEqualsFullDecoding) {
  const torch::NoGradGuard no_grad;
  EncoderDecoder model = tiny_model(config());
  const Batch batch = random_batch({5, 9, 2}, {34, 34, 34});  // beyond the cache's first length
  Pass pass;
  const Memory memory = model->encode(batch.source_ids, batch.source_segments, pass);
  const auto full = model->log_probs(model->decode(memory, batch.target_input_ids, batch.target_segments, pass));
  const std::unique_ptr<DecoderState> state = model->start(memory);
  for (int64_t t = 0; t < 35; ++t) {
    std::vector<int64_t> tokens;
    for (size_t b = 0; b < 3; ++b)
      tokens.push_back(batch.target_input_ids[static_cast<size_t>(batch.target_segments.starts()[b] + t)]);
    const auto step = model->step(*state, tokens);
    for (int64_t b = 0; b < 3; ++b)
      EXPECT_TRUE(at::equal(step[b], full[batch.target_segments.starts()[static_cast<size_t>(b)] + t]))
          << t << " " << b;
  }
}

TEST_P(EveryModel, SelectedRowsGoOnAsTheirAncestors) {
  const torch::NoGradGuard no_grad;
  EncoderDecoder model = tiny_model(config());
  const Batch batch = random_batch({5, 9, 4}, {1, 1, 1});
  Pass pass;
  const Memory memory = model->encode(batch.source_ids, batch.source_segments, pass);
  const std::unique_ptr<DecoderState> state = model->start(memory);
  model->step(*state, {kBos, kBos, kBos});
  state->select({0, 0, 1, 2, 2});  // two hypotheses for sentences 0 and 2
  model->step(*state, {5, 6, 7, 8, 9});
  state->select({1, 0, 3, 4});  // sentence 1 retired, sentence 0 swapped
  const auto log_probs = model->step(*state, {10, 11, 12, 13});
  EXPECT_EQ(state->sentences(), (std::vector<int64_t>{0, 0, 2, 2}));

  const std::vector<std::vector<int64_t>> paths = {{6, 10}, {5, 11}, {8, 12}, {9, 13}};
  for (size_t row = 0; row < paths.size(); ++row) {
    const auto sentence = static_cast<size_t>(state->sentences()[row]);
    const auto first = batch.source_ids.begin() + batch.source_segments.starts()[sentence];
    const std::vector<int64_t> source(first, first + batch.source_segments.lengths()[sentence] - 1);
    const auto expected = model->log_probs(hidden_of(model, pack({source}, {paths[row]})));
    EXPECT_TRUE(at::equal(log_probs[static_cast<int64_t>(row)], expected[2])) << row;
  }
}

TEST_P(EveryModel, GradientsEqualFiniteDifferences) {
  EncoderDecoder model = tiny_model(config(), 31, torch::kDouble);
  const Batch batch = random_batch({4, 2}, {3, 5});
  const auto loss_of = [&] {
    Pass pass(3, 1, 0);  // dropout 0 here; the keys must not matter
    return model->loss(batch, 0.1, pass);
  };
  const Loss loss = loss_of();
  EXPECT_EQ(loss.num_tokens, 10);
  loss.backward();
  const double step = 1e-5;
  for (auto& item : model->named_parameters()) {
    double* values = item.value().mutable_data_ptr<double>();
    const int64_t size = item.value().numel();
    for (int64_t i = 0; i < size; i += std::max<int64_t>(1, size / 5)) {
      const double kept = values[i];
      const torch::NoGradGuard no_grad;
      values[i] = kept + step;
      const double up = loss_of().sum.item<double>();
      values[i] = kept - step;
      const double down = loss_of().sum.item<double>();
      values[i] = kept;
      const double numeric = (up - down) / (2 * step), analytic = item.value().grad().flatten()[i].item<double>();
      EXPECT_NEAR(analytic, numeric, 1e-5 * std::max(1.0, std::abs(numeric))) << item.key() << "[" << i << "]";
    }
  }
}

TEST_P(EveryModel, GradientsAreTheSameForAnyNumberOfThreads) {
  const Batch batch = random_batch({14, 30, 9, 25, 3, 12}, {11, 28, 17, 22, 8, 1});
  ModelConfig with_dropout = config();
  with_dropout.dropout = with_dropout.attention_dropout = with_dropout.activation_dropout = 0.2;
  std::vector<torch::Tensor> gradients[2];
  for (const int threads : {1, 2}) {
    at::set_num_threads(threads);
    EncoderDecoder model = tiny_model(with_dropout);
    Pass pass(1, 5, 0);
    model->loss(batch, 0.1, pass).backward();
    for (const auto& parameter : model->parameters()) gradients[threads - 1].push_back(parameter.grad());
  }
  for (size_t i = 0; i < gradients[0].size(); ++i) EXPECT_TRUE(at::equal(gradients[0][i], gradients[1][i])) << i;
}

TEST_P(EveryModel, DropoutChangesWithTheUpdateAndOnlyWithIt) {
  ModelConfig with_dropout = config();
  with_dropout.dropout = 0.3;
  EncoderDecoder model = tiny_model(with_dropout);
  const Batch batch = random_batch({6}, {6});
  const auto loss_at = [&](uint64_t update) {
    Pass pass(1, update, 0);
    return model->loss(batch, 0, pass).sum.item<double>();
  };
  EXPECT_EQ(loss_at(1), loss_at(1));
  EXPECT_NE(loss_at(1), loss_at(2));
}

TEST_P(EveryModel, ParametersAreRegisteredWithTheirInitialValues) {
  EncoderDecoder model(config(), 31, 31);
  std::set<std::string> registered, described;
  for (const auto& item : model->named_parameters()) registered.insert(item.key());
  for (const auto& item : initial_values(*model)) described.insert(item.first);
  EXPECT_EQ(registered, described);
}

INSTANTIATE_TEST_SUITE_P(, EveryModel, ::testing::ValuesIn(variants()),
                         [](const auto& tested) { return std::string(tested.param.name); });

// Renaming a parameter is a change of the checkpoint format.
TEST(Transformer, ParameterNamesAreTheCheckpointKeys) {
  ModelConfig config = tiny_config();
  config.num_encoder_layers = config.num_decoder_layers = 1;
  std::vector<std::string> names;
  for (const auto& item : tiny_model(config)->named_parameters()) names.push_back(item.key());
  std::sort(names.begin(), names.end());
  std::vector<std::string> expected = {"embedding.weight"};
  const auto add = [&](const std::string& prefix) {
    for (const char* suffix : {"bias", "weight"}) expected.push_back(prefix + "." + suffix);
  };
  for (const char* module : {"cross_attention.key_value", "cross_attention.output", "cross_attention.query",
                             "cross_attention_norm", "feed_forward.inner", "feed_forward.outer", "feed_forward_norm",
                             "self_attention.output", "self_attention.query_key_value", "self_attention_norm"}) {
    add(std::string("decoder.layers.0.") + module);
    if (std::string(module).rfind("cross", 0) != 0) add(std::string("encoder.layers.0.") + module);
  }
  add("decoder.norm");
  add("encoder.norm");
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(names, expected);
}

TEST(Transformer, LibTorchsGeneratorIsNeverTouched) {
  const auto state = at::detail::getDefaultCPUGenerator().get_state().clone();
  EncoderDecoder model = tiny_model(tiny_config());
  Pass pass(1, 1, 0);
  model->loss(random_batch({3}, {4}), 0.1, pass).backward();
  EXPECT_TRUE(at::equal(state, at::detail::getDefaultCPUGenerator().get_state()));
}

}  // namespace
}  // namespace heed
