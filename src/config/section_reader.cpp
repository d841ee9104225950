#include "config/section_reader.h"

#include <algorithm>

#include "config/key_hint.h"
#include "config/keys.h"
#include "core/error.h"

namespace heed {
namespace {

std::string found(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map:
      return "a mapping";
    case YAML::NodeType::Sequence:
      return "a list of " + std::to_string(node.size());
    case YAML::NodeType::Scalar:
      return shown(node.Scalar());
    default:
      return "nothing";
  }
}

}  // namespace

std::map<std::string, YAML::Node, std::less<>> SectionReader::entries(const YAML::Node& node, const std::string& name,
                                                                      const std::vector<std::string_view>& keys) const {
  if (!node.IsMap()) {
    const std::string expectation =
        name.empty() ? "a configuration must consist of sections" : name + " must be a section";
    fail(node, expectation + ", got " + found(node) + " (" + list_of_keys(name) + ")");
  }
  check_untagged(node);
  std::map<std::string, YAML::Node, std::less<>> values;
  for (const auto& entry : node) {
    check_key(entry.first, name, keys);
    const std::string full = full_name(name, entry.first.Scalar());
    // yaml-cpp places a missing value at the next token, so the key is blamed.
    if (entry.second.IsNull()) fail(entry.first, full + " has no value: give it one, or remove the key");
    const bool is_new = values.emplace(entry.first.Scalar(), entry.second).second;
    if (!is_new) fail(entry.first, "duplicate key '" + full + "'");
  }
  return values;
}

void SectionReader::check_key(const YAML::Node& key, const std::string& section,
                              const std::vector<std::string_view>& keys) const {
  if (!key.IsScalar()) fail(key, "a key must be a name, got " + found(key));
  const std::string& name = key.Scalar();
  if (std::find(keys.begin(), keys.end(), name) != keys.end()) return;
  fail(key, unknown_key(full_name(section, name), spelling_));
}

void SectionReader::fail(const YAML::Node& node, const std::string& message) const {
  throw ConfigError(place_of_(node.Mark()) + ": " + message);
}

void SectionReader::fail_value(const YAML::Node& node, const std::string& expectation, const Key& key,
                               const std::string& hint) const {
  // Other toolkits nest deeper.
  const std::string help = node.IsMap() ? list_of_keys(split_name(key.name).section) : hint;
  fail(node, key.name + " must be " + expectation + ", got " + found(node) + (help.empty() ? "" : " (" + help + ")"));
}

void SectionReader::check_untagged(const YAML::Node& node) const {
  // yaml-cpp's tags of what carries none: "?" plain, "!" quoted, "" made in memory.
  const std::string& tag = node.Tag();
  if (!tag.empty() && tag != "?" && tag != "!") fail(node, "YAML tags are not used here: remove '" + tag + "'");
}

}  // namespace heed
