#include "model/encoder_decoder.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "core/thread_team.h"
#include "model/decoding.h"
#include "nn/attention/attention_options.h"
#include "nn/attention/reference.h"
#include "nn/parameter_module.h"
#include "support/finite_differences.h"
#include "support/model_variants.h"
#include "support/tiny_model.h"

namespace heed {
namespace {

using testing::expect_finite_differences;
using testing::kBos;
using testing::model_variants;
using testing::pack;
using testing::random_batch;
using testing::random_ids;
using testing::tiny_config;
using testing::tiny_model;
using testing::Variant;

class EveryModel : public ::testing::TestWithParam<Variant> {
 protected:
  const ModelConfig& config() const { return GetParam().config; }
};

// How often a forward pass over targets of `longest` rows calls the reference: for what no kernel does.
int64_t calls_of_reference(const ModelConfig& config, int64_t longest) {
  const auto calls = [](const AttentionOptions& options, int64_t layers) {
    const bool has_kernel = options.score != ScoreType::kAdditive && options.normalizer == Normalizer::kSoftmax &&
                            options.section.reach != ReachType::kLocalPredictive;
    return has_kernel ? 0 : layers;
  };
  const AttentionOptions encoder(config, AttentionRole::kEncoderSelf), decoder(config, AttentionRole::kDecoderSelf),
      cross(config, AttentionRole::kCross);
  const int64_t of_encoder =
      config.encoder == EncoderType::kTransformer ? calls(encoder, config.num_encoder_layers) : 0;
  if (config.decoder == DecoderType::kRecurrent)  // once a step
    return of_encoder + (cross.fits_row_kernels() ? 0 : calls(cross, longest));
  return of_encoder + calls(decoder, config.num_decoder_layers) + calls(cross, config.num_decoder_layers);
}

// Row by row the kernels give the bits of the whole; the reference, which works on matrices, nearly.
bool same_steps(const ModelConfig& config, const torch::Tensor& step, const torch::Tensor& whole) {
  return calls_of_reference(config, 1) == 0 && !config.copy ? at::equal(step, whole)
                                                            : at::allclose(step, whole, 1e-4, 1e-5);
}

// Decoder output (Nt, D) in evaluation.
torch::Tensor hidden_of(EncoderDecoder& model, const Batch& batch) {
  const torch::NoGradGuard no_grad;
  Pass pass;
  const Memory memory = model->encode(batch.source_ids, batch.source_segments, pass);
  return model->decode(memory, batch.target_input_ids, batch.target_segments, pass);
}

// log p of every token after each row of the target, (Nt, V), in evaluation.
torch::Tensor log_probs_of(EncoderDecoder& model, const Batch& batch) {
  const torch::NoGradGuard no_grad;
  Pass pass;
  const Memory memory = model->encode(batch.source_ids, batch.source_segments, pass);
  const torch::Tensor hidden = model->decode(memory, batch.target_input_ids, batch.target_segments, pass);
  if (!model->config().copy) return log_probs(model->output->logits(hidden));
  std::vector<torch::Tensor> columns;
  for (int64_t token = 0; token < model->output->weight.size(0); ++token) {
    const torch::Tensor labels = torch::full({hidden.size(0)}, token, torch::kLong);
    columns.push_back(model->output->label_log_probs({hidden, batch.target_segments, memory}, labels));
  }
  return torch::stack(columns, 1).to(torch::kFloat);
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
    set_num_threads(threads);
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
  const auto full = log_probs_of(model, batch);
  Decoding decoding(*model, memory);
  for (int64_t t = 0; t < 35; ++t) {
    std::vector<int64_t> tokens;
    for (size_t b = 0; b < 3; ++b)
      tokens.push_back(batch.target_input_ids[static_cast<size_t>(batch.target_segments.starts()[b] + t)]);
    const auto step = decoding.log_probs(tokens);
    for (int64_t b = 0; b < 3; ++b)
      EXPECT_TRUE(same_steps(config(), step[b], full[batch.target_segments.starts()[static_cast<size_t>(b)] + t]))
          << t << " " << b;
  }
}

TEST_P(EveryModel, SelectedRowsGoOnAsTheirAncestors) {
  const torch::NoGradGuard no_grad;
  EncoderDecoder model = tiny_model(config());
  const Batch batch = random_batch({5, 9, 4}, {1, 1, 1});
  Pass pass;
  const Memory memory = model->encode(batch.source_ids, batch.source_segments, pass);
  Decoding decoding(*model, memory);
  decoding.log_probs({kBos, kBos, kBos});
  decoding.select({0, 0, 1, 2, 2});  // two hypotheses for sentences 0 and 2
  decoding.log_probs({5, 6, 7, 8, 9});
  decoding.select({1, 0, 3, 4});  // sentence 1 retired, sentence 0 swapped
  const auto log_probs = decoding.log_probs({10, 11, 12, 13});
  EXPECT_EQ(decoding.sentences(), (std::vector<int64_t>{0, 0, 2, 2}));

  const std::vector<std::vector<int64_t>> paths = {{6, 10}, {5, 11}, {8, 12}, {9, 13}};
  for (size_t row = 0; row < paths.size(); ++row) {
    const auto sentence = static_cast<size_t>(decoding.sentences()[row]);
    const auto first = batch.source_ids.begin() + batch.source_segments.starts()[sentence];
    const std::vector<int64_t> source(first, first + batch.source_segments.lengths()[sentence] - 1);
    const auto expected = log_probs_of(model, pack({source}, {paths[row]}));
    EXPECT_TRUE(same_steps(config(), log_probs[static_cast<int64_t>(row)], expected[2])) << row;
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
  expect_finite_differences(*model, 5, [&] { return loss_of().sum.item<double>(); });
}

TEST_P(EveryModel, GradientsAreTheSameForAnyNumberOfThreads) {
  const Batch batch = random_batch({14, 30, 9, 25, 3, 12}, {11, 28, 17, 22, 8, 1});
  ModelConfig with_dropout = config();
  with_dropout.dropout = with_dropout.attention_dropout = with_dropout.activation_dropout = 0.2;
  std::vector<torch::Tensor> gradients[2];
  for (const int threads : {1, 2}) {
    set_num_threads(threads);
    EncoderDecoder model = tiny_model(with_dropout);
    Pass pass(1, 5, 0);
    model->loss(batch, 0.1, pass).backward();
    for (const auto& parameter : model->parameters()) gradients[threads - 1].push_back(parameter.grad());
  }
  const auto names = EncoderDecoder(with_dropout, 31, 31)->named_parameters().keys();
  for (size_t i = 0; i < gradients[0].size(); ++i)
    EXPECT_TRUE(at::equal(gradients[0][i], gradients[1][i]))
        << names[i] << ": " << (gradients[0][i] - gradients[1][i]).abs().max();
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

TEST_P(EveryModel, KernelsDoWhatTheyCan) {
  EncoderDecoder model = tiny_model(config());
  const Batch batch = random_batch({5, 9}, {4, 7});
  const int64_t before = reference_attention_calls();
  Pass pass(1, 1, 0);
  model->loss(batch, 0.1, pass).backward();
  hidden_of(model, batch);
  EXPECT_EQ(reference_attention_calls() - before, 2 * calls_of_reference(config(), 8) + (config().copy ? 1 : 0));
}

TEST_P(EveryModel, ParametersAreRegisteredWithTheirInitialValues) {
  EncoderDecoder model(config(), 31, 31);
  std::set<std::string> registered, described;
  for (const auto& item : model->named_parameters()) registered.insert(item.key());
  for (const auto& item : initial_values(*model)) described.insert(item.first);
  EXPECT_EQ(registered, described);
}

// Tables of positions and of spans grow on the way, each in its own steps.
TEST(Transformer, DecodesManyWordsByLearnedSpansAndTableOfDistances) {
  ModelConfig config = tiny_config();
  config.num_encoder_layers = config.num_decoder_layers = 1;
  config.decoder_attention.reach = ReachType::kAdaptiveSpan;
  for (const Positions positions : {Positions::kAlibi, Positions::kRelative}) {
    config.positions = positions;
    EncoderDecoder model = tiny_model(config);
    const auto source = random_ids(3, 1), target = random_ids(1030, 2);
    const Batch batch = pack({source}, {target});
    const torch::Tensor whole = hidden_of(model, batch);
    const torch::NoGradGuard no_grad;
    Pass pass;
    const Memory memory = model->encode(batch.source_ids, batch.source_segments, pass);
    Decoding decoding(*model, memory);
    torch::Tensor last;
    for (const int64_t token : batch.target_input_ids) last = decoding.log_probs({token});
    EXPECT_TRUE(
        at::allclose(last, log_probs(model->output->logits(whole.narrow(0, whole.size(0) - 1, 1))), 1e-4, 1e-5));
  }
}

INSTANTIATE_TEST_SUITE_P(, EveryModel, ::testing::ValuesIn(model_variants()),
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
