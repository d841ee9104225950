#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "checkpoint/translation_model.h"
#include "core/line_reader.h"

namespace heed {

// A text in files that are read one after another.
using TextFiles = std::vector<std::string>;

// Texts that belong together line for line, read side by side and never whole: a gzip file of a few kilobytes may hold
// millions of lines. A line that is not UTF-8, where the reading leaves it out (skip), is blank in all of them, which
// changes no score and keeps the lines in their places.
class ParallelTexts {
 public:
  ParallelTexts(const std::vector<TextFiles>& texts, const LineReaderOptions& reading);

  // The next line of each. False at the end. DataError where one text ends before another (both counts are named) or
  // all are without a line, beside LineReader's.
  bool next(std::vector<std::string>& lines);

  void report_skipped() const;  // a notice, if there were such lines

 private:
  class Text {
   public:
    Text(TextFiles files, const LineReaderOptions& reading) : files_(std::move(files)), reading_(reading) {}

    bool next(std::string& line);
    bool skipped() const { return reader_ && reader_->skipped(); }
    int64_t lines() const { return lines_; }
    const std::string& name() const { return files_.front(); }

   private:
    TextFiles files_;
    LineReaderOptions reading_;
    size_t next_file_ = 0;
    std::optional<LineReader> reader_;
    int64_t lines_ = 0;
  };

  [[noreturn]] void fail_not_parallel();

  std::vector<Text> texts_;
  int64_t skipped_ = 0;
};

struct CorpusToTranslate {
  TextFiles source;
  std::vector<TextFiles> references;
  std::string output;  // where the translations go, too; empty: nowhere
};

// Told each translation and its references, in their order.
using ScoredLine = std::function<void(const std::string& hypothesis, std::span<const std::string> references)>;

// Translates a corpus as the model's config says, a window of lines in memory, showing how far it is, and warns of
// translations that were cut. Files are read through first: what is wrong with them shows before the work begins.
void translate_corpus(const TranslationModel& model, const CorpusToTranslate& corpus, const ScoredLine& use);

}  // namespace heed
