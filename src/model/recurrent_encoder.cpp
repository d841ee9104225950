#include "model/recurrent_encoder.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include "model/layer_list.h"

namespace heed {

BidirectionalLayerImpl::BidirectionalLayerImpl(const ModelConfig& config)
    : forward_cell(register_module("forward_cell", RecurrentCell(config.cell, config.d_model, config.d_model / 2))),
      backward_cell(register_module("backward_cell", RecurrentCell(config.cell, config.d_model, config.d_model / 2))),
      recurrent_dropout_(config.variational_dropout ? config.dropout : 0) {}

torch::Tensor BidirectionalLayerImpl::run(RecurrentCell& cell, const torch::Tensor& x, const TimeMajor& order,
                                          Pass& pass) {
  const Dropout dropout = pass.dropout(recurrent_dropout_);
  const auto gates = order.reorder(cell->input(x)).split_with_sizes(order.counts());
  CellState state = cell->start(at::zeros({order.counts().front(), cell->hidden_size()}, x.options()));
  std::vector<torch::Tensor> states;
  for (size_t t = 0; t < gates.size(); ++t) {
    state = cell->step(gates[t], state.first(order.counts()[t]), dropout);
    states.push_back(state.hidden);
  }
  return order.restore(at::cat(states));
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
