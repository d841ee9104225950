#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "decode/sentence_search.h"
#include "model/transformer.h"
#include "text/tokenizers.h"

namespace heed {

struct TranslationHypothesis {
  std::string text;
  double score = 0;            // normalised by length (decode.length_penalty)
  double log_probability = 0;  // raw
};

// hypotheses are the n best, best first; the first one's fields stand in the translation itself.
struct Translation {
  std::string text;
  double score = 0, log_probability = 0;
  std::vector<TranslationHypothesis> hypotheses;
};

// Text to text: the only path there is, for validation, command line and server alike. Lines are sorted by length and
// decoded in batches of decode.batch_tokens source pieces; results come in input order, one for each line, the same bits
// whatever the batches (CPU). A line without pieces gives an empty translation of score 0; one longer than
// max_source_length is cut, with one warning that counts them. One thread at a time.
class Translator {
 public:
  // Borrows its arguments. The model stays as it is; gradients are off within.
  Translator(Transformer& model, const Tokenizers& tokenizers, const DecodeConfig& config, int64_t max_source_length);

  std::vector<Translation> translate(const std::vector<std::string>& lines);

  // Raw log probability of each target given its source, eos included: of a translation its log_probability. An empty
  // target is scored as eos alone, an empty source as eos alone.
  std::vector<double> score(const std::vector<std::string>& sources, const std::vector<std::string>& targets);

 private:
  Translation translation_of(const std::vector<Hypothesis>& hypotheses) const;

  Transformer& model_;
  const Tokenizers& tokenizers_;
  const DecodeConfig& config_;
  int64_t max_source_length_;
};

// A checkpoint, ready to translate: what a Translator borrows.
struct TranslationModel {
  Config config;  // of the checkpoint; decode.* may be overridden before a Translator is made
  Tokenizers tokenizers;
  Transformer model;
};

// `path` is a run directory (its best checkpoint, else the latest) or a checkpoint. Every byte is verified.
// `device` as run.device; empty: the config's. CheckpointError, ConfigError.
TranslationModel load_translation_model(const std::filesystem::path& path, const std::string& device = "");

}  // namespace heed
