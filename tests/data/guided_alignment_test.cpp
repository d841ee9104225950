#include "data/guided_alignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "core/error.h"
#include "core/logging.h"
#include "data/make_batch.h"
#include "text/generated_text.h"
#include "text/tokenizer_training.h"
#include "text/word_numbers.h"

namespace heed {
namespace {

using testing::HasSubstr;

std::string error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

// Three pairs; the second one has an empty side and is dropped.
class GuidedAlignmentTest : public testing::Test {
 protected:
  explicit GuidedAlignmentTest(TokenizerType type = TokenizerType::kNone) {
    source_ = directory_.write("train.en", "a b c\n\nlonger words here\n");
    target_ = directory_.write("train.de", "x y\nz\nlange Worte\n");
    TokenizerConfig config;
    config.type = type;
    config.vocab_size = 40;
    config.shared = false;
    set_quiet(true);
    tokenizers_ = make_tokenizers(config, {.source = {source_}, .target = {target_}}, 1);
    options_.cache_directory = directory_ / "cache";
    options_.train = {{source_}, {target_}};
    corpus_.emplace(ParallelCorpus::open({{source_}, {target_}}, options_, tokenizers_, {KeepText::kYes}));
    set_quiet(false);
  }

  GuidedAlignment read(const std::string& links) {
    return GuidedAlignment::read({directory_.write("train.align", links)}, *corpus_, tokenizers_, options_);
  }
  std::string refusal(const std::string& links) {
    return error_of([&] { read(links); });
  }

  TemporaryDirectory directory_{"guided_alignment"};
  std::string source_, target_;
  DataConfig options_;
  Tokenizers tokenizers_;
  std::optional<ParallelCorpus> corpus_;
};

TEST_F(GuidedAlignmentTest, LinksComeWithTheSentencesOfABatchWhateverWasDropped) {
  const GuidedAlignment guide = read("0-1 2-0\n5-7\n1-1\n");
  const std::vector<int32_t> sentences = {1, 0};
  const Batch batch = make_batch({*corpus_, tokenizers_, &guide}, sentences, {});
  ASSERT_EQ(batch.links.size(), 2u);
  EXPECT_EQ(batch.links[0], (std::vector<PieceLink>{{1, 1}}));
  EXPECT_EQ(batch.links[1], (std::vector<PieceLink>{{0, 1}, {2, 0}}));
  EXPECT_TRUE(make_batch({*corpus_, tokenizers_}, sentences, {}).links.empty());
}

TEST_F(GuidedAlignmentTest, WhatIsNoAlignmentOfTheCorpusIsOneLineWithItsPlace) {
  EXPECT_THAT(refusal("0-1\n\n0_0\n"), HasSubstr("train.align:3: expected links like 0-0 1-2"));
  EXPECT_THAT(refusal("0-1\n\n0-0-0\n"), HasSubstr("found '0-0-0'"));
  EXPECT_THAT(refusal("-1-1\n\n\n"), HasSubstr("found '-1-1'"));
  EXPECT_THAT(refusal("99999999999-1\n\n\n"), HasSubstr("train.align:1"));
  EXPECT_THAT(refusal("3-0\n\n\n"),
              HasSubstr("train.align:1: 3-0 is beyond the pair, which has 3 source and 2 target words"));
  EXPECT_THAT(refusal("0-0\n\n0-2\n"), HasSubstr("train.align:3: 0-2 is beyond the pair"));
  EXPECT_THAT(refusal("0-0\n"), HasSubstr("train.align: 1 lines, but"));
  EXPECT_THAT(refusal("\n\n\n0-0\n"), HasSubstr("train.en has 3: expected one for each of its lines"));
  EXPECT_EQ(refusal("\n\n\n"), "no error");
}

// Links of what was cut off lead nowhere, and are no fault of the alignment's.
TEST_F(GuidedAlignmentTest, WordsBeyondACutAreNotMissed) {
  options_.max_source_length = 2;
  options_.too_long = TooLong::kTruncate;
  set_quiet(true);
  corpus_.emplace(ParallelCorpus::open({{source_}, {target_}}, options_, tokenizers_, {KeepText::kYes}));
  set_quiet(false);
  const GuidedAlignment guide = read("2-0 1-1\n\n0-0\n");
  const std::vector<int32_t> sentences = {0};
  EXPECT_EQ(make_batch({*corpus_, tokenizers_, &guide}, sentences, {}).links[0], (std::vector<PieceLink>{{1, 1}}));
}

TEST_F(GuidedAlignmentTest, OtherLinksAreOtherTrainingText) {
  const GuidedAlignment first = read("0-0\n\n\n"), second = read("0-1\n\n\n");
  EXPECT_NE(fingerprint_of(&first), fingerprint_of(&second));
  EXPECT_EQ(fingerprint_of(nullptr), "none");
}

class GuidedAlignmentOfPieces : public GuidedAlignmentTest {
 protected:
  GuidedAlignmentOfPieces() : GuidedAlignmentTest(TokenizerType::kBpe) {}
};

// Every piece of a word is linked to every piece of the other, cut with noise or without.
TEST_F(GuidedAlignmentOfPieces, WordsAreLinkedPieceByPiece) {
  const GuidedAlignment guide = read("\n\n0-1 2-0\n");
  for (const double noise : {0.0, 0.5}) {
    const std::vector<int32_t> sentences = {1};
    const Batch batch = make_batch({*corpus_, tokenizers_, &guide}, sentences, {noise, 1, 1, 256, 256});
    const auto words = [](const std::vector<int64_t>& ids, int64_t eos, const Tokenizer& tokenizer) {
      std::vector<int32_t> pieces;
      for (const int64_t id : ids)
        if (id != eos) pieces.push_back(static_cast<int32_t>(id));
      return words_of_pieces(pieces, tokenizer);
    };
    const auto source = words(batch.source_ids, 3, *tokenizers_.source),
               target = words(batch.label_ids, 3, *tokenizers_.target);
    EXPECT_EQ(source.back(), 2);
    EXPECT_EQ(target.back(), 1);
    std::vector<PieceLink> expected;
    for (const auto& [s_word, t_word] : {std::pair(0, 1), std::pair(2, 0)})
      for (size_t t = 0; t < target.size(); ++t)
        for (size_t s = 0; s < source.size(); ++s)
          if (source[s] == s_word && target[t] == t_word)
            expected.push_back({static_cast<int32_t>(s), static_cast<int32_t>(t)});
    EXPECT_EQ(batch.links[0], expected);
  }
}

class GuidedAlignmentOfWords : public GuidedAlignmentTest {
 protected:
  GuidedAlignmentOfWords() : GuidedAlignmentTest(TokenizerType::kWord) {}

  // Links of the first pair of another text, cut by the same tokenizers.
  std::vector<PieceLink> links_of(const std::string& source, const std::string& target, const std::string& links) {
    options_.train = {{directory_.write("other.en", source + "\n")}, {directory_.write("other.de", target + "\n")}};
    set_quiet(true);
    corpus_.emplace(ParallelCorpus::open(options_.train, options_, tokenizers_, {}));
    set_quiet(false);
    const GuidedAlignment guide = read(links + "\n");
    const std::vector<int32_t> sentences = {0};
    return make_batch({*corpus_, tokenizers_, &guide}, sentences, {}).links[0];
  }
};

// sentencepiece makes one unknown piece of unknown words beside each other.
TEST_F(GuidedAlignmentOfWords, UnknownWordsAreCounted) {
  EXPECT_EQ(links_of("a zzz c", "x zzz", "1-1 2-0"), (std::vector<PieceLink>{{1, 1}, {2, 0}}));
  EXPECT_EQ(links_of("zzz yyy c", "x y", "2-1 0-0"), (std::vector<PieceLink>{{1, 1}, {0, 0}}));
}

TEST_F(GuidedAlignmentOfWords, WordsBeyondTheCharactersThatAreReadAreNotMissed) {
  options_.max_characters = 4;
  options_.too_long = TooLong::kTruncate;
  EXPECT_EQ(links_of("a b c", "x y", "0-1 2-0"), (std::vector<PieceLink>{{0, 1}}));
}

// The numbers that heed writes in its own alignments, told from the pieces alone.
TEST(WordsOfPieces, AreThoseOfTheLineInScriptsWithoutSpacesToo) {
  const TemporaryDirectory directory("words_of_pieces");
  const std::vector<std::string> lines = {"我喜欢北京的秋天", "the 北京 news", "北京 很 大", "plain words here",
                                          "我们 go to 北京大学 now"};
  std::string text;
  for (int copy = 0; copy < 20; ++copy)
    for (const std::string& line : lines) text += line + "\n";
  const std::string file = directory.write("text", text);
  TokenizerConfig config;
  config.type = TokenizerType::kBpe;
  config.vocab_size = 60;
  set_quiet(true);
  const Tokenizers tokenizers = make_tokenizers(config, {.source = {file}, .target = {file}}, 1);
  set_quiet(false);
  for (const std::string& line : lines) {
    const std::vector<int> of_line = word_numbers(line, tokenizers.source->cut(line));
    EXPECT_EQ(words_of_pieces(tokenizers.source->encode(line), *tokenizers.source),
              std::vector<int32_t>(of_line.begin(), of_line.end()))
        << line;
  }
}

}  // namespace
}  // namespace heed
