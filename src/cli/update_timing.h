#pragma once

#include <cstdint>
#include <string>

#include "checkpoint/run_directory.h"
#include "config/config.h"
#include "data/parallel_corpus.h"
#include "model/encoder_decoder.h"
#include "text/tokenizers.h"
#include "train/trainer.h"

namespace heed {

// What an epoch costs on this machine, from a few updates of the training itself.
struct UpdateTiming {
  int64_t parameters = 0;
  int64_t batches_per_epoch = 0, updates_per_epoch = 0;
  double seconds_per_update = 0;        // mean of those that count
  double target_tokens_per_second = 0;  // eos included
  double minutes_per_epoch = 0;         // updates alone: validations and checkpoints come on top
  int64_t peak_memory = 0;              // bytes of this process on the host until here; 0 where the system does not say
};

// Makes kWarmUps + kTimed updates of the first epoch, of which the first ones (memory is laid out, kernels are chosen)
// do not count. An epoch's time is that of its target tokens. Writes nothing: `parts.run` is only a name here, and the
// weights are not of use afterwards.
constexpr int kWarmUps = 1, kTimed = 2;
UpdateTiming time_updates(TrainerParts parts);

}  // namespace heed
