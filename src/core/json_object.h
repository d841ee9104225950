#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace heed {

// A JSON object that somebody else may have written, every value of which is asked for by its kind and range. Every
// error is a DataError of one line that names the file, the key, what stands there and what was expected. A key whose
// value is null counts as missing.
class JsonObject {
 public:
  JsonObject(nlohmann::json object, const std::string& file);
  static JsonObject parse(std::string_view text, const std::string& file);
  static JsonObject read(const std::filesystem::path& path);
  static JsonObject read_if_there(const std::filesystem::path& path);  // {} where there is no such file

  const std::string& name() const { return file_; }
  const nlohmann::json& object() const { return object_; }
  bool has(const std::string& key) const;

  std::string text_of(const std::string& key) const;
  std::vector<std::string> texts_of(const std::string& key) const;  // a list of them
  bool flag_of(const std::string& key, bool otherwise) const;
  int64_t integer_of(const std::string& key) const;  // written as one: 3.0 is none
  double number_of(const std::string& key, double otherwise) const;
  std::optional<double> optional_number_of(const std::string& key) const;
  JsonObject object_of(const std::string& key) const;  // its errors name its keys "key.inner"

  int64_t integer_of(const std::string& key, int64_t least, int64_t most) const;
  int64_t count_of(const std::string& key, int64_t least = 0) const;  // to 2^53, what every JSON reader holds exactly
  int64_t size_of(const std::string& key, int64_t most) const { return integer_of(key, 1, most); }
  int64_t size_of(const std::string& key, int64_t most, int64_t otherwise) const;
  double fraction_of(const std::string& key, double otherwise) const;  // in [0, 1)

  void require_no_keys_but(const std::set<std::string>& known) const;

  [[noreturn]] void refuse(const std::string& key, const std::string& expected) const;

 private:
  std::string file_, outer_;  // outer_: "key." of the objects around it
  nlohmann::json object_;
};

// A value as part of a message: at most some 60 bytes of ASCII.
std::string quoted(const nlohmann::json& value);

}  // namespace heed
