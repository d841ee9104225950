#include "watch/tensorboard_record.h"

#include <array>
#include <bit>

namespace heed {

namespace {

constexpr std::array<uint32_t, 256> crc_table() {
  constexpr uint32_t kReflectedPolynomial = 0x82F63B78;
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? kReflectedPolynomial : 0);
    table[byte] = value;
  }
  return table;
}

constexpr auto kCrcTable = crc_table();

uint32_t masked_crc32c(std::string_view bytes) { return std::rotr(crc32c(bytes), 15) + 0xa282ead8u; }

template <class Unsigned>
std::string little_endian(Unsigned value) {
  std::string bytes;
  for (size_t i = 0; i < sizeof(Unsigned); ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

// Protocol buffers: a field is its key, (number << 3 | wire type), and its value.
enum WireType : uint64_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

std::string key(uint64_t number, WireType type) { return varint(number << 3 | type); }

std::string integer_field(uint64_t number, uint64_t value) {
  return value == 0 ? "" : key(number, kVarint) + varint(value);  // zero is what a missing field means
}

std::string bytes_field(uint64_t number, std::string_view bytes) {
  return key(number, kBytes) + varint(bytes.size()) + std::string(bytes);
}

std::string float_field(uint64_t number, float value) {
  return key(number, kFixed32) + little_endian(std::bit_cast<uint32_t>(value));
}

// Event: wall_time 1, step 2, and one of file_version 3, summary 5, session_log 7.
std::string event(double wall_time, int64_t step, uint64_t what, std::string_view content) {
  return key(1, kFixed64) + little_endian(std::bit_cast<uint64_t>(wall_time)) +
         integer_field(2, static_cast<uint64_t>(step)) + bytes_field(what, content);
}

constexpr uint64_t kFileVersion = 3, kSummary = 5, kSessionLog = 7;

// TensorProto: dtype 1, tensor_shape 2 { dim 2 { size 1 } }, string_val 8.
std::string string_tensor(const std::vector<std::vector<std::string>>& rows) {
  constexpr uint64_t kString = 7;  // DT_STRING
  const size_t columns = rows.empty() ? 0 : rows.front().size();
  std::string shape;
  for (const uint64_t size : {rows.size(), columns}) shape += bytes_field(2, integer_field(1, size));
  std::string tensor = integer_field(1, kString) + bytes_field(2, shape);
  for (const auto& row : rows)
    for (const std::string& cell : row) tensor += bytes_field(8, cell);
  return tensor;
}

}  // namespace

uint32_t crc32c(std::string_view bytes) {
  uint32_t crc = 0xffffffff;
  for (const char c : bytes) crc = (crc >> 8) ^ kCrcTable[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return ~crc;
}

std::string tensorboard_record(std::string_view event) {
  const std::string length = little_endian(static_cast<uint64_t>(event.size()));
  return length + little_endian(masked_crc32c(length)) + std::string(event) + little_endian(masked_crc32c(event));
}

std::string version_event(double wall_time) { return event(wall_time, 0, kFileVersion, "brain.Event:2"); }

std::string session_start_event(double wall_time, int64_t step) {
  return event(wall_time, step, kSessionLog, integer_field(1, 1));  // SessionLog: status 1; START is 1
}

// Summary: value 1 { tag 1, simple_value 2 }.
std::string scalars_event(double wall_time, int64_t step, const std::vector<std::pair<std::string, double>>& scalars) {
  std::string summary;
  for (const auto& [tag, value] : scalars)
    summary += bytes_field(1, bytes_field(1, tag) + float_field(2, static_cast<float>(value)));
  return event(wall_time, step, kSummary, summary);
}

// Summary: value 1 { tag 1, tensor 8, metadata 9 { plugin_data 1 { plugin_name 1 } } }.
std::string text_event(double wall_time, int64_t step, const std::string& tag,
                       const std::vector<std::vector<std::string>>& rows) {
  const std::string metadata = bytes_field(1, bytes_field(1, "text"));
  const std::string value = bytes_field(1, tag) + bytes_field(8, string_tensor(rows)) + bytes_field(9, metadata);
  return event(wall_time, step, kSummary, bytes_field(1, value));
}

}  // namespace heed
