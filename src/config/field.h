#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

namespace heed {

// What the field list of a section is made of. A section is a plain struct; its default values stand in the member
// initialisers and nowhere else, and `fields(visit)` lists every member once:
//   visit(key, &Section::member, meaning [, range of a number])
// Reading, dumping, unknown keys, --section.key=value, comparison and docs/config.md's table all walk that one list.

// The finite interval a number must lie in. Ends are included unless `open`.
struct Range {
  double low = std::numeric_limits<double>::lowest();
  double high = std::numeric_limits<double>::max();
  bool low_open = false;
  bool high_open = false;

  constexpr bool contains(double x) const {
    return (low_open ? x > low : x >= low) && (high_open ? x < high : x <= high);
  }
  constexpr Range below(double limit) const { return {low, limit, low_open, true}; }
};

constexpr double kNoUpperEnd = std::numeric_limits<double>::max();

constexpr Range any_number() { return {}; }
constexpr Range at_least(double low) { return {low, kNoUpperEnd, false, false}; }
constexpr Range above(double low) { return {low, kNoUpperEnd, true, false}; }
constexpr Range between(double low, double high) { return {low, high, false, false}; }

// The spelling of an enumerator. Every configuration enum has one table, found by argument: enum_names(Activation{}).
template <class Enum>
using EnumName = std::pair<Enum, std::string_view>;

template <class Enum>
concept NamedEnum = requires(Enum value) {
  enum_names(value);
};

template <NamedEnum Enum>
constexpr std::string_view name_of(Enum value) {
  for (const auto& [enumerator, name] : enum_names(value)) {
    if (enumerator == value) return name;
  }
  return "";
}

template <class T>
concept Section = requires {
  T::fields([](auto&&...) {});
};

}  // namespace heed
