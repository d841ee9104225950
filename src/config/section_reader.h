#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "config/key_hint.h"
#include "config/value.h"
#include "config/yaml_document.h"

namespace heed {

// Puts a YAML mapping into a section: only known keys, each once, each value of its type and in its range.
class SectionReader {
 public:
  // Called for each key that is set, sections excepted.
  using Noted = std::function<void(const std::string& key, const std::string& place)>;

  // `spelling`: how errors write the key that was perhaps meant.
  SectionReader(PlaceOf place_of, Noted noted, KeySpelling spelling)
      : place_of_(std::move(place_of)), noted_(std::move(noted)), spelling_(spelling) {}

  // Sets the keys that are there and leaves the others. `name`: "" for the whole document, "data.train" for a section.
  // Throws ConfigError.
  template <Section T>
  void read(const YAML::Node& node, T& section, const std::string& name) const {
    std::vector<std::string_view> keys;
    T::fields([&](std::string_view key, auto...) { keys.push_back(key); });
    const std::map<std::string, YAML::Node, std::less<>> values = entries(node, name, keys);
    T::fields([&](std::string_view key, auto member, std::string_view, Range range = any_number()) {
      const auto found = values.find(key);
      if (found == values.end()) return;
      const std::string full = full_name(name, key);
      if constexpr (!Section<std::remove_cvref_t<decltype(section.*member)>>) {
        noted_(full, place_of_(found->second.Mark()));
      }
      read_value(found->second, section.*member, {full, range});
    });
  }

 private:
  struct Key {
    std::string name;
    Range range;
  };

  static std::string full_name(const std::string& section, std::string_view key) {
    return section.empty() ? std::string(key) : section + "." + std::string(key);
  }

  // The values of a mapping by key; throws unless it is a mapping of known keys, each once and with a value.
  std::map<std::string, YAML::Node, std::less<>> entries(const YAML::Node& node, const std::string& name,
                                                         const std::vector<std::string_view>& keys) const;
  void check_key(const YAML::Node& key, const std::string& section, const std::vector<std::string_view>& keys) const;

  [[noreturn]] void fail(const YAML::Node& node, const std::string& message) const;
  [[noreturn]] void fail_value(const YAML::Node& node, const std::string& expectation, const Key& key,
                               const std::string& hint = "") const;

  template <Section T>
  void read_value(const YAML::Node& node, T& section, const Key& key) const {
    read(node, section, key.name);
  }

  template <class T>
  void read_value(const YAML::Node& node, T& value, const Key& key) const {
    if (!node.IsScalar()) fail_value(node, expected(value, key.range), key);
    check_untagged(node);
    const Refusal refusal = read_scalar({node.Scalar(), node.Tag() == "!"}, key.range, value);
    if (refusal) fail_value(node, expected(value, key.range), key, *refusal);
  }

  // A list; one scalar stands for a list of one.
  template <class T>
  void read_value(const YAML::Node& node, std::vector<T>& list, const Key& key) const {
    if (!node.IsScalar() && !node.IsSequence()) fail_value(node, expected(list, key.range), key);
    list.clear();
    if (node.IsScalar()) return read_value(node, list.emplace_back(), key);
    check_untagged(node);
    for (const YAML::Node& item : node) {
      if (!item.IsScalar()) fail_value(item, expected(list, key.range), key);
      read_value(item, list.emplace_back(), key);
    }
  }

  template <class T, size_t Size>
  void read_value(const YAML::Node& node, std::array<T, Size>& list, const Key& key) const {
    if (!node.IsSequence() || node.size() != Size) fail_value(node, expected(list, key.range), key);
    check_untagged(node);
    size_t i = 0;
    for (const YAML::Node& item : node) read_value(item, list[i++], key);
  }

  void check_untagged(const YAML::Node& node) const;

  PlaceOf place_of_;
  Noted noted_;
  KeySpelling spelling_;
};

}  // namespace heed
