#pragma once

#include "config/data_config.h"
#include "data/corpus_cache.h"
#include "text/tokenizers.h"

namespace heed {

// Says in the log what became of a corpus's pairs, in one line, and warns of what will explain a bad score:
//   - more than 2 % of a side's pieces are unknown: the model can neither read nor write them;
//   - more than 1 % of the target lines do not come back from the tokenizer (text/round_trip.h): no translation can
//     equal them. One is shown, with the reason.
// Not where `copies_words`: copying writes unknown words.
void report_corpus(const CorpusConfig& files, const DataConfig& options, const CorpusCache& cache,
                   const Tokenizers& tokenizers, bool copies_words);

}  // namespace heed
