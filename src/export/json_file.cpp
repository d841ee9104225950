#include "export/json_file.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/file_bytes.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int kMaxDepth = 32;  // what recurses over values stays within its stack

}  // namespace

JsonFile::JsonFile(const fs::path& path) : name_(path.string()) {
  const auto shallow = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > kMaxDepth) throw DataError(fmt::format("{}: JSON of more than {} levels", name_, kMaxDepth));
    return true;
  };
  try {
    object_ = Json::parse(read_file_bytes(path), shallow);
  } catch (const Json::exception& error) {
    throw DataError(fmt::format("{}: not JSON: {}", name_, error.what()));
  }
  if (!object_.is_object()) throw DataError(name_ + ": expected a JSON object");
}

JsonFile JsonFile::optional(const fs::path& path) {
  if (fs::exists(fs::symlink_status(path))) return JsonFile(path);
  JsonFile empty;
  empty.name_ = path.string();
  return empty;
}

bool JsonFile::has(const std::string& key) const { return object_.contains(key) && !object_.at(key).is_null(); }

std::string JsonFile::text_of(const std::string& key) const {
  if (!has(key) || !object_.at(key).is_string()) refuse(key, "text");
  return object_.at(key).get<std::string>();
}

bool JsonFile::flag_of(const std::string& key, bool otherwise) const {
  if (!has(key)) return otherwise;
  if (!object_.at(key).is_boolean()) refuse(key, "true or false");
  return object_.at(key).get<bool>();
}

int64_t JsonFile::integer_of(const std::string& key) const {
  const bool is_integer = has(key) && object_.at(key).is_number_integer();
  const bool is_beyond =
      is_integer && object_.at(key).is_number_unsigned() && object_.at(key).get<uint64_t>() > INT64_MAX;
  if (!is_integer || is_beyond) refuse(key, "a whole number");
  return object_.at(key).get<int64_t>();
}

double JsonFile::number_of(const std::string& key, double otherwise) const {
  if (!has(key)) return otherwise;
  if (!object_.at(key).is_number()) refuse(key, "a number");
  return object_.at(key).get<double>();
}

int64_t JsonFile::size_of(const std::string& key, int64_t most) const {
  const int64_t value = integer_of(key);
  if (value < 1 || value > most) refuse(key, fmt::format("1 to {}", most));
  return value;
}

int64_t JsonFile::size_of(const std::string& key, int64_t most, int64_t otherwise) const {
  return has(key) ? size_of(key, most) : otherwise;
}

double JsonFile::fraction_of(const std::string& key, double otherwise) const {
  const double value = number_of(key, otherwise);
  if (!(value >= 0 && value < 1)) refuse(key, "at least 0 and below 1");
  return value;
}

void JsonFile::refuse(const std::string& key, const std::string& expected) const {
  throw DataError(fmt::format("{}: key '{}' is {}, expected {}", name_, key,
                              has(key) ? quoted(object_.at(key)) : "missing", expected));
}

std::string quoted(const Json& value) {
  const std::string text = value.dump(-1, ' ', /*ensure_ascii=*/true);
  return text.size() <= 60 ? text : text.substr(0, 60) + "...";
}

}  // namespace heed
