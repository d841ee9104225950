#pragma once

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>

#include "nn/attention/attention_options.h"
#include "nn/parameter_module.h"

namespace heed {

// How far each head of self-attention looks, learned (Sukhbaatar et al. 2019, section 2.2). Weights of keys at distance
// d are multiplied, before the softmax divides by their sum, by the soft mask
//
//   m(d) = min(max((ramp + z - d) / ramp, 0), 1),        z = max_span * clamp(span, 0, 1)
//
// which is the same as adding log m(d) to the score: a bias by distance. A share that an update has taken beyond 0 or 1
// still gets the gradients that lead it back, so that no head is lost there.
class AdaptiveSpanImpl : public ParameterModule {
 public:
  explicit AdaptiveSpanImpl(const AttentionOptions& options);

  torch::Tensor biases(int64_t n) const;  // (H, 2 n - 1) for n positions (kernels/attention_problem.h)
  torch::Tensor penalty() const;          // span_penalty times the heads' mean z, of the loss per target token
  int64_t farthest() const;               // keys at a greater distance have no weight; waits for the device

  const AttentionConfig& section() const { return section_; }

  torch::Tensor span;  // (H), a share of max_span

 private:
  AttentionConfig section_;
};
TORCH_MODULE(AdaptiveSpan);

// z (H) of a head's parameter `span` (H), in keys.
torch::Tensor learned_spans(const torch::Tensor& span, const AttentionConfig& section);

}  // namespace heed
