#include "config/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "config/nearest_key.h"
#include "core/printable.h"
#include "core/utf8.h"

namespace heed {
namespace {

constexpr size_t kShownBytes = 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// 010 is eight in YAML 1.1 and ten in YAML 1.2.
bool looks_octal(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && (is_digit(text[1]) || text[1] == 'o');
}

template <class Number>
struct Parsed {
  bool whole = false;  // the text is a number and nothing else
  bool fits = false;   // and the type can hold it
  Number value = 0;
};

template <class Number>
Parsed<Number> parse_number(std::string_view text) {
  Parsed<Number> parsed;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed.value);
  parsed.whole = end == text.data() + text.size() && error != std::errc::invalid_argument;
  parsed.fits = parsed.whole && error == std::errc();
  return parsed;
}

template <class Number>
Refusal read_number(const Scalar& scalar, const Range& range, Number& value) {
  if (looks_octal(scalar.text)) return "a leading zero may mean octal: drop it";
  const Parsed<Number> parsed = parse_number<Number>(scalar.text);
  if (!parsed.whole) return "";
  if (scalar.quoted) return "remove the quotes";
  if (!parsed.fits) return "it does not fit into 64 bits";
  // from_chars also takes "inf" and "nan", which lie in no range.
  if (!range.contains(static_cast<double>(parsed.value))) return "";
  value = parsed.value;
  return {};
}

std::string interval(const Range& range) {
  const bool from_below = range.low == any_number().low;
  const bool to_above = range.high == kNoUpperEnd;
  if (from_below && to_above) return "";
  if (to_above) return (range.low_open ? " above " : " of at least ") + to_yaml(range.low);
  if (from_below) return (range.high_open ? " below " : " of at most ") + to_yaml(range.high);
  return (range.low_open ? " above " : " from ") + to_yaml(range.low) + (range.high_open ? " to below " : " to ") +
         to_yaml(range.high);
}

// Text that YAML reads as itself without quotes, whatever the version: file names and words, but no number, boolean or
// null.
bool is_plain(std::string_view text) {
  static const std::vector<std::string_view> kReserved = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  if (text.empty()) return false;
  const bool starts_well = is_letter(text[0]) || text[0] == '/' || text.starts_with("./") || text.starts_with("../");
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (!starts_well || std::find(kReserved.begin(), kReserved.end(), lower) != kReserved.end()) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '/' || c == '-' || c == '+';
  });
}

// What a terminal would obey is written by its code: a config is printed, too.
std::string escaped(std::string_view character) {
  const char32_t c = code_point_at(character, 0);
  if (c == U'"' || c == U'\\') return "\\" + std::string(character);
  if (!is_hidden(c)) return std::string(character);
  return c < 0x100 ? fmt::format("\\x{:02x}", static_cast<uint32_t>(c))
                   : fmt::format("\\u{:04x}", static_cast<uint32_t>(c));
}

// The fewest digits that read back as the same number; with an exponent where people would use one (0.0001, 1.0e-05).
std::string shortest(double value) {
  const double size = std::abs(value);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e16);
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                          plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string text(buffer.data(), end);
  const size_t exponent = text.find('e');
  // YAML 1.1 takes 1e-09 for a text and 1.0e-09 for a number.
  if (exponent != std::string::npos && text.find('.') == std::string::npos) text.insert(exponent, ".0");
  return text;
}

}  // namespace

Refusal read_scalar(const Scalar& scalar, const Range& range, int64_t& value) {
  Refusal refusal = read_number(scalar, range, value);
  if (!refusal || !refusal->empty() || parse_number<int64_t>(scalar.text).whole) return refusal;
  const Parsed<double> real = parse_number<double>(scalar.text);
  return real.fits && std::isfinite(real.value) ? Refusal("write it in digits alone") : refusal;
}

Refusal read_scalar(const Scalar& scalar, const Range& range, double& value) {
  return read_number(scalar, range, value);
}

Refusal read_scalar(const Scalar& scalar, const Range&, bool& value) {
  if (scalar.text != "true" && scalar.text != "false") return "";
  if (scalar.quoted) return "remove the quotes";
  value = scalar.text == "true";
  return {};
}

Refusal read_scalar(const Scalar& scalar, const Range&, std::string& value) {
  if (scalar.text.find('\0') != std::string::npos) return "it holds a NUL";
  value = scalar.text;
  return {};
}

Refusal enumerator_refused(const Scalar& scalar, const std::vector<std::string_view>& names) {
  const std::string_view meant = nearest(scalar.text, names);
  return meant.empty() ? "" : "did you mean '" + std::string(meant) + "'?";
}

std::string to_yaml(int64_t value) { return std::to_string(value); }

std::string to_yaml(double value) { return shortest(value); }

std::string to_yaml(bool value) { return value ? "true" : "false"; }

std::string to_yaml(const std::string& value) {
  if (is_plain(value)) return value;
  std::string quoted = "\"";
  for (size_t at = 0, length = 0; at < value.size(); at += length) {
    length = utf8_character_length(value, at);
    quoted += escaped(std::string_view(value).substr(at, length));
  }
  return quoted + '"';
}

std::string to_yaml(const std::vector<std::string>& value) {
  if (value.size() == 1) return to_yaml(value[0]);
  std::vector<std::string> items;
  items.reserve(value.size());
  for (const std::string& item : value) items.push_back(to_yaml(item));
  return flow_list(items);
}

std::string flow_list(const std::vector<std::string>& items) {
  std::string list = "[";
  for (const std::string& item : items) list += (list.size() > 1 ? ", " : "") + item;
  return list + "]";
}

std::string shown(const std::string& text) { return "'" + printable(beginning_of(text, kShownBytes)) + "'"; }

std::string expected(int64_t, const Range& range) { return "an integer" + interval(range); }

std::string expected(double, const Range& range) { return "a number" + interval(range); }

std::string expected(bool, const Range&) { return "true or false"; }

std::string expected(const std::string&, const Range&) { return "text"; }

std::string expected(const std::vector<std::string>&, const Range&) { return "text or a list of texts"; }

std::string expected(const std::array<double, 2>&, const Range& range) {
  return "a list of two numbers" + interval(range);
}

std::string one_of(const std::vector<std::string_view>& names, std::string_view last_word) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 < names.size() ? ", " : " " + std::string(last_word) + " ";
    text += names[i];
  }
  return text;
}

}  // namespace heed
