#include "support/update_loop.h"

#include "nn/pass.h"
#include "train/schedule.h"

namespace heed::testing {

UpdateLoop::UpdateLoop(const Config& config, EncoderDecoder& model)
    : config_(config),
      parameters_(*model),
      gradients_(model, parameters_, config.train, config.run.cuda_graphs),
      optimizer_(config.optimizer, parameters_) {}

UpdateLoop::Result UpdateLoop::update(const Batch& batch) {
  ++step_;
  parameters_.check();
  gradients_.clear();
  gradients_.add(batch, Pass::key_of(static_cast<uint64_t>(config_.run.seed), static_cast<uint64_t>(step_), 0));
  const GradientAccumulator::Sums sums = gradients_.sums();
  const double tokens = static_cast<double>(sums.tokens), norm = sums.gradient_norm / tokens;
  const double limit = config_.optimizer.clip_norm;
  const double clip = limit > 0 && norm > limit ? limit / norm : 1;
  const ScheduleContext context{config_.optimizer.learning_rate, config_.train.max_steps, config_.model.d_model};
  optimizer_.step(learning_rate(config_.schedule, context, step_), step_, clip / tokens);
  return {sums.loss, sums.tokens};
}

}  // namespace heed::testing
