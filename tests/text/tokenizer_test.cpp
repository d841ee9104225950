#include "text/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "core/error.h"
#include "core/utf8.h"
#include "text/generated_text.h"
#include "text/tokenizer_training.h"
#include "text/whole_words.h"

namespace heed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Tokenizers train(const TokenizerConfig& config, const std::vector<std::string>& lines, uint64_t seed = 1) {
  const TemporaryDirectory directory("tokenizer");
  const std::string file = directory.write("text", lines);
  return make_tokenizers(config, {.source = {file}, .target = {file}}, seed);
}

TokenizerConfig config_of(TokenizerType type, int64_t vocab_size = 120) {
  TokenizerConfig config;
  config.type = type;
  config.vocab_size = vocab_size;
  return config;
}

class EveryTokenizer : public testing::TestWithParam<TokenizerType> {};

TEST_P(EveryTokenizer, DecodesWhatItEncodedAndHasHeedsSpecialIds) {
  const std::vector<std::string> lines = generated_lines(500, 1);
  const Tokenizers tokenizers = train(
      config_of(GetParam(), GetParam() == TokenizerType::kWord || GetParam() == TokenizerType::kNone ? 9000 : 300),
      lines);
  EXPECT_EQ(tokenizers.source->vocabulary().special(), SpecialIds{});
  for (const std::string& line : lines) {
    ASSERT_EQ(tokenizers.source->decode(tokenizers.source->encode(line)), line);
  }
}

TEST_P(EveryTokenizer, DecodedPiecesLieInTheText) {
  const Tokenizers tokenizers = train(config_of(GetParam()), generated_lines(300, 1));
  const Tokenizer& tokenizer = *tokenizers.source;
  for (const std::string& line : generated_lines(60, 1)) {
    const std::vector<int32_t> encoded = tokenizer.encode(line);
    const std::vector<int64_t> ids(encoded.begin(), encoded.end());
    const std::string text = tokenizer.decode(encoded);
    const std::vector<TextPiece> pieces = tokenizer.decoded_pieces(ids);
    ASSERT_EQ(pieces.size(), ids.size());
    size_t end = 0;
    for (size_t i = 0; i < ids.size(); ++i) {
      EXPECT_EQ(pieces[i].id, ids[i]);
      EXPECT_LE(pieces[i].begin, pieces[i].end);
      for (size_t gap = end; gap < pieces[i].begin; ++gap) EXPECT_EQ(text[gap], ' ');
      end = pieces[i].end;
    }
    EXPECT_EQ(end, text.size()) << text;
  }
}

TEST_P(EveryTokenizer, BlankTextHasNoIds) {
  const Tokenizers tokenizers = train(config_of(GetParam()), generated_lines(300, 1));
  for (const char* text : {"", " ", "   \t ", "\u00A0", "\u3000", "\u200B", "\uFEFF"})
    EXPECT_TRUE(tokenizers.source->encode(text).empty()) << text;
  EXPECT_EQ(tokenizers.source->decode(std::span<const int32_t>()), "");
}

TEST_P(EveryTokenizer, PiecesAreThoseOfTheIdsAndUnknownOnesStandAsInTheText) {
  const Tokenizers tokenizers = train(config_of(GetParam()), generated_lines(300, 1));
  const Tokenizer& tokenizer = *tokenizers.source;
  for (const std::string& line : generated_lines(50, 1)) {
    std::vector<std::string> expected;
    for (const int32_t id : tokenizer.encode(line)) expected.push_back(tokenizer.vocabulary().piece(id));
    if (std::find(expected.begin(), expected.end(), "<unk>") != expected.end()) continue;
    EXPECT_EQ(tokenizer.pieces(line), expected);
  }
  EXPECT_THAT(tokenizer.pieces("\u2603"), testing::Contains(HasSubstr("\u2603")));
}

TEST_P(EveryTokenizer, NeverEncodesControlPieces) {
  const Tokenizers tokenizers = train(config_of(GetParam()), generated_lines(300, 1));
  for (const int32_t id : tokenizers.source->encode("a <pad> b </s> <s>")) {
    EXPECT_TRUE(id == 1 || !tokenizers.source->vocabulary().is_special(id)) << id;
  }
}

TEST_P(EveryTokenizer, FilesGiveBackTheSameTokenizers) {
  TokenizerConfig config = config_of(GetParam());
  for (const bool shared : {true, false}) {
    config.shared = shared;
    const Tokenizers tokenizers = train(config, generated_lines(300, 1));
    const Tokenizers again = Tokenizers::from_files(tokenizers.files(), "run");
    EXPECT_EQ(again.shared(), shared);
    EXPECT_EQ(again.fingerprint(), tokenizers.fingerprint());
    EXPECT_EQ(again.files(), tokenizers.files());
    EXPECT_EQ(again.target->encode("bako liner"), tokenizers.target->encode("bako liner"));
  }
}

TEST_P(EveryTokenizer, TrainingTwiceGivesTheSameBytes) {
  const std::vector<std::string> lines = generated_lines(400, 3);
  EXPECT_EQ(train(config_of(GetParam()), lines).files(), train(config_of(GetParam()), lines).files());
}

INSTANTIATE_TEST_SUITE_P(Tokenizer, EveryTokenizer,
                         testing::Values(TokenizerType::kBpe, TokenizerType::kChar, TokenizerType::kWord,
                                         TokenizerType::kNone),
                         [](const auto& test) { return std::string(name_of(test.param)); });
INSTANTIATE_TEST_SUITE_P(UnigramTokenizer, EveryTokenizer, testing::Values(TokenizerType::kUnigram),
                         [](const auto& test) { return std::string(name_of(test.param)); });

TEST(Tokenizer, EncodesTheSameFromEightThreads) {
  const std::vector<std::string> lines = generated_lines(500, 1);
  const Tokenizers tokenizers = train(config_of(TokenizerType::kBpe), lines);
  std::vector<std::vector<int32_t>> expected;
  for (const std::string& line : lines) expected.push_back(tokenizers.source->encode(line));
  std::atomic<int> mismatches = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (size_t i = 0; i < lines.size(); ++i) mismatches += tokenizers.source->encode(lines[i]) != expected[i];
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(mismatches, 0);
}

TEST(Tokenizer, DamagedModelsAreRefusedOrWork) {
  const std::string model = train(config_of(TokenizerType::kBpe), generated_lines(300, 1)).source->model_bytes();
  for (size_t size = 0; size < 2000; size += 7) {
    EXPECT_THROW(Tokenizer::from_model(model.substr(0, size), "cut.model"), DataError) << size;
  }
  const std::string oversized_piece = std::string("\x0A\x84\x10\x0A\x80\x10", 6) + std::string(2048, 'a') + "\x10";
  EXPECT_THROW(Tokenizer::from_model(oversized_piece, "bad.model"), DataError);
  EXPECT_THROW(Tokenizer::from_model("hello", "bad.model"), DataError);
}

TEST(Tokenizer, AModelWithoutEndOfSentenceIsRefusedByName) {
  // A unigram model written by hand: piece "a" of type normal, "<unk>" of type unknown, empty trainer and normalizer.
  const std::string model(
      "\x0A\x0A\x0A\x01"
      "a\x15\x00\x00\x80\xBF\x18\x01"
      "\x0A\x0E\x0A\x05<unk>\x15\x00\x00\x00\x00\x18\x02"
      "\x12\x00\x1A\x00",
      32);
  try {
    Tokenizer::from_model(model, "given.model");
    FAIL() << "accepted";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("given.model: no bos piece"));
  }
}

// As models trained by Marian have them: one vocabulary in an order of its own, of two models and pieces of neither.
TEST(TokenizerWithOwnIds, FindsPiecesByTextAndSurvivesItsFiles) {
  const Tokenizers plain = train(config_of(TokenizerType::kBpe, 120), generated_lines(300, 1));
  std::vector<std::string> pieces = {"</s>", "<unk>", ">>de<<", "\u65E5"};
  for (int64_t id = plain.source->vocabulary().size() - 1; id > 3; --id)
    pieces.push_back(plain.source->vocabulary().piece(id));
  pieces.push_back("<pad>");
  const auto pad = static_cast<int64_t>(pieces.size()) - 1;
  const Vocabulary vocabulary(pieces, {-1, 1, pad, 0}, "test");
  const auto own =
      std::make_shared<Tokenizer>(Tokenizer::from_model(plain.source->model_bytes(), vocabulary, "own.model"));
  for (const std::string& line : generated_lines(50, 2)) {
    const auto ids = own->encode(line), model_ids = plain.source->encode(line);
    ASSERT_EQ(ids.size(), model_ids.size());
    for (size_t i = 0; i < ids.size(); ++i)
      EXPECT_EQ(vocabulary.piece(ids[i]), plain.source->vocabulary().piece(model_ids[i]));
    EXPECT_EQ(own->decode(ids), plain.source->decode(model_ids));
    EXPECT_EQ(own->encode_sampled(line, 0, RandomStream(1)), ids);
  }
  EXPECT_EQ(own->encode(">>de<<").front(), 2);        // a language code is one piece
  EXPECT_EQ(own->encode("\u65E5").back(), 3);         // unknown to the model, a piece all the same
  EXPECT_EQ(own->encode(">>xx<< \u672C").back(), 1);  // unknown to both

  const Tokenizers both{own, own};
  EXPECT_NE(both.fingerprint(), plain.fingerprint());
  const Tokenizers back = Tokenizers::from_files(both.files(), "test");
  EXPECT_TRUE(back.source->has_own_ids());
  EXPECT_EQ(back.fingerprint(), both.fingerprint());
  EXPECT_EQ(back.files(), both.files());
}

TEST(TokenizersFromFiles, AModelThatDoesNotFitTheVocabularyIsRefused) {
  auto files = train(config_of(TokenizerType::kBpe, 120), generated_lines(300, 1)).files();
  files["tokenizer.model"] =
      train(config_of(TokenizerType::kBpe, 121), generated_lines(300, 1)).files()["tokenizer.model"];
  try {
    Tokenizers::from_files(files, "runs/x");
    FAIL() << "accepted";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("runs/x/tokenizer.model has 121 pieces that are not the 120 pieces of"));
  }
  files.erase("vocabulary.json");
  EXPECT_THROW(Tokenizers::from_files(files, "runs/x"), DataError);
}

TEST(Tokenizer, TokensAreWhatSpacesSeparate) {
  EXPECT_THAT(split_tokens("  a b\tc\u2028d "), ElementsAre("a", "b", "c\u2028d"));
  const Tokenizers tokenizers = train(config_of(TokenizerType::kNone, 6), {"b a b", "c a", "</s> </s> </s>"});
  EXPECT_THAT(tokenizers.source->vocabulary().pieces(), ElementsAre("<pad>", "<unk>", "<s>", "</s>", "a", "b"));
  EXPECT_THAT(tokenizers.source->encode("a b c"), ElementsAre(4, 5, 1));
  EXPECT_EQ(tokenizers.source->decode(std::vector<int64_t>{2, 4, 1, 5, 3}), "a <unk> b");
}

// Pieces lie one after another in the text, and together they hold all of it but spaces.
TEST_P(EveryTokenizer, CutSaysWhichBytesAPieceIsMadeOf) {
  const std::vector<std::string> lines = generated_lines(300, 1);
  const bool whole_words = GetParam() == TokenizerType::kWord || GetParam() == TokenizerType::kNone;
  const Tokenizers tokenizers = train(config_of(GetParam(), whole_words ? 9000 : 300), lines);
  const Tokenizer& tokenizer = *tokenizers.source;
  for (const std::string& line : {lines[0], "  " + lines[1] + "\t \t" + lines[2] + " "}) {
    size_t end = 0;
    std::vector<int32_t> ids;
    for (const TextPiece& piece : tokenizer.cut(line)) {
      ids.push_back(piece.id);
      EXPECT_TRUE(is_blank(line.substr(end, piece.begin - end)));
      EXPECT_LE(end, piece.begin);
      EXPECT_LE(piece.begin, piece.end);
      end = piece.end;
      const auto words = split_tokens(std::string_view(line).substr(piece.begin, piece.end - piece.begin));
      EXPECT_EQ(words.empty() ? "" : words.front(), tokenizer.decode(std::vector<int32_t>{piece.id}));
    }
    EXPECT_TRUE(is_blank(line.substr(end)));
    EXPECT_EQ(ids, tokenizer.encode(line));
  }
}

}  // namespace
}  // namespace heed
