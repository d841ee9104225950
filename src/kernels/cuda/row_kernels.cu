#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include "kernels/cuda/cuda_kernels.h"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/row_bodies.h"
#include "kernels/cuda/sum_bodies.h"
#include "kernels/dispatch.h"

namespace heed::cuda {
namespace {

int64_t pieces_of(int64_t rows) { return groups(rows, kRowsPerPiece); }

// (width): the sum of the rows of x, by pieces of pieces.
at::Tensor sum_of_rows(at::Tensor x, at::ScalarType arithmetic) {
  do {
    const int64_t pieces = pieces_of(x.size(0)), width = x.size(1);
    const at::Tensor sums = at::empty({pieces, width}, x.options().dtype(arithmetic));
    dispatch_type(x, [&]<class T>(T) {
      using A = ArithmeticOf<T>;
      for_each_element(x, pieces * width, PieceSums<T>{pointer<const T>(x), x.size(0), width, pointer<A>(sums)});
    });
    x = sums;
  } while (x.size(0) > 1);
  return x[0];
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
  const int64_t rows = x.size(0), width = x.size(1), pieces = pieces_of(rows);
  at::Tensor dx = at::empty_like(x);
  if (rows == 0) return dx;
  const at::Tensor sums = at::empty({pieces, 2 * width}, gamma.options());
  dispatch_type(x, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    const T *in = pointer<const T>(x), *dy = pointer<const T>(gradient);
    const A* moments = pointer<const A>(stats);
    for_each_row_by_warps(x, rows,
                          LayerNormBackward<T>{in, pointer<const A>(gamma), moments, dy, width, pointer<T>(dx)});
    for_each_element(x, pieces * width, LayerNormPieceSums<T>{in, moments, dy, rows, width, pointer<A>(sums)});
  });
  const at::Tensor total = sum_of_rows(sums, gamma.scalar_type());
  gradients.gamma.add_(total.narrow(0, 0, width));
  gradients.beta.add_(total.narrow(0, width, width));
  return dx;
}

void add_column_sums(const at::Tensor& x, at::Tensor& sums) {
  if (x.size(0) > 0) sums.add_(sum_of_rows(x, sums.scalar_type()));
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

}  // namespace heed::cuda
