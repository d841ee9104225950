#include "cli/scored_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "cli/model_text.h"
#include "core/count_text.h"
#include "core/error.h"
#include "core/line_writer.h"
#include "core/logging.h"
#include "core/work.h"
#include "decode/translator.h"
#include "watch/work_display.h"

namespace heed {
namespace {

constexpr size_t kWindow = 2000;  // lines that are translated together, at most

// The number of lines of texts that can be read twice, all of them checked; 0 for others (standard input, a pipe).
int64_t count_lines(const std::vector<TextFiles>& texts, LineReaderOptions reading) {
  const auto is_file = [](const std::string& file) {
    std::error_code none;
    return std::filesystem::is_regular_file(file, none);
  };
  for (const TextFiles& files : texts)
    if (!std::all_of(files.begin(), files.end(), is_file)) return 0;
  reading.notices = false;
  ParallelTexts first_reading(texts, reading);
  int64_t count = 0;
  for (std::vector<std::string> lines; first_reading.next(lines);) ++count;
  return count;
}

// Lines that are translated together.
struct Window {
  std::vector<std::string> sources;
  std::vector<std::vector<std::string>> references;  // of each source

  bool read(ParallelTexts& texts) {
    sources.clear();
    references.clear();
    for (std::vector<std::string> lines; sources.size() < kWindow && texts.next(lines);) {
      sources.push_back(std::move(lines.front()));
      references.emplace_back(std::make_move_iterator(lines.begin() + 1), std::make_move_iterator(lines.end()));
    }
    return !sources.empty();
  }
};

}  // namespace

bool ParallelTexts::Text::next(std::string& line) {
  while (true) {
    if (reader_ && reader_->next(line)) {
      ++lines_;
      return true;
    }
    if (next_file_ == files_.size()) return false;
    reader_.emplace(files_[next_file_++], reading_);
  }
}

ParallelTexts::ParallelTexts(const std::vector<TextFiles>& texts, const LineReaderOptions& reading) {
  for (const TextFiles& files : texts) texts_.emplace_back(files, reading);
}

bool ParallelTexts::next(std::vector<std::string>& lines) {
  lines.resize(texts_.size());
  size_t ended = 0;
  bool skipped = false;
  for (size_t i = 0; i < texts_.size(); ++i) {
    if (texts_[i].next(lines[i]))
      skipped |= texts_[i].skipped();
    else
      ++ended;
  }
  if (ended == texts_.size()) {
    if (texts_.front().lines() == 0) throw DataError(texts_.front().name() + " has no lines: nothing to score");
    return false;
  }
  if (ended > 0) fail_not_parallel();
  if (!skipped) return true;
  ++skipped_;
  for (std::string& line : lines) line.clear();
  return true;
}

// Counts what is left, so that the message names whole texts.
void ParallelTexts::fail_not_parallel() {
  std::string line;
  for (Text& text : texts_)
    while (text.next(line)) continue;
  const Text& first = texts_.front();
  const auto other =
      std::find_if(texts_.begin(), texts_.end(), [&](const Text& text) { return text.lines() != first.lines(); });
  throw DataError(fmt::format("{} has {} lines but {} has {}: one line for each is expected", first.name(),
                              count_text(first.lines()), other->name(), count_text(other->lines())));
}

void ParallelTexts::report_skipped() const {
  if (skipped_ > 0)
    log_info(fmt::format("{} lines that are not UTF-8 left out (data.invalid_utf8: skip)", count_text(skipped_)));
}

void translate_corpus(const TranslationModel& model, const CorpusToTranslate& corpus, const ScoredLine& use) {
  std::vector<TextFiles> files = {corpus.source};
  files.insert(files.end(), corpus.references.begin(), corpus.references.end());
  const LineReaderOptions reading = reading_of(model.config.data);
  const int64_t count = count_lines(files, reading);
  std::optional<LineWriter> output;  // opened first: what cannot be written shows before the work is done
  if (!corpus.output.empty()) output.emplace(corpus.output);
  Translator translator(model.model, model.tokenizers, model.config.decode, reading_limits(model.config.data));
  ParallelTexts texts(files, reading);
  Work work("translating", "lines", count);
  const auto progress = [&work](int64_t lines) { work.advance(lines); };
  for (Window window; window.read(texts);) {
    const std::vector<Translation> translations = translator.translate(window.sources, progress);
    for (size_t i = 0; i < translations.size(); ++i) {
      if (output) output->write_line(translations[i].text);
      use(translations[i].text, window.references[i]);
    }
  }
  if (output) output->close();
  log_finished(work.report());
  texts.report_skipped();
  translator.warn_of_losses();
}

}  // namespace heed
