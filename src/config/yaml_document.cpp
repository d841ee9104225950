#include "config/yaml_document.h"

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "core/utf8.h"

namespace heed {
namespace {

// Columns count bytes, as compilers do.
std::string place_of_byte(const std::string& text, size_t offset, const std::string& origin) {
  const std::string_view before = std::string_view(text).substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return origin + ":" + std::to_string(line) + ":" + std::to_string(offset - line_start + 1);
}

void check_characters(const std::string& text, const std::string& origin) {
  if (const auto invalid = find_invalid_utf8(text)) {
    throw ConfigError(place_of_byte(text, *invalid, origin) + ": a configuration must be UTF-8 text");
  }
  const size_t nul = text.find('\0');
  if (nul != std::string::npos) throw ConfigError(place_of_byte(text, nul, origin) + ": a configuration holds no NUL");
}

}  // namespace

std::string place(const YAML::Mark& mark, const std::string& origin) {
  if (mark.is_null()) return origin;
  return origin + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
}

YAML::Node parse_yaml(const std::string& text, const std::string& origin) {
  check_characters(text, origin);
  std::vector<YAML::Node> documents;
  try {
    documents = YAML::LoadAll(text);
  } catch (const YAML::Exception& error) {
    throw ConfigError(place(error.mark, origin) + ": not valid YAML: " + error.msg);
  }
  if (documents.empty() || documents[0].IsNull()) throw ConfigError(origin + ": the configuration is empty");
  if (documents.size() > 1)
    throw ConfigError(origin + ": expected one YAML document, got " + std::to_string(documents.size()));
  return documents[0];
}

}  // namespace heed
