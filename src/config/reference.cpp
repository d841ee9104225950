#include <type_traits>

#include "config/config.h"
#include "config/value.h"

namespace heed {
namespace {

template <Section T>
void add_rows(const T& section, const std::string& prefix, std::string& markdown) {
  T::fields([&](std::string_view key, auto member, std::string_view meaning, Range range = any_number()) {
    const auto& value = section.*member;
    const std::string name = prefix + std::string(key);
    if constexpr (Section<std::remove_cvref_t<decltype(value)>>) {
      add_rows(value, name + ".", markdown);
    } else {
      markdown += "| `" + name + "` | `" + to_yaml(value) + "` | " + expected(value, range) + " | " +
                  std::string(meaning) + " |\n";
    }
  });
}

}  // namespace

std::string config_reference() {
  const Config defaults;
  std::string markdown;
  Config::fields([&](std::string_view name, auto member, std::string_view meaning) {
    markdown += (markdown.empty() ? "" : "\n");
    markdown += "**`" + std::string(name) + "`**: " + std::string(meaning) + "\n\n";
    markdown += "| key | default | values | meaning |\n|---|---|---|---|\n";
    add_rows(defaults.*member, "", markdown);
  });
  return markdown;
}

}  // namespace heed
