#include "tensor/safetensors.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <exception>
#include <tuple>
#include <vector>

#include "core/error.h"
#include "core/file_bytes.h"
#include "tensor/safetensors_header.h"

namespace heed {

namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian, and so is this code");

constexpr uint64_t kLengthBytes = 8;
constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the reference reader's limit
constexpr uint64_t kDataAlignment = 8;

// Which tensor lies where: entries in the order of their bytes.
SafetensorsHeader layout(const TensorMap& tensors, const TensorMetadata& metadata) {
  SafetensorsHeader header{{}, metadata};
  for (const auto& [name, tensor] : tensors) {
    if (!tensor.defined() || safetensors_type_name(tensor.scalar_type()) == nullptr)
      throw CheckpointError(fmt::format("tensor '{}' cannot be written: safetensors has no such type", name));
    if (name == "__metadata__") throw CheckpointError("a tensor cannot be named __metadata__ in a safetensors file");
    header.entries.push_back({name, tensor.scalar_type(), tensor.sizes().vec(), 0, tensor.nbytes()});
  }
  std::stable_sort(header.entries.begin(), header.entries.end(), [](const auto& left, const auto& right) {
    return safetensors_type_rank(left.type) > safetensors_type_rank(right.type);
  });
  uint64_t begin = 0;
  for (TensorEntry& entry : header.entries) {
    entry.begin = begin;
    entry.end += begin;
    begin = entry.end;
  }
  return header;
}

// The header with its length before it and its padding behind it.
std::string framed(const SafetensorsHeader& header) {
  std::string json;
  try {
    json = serialize_safetensors_header(header);
  } catch (const std::exception& error) {
    throw CheckpointError(fmt::format("a tensor name or metadata text is not UTF-8: {}", error.what()));
  }
  json.resize((json.size() + kDataAlignment - 1) / kDataAlignment * kDataAlignment, ' ');
  const uint64_t length = json.size();
  if (length > kMaxHeaderBytes) throw CheckpointError("too many tensors for one safetensors file (header over 100 MB)");
  std::string bytes(kLengthBytes, '\0');
  std::memcpy(bytes.data(), &length, kLengthBytes);
  return bytes + json;
}

// The JSON within the file's bytes.
std::string_view header_of(std::string_view bytes, const std::string& origin) {
  if (bytes.size() < kLengthBytes)
    throw CheckpointError(
        fmt::format("{}: {} bytes are too few for a safetensors file, which starts with 8", origin, bytes.size()));
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kMaxHeaderBytes)
    throw CheckpointError(fmt::format("{}: header length {} is over the limit of {}; this is no safetensors file",
                                      origin, length, kMaxHeaderBytes));
  const uint64_t room = bytes.size() - kLengthBytes;
  if (length > room)
    throw CheckpointError(
        fmt::format("{}: header length is {} but only {} bytes follow: the file is cut short", origin, length, room));
  const std::string_view json = bytes.substr(kLengthBytes, length);
  if (json.empty() || json.front() != '{')
    throw CheckpointError(fmt::format("{}: the header does not start with '{{'; this is no safetensors file", origin));
  return json;
}

at::Tensor tensor_of(const TensorEntry& entry, std::string_view data, const std::string& origin) {
  const std::string_view bytes = data.substr(entry.begin, entry.end - entry.begin);
  const auto is_truth_value = [](char byte) { return byte == 0 || byte == 1; };
  if (entry.type == at::kBool && !std::all_of(bytes.begin(), bytes.end(), is_truth_value))
    throw CheckpointError(
        fmt::format("{}: tensor '{}' of type BOOL has a byte that is neither 0 nor 1", origin, entry.name));
  at::Tensor tensor = at::empty(entry.shape, at::TensorOptions(entry.type));
  if (!bytes.empty()) std::memcpy(tensor.mutable_data_ptr(), bytes.data(), bytes.size());
  return tensor;
}

}  // namespace

uint64_t safetensors_size(const TensorMap& tensors, const TensorMetadata& metadata) {
  const SafetensorsHeader header = layout(tensors, metadata);
  return framed(header).size() + (header.entries.empty() ? 0 : header.entries.back().end);
}

void write_safetensors(const TensorMap& tensors, const ByteSink& sink, const TensorMetadata& metadata) {
  const SafetensorsHeader header = layout(tensors, metadata);
  sink(framed(header));
  for (const TensorEntry& entry : header.entries) {
    const at::Tensor tensor = tensors.at(entry.name).detach().cpu().contiguous();
    sink({static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()});
  }
}

std::string serialize_safetensors(const TensorMap& tensors, const TensorMetadata& metadata) {
  std::string bytes;
  bytes.reserve(safetensors_size(tensors, metadata));
  write_safetensors(
      tensors, [&](std::string_view piece) { bytes += piece; }, metadata);
  return bytes;
}

Safetensors parse_safetensors(std::string_view bytes, const std::string& origin) {
  const std::string_view json = header_of(bytes, origin);
  const std::string_view data = bytes.substr(kLengthBytes + json.size());
  SafetensorsHeader header = parse_safetensors_header(json, data.size(), origin);
  Safetensors file{{}, std::move(header.metadata)};
  for (const TensorEntry& entry : header.entries) file.tensors[entry.name] = tensor_of(entry, data, origin);
  return file;
}

Safetensors read_safetensors(const std::filesystem::path& path) {
  return parse_safetensors(read_file_bytes(path), path.string());
}

}  // namespace heed
