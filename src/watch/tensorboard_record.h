#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heed {

// The bytes of a TensorBoard event file: TFRecord frames around `Event` protocol buffers (tensorflow/core/util/
// event.proto and framework/summary.proto; field numbers from there). Pure functions.

// CRC-32 with Castagnoli's polynomial (RFC 3720, appendix B.4).
uint32_t crc32c(std::string_view bytes);

// u64 length, u32 masked CRC of it, the event, u32 masked CRC of the event; all little-endian.
std::string tensorboard_record(std::string_view event);

// `wall_time` is in seconds since 1970, wherever it occurs.
std::string version_event(double wall_time);  // the first of a file

// TensorBoard forgets what it read before with this step or a larger one (SessionLog START).
std::string session_start_event(double wall_time, int64_t step);

std::string scalars_event(double wall_time, int64_t step, const std::vector<std::pair<std::string, double>>& scalars);

// A table in the text tab; cells are Markdown. REQUIRES: rows of equal length.
std::string text_event(double wall_time, int64_t step, const std::string& tag,
                       const std::vector<std::vector<std::string>>& rows);

}  // namespace heed
