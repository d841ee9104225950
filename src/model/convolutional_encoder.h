#pragma once

#include <torch/nn/pimpl.h>

#include <vector>

#include "config/model_config.h"
#include "model/encoder.h"
#include "nn/convolution.h"
#include "nn/positional_encoding.h"

namespace heed {

// Convolutions instead of attention (Gehring et al. 2017, section 3), e being the embeddings with their positions:
//
//   x = e;  x = (x + glu(convolution(dropout(x)))) sqrt(1/2)  in each layer
//
// Attention finds its keys in x and takes its values from (x + e) sqrt(1/2).
class ConvolutionalEncoderImpl : public Encoder {
 public:
  explicit ConvolutionalEncoderImpl(const ModelConfig& config);
  Memory forward(const Tokens& tokens, const Segments& source, Pass& pass) override;

  PositionalEncoding positions;
  std::vector<Convolution> layers;

 private:
  double dropout_;
  int64_t width_;
};
TORCH_MODULE(ConvolutionalEncoder);

}  // namespace heed
