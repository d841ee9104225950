#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "decode/translator.h"
#include "support/tiny_translator.h"
#include "text/whole_words.h"

// Words outside the vocabulary on their way through a translator (model.copy).
namespace heed {
namespace {

using ::testing::HasSubstr;

// One that copies nearly always.
EncoderDecoder copying_model(bool coverage, DecoderType decoder = DecoderType::kTransformer) {
  set_num_threads(1);
  ModelConfig config = testing::tiny_config();
  config.copy = true;
  config.coverage = coverage;
  config.decoder = decoder;
  EncoderDecoder model = testing::tiny_model(config, testing::kVocabulary);
  const torch::NoGradGuard no_grad;
  model->output->copy->gate->bias.fill_(4);
  if (coverage) model->output->copy->coverage.fill_(0.3);
  return model;
}

// Of several lengths, with words outside the vocabulary, of which some stand there twice.
std::vector<std::string> lines_with_names() {
  return {"w5 Bern w7 w8", "Basel", "w4 Genf Bern Genf w9 w11 Zug", "", "w10 w12", "Bern Basel Genf Zug Chur Bern"};
}

class Copying : public ::testing::TestWithParam<std::tuple<bool, DecoderType>> {
 protected:
  EncoderDecoder model() const { return copying_model(std::get<0>(GetParam()), std::get<1>(GetParam())); }
};

TEST_P(Copying, WritesWordsOutsideTheVocabulary) {
  const EncoderDecoder model = this->model();
  Translator translator(model, testing::shared_tokenizers(), testing::decoding(), {256});
  const std::vector<std::string> lines = lines_with_names();
  const auto translations = translator.translate(lines);
  for (size_t i = 0; i < lines.size(); ++i)
    for (const TranslationHypothesis& one : translations[i].hypotheses) {
      EXPECT_THAT(one.text, ::testing::Not(HasSubstr("<unk>")));
      EXPECT_LT(one.ids.empty() ? 0 : *std::max_element(one.ids.begin(), one.ids.end()), testing::kVocabulary);
      for (const std::string_view word : split_tokens(one.text))
        EXPECT_TRUE(word.starts_with("w") || lines[i].find(word) != std::string::npos)
            << one.text << " of " << lines[i];
    }
  EXPECT_THAT(translations[1].text, HasSubstr("Basel"));
}

TEST_P(Copying, ScoresWhatItWrites) {
  const EncoderDecoder model = this->model();
  Translator translator(model, testing::shared_tokenizers(), testing::decoding(), {256});
  std::vector<std::string> sources, targets;
  std::vector<double> expected;
  const std::vector<std::string> lines = lines_with_names();
  const auto translations = translator.translate(lines);
  for (size_t i = 0; i < lines.size(); ++i)
    for (const TranslationHypothesis& one : translations[i].hypotheses)
      if (one.finished && !one.text.empty()) {
        sources.push_back(lines[i]);
        targets.push_back(one.text);
        expected.push_back(one.log_probability);
      }
  ASSERT_GT(targets.size(), 4u);
  const auto scores = translator.score(sources, targets);
  for (size_t i = 0; i < targets.size(); ++i) EXPECT_NEAR(scores[i], expected[i], 1e-3) << targets[i];
}

TEST_P(Copying, OfALineDoesNotDependOnItsCompany) {
  const EncoderDecoder model = this->model();
  Translator translator(model, testing::shared_tokenizers(), testing::decoding(), {256});
  const auto together = translator.translate(lines_with_names());
  for (size_t i = 0; i < lines_with_names().size(); ++i)
    EXPECT_EQ(translator.translate({lines_with_names()[i]}).front(), together[i]) << i;
}

INSTANTIATE_TEST_SUITE_P(Kinds, Copying,
                         ::testing::Combine(::testing::Bool(),
                                            ::testing::Values(DecoderType::kTransformer, DecoderType::kRecurrent)));

TEST(CopyingOfWords, OfSeveralModelsIsTheirMean) {
  const EncoderDecoder model = copying_model(false);
  const Translation alone =
      Translator(model, testing::shared_tokenizers(), testing::decoding(), {256}).translate({"w5 Bern w7"}).front();
  const Translation twice = Translator({model, model}, testing::shared_tokenizers(), testing::decoding(), {256})
                                .translate({"w5 Bern w7"})
                                .front();
  EXPECT_EQ(alone.text, twice.text);
  EXPECT_NEAR(alone.log_probability, twice.log_probability, 1e-5);
}

TEST(CopyingOfWords, RanksByCoverageOfCopiedWords) {
  const EncoderDecoder model = copying_model(false);
  DecodeConfig config = testing::decoding();
  config.coverage_penalty = 0.5;
  Translator translator(model, testing::shared_tokenizers(), config, {256});
  for (const Translation& one : translator.translate(lines_with_names())) EXPECT_TRUE(std::isfinite(one.score));
}

}  // namespace
}  // namespace heed
