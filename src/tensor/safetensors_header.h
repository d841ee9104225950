#pragma once

#include <c10/core/ScalarType.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heed {

// The JSON header of a safetensors file, checked so that its numbers can be used without further thought.

struct TensorEntry {
  std::string name;
  c10::ScalarType type = c10::ScalarType::Undefined;
  std::vector<int64_t> shape;
  uint64_t begin = 0, end = 0;  // within the data, end - begin == elements * width
};

struct SafetensorsHeader {
  std::vector<TensorEntry> entries;  // in the order of their bytes
  std::map<std::string, std::string> metadata;
};

// "F32" and so on; nullptr for a type the format or Heed does not know.
const char* safetensors_type_name(c10::ScalarType type);

// The place of a type in the reference writer's order: later types are written first.
int safetensors_type_rank(c10::ScalarType type);

// The JSON of a header, entries in the given order, unpadded.
std::string serialize_safetensors_header(const SafetensorsHeader& header);

// Parses `json` for a file with `data_bytes` bytes after the header. CheckpointError (message opened by `origin`)
// unless it is one JSON object of known keys, each once, with sizes that agree with types and shapes, and entries that
// cover the data without hole or overlap.
SafetensorsHeader parse_safetensors_header(std::string_view json, uint64_t data_bytes, const std::string& origin);

}  // namespace heed
