#pragma once

#include <cstdint>

#include "config/model_config.h"

namespace heed {

// Where the entries of a parameter are drawn from, each independently.
struct Distribution {
  enum class Kind { kConstant, kUniform, kNormal };

  Kind kind = Kind::kConstant;
  double value = 0;  // the constant; a of U(-a, a); the deviation d of N(0, d^2)
};

// What a parameter starts from under either `model.initialization`; `pytorch` is what the layer of torch.nn draws that
// has such a parameter. Fans: `in` is how many numbers an output of the linear map is summed of, `out` how many outputs
// it has.
//
//                      xavier           pytorch
//   constant           value            value                                 LayerNorm, biases of MultiheadAttention
//   linear_weight      U(-a, a)         U(-1/sqrt(in), 1/sqrt(in))            Linear
//   linear_bias        0                U(-1/sqrt(in), 1/sqrt(in))
//   attention_weight   U(-a, a)         U(-a, a)                              in-projections of MultiheadAttention
//   recurrent_weight   U(-a, a)         U(-1/sqrt(hidden), 1/sqrt(hidden))    GRU, LSTM
//   recurrent_bias     0                U(-1/sqrt(hidden), 1/sqrt(hidden))
//   embedding          N(0, 1/width)    N(0, 1)                               Embedding
//   gated_weight       N(0, 4 p/in)     U(-1/sqrt(in), 1/sqrt(in))            of a layer before a gate
//
// with a = sqrt(6 / (in + out)) (Glorot and Bengio 2010, eq. 16), p the share of the inputs that dropout keeps (Gehring
// et al. 2017, section 3.5).
struct InitialValues {
  Distribution xavier, pytorch;

  static InitialValues constant(double value);
  static InitialValues linear_weight(int64_t in, int64_t out);
  static InitialValues linear_bias(int64_t in);
  static InitialValues attention_weight(int64_t in, int64_t out);
  static InitialValues recurrent_weight(int64_t in, int64_t out, int64_t hidden);
  static InitialValues recurrent_bias(int64_t hidden);
  static InitialValues embedding(int64_t width);
  static InitialValues gated_weight(int64_t in, int64_t out, double keep);

  const Distribution& under(Initialization initialization) const {
    return initialization == Initialization::kXavier ? xavier : pytorch;
  }
};

}  // namespace heed
