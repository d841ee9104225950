#pragma once

#include <torch/types.h>

#include <vector>

#include "kernels/attention_problem.h"

namespace heed {

struct AttentionOutput {
  torch::Tensor output;                // (Nq, D)
  std::vector<torch::Tensor> weights;  // per sentence (H, Lq, Lk), in the arithmetic type, before dropout
};

// Attention written as its definition, sentence by sentence, differentiable by autograd on any device and in any type:
// the oracle of the fused kernels, and the source of weights to look at. No padding ever enters a softmax. Every part
// of a problem is followed, dropout with the masks of the fused kernels, and so it can train and step. REQUIRES: at
// least one sentence, packed queries.
AttentionOutput reference_attention(const QueryKeyValue& x, const AttentionProblem& problem);

// How often it has been called in this process. For tests: what the fused kernels can do never comes here.
int64_t reference_attention_calls();

}  // namespace heed
