#include "cli/training_parts.h"

#include <fmt/format.h>

#include "config/rules.h"
#include "core/count_text.h"
#include "core/logging.h"
#include "data/corpus_check.h"
#include "data/outside_words.h"
#include "model/initialization.h"
#include "tensor/device.h"
#include "text/tokenizer_training.h"

namespace heed {

Tokenizers new_tokenizers(const Config& config) {
  check_corpora(config.data);
  return tokenizers_for(config.model, make_tokenizers(config.tokenizer, training_texts(config.data),
                                                      static_cast<uint64_t>(config.run.seed)));
}

ParallelCorpus open_training_corpus(const Config& config, const Tokenizers& tokenizers) {
  const KeepText for_noise = config.tokenizer.sampling > 0 ? KeepText::kYes : KeepText::kNo;
  return ParallelCorpus::open(config.data.train, config.data, tokenizers,
                              {for_noise, PairRule::kTraining, copies_words(config.model, tokenizers)});
}

std::optional<GuidedAlignment> read_guide(const Config& config, const ParallelCorpus& corpus,
                                          const Tokenizers& tokenizers) {
  if (config.train.guided_alignment.empty()) return std::nullopt;
  check_guided_model(config);
  GuidedAlignment guide = GuidedAlignment::read(config.train.guided_alignment, corpus, tokenizers, config.data);
  log_info(fmt::format("cross-attention is taught {} links of {} pairs (train.guided_alignment)",
                       count_text(guide.count()), count_text(corpus.size())));
  if (guide.count() == 0) log_warning("train.guided_alignment has no links: nothing is taught");
  return guide;
}

EncoderDecoder build_model(const Config& config, const Tokenizers& tokenizers) {
  EncoderDecoder model(config.model, tokenizers.source->vocabulary().size(), tokenizers.target->vocabulary().size());
  initialize(model, static_cast<uint64_t>(config.run.seed));
  model->to(resolve_device(config.run.device, "run.device"));
  model->set_compute_type(config.run.precision == Precision::kBf16 ? torch::kBFloat16 : torch::kFloat);
  return model;
}

}  // namespace heed
