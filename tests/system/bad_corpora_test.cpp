#include "system/bad_input.h"

namespace heed {
namespace {

std::vector<std::string> train_on(const std::string& source, const std::string& target) {
  return {"train",
          "@config.yaml",
          "--quiet",
          "--overwrite",
          "--data.train.source=@" + source,
          "--data.train.target=@" + target};
}

std::vector<BadInput> corpora() {
  return {
      {"TargetLineMissing", "short", "a\nb\n", train_on("data/train.source", "short"), 1,
       "train.source has 300 lines but @short has 2"},
      {"SourceLineMissing", "short", "a\nb\n", train_on("short", "data/train.target"), 1, "@short has 2 lines but "},
      {"InvalidUtf8", "bad", "a\nb \xC3(\n", train_on("bad", "bad"), 1, "@bad:2:3: invalid UTF-8"},
      {"Nul", "nul", std::string("a\nb\0c\n", 6), train_on("nul", "nul"), 1, "@nul:2:"},
      {"ReservedSymbol",
       "",
       "",
       {"vocab", "@config.yaml", "--tokenizer.user_symbols=[<s>]"},
       2,
       "tokenizer.user_symbols must not hold <s>"},
      {"EmptyCorpus", "empty", "", train_on("empty", "empty"), 1, "nothing to train on"},
      {"NothingLeft", "blank", "\n \n", train_on("blank", "blank"), 1, "nothing to train on"},
      {"NoSuchFile", "", "", train_on("missing", "missing"), 1, "@missing"},
      {"ADirectory", "", "", train_on("data", "data"), 1, "@data"},
      {"VocabularyTooLarge",
       "tiny",
       "a b c\n",
       {"vocab", "@config.yaml", "--quiet", "--data.train.source=@tiny", "--data.train.target=@tiny",
        "--tokenizer.type=bpe", "--tokenizer.vocab_size=8000"},
       2,
       "tokenizer.vocab_size"},
  };
}

INSTANTIATE_TEST_SUITE_P(Corpora, EveryBadInput, ::testing::ValuesIn(corpora()), name_of_row);

}  // namespace
}  // namespace heed
