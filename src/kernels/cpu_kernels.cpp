#include "kernels/cpu/cpu_kernels.h"
#include "kernels/instruction_set.h"

#define HEED_DECLARE_TABLES(set)               \
  namespace set {                              \
  extern const CpuKernels<float> kFloat;       \
  extern const CpuKernels<double> kDouble;     \
  extern const CpuKernels<BFloat16> kBFloat16; \
  }

namespace heed {

HEED_DECLARE_TABLES(avx512)
HEED_DECLARE_TABLES(avx2)
HEED_DECLARE_TABLES(baseline)

namespace {

struct Chosen {
  const CpuKernels<float>& of_float;
  const CpuKernels<double>& of_double;
  const CpuKernels<BFloat16>& of_bfloat16;
  const char* name;
};

Chosen choose() {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl"))
    return {avx512::kFloat, avx512::kDouble, avx512::kBFloat16, "avx512"};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {avx2::kFloat, avx2::kDouble, avx2::kBFloat16, "avx2"};
  return {baseline::kFloat, baseline::kDouble, baseline::kBFloat16, "baseline"};
}

const Chosen& chosen() {
  static const Chosen kChosen = choose();
  return kChosen;
}

}  // namespace

template <>
const CpuKernels<float>& cpu_kernels<float>() {
  return chosen().of_float;
}
template <>
const CpuKernels<double>& cpu_kernels<double>() {
  return chosen().of_double;
}
template <>
const CpuKernels<BFloat16>& cpu_kernels<BFloat16>() {
  return chosen().of_bfloat16;
}

const char* cpu_instruction_set() { return chosen().name; }

}  // namespace heed
