#pragma once

#include <map>
#include <string>

#include "tensor/safetensors.h"

namespace heed {

// model.bin of CTranslate2 (github.com/OpenNMT/CTranslate2, binary version 6; python/ctranslate2/specs/model_spec.py).
// Little-endian; a string is its length with a closing NUL as u16, the bytes, the NUL:
//   u32 6, string specification, u32 its revision
//   u32 number of variables, and for each, sorted by name:
//     string name, u8 rank, u32 sizes, u8 type (float 0, int8 1, int16 2, int32 3, float16 4, bfloat16 5), u32 bytes,
//     data
//   u32 number of aliases, and for each: string alias, string the variable it stands for
struct Ctranslate2File {
  std::string specification;
  uint32_t revision = 0;
  TensorMap variables;
  std::map<std::string, std::string> aliases;
};

// Error for a tensor beyond the format's limits: 4 GiB, or a type that is not of the list.
void write_ctranslate2_file(const Ctranslate2File& file, const ByteSink& sink);

}  // namespace heed
