#pragma once

#include <string>
#include <vector>

#include "config/field.h"

namespace heed {

// What happens to a sentence pair with a side longer than data.max_*_length, and to a line that is not UTF-8.
enum class TooLong { kDrop, kTruncate, kError };
constexpr auto enum_names(TooLong) {
  return std::to_array<EnumName<TooLong>>(
      {{TooLong::kDrop, "drop"}, {TooLong::kTruncate, "truncate"}, {TooLong::kError, "error"}});
}

enum class InvalidUtf8 { kError, kReplace, kSkip };
constexpr auto enum_names(InvalidUtf8) {
  return std::to_array<EnumName<InvalidUtf8>>(
      {{InvalidUtf8::kError, "error"}, {InvalidUtf8::kReplace, "replace"}, {InvalidUtf8::kSkip, "skip"}});
}

// A parallel corpus: line n of the sources belongs to line n of the targets. Several files are read one after another,
// pairwise. Both empty: there is no such corpus.
struct CorpusConfig {
  std::vector<std::string> source;
  std::vector<std::string> target;

  bool operator==(const CorpusConfig&) const = default;
  bool empty() const { return source.empty() && target.empty(); }

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit("source", &CorpusConfig::source, "source file, plain or .gz, or a list of them");
    visit("target", &CorpusConfig::target, "target file or list, line for line parallel to the source");
  }
};

struct DataConfig {
  CorpusConfig train;
  CorpusConfig validation;
  CorpusConfig test;
  int64_t max_source_length = 256;  // pieces, end of sentence not counted
  int64_t max_target_length = 256;
  int64_t max_characters = 65536;  // of a line, on either side
  TooLong too_long = TooLong::kDrop;
  InvalidUtf8 invalid_utf8 = InvalidUtf8::kError;
  std::string cache_directory;

  bool operator==(const DataConfig&) const = default;

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit("train", &DataConfig::train, "what the model learns from");
    visit("validation", &DataConfig::validation, "what decides which checkpoint is best");
    visit("test", &DataConfig::test, "what `heed evaluate` scores");
    visit("max_source_length", &DataConfig::max_source_length, "pieces of a source sentence; longer ones: see too_long",
          between(1, 1 << 20));
    visit("max_target_length", &DataConfig::max_target_length, "pieces of a target sentence; longer ones: see too_long",
          between(1, 1 << 20));
    visit("max_characters", &DataConfig::max_characters,
          "characters of a line that are cut into pieces, which for longer ones may take minutes; a longer line is too "
          "long, whatever its pieces: see too_long. A model's user reads as much of a line",
          between(1, 1 << 26));
    visit("too_long", &DataConfig::too_long,
          "fate of a training pair with a longer side; validation lines are cut and never dropped (error: refused), "
          "sources of test lines cut, too");
    visit("invalid_utf8", &DataConfig::invalid_utf8,
          "fate of a line that is not UTF-8: stop, repair, leave the pair out");
    visit("cache_directory", &DataConfig::cache_directory,
          "where tokenised corpora are kept (heed cache lists and prunes them); \"\": $XDG_CACHE_HOME/heed or "
          "~/.cache/heed");
  }
};

}  // namespace heed
