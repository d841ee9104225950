#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <functional>
#include <unordered_map>

#include "core/error.h"
#include "text/generated_text.h"
#include "text/tokenizer_training.h"

// Text that is trained on is cut as text to translate is: with subword noise and without, whatever the tokenizer's
// kind.
namespace heed {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> kSymbols = {">>fr<<", ">>de<<", "<name>", "@@"};

Tokenizer trained(TokenizerConfig config) {
  const TemporaryDirectory directory("one_way");
  config.vocab_size = 150;
  config.character_coverage = 0.999;  // so that some characters are unknown
  const std::string file = directory.write("text", generated_lines(600, 1));
  return Tokenizer::from_model(make_tokenizers(config, {.source = {file}, .target = {}}, 1).source->model_bytes(),
                               "test");
}

Tokenizer with_symbols(TokenizerType type, Normalization normalization = Normalization::kIdentity) {
  TokenizerConfig config;
  config.type = type;
  config.normalization = normalization;
  config.user_symbols = kSymbols;
  return trained(config);
}

// A model of somebody else's: keeps spaces as they are, or writes what it does not know in bytes.
Tokenizer foreign(const std::string& option) {
  const TemporaryDirectory directory("one_way");
  const std::string text = directory.write("text", generated_lines(600, 1)), prefix = directory / "model";
  const auto status = sentencepiece::SentencePieceTrainer::Train(
      "--input=" + text + " --model_prefix=" + prefix +
      " --model_type=bpe --vocab_size=500 --pad_id=3 --minloglevel=4 --character_coverage=0.999 " + option);
  if (!status.ok()) throw Error(status.ToString());
  TokenizerConfig config;
  config.source_model = prefix + ".model";
  return Tokenizer::from_model(make_tokenizers(config, {}, 1).source->model_bytes(), "test");
}

// As models that Marian trained have them: ids of its own, pieces that the model does not know, some that it knows not.
Tokenizer with_own_ids(TokenizerType type) {
  const Tokenizer plain = with_symbols(type);
  std::vector<std::string> pieces = {"</s>", "<unk>", ">>xx<<", "\u65E5", "\u65E5\u672C\u8A9E", "\u03A9"};
  for (int64_t id = plain.vocabulary().size() - 1; id > 3; --id)
    if (id % 7 != 0) pieces.push_back(plain.vocabulary().piece(id));
  pieces.push_back("<pad>");
  const auto pad = static_cast<int64_t>(pieces.size()) - 1;
  return Tokenizer::from_model(plain.model_bytes(), Vocabulary(pieces, {-1, 1, pad, 0}, "test"), "test");
}

std::vector<std::string> nasty_lines() {
  std::vector<std::string> lines = generated_lines(200, 7);
  for (const char* line : {"",
                           " ",
                           "\u3000",
                           "\u65E5\u672C\u8A9E \u03A9 x",
                           "aaaaaaaaaa",
                           "  two  spaces ",
                           "\uFB01 \u00BD \u00A0 \u00E9",
                           "\u2581\u2581ba",
                           "\u03A9\u03A9\u03A9",
                           "!",
                           "\U0001F600\U0001F600 ko",
                           "tab\tba",
                           "ba\u200Bko",
                           "\u65E5\u672C",
                           ">>fr<< ba ko",
                           ">>fr<<ba",
                           ">>fr<<",
                           ">>fr<<  ",
                           ">>fr<< \u3000",
                           " >>fr<< ba",
                           "ba >>fr<< ko",
                           ">>xx<< ba",
                           ">>yy<< ba",
                           ">>fr<<>>de<< ba",
                           ">>",
                           ">><<",
                           "<< >>fr<<",
                           ">> a << b",
                           "<name>",
                           "ba<name>ko @@ li@@",
                           "<name>\u03A9<name>",
                           "\u65E5<name>\u65E5",
                           "</s> <unk> <pad>"}) {
    lines.push_back(line);
  }
  for (const std::string& line : generated_lines(50, 8))
    for (const std::string& symbol : kSymbols) {
      lines.push_back(symbol + " " + line);
      lines.push_back(line.substr(0, line.find(' ')) + symbol + line.substr(line.find(' ')));
    }
  return lines;
}

RandomStream stream(uint64_t line) { return RandomStream(random_key(5, Purpose::kSubwordNoise, {line})); }

struct Kind {
  std::string name;
  std::function<Tokenizer()> make;
};

class EveryKindOfTokenizer : public testing::TestWithParam<Kind> {};

TEST_P(EveryKindOfTokenizer, NoiseOfNoStrengthIsTheOrdinarySegmentation) {
  const Tokenizer tokenizer = GetParam().make();
  const bool best_of_all = tokenizer.type() == TokenizerType::kUnigram;  // the limit of its noise; ties are drawn
  int different = 0;
  const std::vector<std::string> lines = nasty_lines();
  for (const std::string& line : lines) {
    const auto sampled = tokenizer.encode_sampled(line, best_of_all ? 1e5 : 0, stream(0));
    different += sampled != tokenizer.encode(line) ? 1 : 0;
    EXPECT_TRUE(best_of_all || sampled == tokenizer.encode(line)) << line;
  }
  EXPECT_LE(different, static_cast<int>(lines.size()) / 100);
}

class TokenizerWithSymbols : public EveryKindOfTokenizer {};

TEST_P(TokenizerWithSymbols, NoiseKeepsThemAndLanguageCodesWhole) {
  const Tokenizer tokenizer = GetParam().make();
  const auto code = tokenizer.vocabulary().find("\u2581>>fr<<"), name = tokenizer.vocabulary().find("<name>");
  ASSERT_TRUE(code && name);
  for (uint64_t line = 0; line < 50; ++line) {
    const auto ids = tokenizer.encode_sampled(">>fr<< ba <name> ko", 0.5, stream(line));
    EXPECT_EQ(ids.front(), *code);
    EXPECT_THAT(ids, testing::Contains(*name));
  }
}

TEST_P(EveryKindOfTokenizer, BlankIsDecidedByTheText) {
  const Tokenizer tokenizer = GetParam().make();
  for (const char* blank : {"", " ", "   ", "\t", "\u00A0\u3000", "\u200B", "\uFEFF"}) {
    EXPECT_THAT(tokenizer.encode(blank), IsEmpty()) << blank;
    EXPECT_THAT(tokenizer.cut(blank), IsEmpty());
    EXPECT_THAT(tokenizer.encode_sampled(blank, 0.3, stream(1)), IsEmpty());
  }
}

const Kind kWithSymbols[] = {
    {"bpe_with_symbols", [] { return with_symbols(TokenizerType::kBpe); }},
    {"bpe_nmt_nfkc", [] { return with_symbols(TokenizerType::kBpe, Normalization::kNmtNfkc); }},
    {"bpe_own_ids", [] { return with_own_ids(TokenizerType::kBpe); }},
    {"unigram_with_symbols", [] { return with_symbols(TokenizerType::kUnigram); }},
    {"unigram_own_ids", [] { return with_own_ids(TokenizerType::kUnigram); }}};
const Kind kOthers[] = {{"bpe", [] { return trained({}); }},
                        {"bpe_of_bytes", [] { return foreign("--byte_fallback=true"); }},
                        {"bpe_keeping_spaces",
                         [] { return foreign("--remove_extra_whitespaces=false --normalization_rule_name=identity"); }},
                        {"bpe_without_dummy_prefix", [] { return foreign("--add_dummy_prefix=false"); }}};

std::string name_of_kind(const testing::TestParamInfo<Kind>& test) { return test.param.name; }

INSTANTIATE_TEST_SUITE_P(Symbols, EveryKindOfTokenizer, testing::ValuesIn(kWithSymbols), name_of_kind);
INSTANTIATE_TEST_SUITE_P(Others, EveryKindOfTokenizer, testing::ValuesIn(kOthers), name_of_kind);
INSTANTIATE_TEST_SUITE_P(Symbols, TokenizerWithSymbols, testing::ValuesIn(kWithSymbols), name_of_kind);

std::vector<std::string> pieces_of(const Tokenizer& tokenizer, const std::string& text) {
  std::vector<std::string> pieces;
  for (const int32_t id : tokenizer.encode(text)) pieces.push_back(tokenizer.vocabulary().piece(id));
  return pieces;
}

// As transformers' MarianTokenizer cuts it off (tests/interop/export_tokenizers.py runs that).
TEST(CutText, BeginsWithALanguageCodeAsOnePieceAndTheRestIsATextOfItsOwn) {
  for (const TokenizerType type :
       {TokenizerType::kBpe, TokenizerType::kUnigram, TokenizerType::kChar, TokenizerType::kWord}) {
    TokenizerConfig config;
    config.type = type;
    config.vocab_size = type == TokenizerType::kWord ? 9000 : 150;
    config.user_symbols = kSymbols;
    const TemporaryDirectory directory("one_way");
    const std::string file = directory.write("text", generated_lines(300, 1));
    const Tokenizers tokenizers = make_tokenizers(config, {.source = {file}, .target = {}}, 1);
    const Tokenizer& tokenizer = *tokenizers.source;
    std::vector<std::string> expected = pieces_of(tokenizer, "ba ko");
    expected.insert(expected.begin(), "\u2581>>fr<<");
    EXPECT_EQ(pieces_of(tokenizer, ">>fr<< ba ko"), expected);
    EXPECT_EQ(pieces_of(tokenizer, ">>fr<<ba ko"), expected);
    sentencepiece::SentencePieceProcessor alone;
    ASSERT_TRUE(alone.LoadFromSerializedProto(tokenizer.model_bytes()).ok());
    EXPECT_EQ(alone.EncodeAsPieces(">>fr<< ba ko"), expected);  // who has only the model
    EXPECT_THAT(pieces_of(tokenizer, ">>fr<<"), ElementsAre("\u2581>>fr<<"));
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(">>fr<< ba")), tokenizer.decode(tokenizer.encode(">>fr<<ba")));
  }
}

TEST(CutText, HasNoLanguageCodesButThoseOfTheVocabularyOrMarians) {
  const Tokenizer tokenizer = trained({});
  EXPECT_NE(tokenizer.encode(">>fr<< ba").size(), tokenizer.encode("ba").size() + 1);
  const Tokenizer own = with_own_ids(TokenizerType::kBpe);
  std::vector<int32_t> expected = own.encode("ba");
  expected.insert(expected.begin(), 1);
  EXPECT_EQ(own.encode(">>yy<< ba"), expected);  // Marian's, where it is unk
}

}  // namespace
}  // namespace heed
