#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "data/batch_sampler.h"
#include "data/parallel_corpus.h"
#include "model/encoder_decoder.h"
#include "text/tokenizers.h"
#include "train/train_observer.h"

namespace heed {

// Measures a model on the validation corpus: loss per target token, and eval.metrics of its translations.
class Validator {
 public:
  // Borrows all arguments. DataError if the corpus cannot be read.
  Validator(const Config& config, EncoderDecoder& model, const Tokenizers& tokenizers);

  // Evaluation mode; leaves the model as it was. `report.step`, `epoch` and `best` are the caller's to fill.
  // Interrupted (core/interruption.h) where the process is asked to end meanwhile.
  ValidationReport validate();

  const std::string& fingerprint() const { return corpus_.fingerprint(); }  // of what it measures on

 private:
  void measure_loss(ValidationReport& report);
  void measure_translations(ValidationReport& report);

  const Config& config_;
  EncoderDecoder& model_;
  const Tokenizers& tokenizers_;
  ParallelCorpus corpus_;
  std::vector<std::string> sources_, references_;  // raw lines
};

// The score that train.early_stopping_metric names, such that larger is better.
double early_stopping_score(const ValidationReport& report, EarlyStoppingMetric metric);

}  // namespace heed
