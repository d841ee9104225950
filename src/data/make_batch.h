#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/guided_alignment.h"
#include "data/outside_words.h"
#include "data/parallel_corpus.h"
#include "tensor/batch.h"
#include "text/tokenizers.h"

namespace heed {

// The symbols that frame sentences: encoder input X eos, decoder input bos Y, labels Y eos.
struct SentenceFrame {
  int64_t source_eos = 3;
  int64_t target_bos = 2;
  int64_t target_eos = 3;

  SentenceFrame() = default;
  explicit SentenceFrame(const Tokenizers& tokenizers);
};

// Subword noise for the training batches of one epoch (Tokenizer::sample). Every sentence and side has its own stream,
// keyed (seed, epoch, sentence, side): no result depends on the batch or the thread it is made in. Sampled sentences
// are cut at the limits, so a batch may hold more tokens than it was planned with.
struct NoiseOptions {
  double strength = 0;  // 0: no noise
  uint64_t seed = 0;
  int64_t epoch = 0;
  int64_t max_source_length = 0, max_target_length = 0;
};

// The named sentences of a corpus, in that order; sentence_ids are their numbers. Thread safe.
Batch make_batch(const ParallelCorpus& corpus, std::span<const int32_t> sentences, const SentenceFrame& frame);
// For training: with noise, and with the links of `guide` where there is one. REQUIRES: with noise, a corpus opened
// with KeepText::kYes.
struct TrainingText {
  const ParallelCorpus& corpus;
  const Tokenizers& tokenizers;
  const GuidedAlignment* guide = nullptr;
  bool copies_words = false;  // that are outside the vocabulary; REQUIRES: CorpusUse::copies_words
};
Batch make_batch(const TrainingText& text, std::span<const int32_t> sentences, const NoiseOptions& noise);

// A source, and its target's labels, with ids of words outside the vocabulary (data/outside_words.h): for copying.
struct CopiedIds {
  std::vector<int64_t> source, target;
  std::vector<std::string> words = {};  // what they are
};

// Sentences as ids without bos and eos, numbered from 0. Without targets (translation) the target side is empty.
// `copies`: one a sentence, or none.
Batch make_batch(const std::vector<std::vector<int32_t>>& sources, const std::vector<std::vector<int32_t>>& targets,
                 const SentenceFrame& frame, const std::vector<CopiedIds>& copies = {});

}  // namespace heed
