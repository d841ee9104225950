#include "text/training_lines.h"

#include <algorithm>
#include <utility>

#include "core/random.h"

namespace heed {

TrainingLines::TrainingLines(std::vector<std::string> files, Utf8Policy invalid_utf8)
    : files_(std::move(files)), invalid_utf8_(invalid_utf8) {}

bool TrainingLines::next(std::string& line) {
  while (true) {
    if (reader_ && reader_->next(line)) return true;
    if (next_file_ == files_.size()) return false;
    // The corpus reads the same files later and reports then.
    reader_ = std::make_unique<LineReader>(
        files_[next_file_++], LineReaderOptions{.invalid_utf8 = invalid_utf8_, .notices = false, .pipes = false});
  }
}

std::vector<std::string> draw_lines(TrainingLines lines, int64_t count, uint64_t seed) {
  using Numbered = std::pair<uint64_t, std::string>;
  std::vector<Numbered> drawn;
  RandomStream random(random_key(seed, Purpose::kVocabularySample));
  std::string line;
  for (uint64_t number = 0; lines.next(line); ++number) {
    if (drawn.size() < static_cast<size_t>(count)) {
      drawn.emplace_back(number, line);
    } else if (const uint64_t slot = random.below(number + 1); slot < drawn.size()) {
      drawn[slot] = {number, line};
    }
  }
  std::sort(drawn.begin(), drawn.end());
  std::vector<std::string> texts;
  texts.reserve(drawn.size());
  for (Numbered& entry : drawn) texts.push_back(std::move(entry.second));
  return texts;
}

}  // namespace heed
