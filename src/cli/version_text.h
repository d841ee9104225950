#pragma once

#include <string>

namespace heed {

// What `heed --version` prints: Heed and the libraries that its results depend on, one a line.
std::string version_text();

}  // namespace heed
