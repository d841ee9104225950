// Compiled once per instruction set with HEED_INSTRUCTION_SET as its name (cmake/kernels.cmake).
#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/panel_kernels.h"
#include "kernels/cpu/product_kernels.h"
#include "kernels/cpu/weight_gradient_kernel.h"

namespace heed::HEED_INSTRUCTION_SET {
namespace {

template <class Dots>
constexpr ProductKernels table() {
  return {.panel_columns = kPanelColumns<Dots>,
          .tile_rows = Dots::kTileRows,
          .group = Dots::kGroup,
          .panel_entry_bytes = sizeof(typename Dots::PanelEntry)};
}

template <class Dots, class T>
constexpr ProductKernels own_table() {
  ProductKernels kernels = table<Dots>();
  kernels.pack_panels = own_panels<Dots>;
  kernels.product = product<Dots, T>;
  kernels.weight_gradient = weight_gradient<Dots, T, T>;
  return kernels;
}

constexpr ProductKernels bfloat16_table() {
  ProductKernels kernels = table<BFloat16Dots>();
  kernels.reduce_rows = rows_to_bfloat16;
  kernels.pack_panels = bfloat16_panels;
  kernels.product = product<BFloat16Dots, float>;
  kernels.product_to_bfloat16 = product<BFloat16Dots, BFloat16>;
  kernels.weight_gradient = weight_gradient<BFloat16Dots, BFloat16, uint32_t>;
  return kernels;
}

constexpr ProductKernels int8_table() {
  ProductKernels kernels = table<Int8Dots>();
  kernels.reduce_rows = rows_to_int8;
  kernels.pack_panels = int8_panels;
  kernels.product = product<Int8Dots, float>;
  return kernels;
}

}  // namespace

extern const ProductTables kProducts;
const ProductTables kProducts = {.fp32 = own_table<FloatDots, float>(),
                                 .fp64 = own_table<DoubleDots, double>(),
                                 .bfloat16 = bfloat16_table(),
                                 .int8 = int8_table()};

}  // namespace heed::HEED_INSTRUCTION_SET
