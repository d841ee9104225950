#include "tensor/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>
#include <utility>

#include "core/error.h"

namespace heed {

namespace {

constexpr size_t kMaxDimensions = 64;  // what LibTorch's element-wise operations take
constexpr const char* kMetadataKey = "__metadata__";

struct TypeName {
  c10::ScalarType type;
  const char* name;
};

// In the reference implementation's order of types.
constexpr std::array<TypeName, 10> kTypeNames = {{
    {c10::ScalarType::Bool, "BOOL"},
    {c10::ScalarType::Byte, "U8"},
    {c10::ScalarType::Char, "I8"},
    {c10::ScalarType::Short, "I16"},
    {c10::ScalarType::Half, "F16"},
    {c10::ScalarType::BFloat16, "BF16"},
    {c10::ScalarType::Int, "I32"},
    {c10::ScalarType::Float, "F32"},
    {c10::ScalarType::Double, "F64"},
    {c10::ScalarType::Long, "I64"},
}};

// A name from a file as it may appear in a message: short, and without control characters.
std::string shown(const std::string& name) {
  constexpr size_t kLongest = 100;
  const auto replace = nlohmann::json::error_handler_t::replace;
  const std::string quoted = nlohmann::json(name.substr(0, kLongest)).dump(-1, ' ', false, replace);
  return quoted.substr(1, quoted.size() - 2) + (name.size() > kLongest ? "..." : "");
}

// Collects a header from nlohmann's events (which, unlike its values, still show duplicate keys), refusing anything but
//   {"__metadata__": {text: text}, name: {"dtype": text, "shape": [integers], "data_offsets": [begin, end]}}
// Returning false ends the parse; error() then says why.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  SafetensorsHeader header;

  const std::string& error() const { return error_; }

  bool start_object(size_t) override {
    switch (place_) {
      case Place::kStart:
        return go(Place::kNames);
      case Place::kName:
        return start_entry();
      default:
        return unexpected("an object");
    }
  }

  bool key(std::string& key) override {
    switch (place_) {
      case Place::kNames:
        return start_name(key);
      case Place::kMetadata:
        return start_metadata(key);
      default:
        return start_field(key);
    }
  }

  bool end_object() override {
    if (place_ == Place::kNames) return go(Place::kEnd);
    if (place_ == Place::kEntry) {
      if (fields_.size() != 3) return refuse(fmt::format("{} lacks dtype, shape or data_offsets", where()));
      header.entries.push_back(std::move(entry_));
    }
    return go(Place::kNames);
  }

  bool start_array(size_t) override {
    if (place_ == Place::kShapeField) return go(Place::kShape);
    if (place_ == Place::kOffsetsField) return go(Place::kOffsets);
    return unexpected("a list");
  }

  bool end_array() override {
    if (place_ == Place::kOffsets && offsets_.size() != 2)
      return refuse(fmt::format("{}: data_offsets has {} numbers, expected 2", where(), offsets_.size()));
    if (place_ == Place::kOffsets) std::tie(entry_.begin, entry_.end) = std::pair(offsets_[0], offsets_[1]);
    return go(Place::kEntry);
  }

  bool string(std::string& text) override {
    if (place_ == Place::kMetadataValue) {
      header.metadata[name_] = text;
      return go(Place::kMetadata);
    }
    if (place_ != Place::kTypeField) return unexpected("a text");
    const auto known =
        std::find_if(kTypeNames.begin(), kTypeNames.end(), [&](auto& type) { return text == type.name; });
    if (known == kTypeNames.end())
      return refuse(
          fmt::format("{} has type '{}'; known are BOOL U8 I8 I16 I32 I64 F16 BF16 F32 F64", where(), shown(text)));
    entry_.type = known->type;
    return go(Place::kEntry);
  }

  bool number_unsigned(uint64_t number) override {
    if (place_ == Place::kShape) return add_dimension(number);
    if (place_ != Place::kOffsets) return unexpected("a number");
    offsets_.push_back(number);
    return offsets_.size() <= 2 || refuse(fmt::format("{}: data_offsets has more than 2 numbers", where()));
  }

  bool number_integer(int64_t number) override {
    return refuse(fmt::format("{}: {} is negative, expected a size", where(), number));
  }
  bool number_float(double, const std::string& text) override {
    return refuse(fmt::format("{}: {} is not an integer of 64 bits", where(), shown(text)));
  }
  bool null() override { return unexpected("null"); }
  bool boolean(bool) override { return unexpected("true or false"); }
  bool binary(binary_t&) override { return unexpected("binary data"); }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return refuse(fmt::format("the header is not JSON from byte {} of it on", position));
  }

 private:
  enum class Place {
    kStart,
    kNames,
    kName,
    kMetadata,
    kMetadataValue,
    kEntry,
    kTypeField,
    kShapeField,
    kShape,
    kOffsetsField,
    kOffsets,
    kEnd
  };

  bool go(Place place) {
    place_ = place;
    return true;
  }

  bool refuse(std::string reason) {
    error_ = std::move(reason);
    return false;
  }

  std::string where() const { return fmt::format("tensor '{}'", shown(name_)); }

  bool unexpected(const char* what) {
    const char* place = place_ == Place::kStart           ? "the header"
                        : place_ == Place::kMetadataValue ? kMetadataKey
                                                          : nullptr;
    return refuse(fmt::format("{} holds {} where the format has none", place ? place : where(), what));
  }

  bool start_name(const std::string& name) {
    if (!names_.insert(name).second)
      return refuse(fmt::format("the name '{}' occurs twice in the header", shown(name)));
    name_ = name;
    return go(Place::kName);
  }

  bool start_entry() {
    if (name_ == kMetadataKey) return go(Place::kMetadata);
    entry_ = TensorEntry{name_, c10::ScalarType::Undefined, {}, 0, 0};
    fields_.clear();
    offsets_.clear();
    return go(Place::kEntry);
  }

  bool start_metadata(const std::string& key) {
    if (header.metadata.count(key) != 0)
      return refuse(fmt::format("the key '{}' occurs twice in {}", shown(key), kMetadataKey));
    name_ = key;
    return go(Place::kMetadataValue);
  }

  bool start_field(const std::string& field) {
    if (!fields_.insert(field).second) return refuse(fmt::format("{} has the key '{}' twice", where(), shown(field)));
    if (field == "dtype") return go(Place::kTypeField);
    if (field == "shape") return go(Place::kShapeField);
    if (field == "data_offsets") return go(Place::kOffsetsField);
    return refuse(fmt::format("{} has the unknown key '{}'", where(), shown(field)));
  }

  bool add_dimension(uint64_t size) {
    if (entry_.shape.size() == kMaxDimensions)
      return refuse(fmt::format("{} has more than {} dimensions", where(), kMaxDimensions));
    if (size > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
      return refuse(fmt::format("{}: a dimension of {} is too large", where(), size));
    entry_.shape.push_back(static_cast<int64_t>(size));
    return true;
  }

  Place place_ = Place::kStart;
  std::string name_, error_;
  TensorEntry entry_;
  std::set<std::string> names_, fields_;
  std::vector<uint64_t> offsets_;
};

// Bytes of a tensor, nothing where they (or, for an empty one, its strides) do not fit into 63 bits.
std::optional<uint64_t> bytes_of(const TensorEntry& entry) {
  int64_t spread = static_cast<int64_t>(c10::elementSize(entry.type));
  bool empty = false;
  for (const int64_t size : entry.shape) {
    empty |= size == 0;
    if (__builtin_mul_overflow(spread, std::max<int64_t>(size, 1), &spread)) return std::nullopt;
  }
  return empty ? 0 : static_cast<uint64_t>(spread);
}

void check_sizes(const std::vector<TensorEntry>& entries, const std::string& origin) {
  for (const TensorEntry& entry : entries) {
    const std::optional<uint64_t> bytes = bytes_of(entry);
    if (!bytes)
      throw CheckpointError(fmt::format("{}: tensor '{}': its shape has more elements than a 64-bit size can count",
                                        origin, shown(entry.name)));
    if (entry.end < entry.begin)
      throw CheckpointError(fmt::format("{}: tensor '{}': data_offsets [{}, {}] end before they begin", origin,
                                        shown(entry.name), entry.begin, entry.end));
    if (entry.end - entry.begin != *bytes)
      throw CheckpointError(fmt::format("{}: tensor '{}': type and shape need {} bytes, data_offsets give {}", origin,
                                        shown(entry.name), *bytes, entry.end - entry.begin));
  }
}

void check_coverage(const std::vector<TensorEntry>& entries, uint64_t data_bytes, const std::string& origin) {
  uint64_t covered = 0;
  for (const TensorEntry& entry : entries) {
    if (entry.begin != covered)
      throw CheckpointError(fmt::format("{}: tensor '{}': its data begin at byte {}, {} at byte {}", origin,
                                        shown(entry.name), entry.begin,
                                        entry.begin < covered ? "overlapping what ends" : "after a hole", covered));
    covered = entry.end;
  }
  if (covered > data_bytes)
    throw CheckpointError(fmt::format("{}: the tensors need {} bytes of data, the file has {}: it is cut short", origin,
                                      covered, data_bytes));
  if (covered < data_bytes)
    throw CheckpointError(
        fmt::format("{}: {} bytes follow the last tensor and belong to none", origin, data_bytes - covered));
}

}  // namespace

const char* safetensors_type_name(c10::ScalarType type) {
  const int rank = safetensors_type_rank(type);
  return rank < 0 ? nullptr : kTypeNames[static_cast<size_t>(rank)].name;
}

int safetensors_type_rank(c10::ScalarType type) {
  for (size_t i = 0; i < kTypeNames.size(); ++i)
    if (kTypeNames[i].type == type) return static_cast<int>(i);
  return -1;
}

std::string serialize_safetensors_header(const SafetensorsHeader& header) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!header.metadata.empty()) json[kMetadataKey] = header.metadata;
  for (const TensorEntry& entry : header.entries)
    json[entry.name] = {{"dtype", safetensors_type_name(entry.type)},
                        {"shape", entry.shape},
                        {"data_offsets", {entry.begin, entry.end}}};
  return json.dump();
}

SafetensorsHeader parse_safetensors_header(std::string_view json, uint64_t data_bytes, const std::string& origin) {
  HeaderReader reader;
  if (!nlohmann::json::sax_parse(json, &reader)) throw CheckpointError(fmt::format("{}: {}", origin, reader.error()));
  check_sizes(reader.header.entries, origin);
  std::sort(reader.header.entries.begin(), reader.header.entries.end(), [](const auto& left, const auto& right) {
    return std::tie(left.begin, left.end, left.name) < std::tie(right.begin, right.end, right.name);
  });
  check_coverage(reader.header.entries, data_bytes, origin);
  return std::move(reader.header);
}

}  // namespace heed
