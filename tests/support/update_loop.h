#pragma once

#include <cstdint>

#include "config/config.h"
#include "model/encoder_decoder.h"
#include "tensor/batch.h"
#include "train/flat_parameters.h"
#include "train/gradient_accumulator.h"
#include "train/optimizer.h"

namespace heed::testing {

// Updates on given batches with the parts and in the order of Trainer::update, but without corpus, checkpoints and
// reports: one batch an update, moving average off.
class UpdateLoop {
 public:
  // Borrows both, and moves the model's weights into flat buffers: `to` it first.
  UpdateLoop(const Config& config, EncoderDecoder& model);

  struct Result {
    double loss = 0;  // smoothed cross entropy summed over the tokens, before the update
    int64_t tokens = 0;
  };
  Result update(const Batch& batch);

  FlatParameters& parameters() { return parameters_; }  // gradients: those of the last update, summed over its tokens

 private:
  const Config& config_;
  FlatParameters parameters_;
  GradientAccumulator gradients_;
  Optimizer optimizer_;
  int64_t step_ = 0;
};

}  // namespace heed::testing
