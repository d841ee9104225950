#include "config/yaml_document.h"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "core/error.h"
#include "core/utf8.h"

namespace heed {
namespace {

// yaml-cpp's marks count lines and columns (of bytes) from 0.
YAML::Mark mark_of_byte(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  YAML::Mark mark;
  mark.line = static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  mark.column = static_cast<int>(offset - (before.rfind('\n') + 1));  // npos + 1 == 0: the first line
  return mark;
}

void check_characters(const std::string& text, const PlaceOf& place_of) {
  if (const auto invalid = find_invalid_utf8(text)) {
    throw ConfigError(place_of(mark_of_byte(text, *invalid)) + ": a configuration must be UTF-8 text");
  }
  const size_t nul = text.find('\0');
  if (nul == std::string::npos) return;
  throw ConfigError(place_of(mark_of_byte(text, nul)) + ": a configuration holds no NUL");
}

// Where a tab stands in the white space that a line begins with, or nothing.
std::optional<YAML::Mark> tab_before_text(const std::string& text, int line) {
  if (line < 0) return {};
  size_t start = 0;
  for (; line > 0; --line) {
    const size_t end = text.find('\n', start);
    if (end == std::string::npos) return {};
    start = end + 1;
  }
  const size_t end = text.find_first_not_of(" \t", start);
  const size_t tab = text.find('\t', start);
  if (tab == std::string::npos || tab >= end) return {};
  return mark_of_byte(text, tab);
}

class NoEvents : public YAML::EventHandler {
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// Not YAML::LoadAll: to yaml-cpp 0.7 a text like ",T" is an endless row of empty documents.
bool has_second_document(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  NoEvents none;
  return parser.HandleNextDocument(none) && parser.HandleNextDocument(none);
}

[[noreturn]] void fail_syntax(const std::string& text, const YAML::Exception& error, const PlaceOf& place_of) {
  const auto tab = tab_before_text(text, error.mark.line);
  if (tab) throw ConfigError(place_of(*tab) + ": tabs may not indent: use spaces");
  throw ConfigError(place_of(error.mark) + ": not valid YAML: " + error.msg);
}

}  // namespace

PlaceOf places_in(const std::string& file) {
  return [file](const YAML::Mark& mark) {
    if (mark.is_null()) return file;
    return file + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  };
}

YAML::Node parse_yaml(const std::string& text, const PlaceOf& place_of) {
  check_characters(text, place_of);
  const std::string whole = place_of(YAML::Mark::null_mark());
  try {
    if (has_second_document(text)) throw ConfigError(whole + ": expected one YAML document, found more");
    const YAML::Node document = YAML::Load(text);
    if (document.IsNull()) throw ConfigError(whole + ": the configuration is empty");
    return document;
  } catch (const YAML::Exception& error) {
    fail_syntax(text, error, place_of);
  }
}

}  // namespace heed
