// product_rates: GFLOP/s of one thread, of Heed's own products and of LibTorch's: x W^T + bias by rows of x, and the
// three products of a linear layer in training. Rates go by the thread's own time, so that other load counts little.

#include <ATen/Parallel.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <tuple>
#include <utility>

#include "core/process_settings.h"
#include "kernels/instruction_set.h"
#include "kernels/packed_weight.h"
#include "kernels/weight_gradient.h"

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

void print_rates_by_rows(int64_t in, int64_t out) {
  const at::Tensor weight = at::rand({out, in}), bias = at::rand({out});
  const PackedWeight own(weight, at::kFloat), bf16(weight, at::kFloat, ProductNumbers::kBFloat16),
      int8(weight, at::kFloat, ProductNumbers::kInt8);
  for (const int64_t rows : {1, 4, 16, 160}) {
    const at::Tensor x = at::rand({rows, in});
    const auto operations = static_cast<double>(2 * rows * in * out);
    fmt::print("| {} x {} | {} | {:.0f} | {:.0f} | {:.0f} | {:.0f} |\n", in, out, rows,
               rate_of(operations, [&] { linear_product(x, own, bias); }),
               rate_of(operations, [&] { linear_product(x, bf16, bias); }),
               rate_of(operations, [&] { linear_product(x, int8, bias); }),
               rate_of(operations, [&] { at::addmm(bias, x, weight.t()); }));
  }
}

void print_rates_of_training(int64_t rows, int64_t in, int64_t out, at::ScalarType type) {
  const at::Tensor weight = at::rand({out, in}), bias = at::rand({out}), matrix = weight.to(type);
  const at::Tensor x = at::rand({rows, in}).to(type), gradient = at::rand({rows, out}).to(type);
  at::Tensor sums = at::zeros({out, in}), library_sums = sums.to(type);
  const auto operations = static_cast<double>(2 * rows * in * out);
  fmt::print("| {} | {} x {} | {} | {:.0f} | {:.0f} | {:.0f} | {:.0f} | {:.0f} | {:.0f} |\n", c10::toString(type), in,
             out, rows, rate_of(operations, [&] { linear_product(x, PackedWeight(weight, type), bias); }),
             rate_of(operations, [&] { linear_product(gradient, PackedWeight(weight.t(), type), {}); }),
             rate_of(operations, [&] { add_weight_gradient(gradient, x, sums); }),
             rate_of(operations, [&] { at::mm(x, matrix.t()); }),
             rate_of(operations, [&] { at::mm(gradient, matrix); }),
             rate_of(operations, [&] { library_sums.addmm_(gradient.t(), x); }));
}

}  // namespace
}  // namespace heed::testing

int main() {
  heed::prepare_process();
  at::set_num_threads(1);
  fmt::print(
      "{}, one thread, GFLOP/s\n\n| matrix | rows | fp32 | bf16 | int8 | LibTorch, fp32 |\n|---|---|---|---|---|---|\n",
      heed::cpu_instruction_set());
  for (const auto& [in, out] : {std::pair<int64_t, int64_t>{256, 1024}, {1024, 256}, {256, 8000}})
    heed::testing::print_rates_by_rows(in, out);
  fmt::print(
      "\n| numbers | matrix | rows | product | of the gradient | weight's gradient | LibTorch's three | | |\n"
      "|---|---|---|---|---|---|---|---|---|\n");
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16})
    for (const auto& [in, out, rows] : {std::tuple<int64_t, int64_t, int64_t>{256, 768, 2048},
                                        {256, 256, 2048},
                                        {256, 1024, 2048},
                                        {1024, 256, 2048},
                                        {256, 8000, 512}})
      heed::testing::print_rates_of_training(rows, in, out, type);
}
