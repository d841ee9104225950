#pragma once

#include <torch/types.h>

#include "kernels/attention_problem.h"

namespace heed {

// Multi-head attention over packed sentences, differentiable in its rows and biases: (Nq, D). Every layer calls
// it, but for recurrent decoders where the kernels of one query a sentence do it (kernels/row_attention.h). The fused
// kernels of kernels/attention.h where they do it, else the reference (attention/reference.h), equal to them in tests,
// which also serves whoever needs the weights.
//
// Rows whose columns lie beside each other in one matrix (nn/columns.h) get gradients that do too.
torch::Tensor attend(const QueryKeyValue& x, const AttentionProblem& problem);

}  // namespace heed
