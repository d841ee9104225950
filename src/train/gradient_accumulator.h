#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "config/train_config.h"
#include "kernels/cuda/graph.h"
#include "model/encoder_decoder.h"
#include "nn/alignment_loss.h"
#include "nn/weight_copies.h"
#include "tensor/batch.h"
#include "tensor/batch_shape.h"
#include "tensor/device_batch.h"
#include "train/flat_parameters.h"
#include "train/sequence_objective.h"

namespace heed {

// The gradients of a group of batches, summed into a model's flat buffer.
//
// On a GPU a Transformer's batches are padded to one of a few shapes, and from the second batch of a shape on all its
// kernels are launched at once, as a CUDA graph; with graphs or without, the bits are the same.
class GradientAccumulator {
 public:
  // REQUIRES: the parameters are the model's; only one such object in a thread. `sequences`: what gradients go by in
  // the place of the cross entropy, or null.
  GradientAccumulator(EncoderDecoder& model, FlatParameters& parameters, const TrainConfig& options, bool uses_graphs,
                      const SequenceObjective* sequences = nullptr);

  void clear();
  void add(const Batch& batch, uint64_t dropout_key);  // Pass::key_of

  // Of all batches since clear(). Waits for the device, once.
  struct Sums {
    double loss = 0, log_likelihood = 0;
    double gradient_norm = 0;  // of the summed loss, not of the mean
    int64_t tokens = 0;
  };
  Sums sums() const;

 private:
  struct Slot {  // for batches of one shape
    BatchMemory memory;
    cuda::Graph graph;
    bool is_warm = false;
  };

  bool pads(const Batch& batch) const;
  AlignmentGuide guide_of(const Batch& batch) const;
  void add_padded(const Batch& batch, uint64_t dropout_key);
  void capture(Slot& slot, const std::function<void()>& work);
  void backward(const DeviceBatch& batch, Pass& pass);  // adds gradients and totals_
  void add_candidates(const Batch& batch, uint64_t dropout_key);
  std::optional<WeightCopies> fresh_copies();

  EncoderDecoder& model_;
  FlatParameters& parameters_;
  const TrainConfig& options_;
  bool uses_graphs_;
  const SequenceObjective* sequences_;
  cuda::OwnStream stream_;
  torch::Tensor copies_;  // of the weights, in the type that products want; undefined where they take them as they are
  torch::Tensor totals_;  // (2) double on the device: loss, log likelihood
  int64_t tokens_ = 0;
  std::unique_ptr<cuda::GraphPool> pool_;  // of the graphs in slots_
  std::map<BatchShape, Slot> slots_;
};

}  // namespace heed
