#include "nn/linear_speed.h"

#include <ATen/ops/ones.h>
#include <torch/types.h>

#include <algorithm>
#include <ctime>
#include <limits>

#include "nn/linear.h"

namespace heed {
namespace {

double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// The weight is laid out, or copied, anew, as for each update.
double seconds_of(const torch::Tensor& x, const torch::Tensor& weight) {
  const double start = thread_seconds();
  heed::linear(x, weight);
  return thread_seconds() - start;
}

}  // namespace

double speed_in_bfloat16(int64_t rows, int64_t in, int64_t out) {
  constexpr int kTries = 7;
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = at::ones({rows, in}), halved = x.to(torch::kBFloat16), weight = at::ones({out, in});
  double fp32 = std::numeric_limits<double>::infinity(), bf16 = fp32;
  for (int i = 0; i < kTries; ++i) {
    fp32 = std::min(fp32, seconds_of(x, weight));
    bf16 = std::min(bf16, seconds_of(halved, weight));
  }
  return fp32 / bf16;
}

}  // namespace heed
