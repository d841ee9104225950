#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace heed {

// A JSON object in a file that another program wrote. Every error is a DataError of one line that names the file, the
// key, what stands there and what was expected. A key whose value is null counts as missing.
class JsonFile {
 public:
  explicit JsonFile(const std::filesystem::path& path);

  // {} where there is no such file.
  static JsonFile optional(const std::filesystem::path& path);

  const std::string& name() const { return name_; }
  const nlohmann::json& object() const { return object_; }
  bool has(const std::string& key) const;

  std::string text_of(const std::string& key) const;
  bool flag_of(const std::string& key, bool otherwise) const;
  int64_t integer_of(const std::string& key) const;  // written as one: 3.0 is none
  double number_of(const std::string& key, double otherwise) const;

  int64_t size_of(const std::string& key, int64_t most) const;  // 1 to most
  int64_t size_of(const std::string& key, int64_t most, int64_t otherwise) const;
  double fraction_of(const std::string& key, double otherwise) const;  // in [0, 1)

  [[noreturn]] void refuse(const std::string& key, const std::string& expected) const;

 private:
  JsonFile() = default;

  std::string name_;
  nlohmann::json object_ = nlohmann::json::object();
};

// A value as part of a message: at most some 60 bytes of ASCII.
std::string quoted(const nlohmann::json& value);

}  // namespace heed
