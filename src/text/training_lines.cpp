#include "text/training_lines.h"

#include <algorithm>
#include <utility>

#include "core/random.h"

namespace heed {

TrainingLines::TrainingLines(std::vector<std::string> files, Utf8Policy invalid_utf8, std::atomic<int64_t>& lines_read)
    : files_(std::move(files)), invalid_utf8_(invalid_utf8), lines_read_(&lines_read) {}

bool TrainingLines::next(std::string& line) {
  while (true) {
    if (reader_ && reader_->next(line)) {
      ++*lines_read_;
      return true;
    }
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

bool TrainingText::next(std::string& line) {
  if (!std::exchange(began_, true)) {
    if (sides_.limit > 0) {
      draw();
    } else {
      std::vector<std::string> files;
      for (const auto& side : sides_.files) files.insert(files.end(), side.begin(), side.end());
      stream_ = std::make_unique<TrainingLines>(all_of(std::move(files)));
    }
  }
  if (stream_) return stream_->next(line);
  if (position_ == drawn_.size()) return false;
  line = std::move(drawn_[position_++]);
  return true;
}

TrainingLines TrainingText::all_of(std::vector<std::string> files) {
  return {std::move(files), sides_.invalid_utf8, lines_read_};
}

void TrainingText::draw() {
  for (const auto& side : sides_.files)
    for (std::string& line : draw_lines(all_of(side), sides_.limit, sides_.seed)) drawn_.push_back(std::move(line));
}

std::string_view take_part(std::string_view& rest, size_t limit) {
  size_t end = rest.size();
  if (end > limit) {
    const auto is_continuation = [](char byte) { return (static_cast<uint8_t>(byte) & 0xC0) == 0x80; };
    const size_t space = rest.substr(0, limit + 1).find_last_of(" \t");
    const bool cuts_at_space = space != std::string_view::npos && space > 0;
    for (end = cuts_at_space ? space : limit; is_continuation(rest[end]);) --end;
  }
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end);
  return part;
}

}  // namespace heed
