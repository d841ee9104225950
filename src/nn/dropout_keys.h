#pragma once

#include <cstdint>

#include "core/random.h"
#include "kernels/dropout.h"

namespace heed {

// One dropout key per place in the model, in the order of the forward pass. A mask is a pure function of (seed, update,
// micro-batch, site): there is no generator to save. Without a seed (evaluation) every rate is 0.
class DropoutKeys {
 public:
  DropoutKeys() = default;  // no dropout
  DropoutKeys(uint64_t seed, uint64_t update, uint64_t micro_batch)
      : active_(true), key_(random_key(seed, Purpose::kDropout, {update, micro_batch})) {}

  // For the next site; a site counts even where its rate is 0, so masks do not move when another rate changes.
  Dropout next(double rate) {
    const uint64_t site = site_++;
    return active_ && rate > 0 ? Dropout{rate, mix64(key_ ^ mix64(site))} : Dropout{};
  }

 private:
  bool active_ = false;
  uint64_t key_ = 0;
  uint64_t site_ = 0;
};

}  // namespace heed
