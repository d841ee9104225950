#include "decode/constrained_beam_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/random.h"
#include "decode/beam_search.h"

namespace heed {
namespace {

const SpecialIds kSpecial;  // pad 0, unk 1, bos 2, eos 3
constexpr int64_t kFirstWord = 4;
using Ids = std::vector<int64_t>;
using Phrases = PhraseProgress::Phrases;

// A model of few words, whose logits are any numbers that a hypothesis determines.
struct AnyModel {
  uint64_t seed;
  int64_t vocabulary_size;

  std::vector<float> logits(const Ids& hypothesis) const {
    uint64_t key = seed;
    for (const int64_t id : hypothesis) key = mix64(key ^ static_cast<uint64_t>(id + 1));
    RandomStream random(key);
    std::vector<float> all(static_cast<size_t>(vocabulary_size));
    for (float& logit : all) logit = static_cast<float>(random.below(6000)) / 1000;
    return all;
  }
  static double log_sum_exp(const std::vector<float>& logits) {
    double total = 0;
    for (const float logit : logits) total += std::exp(double{logit});
    return std::log(total);
  }
  double log_prob(const Ids& hypothesis, int64_t token) const {
    const std::vector<float> all = logits(hypothesis);
    return double{all[static_cast<size_t>(token)]} - log_sum_exp(all);
  }
};

std::vector<Hypothesis> found_by(Search& search, const AnyModel& model) {
  std::vector<Ids> rows = {{}};
  while (!search.done()) {
    std::vector<float> logits;
    std::vector<double> sums;
    std::vector<Ids> hypotheses;
    for (const Candidate& one : search.live()) {
      Ids hypothesis = rows[static_cast<size_t>(one.row)];
      if (one.token != kSpecial.bos) hypothesis.push_back(one.token);
      const std::vector<float> of_row = model.logits(hypothesis);
      logits.insert(logits.end(), of_row.begin(), of_row.end());
      sums.push_back(AnyModel::log_sum_exp(of_row));
      hypotheses.push_back(std::move(hypothesis));
    }
    search.advance(RowScores{logits, sums});
    rows = std::move(hypotheses);
  }
  return search.results();
}

bool has_all(const Ids& ids, const Phrases& phrases) {
  return std::all_of(phrases.begin(), phrases.end(), [&](const Ids& phrase) {
    return std::search(ids.begin(), ids.end(), phrase.begin(), phrase.end()) != ids.end();
  });
}

DecodeConfig decoding(int64_t beam_size, int64_t max_length, double length_penalty = 0) {
  DecodeConfig config;
  config.beam_size = beam_size;
  config.max_length = max_length;
  config.length_penalty = length_penalty;
  return config;
}

TEST(ConstrainedBeamSearch, HasAllPhrasesInAThousandCases) {
  RandomStream random(1);
  for (int number = 0; number < 1000; ++number) {
    const AnyModel model{random.below(1u << 30), kFirstWord + 3 + static_cast<int64_t>(random.below(12))};
    Phrases phrases(1 + random.below(4));
    int64_t total = 0;
    for (Ids& phrase : phrases) {
      for (uint64_t length = 1 + random.below(4); length > 0; --length)
        phrase.push_back(kFirstWord +
                         static_cast<int64_t>(random.below(static_cast<uint64_t>(model.vocabulary_size - kFirstWord))));
      total += static_cast<int64_t>(phrase.size());
    }
    const DecodeConfig config = decoding(1 + static_cast<int64_t>(random.below(8)),
                                         total + static_cast<int64_t>(random.below(6)), number % 2 == 0 ? 0 : 1);
    ConstrainedBeamSearch search(config, kSpecial, 1000, {}, phrases);
    for (const Hypothesis& one : found_by(search, model)) {
      EXPECT_TRUE(has_all(one.ids, phrases)) << number;
      EXPECT_LE(static_cast<int64_t>(one.ids.size()), config.max_length) << number;
      double log_probability = 0;
      Ids before;
      for (const int64_t id : one.ids) {
        log_probability += model.log_prob(before, id);
        before.push_back(id);
      }
      if (one.finished) log_probability += model.log_prob(before, kSpecial.eos);
      EXPECT_NEAR(one.log_probability, log_probability, 1e-9) << number;
    }
  }
}

// Of all texts up to `length` words that hold the phrases, the one that the model likes best.
void look_for_best(const AnyModel& model, const Phrases& phrases, int64_t length, Ids& ids, double log_probability,
                   std::optional<Hypothesis>& best) {
  const bool full = static_cast<int64_t>(ids.size()) == length;
  if (!ids.empty() && has_all(ids, phrases)) {
    const double score = full ? log_probability : log_probability + model.log_prob(ids, kSpecial.eos);
    if (!best || score > best->score) best = Hypothesis{ids, score, score, !full};
  }
  if (full) return;
  for (int64_t id = kFirstWord; id < model.vocabulary_size; ++id) {
    const double of_word = model.log_prob(ids, id);
    ids.push_back(id);
    look_for_best(model, phrases, length, ids, log_probability + of_word, best);
    ids.pop_back();
  }
}

TEST(ConstrainedBeamSearch, FindsTheBestOfAllWhereTheBeamHoldsAll) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const AnyModel model{seed, kFirstWord + 3};
    const Phrases phrases = {{kFirstWord, kFirstWord + 1}, {kFirstWord + 2}};
    const DecodeConfig config = decoding(400, 5);
    ConstrainedBeamSearch search(config, kSpecial, 1000, {}, phrases);
    std::optional<Hypothesis> best;
    Ids ids;
    look_for_best(model, phrases, 5, ids, 0, best);
    const Hypothesis found = found_by(search, model).front();
    EXPECT_EQ(found.ids, best->ids) << seed;
    EXPECT_NEAR(found.log_probability, best->log_probability, 1e-9) << seed;
  }
}

// A phrase that the model writes anyway costs nothing.
TEST(ConstrainedBeamSearch, LeavesATranslationThatHasThePhrases) {
  int same = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const AnyModel model{seed, kFirstWord + 6};
    const DecodeConfig config = decoding(8, 6);
    BeamSearch free(config, kSpecial, 1000);
    const Hypothesis best = found_by(free, model).front();
    ConstrainedBeamSearch search(config, kSpecial, 1000, {}, {{best.ids.front()}});
    const Hypothesis found = found_by(search, model).front();
    same += found.ids == best.ids ? 1 : 0;
  }
  EXPECT_GE(same, 45);  // the beam is shared out in another way
}

TEST(ConstrainedBeamSearch, GivesAnImpossibleResultWhereRulesForbidThePhrase) {
  const DecodeConfig config = decoding(4, 6);
  const Ids phrase = {kFirstWord, kFirstWord + 1};
  ConstrainedBeamSearch search(config, kSpecial, 1000, {std::make_shared<AvoidedPhrase>(phrase)}, {phrase});
  EXPECT_TRUE(std::isinf(found_by(search, AnyModel{7, kFirstWord + 3}).front().log_probability));
}

}  // namespace
}  // namespace heed
