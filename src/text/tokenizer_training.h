#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/tokenizer_config.h"
#include "core/line_reader.h"
#include "text/tokenizers.h"

namespace heed {

// The texts that vocabularies are made from: the training corpus, as files (plain or .gz) or lists of them.
struct TrainingTexts {
  std::vector<std::string> source, target;
  Utf8Policy invalid_utf8 = Utf8Policy::kError;
};

// The tokenizers a config asks for: read from tokenizer.*_model, else trained on the texts; with `shared` one for both.
// Equal configs, texts and seeds give equal bytes (one thread; sentencepiece's unigram training depends on their
// number); the seed only draws the tokenizer.training_lines. Special ids: pad 0, unk 1, bos 2, eos 3.
//   none        tokens by falling frequency, then in byte order, as many as vocab_size allows
//   char, word  at most vocab_size pieces;   bpe, unigram  exactly
// User symbols that are language codes (text/language_code.h), and all of a word vocabulary, are pieces where a word
// starts; others wherever they stand.
// Text is read and sentencepiece trained as text/sentencepiece_training.h says. Throws ConfigError naming the key (a
// vocabulary too large for the text, say); DataError for the texts; Error for a model file that cannot be read;
// Interrupted where this process was asked to end.
Tokenizers make_tokenizers(const TokenizerConfig& config, const TrainingTexts& texts, uint64_t seed);

}  // namespace heed
