#include "data/corpus_report.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "core/count_text.h"
#include "core/logging.h"
#include "core/printable.h"

namespace heed {
namespace {

constexpr double kManyUnknown = 0.02, kManyChanged = 0.01;
constexpr size_t kShownBytes = 160;  // of an example

double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// 0.661 -> "66.1 %"; never 0.0 % of what there is.
std::string percent(int64_t part, int64_t whole) {
  char text[16];
  std::snprintf(text, sizeof(text), "%.1f %%", std::max(100 * share(part, whole), part > 0 ? 0.1 : 0));
  return text;
}

std::string limit_text(const DataConfig& options) {
  const std::string source = count_text(options.max_source_length), target = count_text(options.max_target_length);
  return source == target ? source + " tokens" : source + " source or " + target + " target tokens";
}

std::string place_of(const std::vector<std::string>& files, const CachedPair& pair) {
  return files[pair.file] + ":" + std::to_string(pair.line);
}

std::string summary(const CorpusConfig& files, const DataConfig& options, const CorpusCache& cache) {
  const CorpusCounts& counts = cache.counts();
  std::string line = files.source.front() + ", " + files.target.front();
  if (files.source.size() > 1) line += " and " + std::to_string(files.source.size() - 1) + " more";
  line += ": kept " + count_text(counts.kept()) + " of " + count_text(counts.read) + " pairs";
  std::string reasons;
  const auto add = [&](int64_t count, const std::string& reason) {
    if (count > 0) reasons += (reasons.empty() ? "" : ", ") + count_text(count) + " " + reason;
  };
  add(counts.empty, "empty");
  add(counts.too_long, "longer than " + limit_text(options));
  add(counts.invalid, "not UTF-8");
  if (counts.dropped() > 0) line += "; dropped " + count_text(counts.dropped()) + " pairs: " + reasons;
  if (counts.emptied > 0) line += "; " + count_text(counts.emptied) + " not UTF-8, read as empty";
  if (counts.truncated > 0) line += "; truncated " + count_text(counts.truncated) + " to " + limit_text(options);
  if (counts.unread > 0)
    line += "; " + count_text(counts.unread) + " of these have more than " + count_text(options.max_characters) +
            " characters (data.max_characters), the rest left unread";
  if (counts.source_unknown + counts.target_unknown > 0)
    line += "; unknown pieces: " + percent(counts.source_unknown, counts.source_tokens) + " of the source, " +
            percent(counts.target_unknown, counts.target_tokens) + " of the target";
  if (counts.changed > 0)
    line += "; target lines that do not come back from the tokenizer: " + count_text(counts.changed) +
            ", the first is " + place_of(files.target, cache.pair(counts.first_changed));
  return line;
}

std::string advice_on_unknown(TokenizerType type) {
  switch (type) {
    case TokenizerType::kWord:
    case TokenizerType::kNone:
      return "a larger tokenizer.vocab_size, or tokenizer.type bpe, has pieces for more words";
    case TokenizerType::kChar:
      return "a larger tokenizer.vocab_size or tokenizer.character_coverage has pieces for more characters";
    case TokenizerType::kBpe:
    case TokenizerType::kUnigram:
      break;
  }
  return "their characters are too rare in the text the vocabulary was trained on (tokenizer.character_coverage), or "
         "not in it";
}

void warn_of_unknown(int64_t unknown, int64_t pieces, const std::string& side, TokenizerType type) {
  if (share(unknown, pieces) <= kManyUnknown) return;
  log_warning(side + ": " + percent(unknown, pieces) +
              " of the pieces are unknown, which a model can neither read nor write: " + advice_on_unknown(type));
}

void warn_of_changed(const CorpusConfig& files, const CorpusCache& cache, const Tokenizer& target) {
  const CorpusCounts& counts = cache.counts();
  if (share(counts.changed, counts.kept()) <= kManyChanged) return;
  const CachedPair first = cache.pair(counts.first_changed);
  const auto unk = static_cast<int32_t>(target.vocabulary().special().unk);
  const bool has_unknown = std::find(first.target.begin(), first.target.end(), unk) != first.target.end();
  log_warning(
      count_text(counts.changed) + " of " + count_text(counts.kept()) + " target lines (" +
      percent(counts.changed, counts.kept()) +
      ") do not come back from the tokenizer, so no translation can equal them: " + place_of(files.target, first) +
      " comes back as '" + beginning_of(target.decode(first.target), kShownBytes) + "'; " +
      (has_unknown
           ? "because of unknown pieces"
           : "because of normalisation (tokenizer.normalization: identity keeps text as it is) or of characters "
             "that the tokenizer reserves"));
}

}  // namespace

void report_corpus(const CorpusConfig& files, const DataConfig& options, const CorpusCache& cache,
                   const Tokenizers& tokenizers, bool copies_words) {
  const CorpusCounts& counts = cache.counts();
  log_info(summary(files, options, cache));
  if (copies_words) return;
  warn_of_unknown(counts.source_unknown, counts.source_tokens, files.source.front(), tokenizers.source->type());
  warn_of_unknown(counts.target_unknown, counts.target_tokens, files.target.front(), tokenizers.target->type());
  warn_of_changed(files, cache, *tokenizers.target);
}

}  // namespace heed
