#include "eval/rouge.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "core/spaceless_scripts.h"
#include "core/version.h"
#include "eval/lower_case.h"
#include "eval/ngrams.h"
#include "eval/porter_stemmer.h"
#include "eval/text_line.h"
#include "eval/unicode_category.h"

namespace heed {
namespace {

bool is_ascii_word(char32_t c) { return (c >= U'a' && c <= U'z') || (c >= U'0' && c <= U'9'); }

std::u32string stemmed(const std::u32string& word) {
  constexpr size_t kShort = 3;
  if (word.size() <= kShort) return word;
  const std::string stem = porter_stem(std::string(word.begin(), word.end()));
  return {stem.begin(), stem.end()};
}

// What the names of its metric end in.
std::string variant_of(RougeKind kind) {
  switch (kind) {
    case RougeKind::kUnigrams:
      return "1";
    case RougeKind::kBigrams:
      return "2";
    case RougeKind::kLongest:
      return "L";
    case RougeKind::kSummary:
      break;
  }
  return "Lsum";
}

// Words of lines that are compared, as numbers.
class Texts {
 public:
  explicit Texts(const RougeOptions& options) : options_(options) {}

  std::vector<RougeWords> sentences(std::u32string_view text) {
    const std::u32string end = decode_line(options_.sentence_end);
    std::vector<RougeWords> all;
    for (size_t begin = 0; begin <= text.size();) {
      const size_t stop = end.empty() ? text.size() : std::min(text.find(end, begin), text.size());
      all.push_back(index_.ids(rouge_words(text.substr(begin, stop - begin), options_)));
      begin = stop + std::max<size_t>(1, end.size());
    }
    return all;
  }
  RougeWords words(std::u32string_view text) {
    RougeWords all;
    for (const RougeWords& sentence : sentences(text)) all.insert(all.end(), sentence.begin(), sentence.end());
    return all;
  }

  RougeScore compare(const std::string& hypothesis, const std::string& reference) {
    const std::u32string ours = decode_line(hypothesis), theirs = decode_line(reference);
    switch (options_.kind) {
      case RougeKind::kUnigrams:
        return rouge_n(words(ours), words(theirs), 1);
      case RougeKind::kBigrams:
        return rouge_n(words(ours), words(theirs), 2);
      case RougeKind::kLongest:
        return rouge_l(words(ours), words(theirs));
      case RougeKind::kSummary:
        break;
    }
    return rouge_lsum(sentences(ours), sentences(theirs));
  }

 private:
  const RougeOptions& options_;
  WordIndex<char32_t> index_;
};

}  // namespace

std::vector<std::u32string> rouge_words(std::u32string_view text, const RougeOptions& options) {
  const bool ascii = options.tokens == RougeTokens::kAscii;
  std::vector<std::u32string> words;
  bool in_word = false;
  for (const char32_t c : lower_case(text)) {
    const bool of_word = ascii ? is_ascii_word(c) : is_word_character(c);
    const bool alone = !ascii && is_written_without_spaces(c);
    if (of_word && (!in_word || alone)) words.emplace_back();
    if (of_word) words.back().push_back(c);
    in_word = of_word && !alone;
  }
  if (options.stems)
    for (std::u32string& word : words)
      if (std::all_of(word.begin(), word.end(), is_ascii_word)) word = stemmed(word);
  return words;
}

Rouge::Rouge(RougeOptions options, const std::string& num_references)
    : options_(std::move(options)), num_references_(num_references) {}

std::vector<double> Rouge::statistics(const std::string& hypothesis, std::span<const std::string> references) const {
  Texts texts(options_);
  RougeScore best;
  bool first = true;
  for (const std::string& reference : references) {
    const RougeScore one = texts.compare(hypothesis, reference);
    if (first || one.f > best.f) best = one;
    first = false;
  }
  return {best.precision, best.recall, best.f, 1};
}

double Rouge::value(std::span<const double> sums) const { return 100 * sums[2] / sums[3]; }
double Rouge::value(std::span<const float> sums) const { return 100 * sums[2] / sums[3]; }

Score Rouge::score(std::span<const double> sums) const {
  const auto mean = [&](size_t i) { return 100 * sums[i] / sums[3]; };
  const std::string variant = variant_of(options_.kind);
  return {"rouge" + variant,
          mean(2),
          fmt::format("nrefs:{}|tok:{}|stem:{}|version:heed-{}(rouge-score-0.1.2)", num_references_,
                      options_.tokens == RougeTokens::kAscii ? "ascii" : "unicode", options_.stems ? "yes" : "no",
                      kVersion),
          {{"precision", mean(0)}, {"recall", mean(1)}},
          fmt::format("ROUGE-{} = {:.2f} (precision {:.2f}, recall {:.2f})", variant, mean(2), mean(0), mean(1))};
}

}  // namespace heed
