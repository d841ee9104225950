#include <type_traits>

#include "config/config.h"
#include "config/value.h"
#include "core/error.h"

namespace heed {
namespace {

template <Section T>
void dump_section(const T& section, const std::string& indent, std::string& yaml) {
  T::fields([&](std::string_view key, auto member, auto...) {
    const auto& value = section.*member;
    yaml += indent + std::string(key) + ":";
    if constexpr (Section<std::remove_cvref_t<decltype(value)>>) {
      yaml += '\n';
      dump_section(value, indent + "  ", yaml);
    } else {
      yaml.append(" ").append(to_yaml(value)).append("\n");
    }
  });
}

struct KeyValue {
  std::string key, yaml;
};

template <Section T>
void add_values(const T& section, const std::string& prefix, std::vector<KeyValue>& values) {
  T::fields([&](std::string_view key, auto member, auto...) {
    const std::string name = prefix + std::string(key);
    if constexpr (Section<std::remove_cvref_t<decltype(section.*member)>>) {
      add_values(section.*member, name + ".", values);
    } else {
      values.push_back({name, to_yaml(section.*member)});
    }
  });
}

std::vector<KeyValue> values_of(const Config& config) {
  std::vector<KeyValue> values;
  add_values(config, "", values);
  return values;
}

}  // namespace

std::string dump_config(const Config& config) {
  std::string yaml;
  dump_section(config, "", yaml);
  return yaml;
}

// A value's YAML reads back as exactly that value, so two values are equal where their YAML is.
std::vector<std::string> differing_keys(const Config& a, const Config& b) {
  const std::vector<KeyValue> values_a = values_of(a), values_b = values_of(b);
  std::vector<std::string> keys;
  for (size_t i = 0; i < values_a.size(); ++i) {
    if (values_a[i].yaml != values_b[i].yaml) keys.push_back(values_a[i].key);
  }
  return keys;
}

std::string value_of(const Config& config, std::string_view key) {
  for (const KeyValue& value : values_of(config)) {
    if (value.key == key) return value.yaml;
  }
  throw ConfigError("unknown key '" + std::string(key) + "'");
}

}  // namespace heed
