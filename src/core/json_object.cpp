#include "core/json_object.h"

#include <fmt/format.h>

#include <utility>

#include "core/error.h"
#include "core/file_bytes.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int kMaxDepth = 32;  // what recurses over values stays within its stack
constexpr int64_t kMaxCount = int64_t{1} << 53;

Json parsed(std::string_view text, const std::string& file) {
  const auto shallow = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > kMaxDepth) throw DataError(fmt::format("{}: JSON of more than {} levels", file, kMaxDepth));
    return true;
  };
  try {
    return Json::parse(text, shallow);
  } catch (const Json::exception& error) {
    throw DataError(fmt::format("{}: not JSON: {}", file, error.what()));
  }
}

}  // namespace

JsonObject::JsonObject(Json object, const std::string& file) : file_(file), object_(std::move(object)) {
  if (!object_.is_object()) throw DataError(file_ + ": expected a JSON object, found " + quoted(object_));
}

JsonObject JsonObject::parse(std::string_view text, const std::string& file) { return {parsed(text, file), file}; }

JsonObject JsonObject::read(const fs::path& path) { return parse(read_file_bytes(path), path.string()); }

JsonObject JsonObject::read_if_there(const fs::path& path) {
  return fs::exists(fs::symlink_status(path)) ? read(path) : JsonObject(Json::object(), path.string());
}

bool JsonObject::has(const std::string& key) const { return object_.contains(key) && !object_.at(key).is_null(); }

std::string JsonObject::text_of(const std::string& key) const {
  if (!has(key) || !object_.at(key).is_string()) refuse(key, "text");
  return object_.at(key).get<std::string>();
}

std::vector<std::string> JsonObject::texts_of(const std::string& key) const {
  if (!has(key) || !object_.at(key).is_array()) refuse(key, "a list of texts");
  std::vector<std::string> texts;
  for (const Json& text : object_.at(key)) {
    if (!text.is_string())
      throw DataError(
          fmt::format("{}: entry {} of '{}{}' is {}, expected text", file_, texts.size(), outer_, key, quoted(text)));
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

bool JsonObject::flag_of(const std::string& key, bool otherwise) const {
  if (!has(key)) return otherwise;
  if (!object_.at(key).is_boolean()) refuse(key, "true or false");
  return object_.at(key).get<bool>();
}

int64_t JsonObject::integer_of(const std::string& key) const {
  const bool is_integer = has(key) && object_.at(key).is_number_integer();
  const bool is_beyond =
      is_integer && object_.at(key).is_number_unsigned() && object_.at(key).get<uint64_t>() > INT64_MAX;
  if (!is_integer || is_beyond) refuse(key, "a whole number");
  return object_.at(key).get<int64_t>();
}

double JsonObject::number_of(const std::string& key, double otherwise) const {
  return optional_number_of(key).value_or(otherwise);
}

std::optional<double> JsonObject::optional_number_of(const std::string& key) const {
  if (!has(key)) return std::nullopt;
  if (!object_.at(key).is_number()) refuse(key, "a number");
  return object_.at(key).get<double>();
}

JsonObject JsonObject::object_of(const std::string& key) const {
  if (!has(key) || !object_.at(key).is_object()) refuse(key, "an object");
  JsonObject inner(object_.at(key), file_);
  inner.outer_ = outer_ + key + ".";
  return inner;
}

int64_t JsonObject::integer_of(const std::string& key, int64_t least, int64_t most) const {
  const int64_t value = integer_of(key);
  if (value < least || value > most) refuse(key, fmt::format("{} to {}", least, most));
  return value;
}

int64_t JsonObject::count_of(const std::string& key, int64_t least) const { return integer_of(key, least, kMaxCount); }

int64_t JsonObject::size_of(const std::string& key, int64_t most, int64_t otherwise) const {
  return has(key) ? size_of(key, most) : otherwise;
}

double JsonObject::fraction_of(const std::string& key, double otherwise) const {
  const double value = number_of(key, otherwise);
  if (!(value >= 0 && value < 1)) refuse(key, "at least 0 and below 1");
  return value;
}

void JsonObject::require_no_keys_but(const std::set<std::string>& known) const {
  for (const auto& [key, value] : object_.items())
    if (known.count(key) == 0)
      throw DataError(
          fmt::format("{}: unknown key {}: expected none (is it of a newer heed?)", file_, quoted(Json(outer_ + key))));
}

void JsonObject::refuse(const std::string& key, const std::string& expected) const {
  throw DataError(fmt::format("{}: key '{}{}' is {}, expected {}", file_, outer_, key,
                              has(key) ? quoted(object_.at(key)) : "missing", expected));
}

std::string quoted(const Json& value) {
  const std::string text = value.dump(-1, ' ', /*ensure_ascii=*/true);
  return text.size() <= 60 ? text : text.substr(0, 60) + "...";
}

}  // namespace heed
