#include "data/pair_reader.h"

#include "core/count_text.h"
#include "core/error.h"

namespace heed {

PairReader::PairReader(const CorpusConfig& files, const LineReaderOptions& options) : files_(files), options_(options) {
  if (files_.source.size() == files_.target.size()) return;
  throw DataError("a corpus of " + std::to_string(files_.source.size()) + " source files but " +
                  std::to_string(files_.target.size()) + " target files: expected a target file for every source file");
}

bool PairReader::next(TextPair& pair) {
  while (source_ || open_next()) {
    const bool has_source = source_->next(pair.source);
    const bool has_target = target_->next(pair.target);
    if (has_source != has_target) fail_not_parallel();
    if (has_source) {
      pair.invalid = source_->skipped() || target_->skipped();
      pair.file = static_cast<uint32_t>(next_file_ - 1);
      pair.line = static_cast<uint32_t>(source_->line_number());
      return true;
    }
    source_.reset();
  }
  return false;
}

bool PairReader::open_next() {
  if (next_file_ == files_.source.size()) return false;
  source_ = std::make_unique<LineReader>(files_.source[next_file_], options_);
  target_ = std::make_unique<LineReader>(files_.target[next_file_], options_);
  ++next_file_;
  return true;
}

void PairReader::fail_not_parallel() {
  std::string line;
  while (source_->next(line)) {
  }
  while (target_->next(line)) {
  }
  throw DataError(source_->name() + " has " + count_text(source_->line_number()) + " lines but " + target_->name() +
                  " has " + count_text(target_->line_number()) +
                  ": the files are not parallel (first difference cannot be known; check the end of both)");
}

Utf8Policy utf8_policy(InvalidUtf8 policy) {
  switch (policy) {
    case InvalidUtf8::kReplace:
      return Utf8Policy::kReplace;
    case InvalidUtf8::kSkip:
      return Utf8Policy::kSkip;
    case InvalidUtf8::kError:
      break;
  }
  return Utf8Policy::kError;
}

LineReaderOptions corpus_reading(InvalidUtf8 policy) { return {.invalid_utf8 = utf8_policy(policy), .pipes = false}; }

}  // namespace heed
