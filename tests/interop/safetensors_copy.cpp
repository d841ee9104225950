// safetensors_copy IN OUT [IN OUT ...]: reads each IN and writes what was read to OUT, for safetensors_round_trip.py.
#include <cstdio>
#include <exception>

#include "core/atomic_file.h"
#include "tensor/safetensors.h"

int main(int argc, char** argv) {
  try {
    for (int i = 1; i + 1 < argc; i += 2) {
      const heed::Safetensors file = heed::read_safetensors(argv[i]);
      heed::write_file_atomically(argv[i + 1], heed::serialize_safetensors(file.tensors, file.metadata));
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
