#pragma once

#include <string>

#include "cli/existing_run.h"
#include "cli/resume_rules.h"
#include "config/config.h"

namespace heed {

struct TrainRequest {
  LoadedConfig config;
  ExistingRun existing = ExistingRun::kRefuse;
  Changes changes = Changes::kRefuse;
  bool quiet = false;
  std::string program;    // as it was called, for commands to paste: "build/release/heed"
  std::string arguments;  // those of `train` that a continuation needs: "my.yaml --run.seed=2"
};

// One training run from config to last checkpoint: lock, tokenizers, corpora, model, observers, Trainer. Listens for
// signals meanwhile (core/interruption.h): the first one ends training with a checkpoint; before training has begun it
// throws Interrupted and nothing is left behind.
void run_training(TrainRequest request);

// Decides once what the config leaves automatic (threads, device, precision, learned positions) and notes the CPU.
void resolve_automatic(Config& config);

}  // namespace heed
