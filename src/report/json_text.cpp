#include "report/json_text.h"

#include <fmt/format.h>

#include <iterator>

#include "core/utf8.h"

namespace heed {

std::string json_text(std::string_view text) {
  std::string json = "\"";
  for (const char c : replace_invalid_utf8(text)) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == '<') {
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      json += c;
    }
  }
  return json + '"';
}

}  // namespace heed
