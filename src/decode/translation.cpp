#include "decode/translation.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "decode/minimum_risk.h"
#include "decode/unknown_words.h"
#include "text/word_numbers.h"

namespace heed {
namespace {

using Hypotheses = std::vector<TranslationHypothesis>;

bool has_text(const Hypotheses& list, const std::string& text) {
  return std::any_of(list.begin(), list.end(), [&](const auto& one) { return one.text == text; });
}

// The most useful first. A draw counts as often as it was drawn, a hypothesis of a beam by its probability.
void rank_by_utility(Hypotheses& list, const DecodeConfig& config) {
  const auto most = std::max_element(
      list.begin(), list.end(), [](const auto& a, const auto& b) { return a.log_probability < b.log_probability; });
  if (!std::isfinite(most->log_probability)) return;  // the model gave nothing
  std::vector<std::string> texts;
  std::vector<double> weights;
  for (const TranslationHypothesis& one : list) {
    texts.push_back(one.text);
    weights.push_back(config.sampling ? 1 : std::exp(one.log_probability - most->log_probability));
  }
  const std::vector<double> utilities = expected_utilities(config.mbr, texts, weights);
  for (size_t i = 0; i < list.size(); ++i) list[i].score = utilities[i];
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
}

void keep_first_of_each_text(Hypotheses& list) {
  Hypotheses kept;
  for (TranslationHypothesis& one : list)
    if (!has_text(kept, one.text)) kept.push_back(std::move(one));
  list = std::move(kept);
}

}  // namespace

std::string on_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

Translation make_translation(const std::vector<Hypothesis>& found, const Tokenizer& target, const DecodeConfig& config,
                             const std::vector<std::string>& words) {
  Translation translation;
  Hypotheses& list = translation.hypotheses;
  for (const Hypothesis& one : found) {
    if (static_cast<int64_t>(list.size()) == hypotheses_wanted(config)) break;
    std::string text = words.empty() ? on_one_line(target.decode(one.ids)) : with_copied_words(one.ids, target, words);
    if (config.sampling || !has_text(list, text))
      list.push_back({std::move(text), one.score, one.log_probability, one.finished,
                      known_ids(one.ids, target.vocabulary()), one.log_probs});
  }
  if (config.mbr != MinimumRisk::kNone) {
    rank_by_utility(list, config);
    keep_first_of_each_text(list);
    list.resize(std::min(list.size(), static_cast<size_t>(config.n_best)));
  }
  static_cast<TranslationHypothesis&>(translation) = list.front();
  return translation;
}

std::vector<double> word_scores(const TranslationHypothesis& translation, const Tokenizer& target) {
  const std::string text = target.decode(translation.ids);
  const std::vector<int> words = word_numbers(text, target.decoded_pieces(translation.ids));
  std::vector<double> scores;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] < 0) continue;
    scores.resize(std::max(scores.size(), static_cast<size_t>(words[i]) + 1), 0);
    scores[static_cast<size_t>(words[i])] += translation.log_probs[i];
  }
  return scores;
}

}  // namespace heed
