#pragma once

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <vector>

#include "config/model_config.h"
#include "kernels/cross_entropy.h"
#include "nn/linear.h"
#include "nn/memory.h"
#include "nn/parameter_module.h"
#include "tensor/segments.h"

namespace heed {

// Rows of a decoder, and what they may copy.
struct CopyRows {
  torch::Tensor hidden;                     // (N, D)
  Segments rows;                            // those of each sentence
  Segments memory;                          // the rows of memory of each sentence
  std::vector<torch::Tensor> covered = {};  // of each sentence (rows, Ls): AttentionProblem's
};

// What rows would copy, how far they trust it, and what the vocabulary is asked with.
struct Copying {
  torch::Tensor log_share;             // (N) double: log (1 - g), what is left to the vocabulary
  torch::Tensor log_gate;              // (N) double: log g
  torch::Tensor rows;                  // (N, D)
  std::vector<torch::Tensor> weights;  // of each sentence (Lt, Ls), rows sum to 1
};

// The pointer of a pointer-generator (See et al. 2017, section 2.2): a row h of the decoder writes token v with
//
//   p(v) = (1 - g) softmax(E (Wo [h; c] + bo))_v + g sum of a_i over rows i of the memory that read v
//   a = softmax(Wq h . (Wk m_i + u s_i) / sqrt(D)),  c = sum a_i m_i,  g = sigmoid(w [h; c] + b)
//
// g is 1 - p_gen there. Attention is one of its own, of one head, because decoders differ in theirs; Wo, as there, lets
// h say where to look without a word for it. u and s only with model.coverage: s_i is the sum of what the rows before
// it gave i (section 2.3, as a feature of the key).
class CopyLayerImpl : public ParameterModule {
 public:
  explicit CopyLayerImpl(const ModelConfig& config);

  // Sources as keys, once for a batch.
  torch::Tensor keys(const Memory& memory) { return key(memory.hidden); }  // (Ns, D)
  Copying forward(const CopyRows& rows, const Memory& memory, const torch::Tensor& keys);

  // What copying gives the labels int64 (Nt) of whole sentences.
  LabelMixture mixture(const Copying& copying, const Segments& target, const Memory& memory,
                       const torch::Tensor& labels) const;
  // model.coverage_loss times the sum of min(a_i, s_i) of whole sentences, per row (See et al. 2017, eq. 12).
  torch::Tensor coverage_penalty(const Copying& copying) const;

  bool covers() const { return coverage.defined(); }

  Linear query{nullptr}, key{nullptr}, gate{nullptr}, output{nullptr};
  torch::Tensor coverage;  // (D), u; undefined without model.coverage

 private:
  double coverage_loss_;
};
TORCH_MODULE(CopyLayer);

}  // namespace heed
