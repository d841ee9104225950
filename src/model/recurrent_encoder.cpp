#include "model/recurrent_encoder.h"

#include <ATen/ops/cat.h>

#include "model/layer_list.h"

namespace heed {

BidirectionalLayerImpl::BidirectionalLayerImpl(const ModelConfig& config)
    : forward_cell(register_module("forward_cell", RecurrentCell(config.cell, config.d_model, config.d_model / 2))),
      backward_cell(register_module("backward_cell", RecurrentCell(config.cell, config.d_model, config.d_model / 2))),
      recurrent_dropout_(config.variational_dropout ? config.dropout : 0) {}

torch::Tensor BidirectionalLayerImpl::run(RecurrentCell& cell, const torch::Tensor& x, const TimeMajor& order,
                                          Pass& pass) {
  return order.restore(cell->run(order.reorder(cell->input(x)), order.counts(), pass.dropout(recurrent_dropout_)));
}

BidirectionalLayerImpl::Output BidirectionalLayerImpl::forward(const torch::Tensor& x, const Segments& source,
                                                               Pass& pass) {
  using Direction = TimeMajor::Direction;
  const torch::Tensor forward = run(forward_cell, x, TimeMajor(source, Direction::kForward, x.device()), pass);
  const torch::Tensor backward = run(backward_cell, x, TimeMajor(source, Direction::kBackward, x.device()), pass);
  const torch::Tensor first_rows = source.on(x.device()).starts.narrow(0, 0, source.size()).to(torch::kLong);
  return {at::cat({forward, backward}, 1), backward.index_select(0, first_rows)};
}

RecurrentEncoderImpl::RecurrentEncoderImpl(const ModelConfig& config)
    : layers(register_layers(*this, "layers", config.num_encoder_layers, [&] { return BidirectionalLayer(config); })),
      dropout_(config.dropout) {}

Memory RecurrentEncoderImpl::forward(const Tokens& tokens, const Segments& source, Pass& pass) {
  BidirectionalLayerImpl::Output output{embed(tokens, pass.dropout(dropout_)), {}};
  for (size_t i = 0; i < layers.size(); ++i) {
    if (i > 0) output.hidden = dropout(output.hidden, pass.dropout(dropout_));
    output = layers[i](output.hidden, source, pass);
  }
  return {output.hidden, source, output.backward_state};
}

}  // namespace heed
