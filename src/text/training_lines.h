#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/line_reader.h"

namespace heed {

// The lines of several text files, one after another. Throws what LineReader throws.
class TrainingLines {
 public:
  TrainingLines(std::vector<std::string> files, Utf8Policy invalid_utf8);

  bool next(std::string& line);

 private:
  std::vector<std::string> files_;
  Utf8Policy invalid_utf8_;
  size_t next_file_ = 0;
  std::unique_ptr<LineReader> reader_;
};

// At most `count` of the remaining lines, drawn evenly without replacement, in their order (Vitter 1985, algorithm R).
// Memory for `count` lines; the same seed draws the same.
std::vector<std::string> draw_lines(TrainingLines lines, int64_t count, uint64_t seed);

}  // namespace heed
