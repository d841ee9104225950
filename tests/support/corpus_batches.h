#pragma once

#include <cstdint>
#include <optional>

#include "config/config.h"
#include "data/batch_sampler.h"
#include "data/parallel_corpus.h"
#include "tensor/batch.h"
#include "text/tokenizers.h"

namespace heed::testing {

// The batches that `heed train` of a config learns from, in its order, epoch after epoch.
class CorpusBatches {
 public:
  // Trains or reads the tokenizers and opens the training corpus. Borrows the config. Throws as they do.
  explicit CorpusBatches(const Config& config);

  const Tokenizers& tokenizers() const { return tokenizers_; }
  Batch next();

 private:
  const Config& config_;
  Tokenizers tokenizers_;
  ParallelCorpus corpus_;
  BatchSampler sampler_;
  std::optional<EpochBatches> batches_;
  int64_t epoch_ = 0, next_ = 0;
};

}  // namespace heed::testing
