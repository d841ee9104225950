#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "config/data_config.h"
#include "core/line_reader.h"

namespace heed {

// A line of the source and the same line of the target.
struct TextPair {
  std::string source, target;
  bool invalid = false;  // one side is not UTF-8, under InvalidUtf8::kSkip
  uint32_t file = 0;     // which of the corpus's files, from 0
  uint32_t line = 0;     // from 1
};

// The pairs of a parallel corpus in a stream, its files one after another. DataError, beside LineReader's, where a
// source file and its target file differ in their number of lines (both numbers are named) or the sides in their number
// of files.
class PairReader {
 public:
  PairReader(const CorpusConfig& files, const LineReaderOptions& options);

  bool next(TextPair& pair);

 private:
  bool open_next();
  [[noreturn]] void fail_not_parallel();

  CorpusConfig files_;
  LineReaderOptions options_;
  size_t next_file_ = 0;
  std::unique_ptr<LineReader> source_, target_;
};

// core knows no configuration.
Utf8Policy utf8_policy(InvalidUtf8 policy);

// How the files of a corpus are read: more than once.
LineReaderOptions corpus_reading(InvalidUtf8 policy);

}  // namespace heed
