#include "kernels/instruction_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string_view>

#include "core/error.h"
#include "kernels/cpu/cpu_kernels.h"

#define HEED_DECLARE_TABLES(set)               \
  namespace set {                              \
  extern const CpuKernels<float> kFloat;       \
  extern const CpuKernels<double> kDouble;     \
  extern const CpuKernels<BFloat16> kBFloat16; \
  }
#define HEED_DECLARE_PRODUCTS(set)      \
  namespace set {                       \
  extern const ProductTables kProducts; \
  }

namespace heed {

HEED_DECLARE_TABLES(avx512)
HEED_DECLARE_TABLES(avx2)
HEED_DECLARE_TABLES(baseline)
HEED_DECLARE_PRODUCTS(avx512_bf16)
HEED_DECLARE_PRODUCTS(avx512_vnni)
HEED_DECLARE_PRODUCTS(avx512)
HEED_DECLARE_PRODUCTS(avx2)
HEED_DECLARE_PRODUCTS(baseline)

namespace {

InstructionSet of_this_cpu() {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return InstructionSet::kBaseline;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq") ||
      !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512vl"))
    return InstructionSet::kAvx2;
  if (!__builtin_cpu_supports("avx512vnni")) return InstructionSet::kAvx512;
  return __builtin_cpu_supports("avx512bf16") ? InstructionSet::kAvx512Bf16 : InstructionSet::kAvx512Vnni;
}

InstructionSet choose() {
  const InstructionSet highest = of_this_cpu();
  const char* wanted = std::getenv("HEED_CPU");
  if (wanted == nullptr || *wanted == '\0') return highest;
  const std::span names(kInstructionSetNames.data(), static_cast<size_t>(highest) + 1);
  const auto found = std::find(names.begin(), names.end(), std::string_view(wanted));
  if (found == names.end())
    throw ConfigError(
        fmt::format("the environment variable HEED_CPU: expected an instruction set of this CPU ({}), "
                    "found '{}'",
                    fmt::join(names, ", "), wanted));
  return static_cast<InstructionSet>(found - names.begin());
}

// The table for the kernels that no set above AVX-512 makes faster.
template <class Table>
const Table& table_of(const Table& avx512, const Table& avx2, const Table& baseline) {
  const InstructionSet set = instruction_set();
  if (set >= InstructionSet::kAvx512) return avx512;
  return set == InstructionSet::kAvx2 ? avx2 : baseline;
}

}  // namespace

InstructionSet instruction_set() {
  static const InstructionSet kChosen = choose();
  return kChosen;
}

template <>
const CpuKernels<float>& cpu_kernels<float>() {
  return table_of(avx512::kFloat, avx2::kFloat, baseline::kFloat);
}
template <>
const CpuKernels<double>& cpu_kernels<double>() {
  return table_of(avx512::kDouble, avx2::kDouble, baseline::kDouble);
}
template <>
const CpuKernels<BFloat16>& cpu_kernels<BFloat16>() {
  return table_of(avx512::kBFloat16, avx2::kBFloat16, baseline::kBFloat16);
}

const ProductTables& product_tables() {
  if (instruction_set() == InstructionSet::kAvx512Bf16) return avx512_bf16::kProducts;
  if (instruction_set() == InstructionSet::kAvx512Vnni) return avx512_vnni::kProducts;
  return table_of(avx512::kProducts, avx2::kProducts, baseline::kProducts);
}

}  // namespace heed
