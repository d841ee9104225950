// What searches find with models on CUDA and on the CPU. Skipped where there is no GPU.
#include <gtest/gtest.h>

#include "decode/search_sentences.h"
#include "decode/translator.h"
#include "kernels/cuda/graph.h"
#include "nn/pass.h"
#include "nn/weight_copies.h"
#include "support/gpu.h"
#include "support/tiny_translator.h"

namespace heed::testing {
namespace {

struct WantedSearch {
  const char* name;
  DecodeConfig config;
  LineWishes wishes = {};
  int64_t num_models = 1;
};

void PrintTo(const WantedSearch& search, std::ostream* stream) { *stream << search.name; }

std::vector<WantedSearch> searches() {
  DecodeConfig plain = decoding();
  plain.n_best = plain.beam_size;
  const auto changed = [&](auto change) {
    DecodeConfig config = plain;
    change(config);
    return config;
  };
  return {
      {"Greedy", changed([](DecodeConfig& c) { c.beam_size = c.n_best = 1; })},
      {"Beam", plain},
      {"Rules", changed([](DecodeConfig& c) {
         c.min_length = 6;
         c.no_repeat_ngram_size = 2;
         c.repetition_penalty = 1.5;
       })},
      {"Diverse", changed([](DecodeConfig& c) { c.beam_size = c.n_best = 6, c.beam_groups = 3; })},
      {"Draws", changed([](DecodeConfig& c) { c.sampling = true, c.top_k = 12, c.top_p = 0.9, c.temperature = 1.3; })},
      {"Prefix", plain, {.prefix = {9, 11, 4}, .phrases = {}, .avoided = {}}},
      {"Phrases", plain, {.prefix = {}, .phrases = {{7, 8}, {19}}, .avoided = {{5}, {6, 6}}}},
      {"Ensemble", plain, {}, 3},
      {"EnsembleOfRules", changed([](DecodeConfig& c) { c.no_repeat_ngram_size = 1; }), {}, 2},
  };
}

class SearchOnCuda : public ::testing::TestWithParam<std::tuple<WantedSearch, DecoderType>> {
 protected:
  void SetUp() override {
    if (!has_gpu()) GTEST_SKIP() << "no CUDA device";
  }

  static void expect_same(const std::vector<std::vector<Hypothesis>>& got,
                          const std::vector<std::vector<Hypothesis>>& wanted) {
    ASSERT_EQ(got.size(), wanted.size());
    for (size_t i = 0; i < wanted.size(); ++i) {
      ASSERT_EQ(got[i].size(), wanted[i].size()) << i;
      for (size_t k = 0; k < wanted[i].size(); ++k) {
        EXPECT_EQ(got[i][k].ids, wanted[i][k].ids) << i << ", " << k;
        EXPECT_NEAR(got[i][k].log_probability, wanted[i][k].log_probability, 1e-3);
      }
    }
  }

  static std::vector<std::vector<Hypothesis>> found(c10::Device device) {
    const torch::NoGradGuard no_grad;
    const auto& [search, decoder] = GetParam();
    const Batch batch = random_batch({5, 20, 1, 9}, {1, 1, 1, 1});
    std::vector<EncoderDecoder> models;
    std::vector<Memory> memories;
    for (int64_t i = 0; i < search.num_models; ++i) {
      ModelConfig config = tiny_config();
      config.decoder = decoder;
      config.output_bias = true;
      EncoderDecoder model(config, kVocabulary, kVocabulary);
      initialize(model, 7 + static_cast<uint64_t>(i));
      model->output->bias[kEos].fill_(3);
      model->to(device);
      models.push_back(model);
      Pass none;
      memories.push_back(model->encode(batch.source_ids, batch.source_segments, none));
    }
    std::vector<LineWishes> wishes(4, search.wishes);
    for (size_t i = 0; i < wishes.size(); ++i) wishes[i].key = 100 + i;
    const auto once = [&] { return search_sentences(models, memories, search.config, SpecialIds(), wishes); };
    const auto found = once();
    FrozenWeights frozen;
    const cuda::OwnStream stream(device);
    const UseFrozen use(frozen);
    for (int turn = 0; turn < 3; ++turn) expect_same(once(), found);  // on a GPU by graphs, made in the first turns
    return found;
  }
};

TEST_P(SearchOnCuda, FindsWhatTheCpuFinds_CUDA) { expect_same(found(at::kCUDA), found(at::kCPU)); }

INSTANTIATE_TEST_SUITE_P(, SearchOnCuda,
                         ::testing::Combine(::testing::ValuesIn(searches()),
                                            ::testing::Values(DecoderType::kTransformer, DecoderType::kRecurrent)),
                         [](const auto& tested) {
                           return std::get<0>(tested.param).name +
                                  std::string(std::get<1>(tested.param) == DecoderType::kTransformer ? ""
                                                                                                     : "Recurrent");
                         });

// Text to text, with everything that is said of a translation besides.
class TranslatorOnCuda : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_gpu()) GTEST_SKIP() << "no CUDA device";
  }

  static EncoderDecoder model_on(c10::Device device) {
    EncoderDecoder model = ending_model();
    const torch::NoGradGuard no_grad;
    model->output->bias[1].fill_(4);
    model->to(device);
    return model;
  }

  const std::vector<std::string> lines = some_lines(30);
};

TEST_F(TranslatorOnCuda, WritesWhatTheCpuWrites_CUDA) {
  DecodeConfig config = decoding();
  config.allow_unk = config.replace_unknown = true;
  for (const MinimumRisk mbr : {MinimumRisk::kNone, MinimumRisk::kChrf}) {
    config.mbr = mbr;
    const EncoderDecoder model = model_on(at::kCPU), on_cuda = model_on(at::kCUDA);
    const auto wanted = Translator(model, shared_tokenizers(), config, {256}).translate(lines);
    const auto got = Translator(on_cuda, shared_tokenizers(), config, {256}).translate(lines);
    for (size_t i = 0; i < lines.size(); ++i) {
      EXPECT_EQ(got[i].text, wanted[i].text) << lines[i];
      ASSERT_EQ(got[i].log_probs.size(), wanted[i].log_probs.size());
      for (size_t k = 0; k < wanted[i].log_probs.size(); ++k)
        EXPECT_NEAR(got[i].log_probs[k], wanted[i].log_probs[k], 1e-3) << i << ", " << k;
    }
  }
}

TEST_F(TranslatorOnCuda, ScoresAndLooksAsTheCpuDoes_CUDA) {
  const EncoderDecoder model = model_on(at::kCPU), on_cuda = model_on(at::kCUDA);
  Translator cpu(model, shared_tokenizers(), decoding(), {256}), cuda(on_cuda, shared_tokenizers(), decoding(), {256});
  const std::vector<std::string> targets(lines.rbegin(), lines.rend());
  const auto wanted = cpu.score(lines, targets), got = cuda.score(lines, targets);
  for (size_t i = 0; i < lines.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-3) << i;
  EXPECT_EQ(cuda.align(lines, targets), cpu.align(lines, targets));
}

}  // namespace
}  // namespace heed::testing
