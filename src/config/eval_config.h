#pragma once

#include <vector>

#include "config/field.h"

namespace heed {

// eval/metrics.h. kRougeLsum is kRougeL of lines that are one sentence each.
enum class Metric { kBleu, kChrf, kTer, kRouge1, kRouge2, kRougeL, kRougeLsum, kExactMatch };
constexpr auto enum_names(Metric) {
  return std::to_array<EnumName<Metric>>({{Metric::kBleu, "bleu"},
                                          {Metric::kChrf, "chrf"},
                                          {Metric::kTer, "ter"},
                                          {Metric::kRouge1, "rouge1"},
                                          {Metric::kRouge2, "rouge2"},
                                          {Metric::kRougeL, "rougeL"},
                                          {Metric::kRougeLsum, "rougeLsum"},
                                          {Metric::kExactMatch, "exact_match"}});
}

// How BLEU cuts a line into tokens, under sacreBLEU's names. kSpm: the pieces of the model's own target tokenizer.
enum class BleuTokenizer { k13a, kInternational, kCharacter, kChinese, kNone, kSpm };
constexpr auto enum_names(BleuTokenizer) {
  return std::to_array<EnumName<BleuTokenizer>>({{BleuTokenizer::k13a, "13a"},
                                                 {BleuTokenizer::kInternational, "intl"},
                                                 {BleuTokenizer::kCharacter, "char"},
                                                 {BleuTokenizer::kChinese, "zh"},
                                                 {BleuTokenizer::kNone, "none"},
                                                 {BleuTokenizer::kSpm, "spm"}});
}

struct EvalConfig {
  std::vector<Metric> metrics = {Metric::kBleu, Metric::kChrf};
  BleuTokenizer bleu_tokenize = BleuTokenizer::k13a;

  bool operator==(const EvalConfig&) const = default;

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit("metrics", &EvalConfig::metrics, "scores computed at every validation");
    visit("bleu_tokenize", &EvalConfig::bleu_tokenize,
          "BLEU's tokens, as sacreBLEU's; char or zh for text without spaces; spm: the model's own pieces");
  }
};

}  // namespace heed
