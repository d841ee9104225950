#include "decode/translator.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
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
#include "support/scratch_directory.h"
#include "support/tiny_model.h"
#include "support/tiny_translator.h"

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

TEST(Translator, GivesALineTheSameBitsWhateverItsPlaceAndBatch) {
  const EncoderDecoder model = ending_model();
  const Lines lines = some_lines(40);
  std::vector<size_t> order(lines.size());
  std::iota(order.begin(), order.end(), size_t{0});
  DecodeConfig config = decoding();
  const auto expected = Translator(model, shared_tokenizers(), config, 256).translate(lines);
  for (const int64_t batch_tokens : {1, 64, 20000}) {
    config.batch_tokens = batch_tokens;
    shuffle(order, RandomStream(static_cast<uint64_t>(batch_tokens)));
    Lines shuffled;
    for (const size_t i : order) shuffled.push_back(lines[i]);
    const auto found = Translator(model, shared_tokenizers(), config, 256).translate(shuffled);
    for (size_t i = 0; i < order.size(); ++i) EXPECT_EQ(found[i], expected[order[i]]) << batch_tokens;
  }
}

TEST(Translator, ScoreOfATranslationIsItsLogProbabilityBitForBit) {
  Translator translator(ending_model(), shared_tokenizers(), decoding(), 256);
  const Lines lines = some_lines(40);
  Lines sources, targets;
  std::vector<double> expected;
  const auto translations = translator.translate(lines);
  for (size_t i = 0; i < lines.size(); ++i)
    for (const TranslationHypothesis& one : translations[i].hypotheses) {
      const auto words = std::count(one.text.begin(), one.text.end(), ' ') + 1;
      if (words == decoding().max_length) continue;  // may lack its eos
      sources.push_back(lines[i]);
      targets.push_back(one.text);
      expected.push_back(one.log_probability);
    }
  EXPECT_GT(expected.size(), 40u);
  EXPECT_EQ(translator.score(sources, targets), expected);
}

TEST(Translator, BlankLinesStayEmpty) {
  Translator translator(ending_model(), shared_tokenizers(), decoding(), 256);
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
  Translator translator(ending_model(), shared_tokenizers(), decoding(), 3);
  ::testing::internal::CaptureStderr();
  const auto translations = translator.translate({"w5 w6 w7 w8 w9", "w5 w6 w7"});
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("1 of 2 source lines cut to 3 pieces"));
  EXPECT_EQ(translations[0], translations[1]);
}

TEST(Translator, KeepsWithinTheLearnedPositions) {
  at::set_num_threads(1);
  ModelConfig config = testing::tiny_config();
  config.positions = Positions::kLearned;
  config.max_positions = 6;
  Translator translator(testing::tiny_model(config, kVocabulary), shared_tokenizers(), DecodeConfig{}, 256);
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
                        decoding(), 256);
  const std::string text = translator.translate({"w5 w6 w7"})[0].text;
  EXPECT_FALSE(text.empty());
  EXPECT_EQ(text.find_first_of("\n\r"), std::string::npos);
}

TEST(Translator, OfAModelThatIsNotFiniteSaysSo) {
  const EncoderDecoder model = ending_model();
  {
    const torch::NoGradGuard no_grad;
    model->output->bias.fill_(std::numeric_limits<float>::quiet_NaN());
  }
  Translator translator(model, shared_tokenizers(), decoding(), 256);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(translator.translate({"w5"})[0].text, "");
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
  EXPECT_EQ(Translator(loaded.model, loaded.tokenizers, loaded.config.decode, 256).translate(some_lines(9)),
            Translator(model, shared_tokenizers(), config, 256).translate(some_lines(9)));
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
