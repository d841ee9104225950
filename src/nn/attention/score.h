#pragma once

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include "kernels/attention_problem.h"
#include "nn/attention/attention_options.h"
#include "nn/parameter_module.h"

namespace heed {

// Keys as the score wants them, and what it adds for each: (Nk, num_key_heads) in the arithmetic type, or undefined.
struct ScoredKeys {
  torch::Tensor rows, bias;
};

// How well a key fits a query (score of an attention's section), both vectors of size K of one head:
//
//   scaled_dot  q.k / sqrt(K)             Vaswani et al. 2017, section 3.2.1
//   dot         q.k                       Luong et al. 2015, section 3.1
//   general     q.W k                     the same; W makes the keys of all heads from those of all
//   additive    v.tanh(q + k)             Bahdanau et al. 2015, appendix A.1.2, of projected q and k; a v for each head
//   cosine      e^t q.k / (|q| |k|)       Henry et al. 2020; t learned for each head, e^t is 10 at first; |x| is
//                                         sqrt(x.x + 1e-12), so that zeros have a direction
//   euclidean   -|q - k|^2 / sqrt(K)      Kim et al. 2021; -|q|^2 is left out, which no normalizer sees
//
// All but additive come to a product of prepared queries and keys. Rotary positions turn what is prepared.
class AttentionScoreImpl : public ParameterModule {
 public:
  explicit AttentionScoreImpl(const AttentionOptions& options);

  torch::Tensor of_queries(const torch::Tensor& rows) const;  // (Nq, D) -> (Nq, D)
  ScoredKeys of_keys(const torch::Tensor& rows) const;        // (Nk, Dk) -> (Nk, Dk)
  void complete(AttentionProblem& problem) const;             // with what is neither a query's nor a key's

  torch::Tensor general;    // (Dk, Dk)
  torch::Tensor score;      // (D), v of each head
  torch::Tensor log_scale;  // (H)

 private:
  ScoreType type_;
  int64_t num_heads_, num_key_heads_, head_size_;
};
TORCH_MODULE(AttentionScore);

}  // namespace heed
