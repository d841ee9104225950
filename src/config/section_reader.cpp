#include "config/section_reader.h"

#include <algorithm>

#include "config/config.h"
#include "config/nearest_key.h"
#include "core/error.h"
#include "core/printable.h"

namespace heed {
namespace {

constexpr size_t kShownBytes = 60;

// A text as part of a one-line message.
std::string shown(const std::string& text) { return "'" + printable(beginning_of(text, kShownBytes)) + "'"; }

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

template <Section T>
void add_keys(const std::string& section, std::vector<std::string>& names) {
  T::fields([&](std::string_view key, auto member, auto...) {
    using Value = std::remove_cvref_t<decltype(std::declval<T&>().*member)>;
    const std::string name = section + std::string(key);
    names.push_back(name);
    if constexpr (Section<Value>) add_keys<Value>(name + ".", names);
  });
}

// The same key in another section ("optimizer.learning_rate" for a stray "learning_rate").
std::string elsewhere(const std::string& key) {
  std::vector<std::string> names;
  add_keys<Config>("", names);
  for (const std::string& name : names) {
    if (name.ends_with("." + key)) return name;
  }
  return "";
}

std::string suggestion(const std::string& key, const std::string& section, const std::vector<std::string_view>& keys) {
  std::string meant(nearest(key, keys));
  if (meant.empty()) meant = elsewhere(key);
  if (!meant.empty()) return "did you mean '" + meant + "'?";
  return (section.empty() ? "sections are " : section + " has ") + one_of(keys, "and");
}

}  // namespace

std::map<std::string, YAML::Node, std::less<>> SectionReader::entries(const YAML::Node& node, const std::string& name,
                                                                      const std::vector<std::string_view>& keys) const {
  const std::string subject = name.empty() ? "a configuration" : name;
  if (!node.IsMap()) {
    fail(node, subject + " must be a section with keys (" + one_of(keys, "and") + "), got " + found(node));
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
  fail(key, "unknown key " + shown(full_name(section, name)) + " (" + suggestion(name, section, keys) + ")");
}

void SectionReader::fail(const YAML::Node& node, const std::string& message) const {
  throw ConfigError(place_of_(node.Mark()) + ": " + message);
}

void SectionReader::fail_value(const YAML::Node& node, const std::string& expectation, const Key& key,
                               const std::string& hint) const {
  fail(node, key.name + " must be " + expectation + ", got " + found(node) + (hint.empty() ? "" : " (" + hint + ")"));
}

void SectionReader::check_untagged(const YAML::Node& node) const {
  // yaml-cpp's tags of what carries none: "?" plain, "!" quoted, "" made in memory.
  const std::string& tag = node.Tag();
  if (!tag.empty() && tag != "?" && tag != "!") fail(node, "YAML tags are not used here: remove '" + tag + "'");
}

}  // namespace heed
