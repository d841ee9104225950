#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/line_reader.h"

namespace heed {

// The lines of several text files, one after another, and a count of them that other threads may read. Throws what
// LineReader throws.
class TrainingLines {
 public:
  TrainingLines(std::vector<std::string> files, Utf8Policy invalid_utf8, std::atomic<int64_t>& lines_read);

  bool next(std::string& line);

 private:
  std::vector<std::string> files_;
  Utf8Policy invalid_utf8_;
  std::atomic<int64_t>* lines_read_;
  size_t next_file_ = 0;
  std::unique_ptr<LineReader> reader_;
};

// At most `count` of the remaining lines, drawn evenly without replacement, in their order (Vitter 1985, algorithm R).
// Memory for `count` lines; the same seed draws the same.
std::vector<std::string> draw_lines(TrainingLines lines, int64_t count, uint64_t seed);

// Which lines a vocabulary is trained on: those of the files of one side or of both.
struct TrainingSides {
  std::vector<std::vector<std::string>> files;  // by side
  Utf8Policy invalid_utf8 = Utf8Policy::kError;
  int64_t limit = 0;  // lines drawn of each side; 0: all
  uint64_t seed = 0;
};

// Those lines. Nothing is read before the first `next`. Throws what LineReader throws.
class TrainingText {
 public:
  explicit TrainingText(TrainingSides sides) : sides_(std::move(sides)) {}
  TrainingText(const TrainingText&) = delete;
  TrainingText& operator=(const TrainingText&) = delete;

  bool next(std::string& line);
  int64_t lines_read() const { return lines_read_; }  // from any thread

 private:
  TrainingLines all_of(std::vector<std::string> files);
  void draw();

  TrainingSides sides_;
  std::atomic<int64_t> lines_read_ = 0;
  std::unique_ptr<TrainingLines> stream_;  // without a limit
  std::vector<std::string> drawn_;
  size_t position_ = 0;
  bool began_ = false;
};

// Takes the next part of at most `limit` bytes off a line: cut at a space or tab, which begins what is left, and
// between characters only where there is none. REQUIRES: valid UTF-8, limit of at least 4.
std::string_view take_part(std::string_view& rest, size_t limit);

}  // namespace heed
