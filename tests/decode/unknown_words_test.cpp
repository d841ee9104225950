#include "decode/unknown_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "decode/translator.h"
#include "support/piece_tokenizers.h"
#include "support/scratch_directory.h"
#include "support/tiny_translator.h"
#include "text/tokenizer_training.h"

namespace heed {
namespace {

constexpr int64_t kUnk = 1;

TEST(UnknownWords, GetTheWordThatIsLookedAtMost) {
  const Tokenizers tokenizers = testing::shared_tokenizers();
  const Tokenizer& words = *tokenizers.target;
  const TranslationHypothesis translation{"<unk> w5 <unk>", 0, 0, true, {kUnk, 5, kUnk}, {}};
  const torch::Tensor seen = torch::tensor({.1, .2, .6, .1,  //
                                            .9, .0, .0, .1,  //
                                            .0, .3, .2, .5,  // the end is looked at most, and is no word
                                            .2, .2, .2, .4},
                                           torch::kFloat)
                                 .view({4, 4});
  EXPECT_EQ(with_source_words(translation, words, seen, "w4 Zürich 1848", words), "1848 w5 Zürich");
  EXPECT_EQ(with_source_words(translation, words, seen, "w4 (Zürich), 1848.", words), "1848 w5 Zürich");
  EXPECT_EQ(with_source_words(translation, words, seen, "w4 ... !", words), "! w5 ...");
  EXPECT_EQ(with_source_words(translation, words, seen.narrow(0, 0, 2), "w4 Zürich 1848", words), "1848 w5 <unk>");
  EXPECT_EQ(with_source_words(translation, words, seen.narrow(1, 0, 1), "w4", words), "<unk> w5 <unk>");  // all unread
}

TEST(UnknownWords, ThatStandBesideEachOtherStayApart) {
  const Tokenizers tokenizers = testing::shared_tokenizers();
  const Tokenizer& words = *tokenizers.target;
  const TranslationHypothesis translation{"<unk> <unk> w5", 0, 0, true, {kUnk, kUnk, 5}, {}};
  const torch::Tensor seen = torch::eye(4);
  EXPECT_EQ(with_source_words(translation, words, seen, "Zug Uri w5", words), "Zug Uri w5");
  const int64_t size = testing::kVocabulary;
  EXPECT_EQ(with_copied_words({size + 1, size, 5, size, kUnk, size}, words, {"Zug", "Uri"}),
            "Uri Zug w5 Zug <unk> Zug");
}

TEST(UnknownWords, OfSentencepieceStayApartToo) {
  const Tokenizers tokenizers = testing::whole_word_tokenizers();
  const Tokenizer& words = *tokenizers.target;
  const int64_t size = words.vocabulary().size(), known = words.encode("nach").front();
  EXPECT_EQ(with_copied_words({size, size + 1, known, size + 1, size}, words, {"Chur", "Uri"}),
            "Chur Uri nach Uri Chur");
  EXPECT_EQ(with_copied_words({known, size, known}, words, {"Chur"}), "nach Chur nach");
}

// The unknown piece reads " ⁇ "; the word is more than one piece of the source.
TEST(UnknownWords, OfSentencepieceTakeTheWholeWord) {
  const ScratchDirectory scratch;
  std::vector<std::string> lines;
  for (const std::string& line : testing::some_lines(60)) lines.push_back(line.empty() ? "w4" : line);
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  const std::string file = scratch / "text";
  put(file, text);
  TokenizerConfig config;
  config.type = TokenizerType::kBpe;
  config.vocab_size = 24;
  const Tokenizers tokenizers = make_tokenizers(config, {.source = {file}, .target = {file}}, 1);
  const Tokenizer& pieces = *tokenizers.target;
  const std::string source = "w12 w29 w7";
  const std::vector<TextPiece> cut = pieces.cut(source);
  ASSERT_GT(cut.size(), 3u);
  for (size_t piece = 0; piece < cut.size(); ++piece) {
    const auto known = pieces.encode("w5");
    std::vector<int64_t> ids(known.begin(), known.end());
    ids.push_back(kUnk);
    ids.insert(ids.end(), known.begin(), known.end());
    torch::Tensor seen = torch::zeros({static_cast<int64_t>(ids.size()) + 1, static_cast<int64_t>(cut.size()) + 1});
    seen.select(1, static_cast<int64_t>(piece)).fill_(1);
    const std::string word = cut[piece].end <= 3 ? "w12" : cut[piece].end <= 7 ? "w29" : "w7";
    EXPECT_EQ(with_source_words({"", 0, 0, true, ids, {}}, pieces, seen, source, pieces), "w5 " + word + " w5");
  }
}

TEST(UnknownWords, AreReplacedInEveryTranslationThatHasThem) {
  EncoderDecoder model = testing::ending_model();
  {
    const torch::NoGradGuard no_grad;
    model->output->bias[kUnk].fill_(4);
  }
  DecodeConfig config = testing::decoding();
  config.allow_unk = true;
  std::vector<std::string> lines = testing::some_lines(12);
  for (std::string& line : lines)
    if (!line.empty()) line += " Zürich Genf";
  const auto plain = Translator(model, testing::shared_tokenizers(), config, {256}).translate(lines);
  config.replace_unknown = true;
  const auto replaced = Translator(model, testing::shared_tokenizers(), config, {256}).translate(lines);
  int64_t unknown = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(replaced[i].text, replaced[i].hypotheses.front().text);
    for (size_t k = 0; k < plain[i].hypotheses.size(); ++k) {
      const TranslationHypothesis &one = plain[i].hypotheses[k], &other = replaced[i].hypotheses[k];
      EXPECT_EQ(other.ids, one.ids);
      EXPECT_EQ(other.text.find("<unk>"), std::string::npos) << other.text;
      const bool had_one = one.text.find("<unk>") != std::string::npos;
      unknown += had_one;
      EXPECT_EQ(other.text == one.text, !had_one);
    }
  }
  EXPECT_GT(unknown, 5);
}

// A translation cut at the limit has a piece more than the decoder can read behind bos; nobody reads its last one.
TEST(UnknownWords, AreReplacedUpToTheLastLearnedPosition) {
  ModelConfig shape = testing::tiny_config();
  shape.positions = Positions::kLearned;
  shape.max_positions = 6;
  shape.output_bias = true;
  EncoderDecoder model = testing::tiny_model(shape, testing::kVocabulary);
  {
    const torch::NoGradGuard no_grad;
    model->output->bias.fill_(-50);
    model->output->bias[kUnk].fill_(0);
  }
  DecodeConfig config = testing::decoding();
  config.allow_unk = config.replace_unknown = true;
  config.beam_size = config.n_best = 1;
  const Translation found =
      Translator(model, testing::shared_tokenizers(), config, {256}).translate({"Zürich Genf"})[0];
  EXPECT_EQ(found.ids, std::vector<int64_t>(6, kUnk));
  EXPECT_THAT(found.text, ::testing::MatchesRegex("((Zürich|Genf) ){5}(Zürich|Genf)"));
}

}  // namespace
}  // namespace heed
