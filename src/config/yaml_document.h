#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

namespace heed {

// The one document of a YAML text, which must be UTF-8 without NUL. Throws ConfigError, "origin:line:column: ...".
YAML::Node parse_yaml(const std::string& text, const std::string& origin);

// "origin:line:column", counted from 1; the origin alone where yaml-cpp knows no position.
std::string place(const YAML::Mark& mark, const std::string& origin);

}  // namespace heed
