#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/field.h"

namespace heed {

// How a value of each type that a section may hold is read, written and described.

// A YAML scalar: "5" and 5 have the same text, but only the second is a number.
struct Scalar {
  std::string text;
  bool quoted = false;
};

// Nothing where a scalar could be read, else a hint for the person who wrote it (perhaps empty).
using Refusal = std::optional<std::string>;

// Strict: no octal, no 1e3 for an integer, nothing non-finite, no yes/no, nothing outside `range`. A refused value
// leaves the last argument as it was.
Refusal read_scalar(const Scalar& scalar, const Range& range, int64_t& value);
Refusal read_scalar(const Scalar& scalar, const Range& range, double& value);
Refusal read_scalar(const Scalar& scalar, const Range& range, bool& value);
Refusal read_scalar(const Scalar& scalar, const Range& range, std::string& value);
Refusal enumerator_refused(const Scalar& scalar, const std::vector<std::string_view>& names);

template <NamedEnum Enum>
std::vector<std::string_view> names_of_all() {
  std::vector<std::string_view> names;
  for (const auto& [enumerator, name] : enum_names(Enum{})) names.push_back(name);
  return names;
}

template <NamedEnum Enum>
Refusal read_scalar(const Scalar& scalar, const Range&, Enum& value) {
  for (const auto& [enumerator, name] : enum_names(Enum{})) {
    if (name != scalar.text) continue;
    value = enumerator;
    return {};
  }
  return enumerator_refused(scalar, names_of_all<Enum>());
}

// As YAML that reads back as exactly the same value; a list of one text is written as that text.
std::string to_yaml(int64_t value);
std::string to_yaml(double value);
std::string to_yaml(bool value);
std::string to_yaml(const std::string& value);
std::string to_yaml(const std::vector<std::string>& value);
std::string flow_list(const std::vector<std::string>& items);

template <NamedEnum Enum>
std::string to_yaml(Enum value) {
  return std::string(name_of(value));
}

template <class List>
requires requires(const List& list) { to_yaml(*list.begin()); }
std::string to_yaml(const List& list) {
  std::vector<std::string> items;
  items.reserve(list.size());
  for (const auto& item : list) items.push_back(to_yaml(item));
  return flow_list(items);
}

// Every value of a type that has only so many; of a list, what it may hold. The argument only selects the type.
template <class T>
std::vector<std::string_view> choices_of(const T&) {
  return {};
}
inline std::vector<std::string_view> choices_of(const bool&) { return {"true", "false"}; }

template <NamedEnum Enum>
std::vector<std::string_view> choices_of(const Enum&) {
  return names_of_all<Enum>();
}

template <NamedEnum Enum>
std::vector<std::string_view> choices_of(const std::vector<Enum>&) {
  return names_of_all<Enum>();
}

// A person's text as part of a one-line message: quoted, cut where it is long, without control characters.
std::string shown(const std::string& text);

// What may stand there, as "an integer from 1 to 8"; the first argument only selects the type.
std::string expected(int64_t, const Range& range);
std::string expected(double, const Range& range);
std::string expected(bool, const Range& range);
std::string expected(const std::string&, const Range& range);
std::string expected(const std::vector<std::string>&, const Range& range);
std::string expected(const std::array<double, 2>&, const Range& range);
std::string one_of(const std::vector<std::string_view>& names, std::string_view last_word);

template <NamedEnum Enum>
std::string expected(Enum, const Range&) {
  return one_of(names_of_all<Enum>(), "or");
}

template <NamedEnum Enum>
std::string expected(const std::vector<Enum>&, const Range&) {
  return "a list of " + one_of(names_of_all<Enum>(), "and");
}

}  // namespace heed
