#include "train/metric_options.h"

namespace heed {

MetricOptions metric_options(const EvalConfig& config, const Tokenizers& tokenizers) {
  MetricOptions options;
  options.tokenizer = config.bleu_tokenize;
  options.pieces.fingerprint = tokenizers.target->fingerprint();
  options.pieces.cut = [tokenizer = tokenizers.target](const std::string& line) { return tokenizer->pieces(line); };
  return options;
}

}  // namespace heed
