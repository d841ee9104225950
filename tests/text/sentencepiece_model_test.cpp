#include "text/sentencepiece_model.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace heed {
namespace {

// Protobuf written by hand: a piece "a" with score -1, an empty trainer and normalizer.
std::string hand_written_model() {
  return std::string(
      "\x0A\x0A\x0A\x01"
      "a\x15\x00\x00\x80\xBF\x18\x01\x12\x00\x1A\x00",
      16);
}

std::string error_of(const std::string& bytes) {
  try {
    read_sentencepiece_model(bytes, "x.model");
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

TEST(SentencepieceModel, ReadsPiecesWithTheLibrarysDefaults) {
  const SentencepieceModel model = read_sentencepiece_model(hand_written_model(), "x.model");
  ASSERT_EQ(model.pieces.size(), 1u);
  EXPECT_EQ(model.pieces[0].text, "a");
  EXPECT_EQ(model.pieces[0].score, -1);
  EXPECT_EQ(model.type, ModelType::kUnigram);
}

TEST(SentencepieceModel, EveryTruncationIsRefused) {
  const std::string whole = hand_written_model();
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(error_of(whole.substr(0, size)), "no error") << size;
  }
}

TEST(SentencepieceModel, ALengthBeyondTheEndIsRefused) {
  std::string bytes = hand_written_model();
  bytes.back() = '\x05';  // the normalizer's length
  EXPECT_EQ(error_of(bytes), "x.model: not a sentencepiece model or damaged (ends too early)");
}

// The library's trie ends it there: two pieces become one, or none.
TEST(SentencepieceModel, APieceWithANulIsRefused) {
  std::string bytes = hand_written_model();
  bytes[4] = '\0';
  EXPECT_EQ(error_of(bytes), "x.model: not a sentencepiece model or damaged (a piece with a NUL byte)");
}

}  // namespace
}  // namespace heed
