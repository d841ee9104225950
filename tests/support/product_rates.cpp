// product_rates: GFLOP/s of one thread for x W^T + bias, by rows of x, of Heed's own packed product and of what else
// this CPU has. Rates go by the thread's own time, so that other load counts little.

#include <ATen/Parallel.h>
#include <ATen/ops/rand.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "core/process_settings.h"
#include "kernels/instruction_set.h"
#include "kernels/matrix_product.h"
#include "kernels/packed_product.h"

namespace heed::testing {
namespace {

double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// The best of some windows.
template <class Product>
double rate_of(double operations, Product product) {
  constexpr int kWindows = 5;
  constexpr double kSeconds = 0.02;
  double best = 0;
  product();
  for (int window = 0; window < kWindows; ++window) {
    const double start = thread_seconds();
    int calls = 0;
    for (; thread_seconds() - start < kSeconds; ++calls) product();
    best = std::max(best, operations * calls / (thread_seconds() - start));
  }
  return best * 1e-9;
}

void print_rates(int64_t in, int64_t out) {
  const at::Tensor weight = at::rand({out, in}), bias = at::rand({out});
  const PackedMatrix packed(weight), bf16(weight, ProductNumbers::kBFloat16), int8(weight, ProductNumbers::kInt8);
  for (const int64_t rows : {1, 4, 16, 160}) {
    const at::Tensor x = at::rand({rows, in});
    const auto operations = static_cast<double>(2 * rows * in * out);
    fmt::print("| {} x {} | {} | {:.0f} | {:.0f} | {:.0f} | {:.0f} | {:.0f} |\n", in, out, rows,
               rate_of(operations, [&] { packed_product(x, packed, bias); }),
               rate_of(operations, [&] { packed_product(x, bf16, bias); }),
               rate_of(operations, [&] { packed_product(x, int8, bias); }),
               rate_of(operations, [&] { row_exact_product(x, weight, bias); }),
               rate_of(operations, [&] { linear_product(x, weight, bias); }));
  }
}

}  // namespace
}  // namespace heed::testing

int main() {
  heed::prepare_process();
  at::set_num_threads(1);
  fmt::print(
      "{}, one thread, GFLOP/s\n\n| matrix | rows | packed | bf16 | int8 | MKL, rows exact | for training |\n"
      "|---|---|---|---|---|---|---|\n",
      heed::cpu_instruction_set());
  for (const auto& [in, out] : {std::pair<int64_t, int64_t>{256, 1024}, {1024, 256}, {256, 8000}})
    heed::testing::print_rates(in, out);
}
