#include "kernels/product_speed.h"

#include <ATen/ops/ones.h>

#include <algorithm>
#include <ctime>
#include <limits>

#include "kernels/packed_weight.h"

namespace heed {
namespace {

double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// As nn/linear.h multiplies: the weight is laid out, or copied, anew for each update.
double seconds_of_product(const at::Tensor& x, const at::Tensor& weight) {
  const double start = thread_seconds();
  const at::ScalarType type = x.scalar_type();
  linear_product(x, PackedWeight(PackedWeight::packs(weight, type) ? weight : weight.to(type), type), {});
  return thread_seconds() - start;
}

}  // namespace

double speed_in_bfloat16(int64_t rows, int64_t in, int64_t out) {
  constexpr int kTries = 7;
  const at::Tensor x = at::ones({rows, in}), halved = x.to(at::kBFloat16), weight = at::ones({out, in});
  double fp32 = std::numeric_limits<double>::infinity(), bf16 = fp32;
  for (int i = 0; i < kTries; ++i) {
    fp32 = std::min(fp32, seconds_of_product(x, weight));
    bf16 = std::min(bf16, seconds_of_product(halved, weight));
  }
  return fp32 / bf16;
}

}  // namespace heed
