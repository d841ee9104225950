#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "checkpoint/tensor_check.h"
#include "config/config.h"
#include "core/thread_team.h"
#include "support/tiny_model.h"
#include "text/tokenizers.h"

// A model of tests/support/tiny_model.h with words of its own: "w4 w5 ... w30".
namespace heed::testing {

constexpr int64_t kVocabulary = 31;

inline std::shared_ptr<const Tokenizer> word_tokenizer(int64_t size = kVocabulary) {
  std::vector<std::string> pieces = {"<pad>", "<unk>", "<s>", "</s>"};
  while (static_cast<int64_t>(pieces.size()) < size) pieces.push_back("w" + std::to_string(pieces.size()));
  return std::make_shared<Tokenizer>(Tokenizer::from_tokens(Vocabulary(pieces, SpecialIds{}, "test")));
}

inline Tokenizers shared_tokenizers() {
  const auto tokenizer = word_tokenizer();
  return {tokenizer, tokenizer};
}

// One that ends most sentences well before max_length.
inline EncoderDecoder ending_model() {
  set_num_threads(1);  // for so small a model others only wait
  ModelConfig config = tiny_config();
  config.output_bias = true;
  EncoderDecoder model = tiny_model(config, kVocabulary);
  const torch::NoGradGuard no_grad;
  model->output->bias[kEos].fill_(6);
  return model;
}

inline DecodeConfig decoding() {
  DecodeConfig config;
  config.max_length = 20;
  config.n_best = 3;
  return config;
}

inline std::vector<std::string> some_lines(int64_t count) {
  std::vector<std::string> lines;
  for (int64_t i = 0; i < count; ++i) {
    std::string line;
    for (const int64_t id : random_ids(i * 7 % 12, 50 + static_cast<uint64_t>(i), kVocabulary))
      line += (line.empty() ? "w" : " w") + std::to_string(id);
    lines.push_back(line);
  }
  return lines;
}

inline Checkpoint checkpoint_of(const EncoderDecoder& model, const Tokenizers& tokenizers) {
  Config config;
  config.model = model->config();
  config.tokenizer.type = TokenizerType::kNone;
  config.decode = decoding();
  Checkpoint checkpoint;
  checkpoint.config = dump_config(config);
  checkpoint.tokenizer_files = tokenizers.files();
  checkpoint.vocabulary = checkpoint.tokenizer_files.extract("vocabulary.json").mapped();
  checkpoint.state = "{}\n";
  checkpoint.model = weights_of(*model);
  return checkpoint;
}

}  // namespace heed::testing
