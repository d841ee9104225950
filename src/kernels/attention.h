#pragma once

#include "kernels/attention_problem.h"

namespace heed {

// REQUIRES: problem.is_fused(). No score ever leaves the cache.
at::Tensor packed_attention(const QueryKeyValue& x, const AttentionProblem& problem);  // (Nq, D)

// What dropout multiplies a sentence's weights by, (H, Lq, Lk) in double on the CPU: the masks that the fused kernels
// draw.
at::Tensor attention_dropout_factors(const AttentionProblem& problem, int64_t sentence);

// Gradients of the biases that a problem has, in their types; undefined where it has none or none was wanted.
struct BiasGradients {
  at::Tensor key, distance;
};

// Writes the gradients of the rows of sentences, into tensors of the same shapes and types. Without key_rows. A bias by
// distance that nobody learns needs none: it would be a table for each sentence.
BiasGradients packed_attention_backward(const QueryKeyValue& x, const AttentionProblem& problem,
                                        const at::Tensor& output_gradient, const QueryKeyValue& gradients,
                                        bool of_distances = true);

}  // namespace heed
