#pragma once

#include "config/tokenizer_config.h"
#include "support/scratch_directory.h"
#include "text/generated_text.h"
#include "text/tokenizer_training.h"

// Small sentencepiece tokenizers, trained on generated text.
namespace heed::testing {

inline Tokenizers piece_tokenizers(bool shared, int64_t vocab_size = 80) {
  const ScratchDirectory scratch;
  const auto write = [&](const char* name, uint64_t seed) {
    std::string text;
    for (const std::string& line : generated_lines(400, seed)) text += line + "\n";
    put(scratch / name, text);
    return std::vector<std::string>{(scratch / name).string()};
  };
  TokenizerConfig config;
  config.vocab_size = vocab_size;
  config.shared = shared;
  return make_tokenizers(config, {write("source", 1), write("target", 2), Utf8Policy::kError}, 1);
}

// Of type word, shared, of few words: "ein", "Zug" and "nach" are known.
inline Tokenizers whole_word_tokenizers() {
  const ScratchDirectory scratch;
  put(scratch / "text", "ein Zug nach Bern\nein Zug nach Basel\n");
  TokenizerConfig config;
  config.type = TokenizerType::kWord;
  config.vocab_size = 8;
  config.normalization = Normalization::kNmtNfkc;
  const std::vector<std::string> files = {(scratch / "text").string()};
  return make_tokenizers(config, {.source = files, .target = files}, 1);
}

}  // namespace heed::testing
