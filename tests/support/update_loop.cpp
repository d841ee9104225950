#include "support/update_loop.h"

#include <cmath>

#include "kernels/parameter_update.h"
#include "nn/pass.h"
#include "train/schedule.h"

namespace heed::testing {

UpdateLoop::UpdateLoop(const Config& config, EncoderDecoder& model)
    : config_(config), model_(model), parameters_(*model), optimizer_(config.optimizer, parameters_) {}

UpdateLoop::Result UpdateLoop::update(const Batch& batch) {
  ++step_;
  parameters_.check();
  parameters_.clear_gradients();
  Pass pass(static_cast<uint64_t>(config_.run.seed), static_cast<uint64_t>(step_), /*micro_batch=*/0);
  const Loss loss = model_->loss(batch, config_.train.label_smoothing, pass);
  loss.sum.backward();

  const double tokens = static_cast<double>(loss.num_tokens);
  const double norm = std::sqrt(squared_norm(parameters_.gradients())) / tokens;
  const double limit = config_.optimizer.clip_norm;
  const double clip = limit > 0 && norm > limit ? limit / norm : 1;
  const ScheduleContext context{config_.optimizer.learning_rate, config_.train.max_steps, config_.model.d_model};
  optimizer_.step(learning_rate(config_.schedule, context, step_), step_, clip / tokens);
  return {loss.sum.item<double>(), loss.num_tokens};
}

}  // namespace heed::testing
