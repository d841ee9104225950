#include "model/recurrent_decoder.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/zeros.h>

#include "model/layer_list.h"
#include "model/recurrent_state.h"
#include "nn/sentence_means.h"
#include "nn/time_major.h"
#include "tensor/id_tensor.h"

namespace heed {
namespace {

// What the bridge reads: a recurrent encoder's backward state is half as wide as memory rows.
int64_t summary_size(const ModelConfig& config) {
  const bool state = config.bridge == BridgeType::kState && config.encoder == EncoderType::kRecurrent;
  return state ? config.d_model / 2 : config.d_model;
}

// Weights of the steps (R, H, columns), rows longest sentence first, as one (H, Lt, Ls) for each sentence.
std::vector<torch::Tensor> weights_by_sentence(const std::vector<torch::Tensor>& steps, const TimeMajor& order,
                                               const Segments& source) {
  std::vector<torch::Tensor> result(order.sentences().size());
  for (size_t i = 0; i < result.size(); ++i) {
    std::vector<torch::Tensor> rows;
    const auto sentence = static_cast<size_t>(order.sentences()[i]);
    for (size_t t = 0; t < steps.size() && order.counts()[t] > static_cast<int64_t>(i); ++t)
      rows.push_back(steps[t][static_cast<int64_t>(i)].narrow(1, 0, source.lengths()[sentence]));
    result[sentence] = at::stack(rows, 1);
  }
  return result;
}

}  // namespace

// Without variational dropout every step draws masks of its own.
struct RecurrentDecoderImpl::Masks {
  Masks(const RecurrentDecoderImpl& decoder, Pass& pass) : pass_(pass), rate_(decoder.dropout_) {
    if (!decoder.variational_) return;
    for (size_t layer = 0; layer < decoder.cells.size(); ++layer) {
      hidden_.push_back(pass.dropout(rate_));
      inputs_.push_back(pass.dropout(rate_));
    }
  }
  Dropout of_hidden(size_t layer) const { return hidden_.empty() ? Dropout{} : hidden_[layer]; }
  // The only site that counts where its rate is not 0 alone: others would draw other masks than before there was it.
  Dropout of_attention(double rate) const { return rate > 0 ? pass_.dropout(rate) : Dropout{}; }
  Dropout of_input(size_t layer) const { return inputs_.empty() ? pass_.dropout(rate_) : inputs_[layer]; }

 private:
  Pass& pass_;
  double rate_;
  std::vector<Dropout> hidden_, inputs_;
};

RecurrentDecoderImpl::RecurrentDecoderImpl(const ModelConfig& config)
    : luong_(config.recurrence == RecurrenceType::kLuong),
      input_feeding_(config.input_feeding),
      variational_(config.variational_dropout),
      bridge_type_(config.bridge),
      dropout_(config.dropout),
      d_model_(config.d_model) {
  cells = register_layers(*this, "cells", config.num_decoder_layers,
                          [&] { return RecurrentCell(config.cell, d_model_, d_model_); });
  const int64_t gates = cells.front()->input->weight.size(0);
  if (!luong_ || input_feeding_) feed = register_module("feed", Linear(d_model_, gates));
  if (bridge_type_ != BridgeType::kZero)
    bridge = register_module("bridge", Linear(summary_size(config), config.num_decoder_layers * d_model_));
  attention = register_module("attention", RecurrentAttention(config));
  readout = register_module("readout", luong_ ? Linear(2 * d_model_, d_model_) : Linear(3 * d_model_, 2 * d_model_));
}

RecurrentRows RecurrentDecoderImpl::first_rows(const Memory& memory) {
  const int64_t sentences = memory.segments.size(), layers = static_cast<int64_t>(cells.size());
  torch::Tensor states;
  if (bridge) {
    const bool has_state = bridge_type_ == BridgeType::kState && memory.summary.defined();
    states = at::tanh(bridge(has_state ? memory.summary : sentence_means(memory.hidden, memory.segments)));
  } else {
    states = at::zeros({sentences, layers * d_model_}, memory.hidden.options());
  }
  RecurrentRows rows;
  for (int64_t i = 0; i < layers; ++i)
    rows.layers.push_back(cells[static_cast<size_t>(i)]->start(states.narrow(1, i * d_model_, d_model_).contiguous()));
  if (luong_) rows.attentional = at::zeros({sentences, d_model_}, memory.hidden.options());
  return rows;
}

void RecurrentDecoderImpl::run_cells(const torch::Tensor& input_gates, RecurrentRows& rows, const Masks& masks) {
  for (size_t i = 0; i < cells.size(); ++i) {
    const torch::Tensor gates =
        i == 0 ? input_gates : cells[i]->input(dropout(rows.layers[i - 1].hidden, masks.of_input(i)));
    rows.layers[i] = cells[i]->step(gates, rows.layers[i], masks.of_hidden(i));
  }
}

StepAttention RecurrentDecoderImpl::look(const torch::Tensor& states, const Sight& sight, const Masks& masks) {
  const Dropout dropout = masks.of_attention(attention->dropout_rate());
  return attention(StepRows{states, sight.reach, sight.position, dropout, sight.wants_weights}, sight.memory);
}

RecurrentDecoderImpl::Step RecurrentDecoderImpl::advance(const torch::Tensor& input_gates, const Sight& sight,
                                                         RecurrentRows& rows, const Masks& masks) {
  if (luong_) {
    run_cells(input_feeding_ ? input_gates + feed(rows.attentional) : input_gates, rows, masks);
    const torch::Tensor& state = rows.layers.back().hidden;
    const StepAttention seen = look(state, sight, masks);
    rows.attentional = at::tanh(readout(at::cat({seen.output, state}, 1)));
    return {state, {}, rows.attentional, seen.weights};
  }
  const torch::Tensor before = rows.layers.back().hidden;
  const StepAttention seen = look(before, sight, masks);
  run_cells(input_gates + feed(seen.output), rows, masks);
  return {before, seen.output, {}, seen.weights};
}

torch::Tensor RecurrentDecoderImpl::rows_of(const std::vector<Step>& steps, const torch::Tensor& embedded) {
  const auto all = [&](auto part) {
    std::vector<torch::Tensor> parts;
    for (const Step& step : steps) parts.push_back(part(step));
    return at::cat(parts);
  };
  if (luong_) return all([](const Step& step) { return step.attentional; });
  const torch::Tensor before = all([](const Step& step) { return step.state; });
  const torch::Tensor context = all([](const Step& step) { return step.context; });
  const auto pieces = readout(at::cat({before, embedded, context}, 1)).chunk(2, 1);
  return at::maximum(pieces[0], pieces[1]);  // maxout (Goodfellow et al. 2013) over pairs
}

torch::Tensor RecurrentDecoderImpl::forward(const Tokens& tokens, const Segments& target, const Memory& memory,
                                            Pass& pass) {
  const TimeMajor order(target, TimeMajor::Direction::kForward, memory.hidden.device());
  const Dropout of_embedding = pass.dropout(dropout_);
  const Masks masks(*this, pass);
  torch::Tensor embedded = order.reorder(embed(tokens, variational_ ? Dropout{} : of_embedding));
  if (variational_) {
    auto words = embedded.split_with_sizes(order.counts());
    for (torch::Tensor& step : words) step = dropout(step, of_embedding);  // row i is the same sentence at every step
    embedded = at::cat(words);
  }
  const auto gates = cells.front()->input(embedded).split_with_sizes(order.counts());
  const AttendedMemory attended = attention->attended(memory);
  const Segments all_reach = order.reach(memory.segments);
  RecurrentRows rows = first_rows(memory).select(id_tensor(order.sentences(), memory.hidden.device()));
  std::vector<Step> steps;
  const bool keeps_weights = pass.wants_attention(AttentionRole::kCross);
  std::vector<torch::Tensor> weights;
  for (size_t t = 0; t < gates.size(); ++t) {
    rows = rows.first(order.counts()[t]);
    const Sight sight{attended, all_reach.first(order.counts()[t]), static_cast<int64_t>(t), keeps_weights};
    steps.push_back(advance(gates[t], sight, rows, masks));
    if (keeps_weights) weights.push_back(steps.back().weights);
  }
  if (keeps_weights) pass.add_attention(AttentionRole::kCross, weights_by_sentence(weights, order, memory.segments));
  if (const AlignmentGuide* guide = pass.guide_here(AttentionRole::kCross)) {
    std::vector<torch::Tensor> states;
    for (const Step& step : steps) states.push_back(step.state);
    const torch::Tensor packed = order.restore(at::cat(states));
    pass.add_penalty([&] { return alignment_loss(attention->weights(packed, target, memory), *guide); });
  }
  return order.restore(dropout(rows_of(steps, embedded), pass.dropout(dropout_)));
}

std::unique_ptr<DecoderState> RecurrentDecoderImpl::start(const Memory& memory) {
  return std::make_unique<RecurrentState>(*this, memory, first_rows(memory));
}

torch::Tensor RecurrentDecoderImpl::step(const Tokens& tokens, const Sight& sight, RecurrentRows& rows) {
  Pass none;
  const torch::Tensor embedded = embed(tokens, {});
  const Step result = advance(cells.front()->input(embedded), sight, rows, Masks(*this, none));
  return rows_of({result}, embedded);
}

}  // namespace heed
