#include "kernels/packed_weight.h"

#include <ATen/cpu/Utils.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>

#include <algorithm>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/dispatch.h"
#include "kernels/instruction_set.h"

namespace heed {
namespace {

bool libraries_have_tiles() {
  static const bool kTiles = instruction_set() == InstructionSet::kAvx512Bf16 && at::cpu::init_amx();
  return kTiles;
}

const ProductKernels& kernels_of(ProductNumbers numbers, at::ScalarType rows) {
  const ProductTables& tables = product_tables();
  if (numbers == ProductNumbers::kInt8) return tables.int8;
  if (numbers == ProductNumbers::kBFloat16) return tables.bfloat16;
  return rows == at::kDouble ? tables.fp64 : tables.fp32;
}

// Fewer rows take as long: the weight comes from memory.
constexpr int64_t kFewRows = 8;

// Rows as the product reads them.
struct Rows {
  at::Tensor entries, scales;
  int64_t row_bytes;
};

Rows reduced(const ProductKernels& kernels, const at::Tensor& x) {
  const int64_t rows = x.size(0), depth = x.size(1), row_bytes = reduced_row_bytes(depth);
  Rows result{new_tensor({rows, row_bytes}, at::kChar), new_tensor({rows}, at::kFloat), row_bytes};
  const RowsPlan plan{pointer<const float>(x),      x.stride(0), rows, depth, result.entries.data_ptr(),
                      pointer<float>(result.scales)};
  run(kernels.reduce_rows, plan, rows, grain_of(depth));
  return result;
}

Rows rows_for(const ProductKernels& kernels, const at::Tensor& x) {
  if (x.scalar_type() == at::kFloat && kernels.reduce_rows != nullptr) return reduced(kernels, x);
  const int64_t missing = groups(x.size(1), kernels.group) * kernels.group - x.size(1);
  const at::Tensor whole = missing > 0 ? at::constant_pad_nd(x, {0, missing}) : x;
  return {whole, {}, whole.stride(0) * whole.element_size()};
}

}  // namespace

bool PackedWeight::packs(const at::Tensor& weight, at::ScalarType rows) {
  if (!weight.is_cpu()) return false;
  if (rows == at::kBFloat16) return weight.scalar_type() == at::kFloat && !libraries_have_tiles();
  return rows == weight.scalar_type() && (rows == at::kFloat || rows == at::kDouble);
}

PackedWeight::PackedWeight(const at::Tensor& weight, at::ScalarType rows, ProductNumbers numbers)
    : in_(weight.size(1)),
      out_(weight.size(0)),
      rows_(rows),
      numbers_(rows == at::kBFloat16 ? ProductNumbers::kBFloat16 : numbers) {
  if (packs(weight, rows)) {
    pack(weight);
    return;
  }
  TORCH_CHECK(weight.scalar_type() == rows, "expected a weight of the type of the rows, ", rows, ", got ",
              weight.scalar_type());
  as_it_is_ = weight;
}

void PackedWeight::pack(const at::Tensor& weight) {
  const bool int8 = numbers_ == ProductNumbers::kInt8;
  TORCH_CHECK(numbers_ == ProductNumbers::kOwn || weight.scalar_type() == at::kFloat,
              "expected fp32 to make fewer bits of, got ", weight.scalar_type());
  constexpr int64_t kMostInt8 = 133'144;  // 127 * 127 * so many is below 2^31
  TORCH_CHECK(!int8 || in_ <= kMostInt8, "products of int8 add up ", kMostInt8, " numbers at most, not ", in_);
  const bool in_panels = weight.stride(1) == 1 || (weight.stride(0) == 1 && !int8);
  const at::Tensor columns = in_panels ? weight : weight.contiguous();
  const ProductKernels& kernels = kernels_of(numbers_, rows_);
  const int64_t panels = groups(out_, kernels.panel_columns), padded = panels * kernels.panel_columns;
  panels_ = at::empty(
      {padded, groups(in_, kernels.group) * kernels.group, static_cast<int64_t>(kernels.panel_entry_bytes)}, at::kChar);
  if (int8) {
    scales_ = at::empty({padded}, at::kFloat);
    corrections_ = at::empty({padded}, at::kInt);
  }
  const PanelsPlan plan{columns.const_data_ptr(),
                        columns.stride(0),
                        columns.stride(1),
                        out_,
                        in_,
                        panels_.data_ptr(),
                        pointer<float>(scales_),
                        pointer<int32_t>(corrections_)};
  run(kernels.pack_panels, plan, panels, grain_of(in_ * kernels.panel_columns));
}

at::Tensor PackedWeight::multiply(const at::Tensor& x, const std::optional<at::Tensor>& bias) const {
  const ProductKernels& kernels = kernels_of(numbers_, rows_);
  const Rows rows = rows_for(kernels, with_contiguous_rows(x));
  at::Tensor y = new_tensor({x.size(0), out_}, x.options());
  TORCH_CHECK(
      !bias || (bias->is_contiguous() && bias->scalar_type() == (rows_ == at::kDouble ? at::kDouble : at::kFloat)),
      "expected a bias in the type of the sums");
  ProductPlan plan{};
  plan.x = rows.entries.const_data_ptr();
  plan.row_bytes = rows.row_bytes;
  plan.x_scales = pointer<const float>(rows.scales);
  plan.panels = panels_.const_data_ptr();
  plan.scales = pointer<const float>(scales_);
  plan.corrections = pointer<const int32_t>(corrections_);
  plan.bias = bias ? bias->const_data_ptr() : nullptr;
  plan.rows = x.size(0);
  plan.depth = in_;
  plan.columns = out_;
  plan.y = y.data_ptr();
  run(rows_ == at::kBFloat16 ? kernels.product_to_bfloat16 : kernels.product, plan,
      groups(plan.rows, kProductRows) * groups(out_, kernels.panel_columns),
      grain_of(std::clamp(plan.rows, kFewRows, kProductRows) * in_ * kernels.panel_columns / kernels.group));
  return y;
}

at::Tensor linear_product(const at::Tensor& x, const PackedWeight& weight, const std::optional<at::Tensor>& bias) {
  TORCH_CHECK(x.dim() == 2 && x.size(1) == weight.in_ && x.scalar_type() == weight.rows_, "expected rows of ",
              weight.in_, " numbers of type ", weight.rows_, ", got ", x.sizes(), " of ", x.scalar_type());
  if (!weight.as_it_is_.defined()) return weight.multiply(x, bias);
  const at::Tensor columns = weight.as_it_is_.t();
  return bias ? at::addmm(*bias, x, columns) : at::mm(x, columns);
}

}  // namespace heed
