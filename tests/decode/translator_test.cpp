#include "decode/translator.h"

#include <ATen/Context.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>

#include "checkpoint/checkpoint.h"
#include "checkpoint/translation_model.h"
#include "core/error.h"
#include "core/random.h"
#include "core/thread_team.h"
#include "support/scratch_directory.h"
#include "support/tiny_model.h"
#include "support/tiny_translator.h"
#include "text/whole_words.h"

namespace heed {

void PrintTo(const TranslationHypothesis& one, std::ostream* out) { *out << "'" << one.text << "' " << one.score; }

namespace {

using ::testing::HasSubstr;
using Lines = std::vector<std::string>;
using testing::checkpoint_of;
using testing::decoding;
using testing::ending_model;
using testing::kVocabulary;
using testing::shared_tokenizers;
using testing::some_lines;
using testing::word_tokenizer;

class TranslatorIn : public ::testing::TestWithParam<DecodePrecision> {
 protected:
  static DecodeConfig config() {
    DecodeConfig config = decoding();
    config.precision = GetParam();
    return config;
  }
};

TEST_P(TranslatorIn, GivesALineTheSameBitsWhateverItsPlaceAndBatch) {
  const EncoderDecoder model = ending_model();
  const Lines lines = some_lines(40);
  std::vector<size_t> order(lines.size());
  std::iota(order.begin(), order.end(), size_t{0});
  DecodeConfig config = TranslatorIn::config();
  const auto expected = Translator(model, shared_tokenizers(), config, {256}).translate(lines);
  for (const int64_t batch_tokens : {1, 9, 20, 37, 64, 150, 20000}) {
    config.batch_tokens = batch_tokens;
    set_num_threads(1 + static_cast<int>(batch_tokens % 4));  // each of which takes whole batches
    shuffle(order, RandomStream(static_cast<uint64_t>(batch_tokens)));
    Lines shuffled;
    for (const size_t i : order) shuffled.push_back(lines[i]);
    const auto found = Translator(model, shared_tokenizers(), config, {256}).translate(shuffled);
    for (size_t i = 0; i < order.size(); ++i) EXPECT_EQ(found[i], expected[order[i]]) << batch_tokens;
  }
  set_num_threads(1);
}

TEST_P(TranslatorIn, GivesALineTheSameBitsInBatchesOfEverySize) {
  const EncoderDecoder model = ending_model();
  const Lines lines = some_lines(40);
  Translator translator(model, shared_tokenizers(), config(), {256});
  const auto expected = translator.translate(lines);
  for (size_t size = 1; size <= lines.size(); ++size) {
    set_num_threads(1 + static_cast<int64_t>(size % 4));
    for (size_t begin = 0; begin < lines.size(); begin += size) {
      const size_t end = std::min(begin + size, lines.size());
      const auto found = translator.translate(
          Lines(lines.begin() + static_cast<int64_t>(begin), lines.begin() + static_cast<int64_t>(end)));
      for (size_t i = begin; i < end; ++i) ASSERT_EQ(found[i - begin], expected[i]) << size << " lines together";
    }
  }
  set_num_threads(1);
}

// A score is of the model in fp32, whatever it translates in.
TEST_P(TranslatorIn, LogProbabilitiesAreNearTheScores) {
  Translator translator(ending_model(), shared_tokenizers(), config(), {256});
  const Lines lines = some_lines(40);
  Lines targets;
  std::vector<double> found;
  for (const Translation& translation : translator.translate(lines)) {
    targets.push_back(translation.text);
    found.push_back(translation.finished ? translation.log_probability : 0);
  }
  const std::vector<double> scores = translator.score(lines, targets);
  double difference = 0;
  int64_t finished = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (found[i] == 0) continue;
    difference = std::max(difference, std::abs(found[i] - scores[i]));
    ++finished;
  }
  EXPECT_GT(finished, 20);
  if (GetParam() == DecodePrecision::kFp32 || GetParam() == DecodePrecision::kAuto) {
    EXPECT_EQ(difference, 0);
  } else {
    EXPECT_GT(difference, 0);
    EXPECT_LT(difference, 0.25);
  }
}

INSTANTIATE_TEST_SUITE_P(, TranslatorIn,
                         ::testing::Values(DecodePrecision::kAuto, DecodePrecision::kFp32, DecodePrecision::kBf16,
                                           DecodePrecision::kInt8),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

TEST(Translator, ScoreOfATranslationIsItsLogProbabilityBitForBit) {
  Translator translator(ending_model(), shared_tokenizers(), decoding(), {256});
  const Lines lines = some_lines(40);
  Lines sources, targets;
  std::vector<double> expected;
  const auto translations = translator.translate(lines);
  for (size_t i = 0; i < lines.size(); ++i)
    for (const TranslationHypothesis& one : translations[i].hypotheses) {
      if (!one.finished) continue;  // a score includes eos
      sources.push_back(lines[i]);
      targets.push_back(one.text);
      expected.push_back(one.log_probability);
    }
  EXPECT_GT(expected.size(), 40u);
  EXPECT_EQ(translator.score(sources, targets), expected);
}

// What a GPU does by default.
TEST(Translator, ScoresOfAModelThatTranslatesInBFloat16AreThoseOfFloat) {
  const Lines lines = some_lines(10);
  EncoderDecoder model = ending_model();
  const std::vector<double> expected = Translator(model, shared_tokenizers(), decoding(), {256}).score(lines, lines);
  model->set_compute_type(torch::kBFloat16);
  EXPECT_EQ(Translator(model, shared_tokenizers(), decoding(), {256}).score(lines, lines), expected);
  EXPECT_EQ(model->compute_type(), torch::kBFloat16);
}

TEST(Translator, BlankLinesStayEmpty) {
  Translator translator(ending_model(), shared_tokenizers(), decoding(), {256});
  const auto translations = translator.translate({"", "w5 w6", " \t "});
  ASSERT_EQ(translations.size(), 3u);
  for (const size_t blank : {0, 2}) {
    EXPECT_EQ(translations[blank].text, "");
    EXPECT_EQ(translations[blank].score, 0);
    EXPECT_EQ(translations[blank].hypotheses.size(), 1u);
  }
  EXPECT_LT(translations[1].log_probability, 0);
  EXPECT_EQ(translator.score({""}, {""}), std::vector<double>{0});
  EXPECT_TRUE(translator.translate({}).empty());
}

TEST(Translator, ReadsAnOverlongSourceUpToTheLimitAndCountsIt) {
  Translator translator(ending_model(), shared_tokenizers(), decoding(), {3});
  ::testing::internal::CaptureStderr();
  const auto translations = translator.translate({"w5 w6 w7 w8 w9", "w5 w6 w7"});
  translator.translate({"w5 w6 w7 w8"});
  translator.attend({"w5 w6 w7 w8"}, {"w5"});  // counted already
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  ::testing::internal::CaptureStderr();
  translator.warn_of_losses();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("2 of 3 source lines cut to 3 pieces"));
  EXPECT_EQ(translations[0], translations[1]);
}

TEST(Translator, ReadsAsManyCharactersOfEitherSideAsAreAllowedAndCountsTheLines) {
  Translator translator(ending_model(), shared_tokenizers(), decoding(), {.source_pieces = 256, .characters = 5});
  const auto translations = translator.translate({"w5 w6 w7", "w5 w6"});
  EXPECT_EQ(translations[0], translations[1]);
  EXPECT_EQ(translator.score({"w5"}, {"w5 w6 w7"}), translator.score({"w5"}, {"w5 w6"}));
  translator.align({"w5 w6 w7"}, {"w5 w6 w7"});  // counted already
  ::testing::internal::CaptureStderr();
  translator.warn_of_losses();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("2 lines cut to 5 characters (data.max_characters)"));
}

TEST(Translator, KeepsWithinTheLearnedPositions) {
  set_num_threads(1);
  ModelConfig config = testing::tiny_config();
  config.positions = Positions::kLearned;
  config.max_positions = 6;
  Translator translator(testing::tiny_model(config, kVocabulary), shared_tokenizers(), DecodeConfig{}, {256});
  const auto translations = translator.translate({"w5 w6 w7 w8 w9 w10 w11", "w5 w6 w7 w8 w9"});
  EXPECT_EQ(translations[0], translations[1]);
  const std::string& text = translations[0].text;
  EXPECT_LE(std::count(text.begin(), text.end(), ' ') + 1, 6);
}

TEST(Translator, NeverBreaksALine) {
  std::vector<std::string> pieces = word_tokenizer()->vocabulary().pieces();
  for (size_t i = 4; i < pieces.size(); ++i) pieces[i] += "\n\rx";
  const auto tokenizer = std::make_shared<Tokenizer>(Tokenizer::from_tokens(Vocabulary(pieces, SpecialIds{}, "test")));
  Translator translator(testing::tiny_model(testing::tiny_config(), kVocabulary), {word_tokenizer(), tokenizer},
                        decoding(), {256});
  const std::string text = translator.translate({"w5 w6 w7"})[0].text;
  EXPECT_FALSE(text.empty());
  EXPECT_EQ(text.find_first_of("\n\r"), std::string::npos);
}

// Each word twice, with an end that one line cannot show: hypotheses of other pieces read alike.
std::string twin(int64_t id) { return "w" + std::to_string(id / 2); }

Tokenizers tokenizers_with_twins() {
  std::vector<std::string> pieces = word_tokenizer()->vocabulary().pieces();
  for (size_t i = 4; i < pieces.size(); ++i) pieces[i] = twin(static_cast<int64_t>(i)) + (i % 2 == 0 ? "\n" : "\r");
  return {word_tokenizer(),
          std::make_shared<Tokenizer>(Tokenizer::from_tokens(Vocabulary(pieces, SpecialIds{}, "test")))};
}

// "w5 w8" as the tokenizer with twins reads it.
std::string in_twins(const std::string& text) {
  std::string result;
  for (const std::string_view word : split_tokens(text))
    result += (result.empty() ? "" : " ") + twin(std::stoll(std::string(word.substr(1)))) + " ";
  return result;
}

TEST(Translator, ListsTheBestOfHypothesesThatReadAlikeAndFillsTheirPlaces) {
  DecodeConfig config = decoding();
  config.beam_size = config.n_best = 12;
  const auto all = Translator(ending_model(), shared_tokenizers(), config, {256}).translate(some_lines(20));
  config.n_best = 4;
  const auto found = Translator(ending_model(), tokenizers_with_twins(), config, {256}).translate(some_lines(20));
  int merged = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    std::vector<TranslationHypothesis> expected;
    for (TranslationHypothesis one : all[i].hypotheses) {
      one.text = in_twins(one.text);
      const bool known = std::any_of(expected.begin(), expected.end(), [&](auto& e) { return e.text == one.text; });
      merged += known ? 1 : 0;
      if (!known && expected.size() < 4) expected.push_back(one);
    }
    if (all[i].text.empty()) continue;  // a blank line
    ASSERT_EQ(expected.size(), 4u);
    EXPECT_EQ(found[i].hypotheses, expected) << i;
  }
  EXPECT_GT(merged, 5);
}

TEST(Translator, CountsWhatItCutsAtBothLimits) {
  const EncoderDecoder model = ending_model();
  {
    const torch::NoGradGuard no_grad;
    model->output->bias[testing::kEos].fill_(-std::numeric_limits<float>::infinity());
  }
  DecodeConfig config = decoding();
  config.max_length = 13;
  config.max_length_ratio = 1;
  Translator translator(model, shared_tokenizers(), config, {256});
  const auto translations = translator.translate({"w5", "", "w5 w6 w7 w8", "w5 w6 w7"});
  translator.translate({"w5"});
  EXPECT_FALSE(translations[0].finished);
  EXPECT_TRUE(translations[1].finished);
  EXPECT_FALSE(translations[2].hypotheses.back().finished);
  ::testing::internal::CaptureStderr();
  translator.warn_of_losses();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "warning: 4 of 5 translations cut before their end, 2 at decode.max_length (13 pieces), "
            "2 at decode.max_length_ratio (10 pieces and 1 for each of the source)\n");
}

TEST(Translator, OfWhatEndsItSaysNothing) {
  Translator translator(ending_model(), shared_tokenizers(), decoding(), {256});
  for (const Translation& one : translator.translate({"w5 w6", "w7"})) EXPECT_TRUE(one.finished);
  ::testing::internal::CaptureStderr();
  translator.warn_of_losses();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(Translator, TellsHowManyLinesAreDoneAfterEachBatchAndCanBeEndedThere) {
  DecodeConfig config = decoding();
  config.batch_tokens = 8;
  Translator translator(ending_model(), shared_tokenizers(), config, {256});
  Lines lines = some_lines(12);
  lines.emplace_back();
  std::vector<int64_t> steps;
  translator.translate(lines, [&](int64_t count) { steps.push_back(count); });
  EXPECT_GT(steps.size(), 3u);
  EXPECT_EQ(std::accumulate(steps.begin(), steps.end(), int64_t{0}), static_cast<int64_t>(lines.size()));
  int64_t calls = 0;
  const auto stop_at_the_second = [&](int64_t) {
    if (++calls == 2) throw DataError("enough");
  };
  for (const int threads : {1, 3}) {
    set_num_threads(threads);
    calls = 0;
    EXPECT_THROW(translator.translate(lines, stop_at_the_second), DataError);
    EXPECT_EQ(calls, 2);
  }
  set_num_threads(1);
}

TEST(Translator, OfAModelThatIsNotFiniteSaysSo) {
  const EncoderDecoder model = ending_model();
  {
    const torch::NoGradGuard no_grad;
    model->output->bias.fill_(std::numeric_limits<float>::quiet_NaN());
  }
  Translator translator(model, shared_tokenizers(), decoding(), {256});
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(translator.translate({"w5"})[0].text, "");
  translator.warn_of_losses();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("1 empty translations"));
}

template <class Expected>
std::string message_of(const std::filesystem::path& model, const std::string& device = "",
                       const Lines& overrides = {}) {
  try {
    load_translation_model(model, device, overrides);
  } catch (const Expected& error) {
    return error.what();
  }
  return "";
}

TEST(TranslationModel, TranslatesAsTheModelThatWasSaved) {
  const ScratchDirectory scratch;
  const EncoderDecoder model = ending_model();
  write_checkpoint(scratch / "saved", checkpoint_of(model, shared_tokenizers()));
  const TranslationModel loaded = load_translation_model(scratch / "saved", "", {"decode.beam_size=4"});
  EXPECT_EQ(loaded.config.decode.beam_size, 4);
  DecodeConfig config = decoding();
  config.beam_size = 4;
  EXPECT_EQ(Translator(loaded.model, loaded.tokenizers, loaded.config.decode, {256}).translate(some_lines(9)),
            Translator(model, shared_tokenizers(), config, {256}).translate(some_lines(9)));
}

TEST(TranslationModel, RefusesWeightsThatDoNotFitTheVocabulary) {
  const ScratchDirectory scratch;
  const auto larger = word_tokenizer(kVocabulary + 1);
  write_checkpoint(scratch / "larger", checkpoint_of(ending_model(), {larger, larger}));
  EXPECT_THAT(message_of<CheckpointError>(scratch / "larger"), HasSubstr("embedding.weight"));
  write_checkpoint(scratch / "unlike", checkpoint_of(ending_model(), {word_tokenizer(), larger}));
  EXPECT_THAT(message_of<CheckpointError>(scratch / "unlike"), HasSubstr("found 31 source and 32 target pieces"));
}

TEST(TranslationModel, TakesNoOverridesButThoseOfDecoding) {
  EXPECT_THAT(message_of<ConfigError>("any", "", {"decode.n_best=2", "model.d_model=3"}),
              HasSubstr("--model.d_model: a trained model's config is fixed"));
}

TEST(TranslationModel, NamesADeviceThatIsNotThere) {
  if (at::globalContext().hasCUDA()) GTEST_SKIP() << "there is one";
  const ScratchDirectory scratch;
  write_checkpoint(scratch / "saved", checkpoint_of(ending_model(), shared_tokenizers()));
  EXPECT_THAT(message_of<ConfigError>(scratch / "saved", "cuda"), HasSubstr("--device: 'cuda'"));
}

}  // namespace
}  // namespace heed
