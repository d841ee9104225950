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

template <Section T>
void add_differences(const T& a, const T& b, const std::string& prefix, std::vector<std::string>& keys) {
  T::fields([&](std::string_view key, auto member, auto...) {
    const std::string name = prefix + std::string(key);
    if constexpr (Section<std::remove_cvref_t<decltype(a.*member)>>) {
      add_differences(a.*member, b.*member, name + ".", keys);
    } else if (a.*member != b.*member) {
      keys.push_back(name);
    }
  });
}

// "" where no key of the section is called `key`.
template <Section T>
std::string value_in(const T& section, const std::string& prefix, std::string_view key) {
  std::string yaml;
  T::fields([&](std::string_view name, auto member, auto...) {
    const std::string full = prefix + std::string(name);
    if constexpr (Section<std::remove_cvref_t<decltype(section.*member)>>) {
      if (key.starts_with(full + ".")) yaml = value_in(section.*member, full + ".", key);
    } else if (full == key) {
      yaml = to_yaml(section.*member);
    }
  });
  return yaml;
}

}  // namespace

std::string dump_config(const Config& config) {
  std::string yaml;
  dump_section(config, "", yaml);
  return yaml;
}

std::vector<std::string> differing_keys(const Config& a, const Config& b) {
  std::vector<std::string> keys;
  add_differences(a, b, "", keys);
  return keys;
}

std::string value_of(const Config& config, std::string_view key) {
  std::string yaml = value_in(config, "", key);
  if (yaml.empty()) throw ConfigError("unknown key '" + std::string(key) + "'");  // no YAML value is nothing
  return yaml;
}

}  // namespace heed
