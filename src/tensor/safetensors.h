#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace heed {

// safetensors files (github.com/huggingface/safetensors, format of 0.4): a little-endian u64 header length, a JSON
// header, the tensors' bytes. Types: BOOL U8 I8 I16 I32 I64 F16 BF16 F32 F64. Nothing in a file is ever executed.
//
// Written bytes are a pure function of the tensors and the metadata, and equal those of the reference writer: wide
// types first, then by name; the header padded with spaces so that the data start at a multiple of 8.
//
// Read bytes are not trusted: whatever they hold, the outcome is the tensors they describe or a CheckpointError that
// says what is wrong with them. Every byte of the data belongs to exactly one tensor, and no name or key occurs twice.

using TensorMap = std::map<std::string, at::Tensor>;
using TensorMetadata = std::map<std::string, std::string>;
using ByteSink = std::function<void(std::string_view)>;

struct Safetensors {
  TensorMap tensors;  // on the CPU, contiguous, each with memory of its own
  TensorMetadata metadata;
};

// PyTorch's mark, which Hugging Face's loaders ask for.
inline const TensorMetadata kPyTorchMetadata = {{"format", "pt"}};

// The size of the file in bytes, known before anything is copied.
uint64_t safetensors_size(const TensorMap& tensors, const TensorMetadata& metadata = kPyTorchMetadata);

// Feeds the file to `sink` piece by piece: one tensor's copy at a time is the memory it takes.
void write_safetensors(const TensorMap& tensors, const ByteSink& sink,
                       const TensorMetadata& metadata = kPyTorchMetadata);
std::string serialize_safetensors(const TensorMap& tensors, const TensorMetadata& metadata = kPyTorchMetadata);

// `origin` (a path) opens every message.
Safetensors parse_safetensors(std::string_view bytes, const std::string& origin);
Safetensors read_safetensors(const std::filesystem::path& path);

}  // namespace heed
