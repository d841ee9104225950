#include "text/language_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heed {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(LanguageCode, BeginsTheTextAndEndsWithTheFirstAngles) {
  EXPECT_EQ(language_code_length(">>fr<< text"), 6u);
  EXPECT_EQ(language_code_length(">>fr<<>>de<<"), 6u);
  EXPECT_EQ(language_code_length(">><<"), 4u);
  for (const char* text : {"", ">>", ">>fr", " >>fr<<", "<<", "fr<<", ">fr<<"})
    EXPECT_EQ(language_code_length(text), 0u);
}

TEST(LanguageCode, IsAPieceAsItIsOrBehindTheMarkOfASpace) {
  const Vocabulary vocabulary({"<pad>", "<unk>", "<s>", "</s>", ">>fr<<", "\u2581>>de<<", ">>", "<<", "a>>en<<",
                               ">>x<<y", "\u2581", ">>it<<", "\u2581>>it<<"},
                              {}, "test");
  EXPECT_EQ(find_language_code(vocabulary, ">>fr<<"), 4);
  EXPECT_EQ(find_language_code(vocabulary, ">>de<<"), 5);
  EXPECT_EQ(find_language_code(vocabulary, ">>it<<"), 12);
  EXPECT_EQ(find_language_code(vocabulary, ">>en<<"), std::nullopt);
  EXPECT_THAT(language_codes(vocabulary),
              ElementsAre(Pair(">>de<<", "\u2581>>de<<"), Pair(">>fr<<", ">>fr<<"), Pair(">>it<<", "\u2581>>it<<")));
}

}  // namespace
}  // namespace heed
