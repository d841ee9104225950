#include "export/ctranslate2_file.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>

#include "core/error.h"

namespace heed {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

constexpr uint32_t kBinaryVersion = 6;

template <class Number>
void put(const ByteSink& sink, Number number) {
  std::array<char, sizeof(Number)> bytes{};
  std::memcpy(bytes.data(), &number, sizeof number);
  sink({bytes.data(), bytes.size()});
}

void put_string(const ByteSink& sink, const std::string& text) {
  put(sink, static_cast<uint16_t>(text.size() + 1));
  sink({text.c_str(), text.size() + 1});
}

uint8_t type_id(const std::string& name, at::ScalarType type) {
  constexpr std::array kTypes{at::kFloat, at::kChar, at::kShort, at::kInt, at::kHalf, at::kBFloat16};
  for (size_t id = 0; id < kTypes.size(); ++id)
    if (kTypes[id] == type) return static_cast<uint8_t>(id);
  throw Error(fmt::format("CTranslate2 has no tensors of type {}: '{}' cannot be written", c10::toString(type), name));
}

void put_variable(const ByteSink& sink, const std::string& name, const at::Tensor& any_tensor) {
  const at::Tensor tensor = any_tensor.detach().cpu().contiguous();
  if (tensor.nbytes() > UINT32_MAX)
    throw Error(fmt::format("'{}' has {} bytes: CTranslate2's files hold at most {} in a tensor", name, tensor.nbytes(),
                            UINT32_MAX));
  put_string(sink, name);
  put(sink, static_cast<uint8_t>(tensor.dim()));
  for (const int64_t size : tensor.sizes()) put(sink, static_cast<uint32_t>(size));
  put(sink, type_id(name, tensor.scalar_type()));
  put(sink, static_cast<uint32_t>(tensor.nbytes()));
  sink({static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()});
}

}  // namespace

void write_ctranslate2_file(const Ctranslate2File& file, const ByteSink& sink) {
  put(sink, kBinaryVersion);
  put_string(sink, file.specification);
  put(sink, file.revision);
  put(sink, static_cast<uint32_t>(file.variables.size()));
  for (const auto& [name, tensor] : file.variables) put_variable(sink, name, tensor);
  put(sink, static_cast<uint32_t>(file.aliases.size()));
  for (const auto& [alias, name] : file.aliases) {
    put_string(sink, alias);
    put_string(sink, name);
  }
}

}  // namespace heed
