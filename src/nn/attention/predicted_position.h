#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include "nn/attention/attention_options.h"
#include "nn/linear.h"
#include "tensor/segments.h"

namespace heed {

// Where in the source each query looks, by each head (Luong et al. 2015, section 3.2, local-p, eq. 9):
//
//   p = S sigmoid(position(tanh(hidden(x))))        x (Nq, D) -> (Nq, H), S the number of the query's keys
class PredictedPositionImpl : public torch::nn::Module {
 public:
  explicit PredictedPositionImpl(const AttentionOptions& options);
  torch::Tensor forward(const torch::Tensor& x, const Segments& queries, const Segments& keys);  // the arithmetic type

  Linear hidden, position;
};
TORCH_MODULE(PredictedPosition);

}  // namespace heed
