#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "nn/linear.h"
#include "tensor/segments.h"

namespace heed {

// Which row each row of packed sentences has at each of the places -width/2 .. width/2 around it, itself in the middle.
// Made once for all layers. REQUIRES: packed segments.
class Neighbours {
 public:
  Neighbours(const Segments& sentences, int64_t width, torch::Device device);

  // (N, D) -> (N, width D): each row's neighbours, side by side, zeros where the sentence has ended or not begun.
  // Differentiable, each sum in the order of the places.
  torch::Tensor beside(const torch::Tensor& x) const;

 private:
  std::vector<torch::Tensor> rows_;  // int64 (N) of each place; N where there is none
};

// A convolution over the rows of each sentence, `width` odd of them at a time, zeros beyond its ends: (N, in) -> (N,
// out).
class ConvolutionImpl : public torch::nn::Module {
 public:
  ConvolutionImpl(int64_t in, int64_t out, int64_t width, double keep);
  torch::Tensor forward(const torch::Tensor& x, const Neighbours& neighbours) { return kernel(neighbours.beside(x)); }

  Linear kernel;  // (out, width in)
};
TORCH_MODULE(Convolution);

}  // namespace heed
