// int8_product IN OUT: reads x (N, in), weight (out, in) and bias (out) from the safetensors file IN, and writes y,
// their product in whole numbers of 8 bits, to OUT. For int8_product.py.
#include <cstdio>
#include <exception>

#include "core/atomic_file.h"
#include "core/process_settings.h"
#include "kernels/packed_weight.h"
#include "tensor/safetensors.h"

int main(int argc, char** argv) {
  try {
    heed::prepare_process();
    if (argc != 3) throw std::runtime_error("usage: int8_product IN OUT");
    const auto given = heed::read_safetensors(argv[1]).tensors;
    const heed::PackedWeight weight(given.at("weight"), at::kFloat, heed::ProductNumbers::kInt8);
    const at::Tensor y = heed::linear_product(given.at("x"), weight, given.at("bias"));
    heed::write_file_atomically(argv[2], heed::serialize_safetensors({{"y", y}}, {}));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
