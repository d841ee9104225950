// What a checkpoint holds of training, and the way back.
#include <fmt/format.h>

#include "checkpoint/tensor_check.h"
#include "core/error.h"
#include "train/trainer.h"

namespace heed {
namespace {

// Where a run keeps its files is no part of what it computes.
Config without_directories(Config config) {
  config.run.directory.clear();
  config.data.cache_directory.clear();
  return config;
}

}  // namespace

Checkpoint Trainer::snapshot() const {
  Checkpoint checkpoint;
  checkpoint.model = parameters_.views(average_.defined() ? average_ : parameters_.weights());
  checkpoint.config = dump_config(without_directories(config_));
  checkpoint.tokenizer_files = parts_.tokenizers.files();
  const auto vocabulary = checkpoint.tokenizer_files.extract("vocabulary.json");
  checkpoint.vocabulary = vocabulary.mapped();
  checkpoint.training.emplace();
  for (const Optimizer::State& state : optimizer_.state())
    checkpoint.training->merge(parameters_.views(state.values, state.prefix));
  if (average_.defined()) checkpoint.training->merge(parameters_.views(parameters_.weights(), "weight."));
  checkpoint.state = state_.to_json();
  return checkpoint;
}

SpaceNeeded Trainer::space_needed() const {
  const bool only_the_last = config_.train.save_every == 0 && !validates();
  const int64_t kept = config_.train.keep + (validates() ? 1 : 0);  // the newest, and the best
  return {checkpoint_bytes(snapshot()), only_the_last ? 1 : kept + 1, static_cast<int64_t>(parts_.run.steps().size())};
}

void Trainer::resume(const Checkpoint& checkpoint, const std::string& origin, const Continuation& continuation) {
  const torch::NoGradGuard no_grad;
  if (!checkpoint.training) throw CheckpointError(origin + ": has no training.safetensors to continue from");
  state_ = TrainState::from_json(checkpoint.state, origin + "/state.json");
  take_over_progress(origin, continuation);
  if (const int64_t batches = sampler_.epoch(state_.epoch).size(); state_.batch >= batches)
    throw CheckpointError(fmt::format("{}/state.json: key 'batch' is {}, expected less than the {} batches of epoch {}",
                                      origin, state_.batch, batches, state_.epoch));
  const auto load = [&](const TensorMap& found, const TensorMap& views, const std::string& file) {
    check_tensors_match(found, views, origin + "/" + file);
    for (const auto& [name, view] : views) torch::Tensor(view).copy_(found.at(name));
  };
  load(checkpoint.model, parameters_.views(average_.defined() ? average_ : parameters_.weights()), "model.safetensors");
  TensorMap views;
  for (const Optimizer::State& state : optimizer_.state()) views.merge(parameters_.views(state.values, state.prefix));
  if (average_.defined()) views.merge(parameters_.views(parameters_.weights(), "weight."));
  load(*checkpoint.training, views, "training.safetensors");
  last_saved_ = state_.step;
}

void Trainer::take_over_progress(const std::string& origin, const Continuation& continuation) {
  if (continuation.forgets_best) state_.forget_best();
  if (parts_.validator) state_.validation_fingerprint = parts_.validator->fingerprint();
  if (continuation.begins_new_epoch) {
    state_.batch = 0;
    state_.standing.validated_step = state_.step;  // the end of no epoch: nothing is due here
  } else if (state_.corpus_fingerprint != parts_.corpus.fingerprint()) {
    throw CheckpointError(
        fmt::format("{}: the training corpus is not the one this run began with (data.train or its "
                    "files have changed): start another run",
                    origin));
  }
  state_.corpus_fingerprint = parts_.corpus.fingerprint();
  state_.alignment_fingerprint = fingerprint_of(parts_.guide);
}

}  // namespace heed
