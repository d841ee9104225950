// config_reference FILE          rewrites the configuration reference that FILE (docs/config.md) holds between its
// markers config_reference --check FILE  only says whether it is up to date (exit code 0) or not (1)

#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/reference.h"

namespace {

const std::string kBegin = "<!-- config reference: begin (written by config_reference) -->\n";
const std::string kEnd = "<!-- config reference: end -->\n";

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": cannot read");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string with_reference(const std::string& text, const std::string& path) {
  const size_t begin = text.find(kBegin);
  const size_t end = begin == std::string::npos ? begin : text.find(kEnd, begin);
  if (end == std::string::npos) throw std::runtime_error(path + ": needs the lines\n" + kBegin + kEnd);
  return text.substr(0, begin + kBegin.size()) + "\n" + heed::config_reference() + "\n" + text.substr(end);
}

int run(const std::vector<std::string>& arguments) {
  const bool check = arguments.size() == 2 && arguments[0] == "--check";
  if (!check && arguments.size() != 1) throw std::runtime_error("usage: config_reference [--check] FILE");
  const std::string& path = arguments.back();
  const std::string old_text = read(path);
  const std::string new_text = with_reference(old_text, path);
  if (new_text == old_text) return 0;
  if (check) throw std::runtime_error(path + ": the configuration reference is old: run config_reference " + path);
  std::ofstream(path, std::ios::binary) << new_text;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "config_reference: %s\n", error.what());
    return 1;
  }
}
