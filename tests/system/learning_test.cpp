// The shipped toy configs learn their tasks: the whole way from text to scored translations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "checkpoint/translation_model.h"
#include "core/line_reader.h"
#include "decode/translator.h"
#include "support/toy_run.h"

namespace heed {
namespace {

using testing::Ended;
using testing::ToyRun;

// Trains the shipped config of `task` into a scratch directory.
class TrainedToy {
 public:
  TrainedToy(const std::string& task, const std::vector<std::string>& options) : toy_(task, "30000") {
    std::vector<std::string> train = {"train", "configs/toy_" + task + ".yaml", "--run.directory=" + toy_.directory(),
                                      "--data.cache_directory=" + (toy_.scratch() / "cache").string()};
    for (const std::string part : {"train", "validation", "test"})
      for (const std::string side : {"source", "target"})
        train.push_back("--data." + part + "." + side + "=" + file(part, side));
    train.insert(train.end(), options.begin(), options.end());
    const Ended trained = toy_.heed(train);
    if (trained.exit_code != 0) throw std::runtime_error(trained.err);
  }

  std::string file(const std::string& part, const std::string& side) const {
    return (toy_.scratch() / "data").string() + "/" + part + "." + side;
  }

  double bleu() const {
    const Ended evaluated = toy_.heed({"evaluate", toy_.directory(), "--json", "--quiet"});
    return nlohmann::json::parse(evaluated.out)["scores"][0]["score"].get<double>();
  }

  // The weight of a head's map (T, S) that lies within one word of where a reversed word stands.
  static double antidiagonal_weight(const torch::Tensor& map, int64_t words) {
    double sum = 0;
    for (int64_t t = 0; t < words; ++t) {
      const int64_t first = std::max<int64_t>(0, words - 2 - t), last = std::min(words - 1, words - t);
      sum += map[t].narrow(0, first, last - first + 1).sum().item<double>();
    }
    return sum;
  }

  // Per cross-attention head: that weight's share over the first lines of a split, each with its own target.
  std::vector<double> antidiagonal(const std::string& part) const {
    constexpr size_t kLines = 200;
    TranslationModel model = load_translation_model(toy_.directory(), "cpu");
    std::vector<std::string> sources = read_lines({file(part, "source")}), targets = read_lines({file(part, "target")});
    sources.resize(kLines);
    targets.resize(kLines);
    Translator translator(model.model, model.tokenizers, model.config.decode, reading_limits(model.config.data));
    std::vector<double> sums;
    double rows = 0;
    for (const SentenceAttention& attention : translator.attend(sources, targets)) {
      const int64_t words = static_cast<int64_t>(attention.source.pieces.size()) - 1;
      rows += static_cast<double>(words);
      size_t head = 0;
      for (const AttentionWeights& layer : attention.layers) {
        if (layer.role != AttentionRole::kCross) continue;
        for (const torch::Tensor& map : layer.sentences.at(0).unbind(0)) {
          if (sums.size() == head) sums.push_back(0);
          sums[head++] += antidiagonal_weight(map, words);
        }
      }
    }
    for (double& sum : sums) sum /= rows;
    return sums;
  }

 private:
  ToyRun toy_;
};

TEST(ToyCopy, IsLearntAlmostWithoutAMistake) {
  EXPECT_GE(TrainedToy("copy", {}).bleu(), 98);  // Sockeye's threshold for its copy task
}

// To write a sentence backwards the decoder must look from its end to its start.
TEST(ToyReverse, TheTransformersBestHeadLiesOnTheAntidiagonal) {
  const TrainedToy trained("reverse", {});
  EXPECT_GE(trained.bleu(), 98);
  const std::vector<double> validation = trained.antidiagonal("validation");
  const auto best = std::max_element(validation.begin(), validation.end()) - validation.begin();
  EXPECT_GE(trained.antidiagonal("test")[static_cast<size_t>(best)], 0.8);
}

TEST(ToyReverse, BahdanausAttentionLiesOnTheAntidiagonal) {
  const TrainedToy trained("reverse", {"--model.encoder=recurrent", "--model.decoder=recurrent",
                                       "--model.num_encoder_layers=1", "--model.num_decoder_layers=1"});
  EXPECT_GE(trained.bleu(), 98);
  EXPECT_GE(trained.antidiagonal("test").front(), 0.8);
}

}  // namespace
}  // namespace heed
