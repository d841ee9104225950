#include "data/outside_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/make_batch.h"
#include "support/piece_tokenizers.h"
#include "support/tiny_translator.h"
#include "text/whole_words.h"

namespace heed {
namespace {

using ::testing::ElementsAre;

constexpr int64_t kUnk = 1, kSize = testing::kVocabulary;

TEST(OutsideWords, HaveIdsFromTheVocabularysSizeOn) {
  const Tokenizers tokenizers = testing::shared_tokenizers();
  const Tokenizer& words = *tokenizers.target;
  OutsideWords outside(words);
  const std::string source = "w4 Bern  an Basel w5 Bern", target = "an w5 Bern nach Basel";
  EXPECT_THAT(outside.take_source(words.encode(source), words.normalized(source)),
              ElementsAre(4, kSize, kSize + 1, kSize + 2, 5, kSize));
  EXPECT_THAT(outside.words(), ElementsAre("Bern", "an", "Basel"));
  EXPECT_THAT(outside.target(words.encode(target), words.normalized(target)),
              ElementsAre(kSize + 1, 5, kSize, kUnk, kSize + 2));
}

TEST(OutsideWords, OfACutSourceAreThoseThatWereRead) {
  const Tokenizers tokenizers = testing::shared_tokenizers();
  OutsideWords outside(*tokenizers.target);
  std::vector<int32_t> ids = tokenizers.source->encode("Bern w4 Basel");
  ids.resize(2);
  EXPECT_THAT(outside.take_source(ids, "Bern w4 Basel"), ElementsAre(kSize, 4));
  EXPECT_THAT(outside.target(tokenizers.target->encode("Basel Bern"), "Basel Bern"), ElementsAre(kUnk, kSize));
}

// Sentencepiece's words, normalised, too, of which it makes one unk for a run of them; a word that reads like a special
// piece is none.
TEST(OutsideWords, OfSentencepieceAreThoseOfItsNormalisedText) {
  ModelConfig model;
  model.copy = true;
  const Tokenizers plain = testing::whole_word_tokenizers();
  const Tokenizers tokenizers = tokenizers_for(model, plain);
  EXPECT_TRUE(tokenizers.shared());
  EXPECT_NE(tokenizers.fingerprint(), plain.fingerprint());
  EXPECT_EQ(tokenizers.files(), plain.files());
  const Tokenizer& words = *tokenizers.target;
  const std::string text = "ein  Ｚug nach\u00a0Genf, Zug </s> Chur  Uri";
  const auto ids = words.encode(text);
  const auto unknown = unknown_words(words, words.normalized(text));
  EXPECT_EQ(std::count(ids.begin(), ids.end(), kUnk), 4);
  EXPECT_THAT(unknown, ElementsAre("Genf,", "</s>", "Chur", "Uri"));
  const auto merged = plain.target->encode(text);
  EXPECT_EQ(std::count(merged.begin(), merged.end(), kUnk), 2);

  OutsideWords outside(words);
  const int64_t size = words.vocabulary().size();
  const auto source = outside.take_source(ids, words.normalized(text));
  EXPECT_EQ(std::vector<int64_t>(source.end() - 3, source.end()), (std::vector<int64_t>{size + 1, size + 2, size + 3}));
  EXPECT_THAT(outside.target(words.encode("Uri Bonn Chur"), words.normalized("Uri Bonn Chur")),
              ElementsAre(size + 3, kUnk, size + 2));
}

// Where text has sentencepiece's own mark, pieces and words may not go together.
TEST(OutsideWords, AreNotToldApartWhereSpaceMarksStandInTheText) {
  ModelConfig model;
  model.copy = true;
  const Tokenizers tokenizers = tokenizers_for(model, testing::whole_word_tokenizers());
  const Tokenizer& words = *tokenizers.target;
  for (const std::string text : {"\u2581", "\u2581x", "a\u2581b", "a \u2581 b", "ein \u2581\u2581 Zug"}) {
    OutsideWords outside(words);
    const auto ids = words.encode(text);
    EXPECT_EQ(outside.take_source(ids, words.normalized(text)).size(), ids.size()) << text;
    for (const std::string& word : outside.words()) EXPECT_FALSE(word.empty()) << text;
  }
}

TEST(OutsideWords, AreOfTokenizersWithWholeWordsAlone) {
  ModelConfig model;
  EXPECT_FALSE(copies_words(model, testing::shared_tokenizers()));
  model.copy = true;
  EXPECT_TRUE(copies_words(model, testing::shared_tokenizers()));
}

TEST(OutsideWords, AreInABatchAsLabelsAndAsWhatCopyingWrites) {
  const std::vector<CopiedIds> copies = {{{kSize, 7}, {}}, {{kSize, kSize + 1}, {kSize + 1, 9}}};
  const Batch batch = make_batch({{kUnk, 7}, {kUnk, kUnk}}, {{}, {kUnk, 9}}, SentenceFrame(), copies);
  EXPECT_THAT(batch.source_ids, ElementsAre(kUnk, 7, 3, kUnk, kUnk, 3));
  EXPECT_THAT(batch.copied_ids, ElementsAre(kSize, 7, 3, kSize, kSize + 1, 3));
  EXPECT_THAT(batch.target_input_ids, ElementsAre(2, 2, kUnk, 9));
  EXPECT_THAT(batch.label_ids, ElementsAre(3, kSize + 1, 9, 3));
}

}  // namespace
}  // namespace heed
