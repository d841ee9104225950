#include "decode/search_sentences.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "core/thread_team.h"
#include "decode/target_score.h"
#include "support/tiny_model.h"

namespace heed {

void PrintTo(const Hypothesis& hypothesis, std::ostream* out) {
  *out << ::testing::PrintToString(hypothesis.ids) << " " << hypothesis.log_probability << " " << hypothesis.score
       << (hypothesis.finished ? "" : " (cut)");
}

namespace {

using testing::kBos;
using testing::kEos;
using testing::pack;
using testing::random_ids;

constexpr int64_t kVocabulary = 13;
const SpecialIds kSpecial;  // 0, 1, 2, 3
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Ids = std::vector<int64_t>;

// A model whose liking for eos is shifted by `eos_bias`. One thread: for so small a model others only wait.
EncoderDecoder model_with_bias(float eos_bias, int64_t vocabulary_size = kVocabulary) {
  set_num_threads(1);
  ModelConfig config = testing::tiny_config();
  config.output_bias = true;
  EncoderDecoder model = testing::tiny_model(config, vocabulary_size);
  const torch::NoGradGuard no_grad;
  model->output->bias[kEos].fill_(eos_bias);
  return model;
}

std::vector<Ids> some_sources(size_t count, int64_t vocabulary_size = kVocabulary) {
  std::vector<Ids> sources;
  for (size_t i = 0; i < count; ++i)
    sources.push_back(random_ids(1 + static_cast<int64_t>(i * 5 % 11), 100 + i, vocabulary_size));
  return sources;
}

Memory memory_of(EncoderDecoder& model, const std::vector<Ids>& sources) {
  const torch::NoGradGuard no_grad;
  const Batch batch = pack(sources, std::vector<Ids>(sources.size()));
  Pass none;
  return model->encode(batch.source_ids, batch.source_segments, none);
}

std::vector<std::vector<Hypothesis>> search(EncoderDecoder& model, const std::vector<Ids>& sources,
                                            const DecodeConfig& config) {
  return search_sentences(model, memory_of(model, sources), config, kSpecial);
}

struct Prefix {
  Ids ids;
  double log_probability = 0;
  double rank = 0;  // with penalties
  bool ended = false;
  std::vector<double> log_probs = {};
};

// log p of every token after each prefix, by the whole decoder.
std::vector<std::vector<double>> next_log_probs(EncoderDecoder& model, const Ids& source,
                                                const std::vector<Prefix>& prefixes) {
  const torch::NoGradGuard no_grad;
  std::vector<Ids> targets;
  for (const Prefix& prefix : prefixes) targets.push_back(prefix.ids);
  const Batch batch = pack(std::vector<Ids>(prefixes.size(), source), targets);
  Pass none;
  const Memory memory = model->encode(batch.source_ids, batch.source_segments, none);
  const TokenScores scores = TokenScores::of(
      model->output->logits(model->decode(memory, batch.target_input_ids, batch.target_segments, none)));
  const torch::Tensor log_probs = scores.logits.to(torch::kDouble) - scores.log_sum_exp.unsqueeze(1);
  std::vector<std::vector<double>> last;
  int64_t row = -1;
  for (const Ids& target : targets) {
    row += static_cast<int64_t>(target.size()) + 1;
    const double* values = log_probs.data_ptr<double>() + row * log_probs.size(1);
    last.emplace_back(values, values + log_probs.size(1));
  }
  return last;
}

double reference_score(const Prefix& prefix, const DecodeConfig& config) {
  const double length = static_cast<double>(prefix.ids.size()) + (prefix.ended ? 1 : 0);
  if (config.length_penalty_type == LengthPenaltyType::kWu)
    return prefix.rank / std::pow((5 + length) / 6, config.length_penalty);
  return prefix.rank / std::pow(length, config.length_penalty);
}

bool repeats_ngram(Ids ids, int64_t token, int64_t size) {
  if (size == 0) return false;
  ids.push_back(token);
  const auto n = static_cast<size_t>(size);
  if (ids.size() < n) return false;
  const Ids last(ids.end() - size, ids.end());
  for (size_t i = 0; i + n < ids.size(); ++i)
    if (Ids(ids.begin() + static_cast<int64_t>(i), ids.begin() + static_cast<int64_t>(i + n)) == last) return true;
  return false;
}

// All continuations of all prefixes, best first; ties by prefix, then token.
std::vector<Prefix> reference_continuations(EncoderDecoder& model, const Ids& source, const std::vector<Prefix>& beam,
                                            const DecodeConfig& config) {
  std::vector<Prefix> all;
  const auto next = next_log_probs(model, source, beam);
  for (size_t i = 0; i < beam.size(); ++i) {
    const auto& log_probs = next[i];
    for (int64_t token = 0; token < static_cast<int64_t>(log_probs.size()); ++token) {
      if (token == kSpecial.pad || token == kBos || (token == kSpecial.unk && !config.allow_unk)) continue;
      const auto length = static_cast<int64_t>(beam[i].ids.size());
      const double shortest = std::max(static_cast<double>(config.min_length),
                                       std::floor(config.min_length_ratio * static_cast<double>(source.size() + 1)));
      if (token == kEos && (length == 0 || static_cast<double>(length) < shortest)) continue;
      if (repeats_ngram(beam[i].ids, token, config.no_repeat_ngram_size)) continue;
      Prefix longer = beam[i];
      const bool repeated = std::count(longer.ids.begin(), longer.ids.end(), token) > 0;
      const double log_prob = log_probs[static_cast<size_t>(token)];
      longer.log_probability += log_prob;
      longer.log_probs.push_back(log_prob);
      longer.rank += repeated ? config.repetition_penalty * log_prob : log_prob;
      longer.ended = token == kEos;
      if (!longer.ended) longer.ids.push_back(token);
      all.push_back(longer);
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.rank > b.rank; });
  return all;
}

// CTranslate2's BeamSearch::search with patience 1, for one sentence, as plainly as it can be written, but for lists
// without a length penalty (decode/beam_search.h).
std::vector<Hypothesis> reference_search(EncoderDecoder& model, const Ids& source, const DecodeConfig& config) {
  const auto width = static_cast<size_t>(config.beam_size), wanted = config.n_best == 1 ? 1 : width;
  std::vector<Prefix> beam = {{}};
  std::vector<Hypothesis> finished;
  bool top_finished = false, done = false;
  for (int64_t step = 1; !done; ++step) {
    std::vector<Prefix> ranked = reference_continuations(model, source, beam, config);
    ranked.resize(std::min(ranked.size(), 2 * width));
    std::vector<Prefix> spares;
    for (size_t i = width; i < ranked.size(); ++i)
      if (!ranked[i].ended) spares.push_back(ranked[i]);
    beam.clear();
    for (size_t i = 0; i < std::min(width, ranked.size()); ++i) {
      const Prefix& candidate = ranked[i];
      if (!candidate.ended && step < config.max_length) {
        beam.push_back(candidate);
        continue;
      }
      top_finished |= i == 0;
      finished.push_back(
          {candidate.ids, candidate.log_probability, reference_score(candidate, config), candidate.ended});
      if (spares.empty()) continue;
      beam.push_back(spares.front());
      spares.erase(spares.begin());
    }
    done = step == config.max_length || beam.empty() ||
           (config.length_penalty == 0 ? top_finished && finished.size() >= wanted : finished.size() >= width);
  }
  std::stable_sort(finished.begin(), finished.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  return finished;
}

struct SearchCase {
  std::string name;
  DecodeConfig config;
};

std::vector<SearchCase> beams() {
  std::vector<SearchCase> all;
  const auto add = [&](std::string name, int64_t beam_size, double penalty, auto change) {
    DecodeConfig config;
    config.beam_size = config.n_best = beam_size;
    config.length_penalty = penalty;
    config.max_length = 14;
    change(config);
    all.push_back({std::move(name), config});
  };
  const auto as_it_is = [](DecodeConfig&) {};
  add("Greedy", 1, 1, as_it_is);
  add("GreedyRaw", 1, 0, as_it_is);
  add("Beam2", 2, 1, as_it_is);
  add("Beam5", 5, 1, as_it_is);
  add("Beam5Raw", 5, 0, as_it_is);
  add("Beam5RawBestOnly", 5, 0, [](DecodeConfig& c) { c.n_best = 1; });
  add("Beam5RawBest2", 5, 0, [](DecodeConfig& c) { c.n_best = 2; });
  add("Beam2RawBestOnly", 2, 0, [](DecodeConfig& c) { c.n_best = 1; });
  add("Beam5Best2", 5, 0.6, [](DecodeConfig& c) { c.n_best = 2; });
  add("Beam4Wu", 4, 0.8, [](DecodeConfig& c) { c.length_penalty_type = LengthPenaltyType::kWu; });
  add("Beam3ShortFavoured", 3, -1.5, as_it_is);
  add("Beam4Unk", 4, 1, [](DecodeConfig& c) { c.allow_unk = true; });
  add("BeamWiderThanTheVocabulary", 30, 1.2, as_it_is);
  add("OneToken", 4, 1, [](DecodeConfig& c) { c.max_length = 1; });
  add("AtLeastSix", 4, 1, [](DecodeConfig& c) { c.min_length = 6; });
  add("AtLeastHalfTheSource", 4, 1, [](DecodeConfig& c) { c.min_length_ratio = 0.5; });
  add("NoTokenTwice", 4, 1, [](DecodeConfig& c) { c.no_repeat_ngram_size = 1; });
  add("NoPairTwice", 3, 0, [](DecodeConfig& c) { c.no_repeat_ngram_size = 2; });
  add("FewRepetitions", 4, 1, [](DecodeConfig& c) { c.repetition_penalty = 1.7; });
  add("ManyRepetitions", 4, 1, [](DecodeConfig& c) { c.repetition_penalty = 0.6; });
  return all;
}

std::vector<SearchCase> searches() {
  std::vector<SearchCase> all = beams();
  const auto add = [&](std::string name, auto change) {
    DecodeConfig config;
    config.max_length = 14;
    change(config);
    all.push_back({std::move(name), config});
  };
  add("TwoGroups", [](DecodeConfig& c) { c.beam_size = c.n_best = 4, c.beam_groups = 2; });
  add("ThreeGroupsWithRules", [](DecodeConfig& c) {
    c.beam_size = 6, c.n_best = 3, c.beam_groups = 3, c.diversity_penalty = 1.5, c.no_repeat_ngram_size = 2;
  });
  add("OneSample", [](DecodeConfig& c) { c.sampling = true; });
  add("Samples", [](DecodeConfig& c) { c.sampling = true, c.n_best = 4, c.temperature = 0.7; });
  add("NucleusSamples", [](DecodeConfig& c) { c.sampling = true, c.n_best = 3, c.top_k = 9, c.top_p = 0.8; });
  add("SamplesWithRules", [](DecodeConfig& c) { c.sampling = true, c.n_best = 3, c.min_length = 5; });
  return all;
}

void PrintTo(const SearchCase& search, std::ostream* out) { *out << search.name; }

class EverySearch : public ::testing::TestWithParam<SearchCase> {
 protected:
  const DecodeConfig& config() const { return GetParam().config; }
};

class EveryBeam : public EverySearch {};

// Penalties are added in fp32 to the scores of a search, here in double.
void expect_equal(const std::vector<Hypothesis>& found, const std::vector<Hypothesis>& expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].ids, expected[i].ids);
    EXPECT_EQ(found[i].log_probability, expected[i].log_probability);
    EXPECT_EQ(found[i].finished, expected[i].finished);
    EXPECT_NEAR(found[i].score, expected[i].score, tolerance);
  }
}

TEST_P(EveryBeam, EqualsThePlainSearchWithoutCachesAndBatches) {
  const auto sources = some_sources(4);
  for (const float eos_bias : {-2.0f, 4.0f, 7.0f}) {
    EncoderDecoder model = model_with_bias(eos_bias);
    const auto found = search(model, sources, config());
    ASSERT_EQ(found.size(), sources.size());
    for (size_t i = 0; i < sources.size(); ++i) {
      SCOPED_TRACE("sentence " + std::to_string(i) + ", bias " + std::to_string(eos_bias));
      expect_equal(found[i], reference_search(model, sources[i], config()),
                   config().repetition_penalty == 1 ? 0 : 1e-5);
    }
  }
}

TEST_P(EverySearch, GivesASentenceTheSameBitsInEveryBatchAndForAnyNumberOfThreads) {
  EncoderDecoder model = model_with_bias(5);
  const auto sources = some_sources(9);
  const auto together = search(model, sources, config());
  for (const int threads : {1, 2}) {
    set_num_threads(threads);
    std::vector<size_t> order(sources.size());
    std::iota(order.begin(), order.end(), size_t{0});
    shuffle(order, RandomStream(static_cast<uint64_t>(threads)));
    for (size_t begin = 0; begin < order.size(); begin += 4) {
      const size_t end = std::min(begin + 4, order.size());
      std::vector<Ids> part;
      for (size_t i = begin; i < end; ++i) part.push_back(sources[order[i]]);
      const auto apart = search(model, part, config());
      for (size_t i = begin; i < end; ++i) EXPECT_EQ(apart[i - begin], together[order[i]]) << order[i];
    }
  }
}

TEST_P(EverySearch, RanksByScoreWithinTheLimits) {
  EncoderDecoder model = model_with_bias(5);
  for (const auto& hypotheses : search(model, some_sources(8), config())) {
    ASSERT_GE(hypotheses.size(), 1u);
    for (size_t i = 0; i < hypotheses.size(); ++i) {
      const auto& ids = hypotheses[i].ids;
      EXPECT_GE(hypotheses[i == 0 ? 0 : i - 1].score, hypotheses[i].score);
      const auto& log_probs = hypotheses[i].log_probs;
      EXPECT_EQ(std::accumulate(log_probs.begin(), log_probs.end(), 0.0), hypotheses[i].log_probability);
      EXPECT_EQ(log_probs.size(), ids.size() + (hypotheses[i].finished ? 1 : 0));
      EXPECT_LE(static_cast<int64_t>(ids.size()), config().max_length);
      for (const int64_t never : {kSpecial.pad, kSpecial.bos, kSpecial.eos})
        EXPECT_EQ(std::count(ids.begin(), ids.end(), never), 0);
      EXPECT_TRUE(config().allow_unk || std::count(ids.begin(), ids.end(), kSpecial.unk) == 0);
    }
  }
}

// A target's score includes its eos, which a hypothesis that was cut lacks.
TEST_P(EverySearch, LogProbabilityIsTheTargetsScoreBitForBit) {
  EncoderDecoder model = model_with_bias(5);
  const auto sources = some_sources(8);
  const auto found = search(model, sources, config());
  std::vector<Ids> paired, targets;
  std::vector<double> expected;
  for (size_t i = 0; i < sources.size(); ++i)
    for (const Hypothesis& hypothesis : found[i]) {
      if (!hypothesis.finished) continue;
      paired.push_back(sources[i]);
      targets.push_back(hypothesis.ids);
      expected.push_back(hypothesis.log_probability);
    }
  if (config().max_length == 1) return;  // none has ended
  ASSERT_GT(expected.size(), 0u);
  EXPECT_EQ(log_probabilities(model, pack(paired, targets)), expected);
}

INSTANTIATE_TEST_SUITE_P(, EveryBeam, ::testing::ValuesIn(beams()),
                         [](const auto& tested) { return tested.param.name; });
INSTANTIATE_TEST_SUITE_P(, EverySearch, ::testing::ValuesIn(searches()),
                         [](const auto& tested) { return tested.param.name; });

// The likeliest token each time; next(ids): log p of every token after these.
template <class Next>
Prefix greedy(const DecodeConfig& config, Next next) {
  Prefix found;
  while (!found.ended && static_cast<int64_t>(found.ids.size()) < config.max_length) {
    std::vector<double> log_probs = next(found.ids);
    for (const size_t never : {0, 1, 2}) log_probs[never] = -kInfinity;
    if (found.ids.empty()) log_probs[kEos] = -kInfinity;
    const auto best = std::max_element(log_probs.begin(), log_probs.end());
    found.log_probability += *best;
    found.ended = best - log_probs.begin() == kEos;
    if (!found.ended) found.ids.push_back(best - log_probs.begin());
  }
  return found;
}

TEST(SearchSentences, OfWidthOneTakesTheLikeliestTokenEachTime) {
  EncoderDecoder model = model_with_bias(5);
  const auto sources = some_sources(10);
  DecodeConfig config;
  config.beam_size = 1;
  config.max_length = 20;
  const auto found = search(model, sources, config);
  for (size_t i = 0; i < sources.size(); ++i) {
    const Prefix expected =
        greedy(config, [&](const Ids& ids) { return next_log_probs(model, sources[i], {{ids}})[0]; });
    ASSERT_EQ(found[i].size(), 1u);
    EXPECT_EQ(found[i][0].ids, expected.ids) << i;
    EXPECT_EQ(found[i][0].log_probability, expected.log_probability) << i;
  }
}

// With a beam that holds everything the search is exhaustive: all texts of up to three tokens, in the order of score.
TEST(SearchSentences, WideEnoughFindsEveryTranslationInOrder) {
  constexpr int64_t kSmall = 8, kLength = 3;  // four ordinary tokens
  EncoderDecoder model = model_with_bias(0, kSmall);
  const Ids source = random_ids(4, 5, kSmall);
  DecodeConfig config;
  config.beam_size = config.n_best = 1000;
  config.max_length = kLength;

  std::vector<Hypothesis> all;
  std::vector<Prefix> open = {{}};
  while (!open.empty()) {
    std::vector<Prefix> longer;
    for (const Prefix& next : reference_continuations(model, source, open, config)) {
      const bool whole = next.ended || static_cast<int64_t>(next.ids.size()) == kLength;
      if (whole)
        all.push_back({next.ids, next.log_probability, reference_score(next, config), next.ended, next.log_probs});
      if (!whole) longer.push_back(next);
    }
    open = longer;
  }
  EXPECT_EQ(all.size(), 4u + 16 + 64);
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  EXPECT_EQ(search(model, {source}, config)[0], all);
}

std::vector<std::vector<Hypothesis>> search_together(std::vector<EncoderDecoder> models,
                                                     const std::vector<Ids>& sources, const DecodeConfig& config) {
  std::vector<Memory> memories;
  for (EncoderDecoder& model : models) memories.push_back(memory_of(model, sources));
  return search_sentences(models, memories, config, kSpecial);
}

TEST(SearchSentences, OfAModelWithItselfIsThatModel) {
  EncoderDecoder model = model_with_bias(5);
  DecodeConfig config;
  config.n_best = 5;
  config.max_length = 14;
  const auto alone = search(model, some_sources(6), config);
  EXPECT_EQ(search_together({model, model}, some_sources(6), config), alone);
  EXPECT_EQ(search_together({model, model, model}, some_sources(6), config), alone);
}

// One is as sure that a sentence ends as the other is that it does not.
TEST(SearchSentences, OfModelsThatAreSureOfTheContraryIsFinite) {
  EncoderDecoder one = model_with_bias(300), other = model_with_bias(-300);
  DecodeConfig config;
  config.max_length = 8;
  for (auto models : {std::vector{one, other}, std::vector{other, one}, std::vector{other, one, other}})
    for (const auto& found : search_together(models, some_sources(4), config))
      for (const Hypothesis& hypothesis : found) {
        EXPECT_TRUE(std::isfinite(hypothesis.log_probability));
        EXPECT_LE(hypothesis.log_probability, 0);
      }
}

TEST(SearchSentences, OfTwoModelsGoesByTheMeanOfTheirProbabilities) {
  EncoderDecoder one = model_with_bias(5), other = model_with_bias(3);
  {
    const torch::NoGradGuard no_grad;
    for (const torch::Tensor& parameter : other->parameters()) parameter.mul_(0.8);
  }
  const auto sources = some_sources(6);
  DecodeConfig config;
  config.beam_size = 1;
  config.max_length = 12;
  const auto found = search_together({one, other}, sources, config);
  EXPECT_NE(found, search(one, sources, config));
  for (size_t i = 0; i < sources.size(); ++i) {
    const Prefix expected = greedy(config, [&](const Ids& ids) {
      const auto first = next_log_probs(one, sources[i], {{ids}})[0],
                 second = next_log_probs(other, sources[i], {{ids}})[0];
      std::vector<double> mean(first.size());
      for (size_t token = 0; token < mean.size(); ++token)
        mean[token] = std::log((std::exp(first[token]) + std::exp(second[token])) / 2);
      return mean;
    });
    EXPECT_EQ(found[i][0].ids, expected.ids) << i;
    EXPECT_NEAR(found[i][0].log_probability, expected.log_probability, 1e-5) << i;
  }
}

TEST(SearchSentences, EndsAtMaxLengthWhereEosIsImpossible) {
  EncoderDecoder model = model_with_bias(-std::numeric_limits<float>::infinity());
  DecodeConfig config;
  config.max_length = 40;  // beyond the decoder cache's first length
  config.max_length_ratio = 0;
  for (const auto& hypotheses : search(model, some_sources(3), config)) {
    EXPECT_EQ(hypotheses.size(), 5u);
    for (const Hypothesis& hypothesis : hypotheses) {
      EXPECT_EQ(hypothesis.ids.size(), 40u);
      EXPECT_EQ(hypothesis.score, hypothesis.log_probability / 40);
      EXPECT_FALSE(hypothesis.finished);
    }
  }
}

TEST(SearchSentences, EndsAtTheRatioOfEachSourceWhateverItsBatch) {
  EncoderDecoder model = model_with_bias(-std::numeric_limits<float>::infinity());
  DecodeConfig config;
  config.max_length_ratio = 1.5;
  const auto sources = some_sources(5);  // of 1, 6, 11, 5, 10 pieces
  const auto found = search(model, sources, config);
  std::vector<size_t> lengths;
  for (size_t i = 0; i < sources.size(); ++i) {
    lengths.push_back(found[i].front().ids.size());
    EXPECT_EQ(search(model, {sources[i]}, config)[0], found[i]) << i;
  }
  EXPECT_EQ(lengths, (std::vector<size_t>{13, 20, 28, 19, 26}));  // 10 + floor(1.5 * (pieces + 1))
}

TEST(SearchSentences, NeverTranslatesIntoNothing) {
  EncoderDecoder model = model_with_bias(50);
  for (const int64_t beam_size : {1, 5}) {
    DecodeConfig config;
    config.beam_size = beam_size;
    const Hypothesis best = search(model, some_sources(1), config)[0].front();
    EXPECT_EQ(best.ids.size(), 1u);
    EXPECT_EQ(best.score, best.log_probability / 2);  // a piece and its eos
  }
}

TEST(SearchSentences, GivesAnImpossibleHypothesisWhereTheModelIsNotFinite) {
  EncoderDecoder model = model_with_bias(std::numeric_limits<float>::quiet_NaN());
  const auto hypotheses = search(model, some_sources(2), DecodeConfig{});
  ASSERT_EQ(hypotheses[1].size(), 1u);
  EXPECT_TRUE(hypotheses[1][0].ids.empty());
  EXPECT_EQ(hypotheses[1][0].log_probability, -kInfinity);
}

TEST(SearchSentences, OfNoSentencesIsEmpty) {
  EncoderDecoder model = model_with_bias(0);
  EXPECT_TRUE(search_sentences(model,
                               {torch::Tensor(memory_of(model, some_sources(1)).hidden.narrow(0, 0, 0)), Segments()},
                               DecodeConfig{}, kSpecial)
                  .empty());
}

}  // namespace
}  // namespace heed
