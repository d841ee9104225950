#include "cli/scored_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/count_text.h"
#include "core/error.h"
#include "core/line_reader.h"
#include "core/line_writer.h"
#include "core/logging.h"
#include "core/work.h"
#include "data/pair_reader.h"
#include "decode/translator.h"
#include "watch/work_display.h"

namespace heed {
namespace {

struct Text {
  std::vector<std::string> lines;
  std::vector<size_t> skipped;  // numbers of lines
};

Text read_text(const TextFiles& files, InvalidUtf8 invalid_utf8) {
  Text text;
  for (const std::string& file : files) {
    LineReader reader(file, {.invalid_utf8 = utf8_policy(invalid_utf8)});
    for (std::string line; reader.next(line);) {
      if (reader.skipped()) text.skipped.push_back(text.lines.size());
      text.lines.push_back(line);
    }
  }
  if (text.lines.empty()) throw DataError(files.front() + " has no lines: nothing to score");
  return text;
}

std::vector<std::string> translations_of(Translator& translator, const std::vector<std::string>& sources) {
  Work work("translating", "lines", static_cast<int64_t>(sources.size()));
  std::vector<std::string> texts;
  for (Translation& one : translator.translate(sources, [&](int64_t lines) { work.advance(lines); }))
    texts.push_back(std::move(one.text));
  log_finished(work.report());
  return texts;
}

}  // namespace

std::vector<std::vector<std::string>> read_parallel(const std::vector<TextFiles>& texts, InvalidUtf8 invalid_utf8) {
  std::vector<std::vector<std::string>> all;
  std::vector<size_t> skipped;
  for (const TextFiles& files : texts) {
    Text text = read_text(files, invalid_utf8);
    all.push_back(std::move(text.lines));
    skipped.insert(skipped.end(), text.skipped.begin(), text.skipped.end());
    if (all.back().size() == all.front().size()) continue;
    const auto count = [](const auto& lines) { return count_text(static_cast<int64_t>(lines.size())); };
    throw DataError(fmt::format("{} has {} lines but {} has {}: one line for each is expected", texts.front().front(),
                                count(all.front()), files.front(), count(all.back())));
  }
  std::sort(skipped.begin(), skipped.end());
  skipped.erase(std::unique(skipped.begin(), skipped.end()), skipped.end());
  for (const size_t line : skipped)
    for (auto& lines : all) lines[line].clear();
  if (!skipped.empty())
    log_info(fmt::format("{} lines that are not UTF-8 left out (data.invalid_utf8: skip)",
                         count_text(static_cast<int64_t>(skipped.size()))));
  return all;
}

ScoredText translate_corpus(const TranslationModel& model, const CorpusToTranslate& corpus) {
  std::vector<TextFiles> texts = {corpus.source};
  texts.insert(texts.end(), corpus.references.begin(), corpus.references.end());
  std::vector<std::vector<std::string>> lines = read_parallel(texts, model.config.data.invalid_utf8);
  std::optional<LineWriter> output;  // opened first: what cannot be written shows before the work is done
  if (!corpus.output.empty()) output.emplace(corpus.output);
  Translator translator(model.model, model.tokenizers, model.config.decode, reading_limits(model.config.data));
  ScoredText text{"", translations_of(translator, lines.front()), {}};
  text.references.assign(std::make_move_iterator(lines.begin() + 1), std::make_move_iterator(lines.end()));
  if (output) {
    for (const std::string& line : text.hypotheses) output->write_line(line);
    output->close();
  }
  translator.warn_of_losses();
  return text;
}

}  // namespace heed
