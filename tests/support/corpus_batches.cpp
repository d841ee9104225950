#include "support/corpus_batches.h"

#include "data/make_batch.h"
#include "text/tokenizer_training.h"

namespace heed::testing {

CorpusBatches::CorpusBatches(const Config& config)
    : config_(config),
      tokenizers_(
          make_tokenizers(config.tokenizer, training_texts(config.data), static_cast<uint64_t>(config.run.seed))),
      corpus_(ParallelCorpus::open(config.data.train, config.data, tokenizers_,
                                   {config.tokenizer.sampling > 0 ? KeepText::kYes : KeepText::kNo})),
      sampler_(corpus_, config.train.batch_tokens, static_cast<uint64_t>(config.run.seed)) {}

Batch CorpusBatches::next() {
  if (!batches_ || next_ == batches_->size()) {
    batches_ = sampler_.epoch(++epoch_);
    next_ = 0;
  }
  const NoiseOptions noise{config_.tokenizer.sampling, static_cast<uint64_t>(config_.run.seed), epoch_,
                           config_.data.max_source_length, config_.data.max_target_length};
  return make_batch({corpus_, tokenizers_}, (*batches_)[next_++], noise);
}

}  // namespace heed::testing
