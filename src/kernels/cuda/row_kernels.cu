#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>

#include "kernels/cuda/best_tokens_bodies.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/row_bodies.h"
#include "kernels/cuda/sum_bodies.h"
#include "kernels/dispatch.h"

namespace heed::cuda {
namespace {

// Adds the sums of `terms` over all rows to the targets.
template <class Terms>
void add_sums(const at::Tensor& like, const Terms& terms, const SumTargets<typename Terms::A>& targets) {
  using A = typename Terms::A;
  constexpr int64_t kRowsPerPart = 64, kMostParts = 128, kAtOnce = 256;  // a step of a recurrent network has so many
  const int64_t width = Terms::kSums * terms.width;
  const int64_t parts =
      terms.rows <= kAtOnce ? 1 : std::min(kMostParts, (terms.rows + kRowsPerPart - 1) / kRowsPerPart);
  if (parts <= 1) return launch_column_sums(like, terms, 1, targets);
  const at::Tensor sums = at::empty({parts, width}, like.options().dtype(c10::CppTypeToScalarType<A>::value));
  launch_column_sums(like, terms, parts, {pointer<A>(sums), nullptr, width, false});
  launch_column_sums(like, RowTerms<A>{pointer<const A>(sums), parts, width}, 1, targets);
}

}  // namespace

std::tuple<at::Tensor, at::Tensor> layer_norm(const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& beta,
                                              double epsilon) {
  at::Tensor y = at::empty_like(x), stats = at::empty({x.size(0), 2}, gamma.options());
  dispatch_type(x, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    const LayerNormForward<T> body{
        pointer<const T>(x), pointer<const A>(gamma), pointer<const A>(beta), static_cast<A>(epsilon),
        x.size(1),           pointer<T>(y),           pointer<A>(stats)};
    for_each_row_by_warps(x, x.size(0), body);
  });
  return {y, stats};
}

at::Tensor layer_norm_backward(const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& stats,
                               const at::Tensor& gradient, const LayerNormGradients& gradients) {
  const int64_t rows = x.size(0), width = x.size(1);
  at::Tensor dx = at::empty_like(x);
  if (rows == 0) return dx;
  dispatch_type(x, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    const T *in = pointer<const T>(x), *dy = pointer<const T>(gradient);
    const A* moments = pointer<const A>(stats);
    for_each_row_by_warps(x, rows,
                          LayerNormBackward<T>{in, pointer<const A>(gamma), moments, dy, width, pointer<T>(dx)});
    add_sums(x, LayerNormTerms<T>{in, moments, dy, rows, width},
             {pointer<A>(gradients.gamma), pointer<A>(gradients.beta), width, true});
  });
  return dx;
}

void add_column_sums(const at::Tensor& x, at::Tensor& sums) {
  if (x.size(0) == 0) return;
  dispatch_type(x, [&]<class T>(T) {
    add_sums(x, RowTerms<T>{pointer<const T>(x), x.size(0), x.size(1)},
             {pointer<ArithmeticOf<T>>(sums), nullptr, x.size(1), true});
  });
}

RowLosses cross_entropy_rows(at::Tensor& logits, const at::Tensor& labels, double smoothing, bool gradient) {
  const int64_t rows = logits.size(0);
  RowLosses result{at::empty({rows}, logits.options().dtype(at::kDouble)),
                   at::empty({rows}, logits.options().dtype(at::kDouble))};
  dispatch_type(logits, [&]<class T>(T) {
    const CrossEntropyRow<T> body{{pointer<T>(logits), pointer<const int64_t>(labels), logits.size(1), smoothing,
                                   gradient, pointer<double>(result.losses), pointer<double>(result.log_likelihoods)}};
    for_each_row_by_blocks(logits, rows, body);
  });
  return result;
}

BestTokens best_tokens(const at::Tensor& logits, int64_t count, const std::vector<int64_t>& forbidden) {
  const int64_t rows = logits.size(0);
  ForbiddenTokens ids{{}, static_cast<int64_t>(forbidden.size())};
  std::copy(forbidden.begin(), forbidden.end(), ids.ids);
  const at::Tensor found =
      at::empty({2, rows, count}, logits.options().dtype(at::kFloat));  // one copy brings both home
  const auto place = [&](int64_t part) { return found.select(0, part).data_ptr(); };
  dispatch_type(logits, [&]<class T>(T) {
    const BestTokensRow<T> body{
        pointer<const T>(logits),       logits.size(1), count, ids, static_cast<float*>(place(0)),
        static_cast<int32_t*>(place(1))};
    for_each_row_by_blocks(logits, rows, body);
  });
  const at::Tensor here = found.to(at::kCPU);
  return {here.select(0, 0), here.select(0, 1).view(at::kInt)};
}

}  // namespace heed::cuda
