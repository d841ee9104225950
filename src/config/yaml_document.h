#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <string>

namespace heed {

// Says where a mark lies, as an error begins: "file:line:column", or a command-line argument, which has no lines.
using PlaceOf = std::function<std::string(const YAML::Mark&)>;

// "file:line:column", counted from 1; the file alone for the null mark.
PlaceOf places_in(const std::string& file);

// The one document of a YAML text, which must be UTF-8 without NUL. Throws ConfigError.
YAML::Node parse_yaml(const std::string& text, const PlaceOf& place_of);

}  // namespace heed
