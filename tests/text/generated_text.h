#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/random.h"

namespace heed {

// Sentences of made-up words: syllables that repeat, so that there is something to merge, with a few umlauts, capitals
// and punctuation marks. The same seed gives the same lines.
inline std::vector<std::string> generated_lines(int count, uint64_t seed) {
  const std::vector<std::string> syllables = {"ba", "ko", "li", "ner", "stra", "ß", "ü",  "mo", "te", "ing",
                                              "un", "er", "Ka", "zwi", "sch",  "ö", "el", "ta", "no", "ver"};
  const std::vector<std::string> marks = {".", ",", "?", "!", "-", "10", "é"};
  RandomStream random(random_key(seed, Purpose::kToy));
  std::vector<std::string> lines;
  for (int i = 0; i < count; ++i) {
    std::string line;
    for (uint64_t word = 0, words = 3 + random.below(12); word < words; ++word) {
      if (word > 0) line += ' ';
      for (uint64_t part = 0, parts = 1 + random.below(4); part < parts; ++part) {
        line += syllables[random.below(1 + random.below(syllables.size()))];  // some are frequent, some rare
      }
      if (random.below(6) == 0) line += marks[random.below(marks.size())];
    }
    lines.push_back(line);
  }
  return lines;
}

// A directory of its own for the running test, removed at the end.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(const std::string& name)
      : path_(std::filesystem::temp_directory_path() / ("heed_" + name + "_" + std::to_string(getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(*this / name, std::ios::binary) << bytes;
    return *this / name;
  }
  std::string write(const std::string& name, const std::vector<std::string>& lines) const {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return write(name, text);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace heed
