#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "checkpoint/run_directory.h"
#include "config/config.h"

namespace heed {

enum class ExistingRun { kRefuse, kResume, kOverwrite };

struct TrainRequest {
  Config config;
  ExistingRun existing = ExistingRun::kRefuse;
  bool quiet = false;
  const std::atomic<int>* signals = nullptr;  // how many SIGINT and SIGTERM have come
};

// One training run from config to last checkpoint: lock, tokenizers, corpora, model, observers, Trainer.
void run_training(TrainRequest request);

// Decides once what the config leaves automatic (threads, device, precision, learned positions) and notes the CPU.
void resolve_automatic(Config& config);

}  // namespace heed
