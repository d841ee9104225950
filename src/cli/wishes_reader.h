#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/line_reader.h"
#include "decode/line_wishes.h"

namespace heed {

// Files of what is wanted of each line's translation, a line for each; an empty name: no such wish. Phrases of a line
// are what tabs separate, those that are blank do not count.
struct WishFiles {
  std::string prefixes, phrases, avoided;

  bool any() const { return !prefixes.empty() || !phrases.empty() || !avoided.empty(); }
};

class WishesReader {
 public:
  WishesReader(const WishFiles& files, const LineReaderOptions& reading);

  // Of the next `count` lines to translate; none where there are no files. DataError if a file has fewer.
  std::vector<TextWishes> next(size_t count);
  // DataError if a file has more; `lines`: the name of what was translated.
  void require_end(const std::string& lines);

 private:
  struct File {
    std::string what;
    LineReader reader;
    void (*take)(const std::string& line, TextWishes& wishes);
  };
  std::vector<File> files_;
};

}  // namespace heed
