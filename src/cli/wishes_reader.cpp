#include "cli/wishes_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"

namespace heed {
namespace {

std::vector<std::string> separated_by_tabs(const std::string& line) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= line.size();) {
    const size_t end = std::min(line.find('\t', begin), line.size());
    std::string part = line.substr(begin, end - begin);
    if (part.find_first_not_of(' ') != std::string::npos) parts.push_back(std::move(part));
    begin = end + 1;
  }
  return parts;
}

}  // namespace

WishesReader::WishesReader(const WishFiles& files, const LineReaderOptions& reading) {
  const auto add = [&](const char* what, const std::string& file, auto take) {
    if (!file.empty()) files_.push_back({what, LineReader(file, reading), take});
  };
  add("prefixes", files.prefixes, [](const std::string& line, TextWishes& wishes) { wishes.prefix = line; });
  add("lines of phrases", files.phrases,
      [](const std::string& line, TextWishes& wishes) { wishes.phrases = separated_by_tabs(line); });
  add("lines of phrases", files.avoided,
      [](const std::string& line, TextWishes& wishes) { wishes.avoided = separated_by_tabs(line); });
}

std::vector<TextWishes> WishesReader::next(size_t count) {
  std::vector<TextWishes> wishes(files_.empty() ? 0 : count);
  std::string line;
  for (TextWishes& one : wishes)
    for (File& file : files_) {
      if (!file.reader.next(line))
        throw DataError(fmt::format("{}: {} {}, but more lines to translate", file.reader.name(),
                                    file.reader.line_number(), file.what));
      file.take(line, one);
    }
  return wishes;
}

void WishesReader::require_end(const std::string& lines) {
  std::string line;
  for (File& file : files_)
    if (file.reader.next(line))
      throw DataError(fmt::format("{}: more {} than lines of {}", file.reader.name(), file.what, lines));
}

}  // namespace heed
