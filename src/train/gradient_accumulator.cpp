#include "train/gradient_accumulator.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/logging.h"
#include "kernels/packed_weight.h"
#include "kernels/parameter_update.h"
#include "nn/attention/attention_options.h"
#include "nn/pass.h"

namespace heed {
namespace {

constexpr size_t kMostGraphs = 256;  // each takes some megabytes of the GPU's memory

}  // namespace

GradientAccumulator::GradientAccumulator(EncoderDecoder& model, FlatParameters& parameters, const TrainConfig& options,
                                         bool uses_graphs, const SequenceObjective* sequences)
    : model_(model),
      parameters_(parameters),
      options_(options),
      uses_graphs_(uses_graphs),
      sequences_(sequences),
      stream_(model->device()),
      totals_(at::zeros({2}, torch::TensorOptions(torch::kDouble).device(model->device()))) {
  const torch::ScalarType type = model->compute_type();
  if (type != parameters.weights().scalar_type() && !PackedWeight::packs(parameters.weights(), type))
    copies_ = parameters.weights().to(type);
}

void GradientAccumulator::clear() {
  parameters_.clear_gradients();
  totals_.zero_();
  tokens_ = 0;
}

void GradientAccumulator::add(const Batch& batch, uint64_t dropout_key) {
  tokens_ += batch.num_target_tokens();
  if (sequences_) return add_candidates(batch, dropout_key);
  if (pads(batch)) return add_padded(batch, dropout_key);
  BatchMemory memory(batch, model_->device());
  memory.put(batch, dropout_key);
  const bool by_kernels = model_->device().is_cuda() && attends_by_kernels(model_->config()) && batch.links.empty();
  Pass pass = by_kernels ? Pass(memory.dropout_key()) : Pass(dropout_key);
  const AlignmentGuide guide = guide_of(batch);
  if (!batch.links.empty()) pass.guide(guide);
  backward(memory.batch(), pass);
}

// Each linked row of the target as a distribution over the pieces of the source that it is linked to.
AlignmentGuide GradientAccumulator::guide_of(const Batch& batch) const {
  AlignmentGuide guide{alignment_place(model_->config()),
                       options_.guided_alignment_head,
                       options_.guided_alignment_weight,
                       {},
                       batch.num_target_tokens()};
  for (size_t b = 0; b < batch.links.size(); ++b) {
    const int64_t rows = batch.target_segments.lengths()[b], columns = batch.source_segments.lengths()[b];
    const torch::Tensor links = at::zeros({rows, columns}, torch::kFloat);
    auto entries = links.accessor<float, 2>();
    for (const PieceLink& link : batch.links[b]) entries[link.target][link.source] = 1;
    guide.targets.push_back((links / links.sum(1, true).clamp_min(1)).to(model_->device()));
  }
  return guide;
}

// Recurrent steps, and attention that no kernel does, depend on every sentence's length, so no two batches are alike;
// learned positions end somewhere.
bool GradientAccumulator::pads(const Batch& batch) const {
  const ModelConfig& config = model_->config();
  if (!model_->device().is_cuda() || !attends_by_kernels(config) || !batch.links.empty()) return false;
  if (config.encoder != EncoderType::kTransformer || config.decoder != DecoderType::kTransformer) return false;
  const BatchShape shape = padded_shape(batch);
  return config.positions != Positions::kLearned ||
         std::max(shape.longest_source, shape.longest_target) <= config.max_positions;
}

void GradientAccumulator::add_padded(const Batch& batch, uint64_t dropout_key) {
  const BatchShape shape = padded_shape(batch);
  const Batch whole = padded(batch, shape);
  auto found = slots_.find(shape);
  if (found == slots_.end()) {
    if (slots_.size() == kMostGraphs) {
      slots_.clear();
      pool_.reset();
      cuda::release_cached_memory();
    }
    found = slots_.emplace(shape, Slot{BatchMemory(whole, model_->device()), {}, false}).first;
  }
  Slot& slot = found->second;
  slot.memory.put(whole, dropout_key);
  if (slot.graph.is_captured()) return slot.graph.replay();
  const auto work = [&] {
    Pass pass(slot.memory.dropout_key());
    backward(slot.memory.batch(), pass);
  };
  if (!slot.is_warm || !uses_graphs_) {
    work();
    slot.is_warm = true;
  } else {
    capture(slot, work);
  }
}

// Scratch memory of its own may be what a graph lacks: then this run goes on without graphs, in the memory it had.
void GradientAccumulator::capture(Slot& slot, const std::function<void()>& work) {
  if (!pool_) pool_ = std::make_unique<cuda::GraphPool>();
  try {
    return slot.graph.capture(*pool_, work);
  } catch (const c10::OutOfMemoryError&) {
    log_warning("the GPU has no memory for CUDA graphs beside this batch; going on without (run.cuda_graphs: false)");
  }
  uses_graphs_ = false;
  for (auto& [shape, other] : slots_) other.graph = {};
  pool_.reset();
  cuda::release_cached_memory();
  work();
}

std::optional<WeightCopies> GradientAccumulator::fresh_copies() {
  if (!copies_.defined()) return std::nullopt;
  copies_.copy_(parameters_.weights());
  return std::optional<WeightCopies>(std::in_place, parameters_.weights(), copies_);
}

// Risks are means over sentences. The loss is one over tokens, of which a sentence counts as many as the batch's have
// on average.
void GradientAccumulator::add_candidates(const Batch& batch, uint64_t dropout_key) {
  const auto copies = fresh_copies();
  const SequenceObjective::Candidates candidates = sequences_->draw(model_, batch, dropout_key);
  BatchMemory references(batch, model_->device()), drawn(candidates.batch, model_->device());
  references.put(batch, dropout_key);
  drawn.put(candidates.batch, dropout_key);
  const double weight = options_.cross_entropy_weight;
  Loss cross_entropy;
  {
    const at::AutoGradMode with_gradient(weight > 0);  // else it is but reported
    Pass pass(dropout_key);
    const AlignmentGuide guide = guide_of(batch);
    if (!batch.links.empty()) pass.guide(guide);
    cross_entropy = model_->loss(references.batch(), options_.label_smoothing, pass);
    cross_entropy.scale(weight);
    if (weight > 0) cross_entropy.backward();
  }
  double risk = 0;
  Pass pass(dropout_key);
  Loss loss = model_->weighted_loss(
      drawn.batch(),
      [&](const torch::Tensor& log_probs) {
        const SequenceObjective::Weighed weighed = sequences_->weigh(candidates, log_probs);
        risk = weighed.risk;
        return weighed.row_weights;
      },
      pass);
  loss.scale(static_cast<double>(batch.num_target_tokens()) / static_cast<double>(batch.size()));
  loss.backward();
  const torch::Tensor of_sentences =
      at::full_like(cross_entropy.sum, risk * static_cast<double>(batch.num_target_tokens()));
  totals_.add_(at::stack({cross_entropy.sum + of_sentences, cross_entropy.log_likelihood}));
}

void GradientAccumulator::backward(const DeviceBatch& batch, Pass& pass) {
  const auto copies = fresh_copies();
  const Loss loss = model_->loss(batch, options_.label_smoothing, pass);
  loss.backward();
  totals_.add_(at::stack({loss.sum, loss.log_likelihood}));
}

GradientAccumulator::Sums GradientAccumulator::sums() const {
  const torch::Tensor numbers = at::cat({totals_, squared_norm(parameters_.gradients()).unsqueeze(0)}).cpu();
  const double* value = numbers.const_data_ptr<double>();
  return {value[0], value[1], std::sqrt(value[2]), tokens_};
}

}  // namespace heed
