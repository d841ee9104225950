#pragma once

#include <optional>

#include "config/config.h"
#include "data/guided_alignment.h"
#include "data/parallel_corpus.h"
#include "model/encoder_decoder.h"
#include "text/tokenizers.h"

namespace heed {

// What a training run is put together from, for whoever trains with it or only looks at it. The configs are resolved
// (resolve_automatic in cli/train_run.h).

// Of a run whose words are its own: its corpora are checked, then its tokenizers read or trained. Throws as
// check_corpora and make_tokenizers.
Tokenizers new_tokenizers(const Config& config);

// data.train as the config's training reads it: with texts where it needs them, out of the cache if it is there.
ParallelCorpus open_training_corpus(const Config& config, const Tokenizers& tokenizers);

// train.guided_alignment, if there is one.
std::optional<GuidedAlignment> read_guide(const Config& config, const ParallelCorpus& corpus,
                                          const Tokenizers& tokenizers);

// With the first weights of run.seed, on the run's device.
EncoderDecoder build_model(const Config& config, const Tokenizers& tokenizers);

}  // namespace heed
