#pragma once

#include <string>
#include <vector>

#include "config/field.h"

namespace heed {

// kNone: the text is already in tokens, separated by spaces.
enum class TokenizerType { kBpe, kUnigram, kChar, kWord, kNone };
constexpr auto enum_names(TokenizerType) {
  return std::to_array<EnumName<TokenizerType>>({{TokenizerType::kBpe, "bpe"},
                                                 {TokenizerType::kUnigram, "unigram"},
                                                 {TokenizerType::kChar, "char"},
                                                 {TokenizerType::kWord, "word"},
                                                 {TokenizerType::kNone, "none"}});
}

// sentencepiece's normalisation rules, under sentencepiece's names.
enum class Normalization { kNmtNfkc, kNfkc, kNmtNfkcCf, kNfkcCf, kIdentity };
constexpr auto enum_names(Normalization) {
  return std::to_array<EnumName<Normalization>>({{Normalization::kNmtNfkc, "nmt_nfkc"},
                                                 {Normalization::kNfkc, "nfkc"},
                                                 {Normalization::kNmtNfkcCf, "nmt_nfkc_cf"},
                                                 {Normalization::kNfkcCf, "nfkc_cf"},
                                                 {Normalization::kIdentity, "identity"}});
}

struct TokenizerConfig {
  TokenizerType type = TokenizerType::kBpe;
  int64_t vocab_size = 8000;
  bool shared = true;
  double sampling = 0;
  Normalization normalization = Normalization::kIdentity;
  double character_coverage = 1.0;
  std::vector<std::string> user_symbols;
  std::string source_model;
  std::string target_model;
  int64_t training_lines = 0;

  bool operator==(const TokenizerConfig&) const = default;

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit("type", &TokenizerConfig::type, "kind of pieces; none: the text is already in tokens, separated by spaces");
    visit("vocab_size", &TokenizerConfig::vocab_size, "pieces, special ones included; an upper limit for char and word",
          between(8, 1 << 24));
    visit("shared", &TokenizerConfig::shared, "one vocabulary for both sides");
    visit("sampling", &TokenizerConfig::sampling, "subword noise in training: BPE-dropout p, or unigram alpha; 0: none",
          at_least(0));
    visit("normalization", &TokenizerConfig::normalization,
          "sentencepiece's rule; all but identity rewrite text, targets too; _cf also folds case");
    visit("character_coverage", &TokenizerConfig::character_coverage, "share of characters that get a piece",
          between(0.98, 1));
    visit("user_symbols", &TokenizerConfig::user_symbols, "pieces that are never split");
    visit("source_model", &TokenizerConfig::source_model, "a sentencepiece model to use; \"\": train one");
    visit("target_model", &TokenizerConfig::target_model,
          "the same for the target; with `shared`, the source's is used");
    visit("training_lines", &TokenizerConfig::training_lines, "lines of each side to train on, drawn at random; 0: all",
          at_least(0));
  }
};

}  // namespace heed
