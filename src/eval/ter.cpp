#include "eval/ter.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/code_range.h"
#include "eval/edit_rate.h"
#include "eval/lower_case.h"
#include "eval/ngrams.h"
#include "eval/respacing.h"
#include "eval/text_line.h"

namespace heed {
namespace {

// Ideographs, strokes, radicals, compatibility forms; all between 31FF and 4DC0 by sacreBLEU's slip, U+3F22 for U+32FF.
constexpr CodeRange kIdeographs[] = {{0x2E80, 0x2EFF}, {0x31C0, 0x31EF}, {0x3200, 0x4DBF},
                                     {0x4E00, 0x9FFF}, {0xF900, 0xFAFF}, {0xFE30, 0xFE4F}};
constexpr CodeRange kAsianPunctuation[] = {
    {0x3001, 0x3002}, {0x3008, 0x3011}, {0x3014, 0x301F}, {0x30FB, 0x30FB}, {0xFF61, 0xFF65}};
constexpr CodeRange kFullWidthPunctuation[] = {{0xFF01, 0xFF02}, {0xFF08, 0xFF09}, {0xFF0C, 0xFF0C},
                                               {0xFF0E, 0xFF0E}, {0xFF1A, 0xFF1B}, {0xFF1F, 0xFF1F}};

bool is_ideograph(char32_t c) { return is_among(kIdeographs, c); }
bool is_asian_punctuation(char32_t c) { return is_among(kAsianPunctuation, c); }
bool is_full_width_punctuation(char32_t c) { return is_among(kFullWidthPunctuation, c); }

bool is_removed(char32_t c) { return std::u32string_view(U".,?:;!\"()").find(c) != std::u32string_view::npos; }

std::u32string normalized(std::u32string_view line) {
  std::u32string text(line);
  resolve_entities(text);
  text = set_apart(U" " + text + U" ", is_western_symbol);
  replace_all(text, U"'s ", U" 's ");
  return points_apart(text);
}

template <class Predicate>
void remove(std::u32string& text, Predicate predicate) {
  text.erase(std::remove_if(text.begin(), text.end(), predicate), text.end());
}

// References as sacreBLEU has them, whose words are cut once more: "it's." comes to "it 's ." only then.
std::vector<std::u32string> twice_cut(std::u32string_view line, const TerOptions& options) {
  std::u32string once;
  for (const std::u32string& word : ter_words(line, options)) once += word + U" ";
  return ter_words(once, options);
}

double rate(double edits, double length) {
  if (length > 0) return edits / length;
  return edits > 0 ? 1 : 0;
}

}  // namespace

std::vector<std::u32string> ter_words(std::u32string_view line, const TerOptions& options) {
  std::u32string text(strip_right(line));
  if (!options.case_sensitive) text = lower_case(text);
  if (options.normalized) {
    text = normalized(text);
    if (options.asian)
      for (const auto apart : {is_ideograph, is_asian_punctuation, is_full_width_punctuation})
        text = set_apart(text, apart);
  }
  if (options.no_punctuation) {
    remove(text, is_removed);
    if (options.asian) {
      remove(text, is_asian_punctuation);
      remove(text, is_full_width_punctuation);
    }
  }
  const auto words = split_at_space(text);
  return {words.begin(), words.end()};
}

Ter::Ter(const TerOptions& options, const std::string& num_references)
    : options_(options), num_references_(num_references) {}

std::vector<double> Ter::statistics(const std::string& hypothesis, std::span<const std::string> references) const {
  WordIndex<char32_t> index;
  const std::vector<uint32_t> ours = index.ids(ter_words(decode_line(hypothesis), options_));
  int64_t fewest = std::numeric_limits<int64_t>::max(), length = 0;
  for (const std::string& reference : references) {
    const std::vector<uint32_t> theirs = index.ids(twice_cut(decode_line(reference), options_));
    fewest = std::min(fewest, translation_edits(ours, theirs));
    length += static_cast<int64_t>(theirs.size());
  }
  return {static_cast<double>(fewest), static_cast<double>(length) / static_cast<double>(references.size())};
}

double Ter::value(std::span<const double> sums) const { return 100 * rate(sums[0], sums[1]); }
double Ter::value(std::span<const float> sums) const {
  return 100 * static_cast<float>(rate(sums[0], sums[1]));  // of floats, which no double rounds otherwise
}

Score Ter::score(std::span<const double> sums) const {
  const double score = value(sums);
  const auto yes = [](bool is) { return is ? "yes" : "no"; };
  return {"ter",
          score,
          fmt::format("nrefs:{}|case:{}|tok:tercom|norm:{}|punct:{}|asian:{}|version:{}", num_references_,
                      options_.case_sensitive ? "mixed" : "lc", yes(options_.normalized), yes(!options_.no_punctuation),
                      yes(options_.asian), metric_version()),
          {{"edits", sums[0]}, {"reference_length", sums[1]}},
          fmt::format("TER = {:.2f}", score)};
}

}  // namespace heed
