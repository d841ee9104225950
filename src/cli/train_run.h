#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "cli/existing_run.h"
#include "config/config.h"

namespace heed {

struct TrainRequest {
  Config config;
  ExistingRun existing = ExistingRun::kRefuse;
  bool quiet = false;
  const std::atomic<int>* signals = nullptr;  // how many of SIGINT, SIGTERM, SIGHUP have come
};

// One training run from config to last checkpoint: lock, tokenizers, corpora, model, observers, Trainer.
void run_training(TrainRequest request);

// Decides once what the config leaves automatic (threads, device, precision, learned positions) and notes the CPU.
void resolve_automatic(Config& config);

}  // namespace heed
