#include "nn/attention/predicted_position.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/tanh.h>

#include "nn/activation.h"
#include "tensor/arithmetic_type.h"

namespace heed {
namespace {

// (Nq, 1)
torch::Tensor lengths_of_rows(const Segments& queries, const Segments& keys, const torch::TensorOptions& options) {
  torch::Tensor lengths = at::empty({queries.num_rows(), 1}, torch::kDouble);
  double* row = lengths.mutable_data_ptr<double>();
  for (size_t b = 0; b < queries.lengths().size(); ++b)
    for (int32_t i = 0; i < queries.lengths()[b]; ++i) *row++ = keys.lengths()[b];
  return lengths.to(options);
}

}  // namespace

PredictedPositionImpl::PredictedPositionImpl(const AttentionOptions& options)
    : hidden(register_module("hidden", Linear(options.d_model, options.d_model))),
      position(register_module("position", Linear(options.d_model, options.num_heads))) {}

torch::Tensor PredictedPositionImpl::forward(const torch::Tensor& x, const Segments& queries, const Segments& keys) {
  const torch::Tensor place = position(at::tanh(hidden(x))).to(arithmetic_type(x.scalar_type()));
  // Not LibTorch's sigmoid, of which the last few entries of a tensor have other bits.
  const torch::Tensor share = activation(ActivationFunction::kSigmoid, place, {});
  return share * lengths_of_rows(queries, keys, share.options());
}

}  // namespace heed
