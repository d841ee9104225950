#include "config/keys.h"

#include <algorithm>
#include <type_traits>

#include "config/config.h"
#include "config/value.h"

namespace heed {
namespace {

struct Descriptions {
  std::vector<KeyDescription> keys;
  std::vector<SectionDescription> sections;
};

template <Section T>
void describe(const T& section, const std::string& prefix, Descriptions& all) {
  T::fields([&](std::string_view key, auto member, std::string_view meaning, Range range = any_number()) {
    const auto& value = section.*member;
    const std::string name = prefix + std::string(key);
    if constexpr (Section<std::remove_cvref_t<decltype(value)>>) {
      all.sections.push_back({name, std::string(meaning)});
      describe(value, name + ".", all);
    } else {
      const auto choices = choices_of(value);
      all.keys.push_back(
          {name, to_yaml(value), expected(value, range), std::string(meaning), {choices.begin(), choices.end()}});
    }
  });
}

const Descriptions& descriptions() {
  static const Descriptions kAll = [] {
    Descriptions result;
    describe(Config(), "", result);
    return result;
  }();
  return kAll;
}

template <class Description>
const Description* find(const std::vector<Description>& all, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Description& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

const std::vector<KeyDescription>& all_keys() { return descriptions().keys; }

const std::vector<SectionDescription>& all_sections() { return descriptions().sections; }

const KeyDescription* find_key(std::string_view name) { return find(all_keys(), name); }

const SectionDescription* find_section(std::string_view name) { return find(all_sections(), name); }

bool is_above(std::string_view section, std::string_view name) {
  return section.empty() || (name.size() > section.size() && name.starts_with(section) && name[section.size()] == '.');
}

SplitName split_name(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {"", name};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

}  // namespace heed
