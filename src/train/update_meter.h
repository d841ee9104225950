#pragma once

#include <cmath>
#include <cstdint>

namespace heed {

// Sums over the updates since the last report, for the loss and the speed that people see.
class UpdateMeter {
 public:
  // Sums over `tokens` target tokens: smoothed loss and log p of the labels, in nats.
  void add(double loss, double log_likelihood, int64_t tokens, double seconds) {
    loss_ += loss;
    log_likelihood_ += log_likelihood;
    tokens_ += tokens;
    seconds_ += seconds;
  }

  double loss() const { return loss_ / static_cast<double>(tokens_); }  // per target token
  double perplexity() const { return std::exp(-log_likelihood_ / static_cast<double>(tokens_)); }
  double tokens_per_second() const { return static_cast<double>(tokens_) / seconds_; }

 private:
  double loss_ = 0, log_likelihood_ = 0, seconds_ = 0;
  int64_t tokens_ = 0;
};

}  // namespace heed
