#pragma once

#include "config/eval_config.h"
#include "eval/metrics.h"
#include "text/tokenizers.h"

namespace heed {

// How a run scores what its model translates. The result keeps the target's tokenizer, whose pieces are BLEU's tokens
// under eval.bleu_tokenize: spm.
MetricOptions metric_options(const EvalConfig& config, const Tokenizers& tokenizers);

}  // namespace heed
