#include "eval/tokenizer_warning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/bleu.h"

namespace heed {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Lines = std::vector<std::string>;

bool warns(const Lines& references, BleuTokenizer tokenizer = BleuTokenizer::k13a) {
  return tokenizer_warning(references, tokenizer).has_value();
}

// The first article of the Universal Declaration of Human Rights.
const Lines kChinese = {"人人生而自由,在尊严和权利上一律平等。", "他们赋有理性和良心,并应以兄弟关系的精神相对待。"};
const Lines kJapanese = {"すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
                         "人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。"};
const Lines kThai = {"มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
                     "ต่างมีเหตุผลและมโนธรรม และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ"};
const Lines kEnglish = {"All human beings are born free and equal in dignity and rights.", "They are endowed."};

TEST(TokenizerWarning, NamesTheKeyForTextWithoutSpaces) {
  for (const Lines& references : {kChinese, kJapanese, kThai})
    for (const auto tokenizer : {BleuTokenizer::k13a, BleuTokenizer::kNone, BleuTokenizer::kInternational})
      EXPECT_TRUE(warns(references, tokenizer)) << references[0] << bleu_tokenizer_name(tokenizer);
  EXPECT_THAT(tokenizer_warning(kJapanese, BleuTokenizer::k13a).value(),
              AllOf(HasSubstr("13a finds 1.0 words a line"), HasSubstr("eval.bleu_tokenize"), HasSubstr("--tokenize"),
                    HasSubstr("char")));
}

// Why: the score of what is all but perfect is that of no translation.
TEST(TokenizerWarning, IsTrueOfTheScore) {
  Lines almost = kJapanese;
  for (std::string& line : almost) line += "はい";
  EXPECT_EQ(bleu(almost, {kJapanese}).score, 0);
  BleuOptions characters;
  characters.tokenizer = BleuTokenizer::kCharacter;
  EXPECT_GT(bleu(almost, {kJapanese}, characters).score, 90);
}

TEST(TokenizerWarning, IsNotMisledByAFewSpacesOrLatinWords) {
  EXPECT_TRUE(warns({"新しい GPU でモデルを学習するときの注意点", "この API は JSON 形式のデータを返します。"}));
  EXPECT_TRUE(warns({"請按 Ctrl+C 停止正在執行的程式", "安裝 Python 3.11 與所有相關的套件,然後重新啟動"}));
}

TEST(TokenizerWarning, CoversShortLines) { EXPECT_TRUE(warns({"はい", "設定", "保存する", "", "閉じる"})); }

TEST(TokenizerWarning, StaysAwayWhereTheTokenizerFits) {
  EXPECT_FALSE(warns(kChinese, BleuTokenizer::kChinese));
  for (const Lines& references : {kChinese, kJapanese, kThai})
    for (const auto tokenizer : {BleuTokenizer::kCharacter, BleuTokenizer::kSpm})
      EXPECT_FALSE(warns(references, tokenizer)) << references[0];
  EXPECT_TRUE(warns(kThai, BleuTokenizer::kChinese));  // knows only Chinese characters
}

TEST(TokenizerWarning, StaysAwayFromTextCutIntoWords) {
  EXPECT_FALSE(warns({"人人 生 而 自由 , 在 尊严 和 权利 上 一律 平等 。"}));
  EXPECT_FALSE(warns({"มนุษย์ ทั้งหลาย เกิด มา มี อิสระ และ เสมอภาค กัน"}));
}

TEST(TokenizerWarning, StaysAwayFromScriptsWithSpaces) {
  EXPECT_FALSE(warns(kEnglish));
  EXPECT_FALSE(warns({"yes", "no", "Donaudampfschifffahrtsgesellschaft"}));  // a word a line
  EXPECT_FALSE(warns({"예", "아니요", "설정"}));
  EXPECT_FALSE(warns({"모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다."}));
  EXPECT_FALSE(warns({"نعم", "لا"}));
  EXPECT_FALSE(warns({"The word 自由 means freedom", "and 平等 means equality"}));
  EXPECT_FALSE(warns({}));
  EXPECT_FALSE(warns({"", " "}));
}

}  // namespace
}  // namespace heed
