#pragma once

#include <algorithm>
#include <cmath>

#include "config/field.h"

namespace heed {

// kExponent: log probability / length^p, as CTranslate2, Marian and Hugging Face.
// kWu: log probability / ((5 + length) / 6)^p, Wu et al. 2016, eq. 14.
enum class LengthPenaltyType { kExponent, kWu };
constexpr auto enum_names(LengthPenaltyType) {
  return std::to_array<EnumName<LengthPenaltyType>>(
      {{LengthPenaltyType::kExponent, "exponent"}, {LengthPenaltyType::kWu, "wu"}});
}

// kAuto: fp32 on a CPU, on a GPU what the model was trained in.
enum class DecodePrecision { kAuto, kFp32, kBf16, kInt8 };
constexpr auto enum_names(DecodePrecision) {
  return std::to_array<EnumName<DecodePrecision>>({{DecodePrecision::kAuto, "auto"},
                                                   {DecodePrecision::kFp32, "fp32"},
                                                   {DecodePrecision::kBf16, "bf16"},
                                                   {DecodePrecision::kInt8, "int8"}});
}

// By which metric a translation is most like the others (decode/minimum_risk.h); kNone: the most probable one is
// chosen.
enum class MinimumRisk { kNone, kChrf, kBleu };
constexpr auto enum_names(MinimumRisk) {
  return std::to_array<EnumName<MinimumRisk>>(
      {{MinimumRisk::kNone, "none"}, {MinimumRisk::kChrf, "chrf"}, {MinimumRisk::kBleu, "bleu"}});
}

struct DecodeConfig {
  int64_t beam_size = 5;
  int64_t n_best = 1;
  double length_penalty = 1.0;
  LengthPenaltyType length_penalty_type = LengthPenaltyType::kExponent;
  double coverage_penalty = 0;
  int64_t max_length = 256;
  double max_length_ratio = 3;
  int64_t batch_tokens = 4096;
  bool allow_unk = false;
  int64_t min_length = 0;
  double min_length_ratio = 0;
  int64_t no_repeat_ngram_size = 0;
  double repetition_penalty = 1;
  double patience = 1;
  int64_t beam_groups = 1;
  double diversity_penalty = 0.5;
  bool sampling = false;
  double temperature = 1;
  int64_t top_k = 0;
  double top_p = 1;
  int64_t sampling_seed = 1;
  MinimumRisk mbr = MinimumRisk::kNone;
  int64_t mbr_candidates = 0;
  bool replace_unknown = false;
  DecodePrecision precision = DecodePrecision::kAuto;

  bool operator==(const DecodeConfig&) const = default;

  // After which a beam has enough of them: patience * beam_size, rounded, at least one (Kasai et al. 2022).
  int64_t hypotheses_to_finish() const {
    return std::max<int64_t>(1, std::llround(patience * static_cast<double>(beam_size)));
  }

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit("beam_size", &DecodeConfig::beam_size, "hypotheses kept per sentence; 1: greedy", between(1, 1000));
    visit("n_best", &DecodeConfig::n_best, "hypotheses returned per sentence, at most beam_size", between(1, 1000));
    visit("length_penalty", &DecodeConfig::length_penalty, "the p of length_penalty_type; 0: raw scores",
          between(-10, 10));
    visit("length_penalty_type", &DecodeConfig::length_penalty_type,
          "exponent: score / length^p; wu: score / ((5 + length) / 6)^p");
    visit(
        "coverage_penalty", &DecodeConfig::coverage_penalty,
        "what the score of a finished hypothesis has of its coverage, the sum of log min(weight, 1) over the source's "
        "pieces, weight being all that it gave the piece (Wu et al. 2016, eq. 14; of several models the first one's "
        "attention)",
        between(0, 1000));
    visit("max_length", &DecodeConfig::max_length, "pieces of a translation", between(1, 1 << 20));
    visit("max_length_ratio", &DecodeConfig::max_length_ratio,
          "pieces of a translation per piece of its source, beside 10 that it may always have; 0: max_length alone",
          at_least(0));
    visit("batch_tokens", &DecodeConfig::batch_tokens, "source pieces decoded together", between(1, 1 << 30));
    visit("allow_unk", &DecodeConfig::allow_unk, "let the model write the unknown piece");
    visit("min_length", &DecodeConfig::min_length, "pieces that a translation has at least", between(0, 1 << 20));
    visit("min_length_ratio", &DecodeConfig::min_length_ratio,
          "pieces that a translation has at least per piece of its source", at_least(0));
    visit("no_repeat_ngram_size", &DecodeConfig::no_repeat_ngram_size,
          "no so many pieces in a row twice in a translation; 0: no such rule", between(0, 1000));
    visit("repetition_penalty", &DecodeConfig::repetition_penalty,
          "what log probabilities of pieces that the translation has already are multiplied by", between(0.01, 100));
    visit("patience", &DecodeConfig::patience,
          "a search ends when patience times beam_size hypotheses are finished (Kasai et al. 2022)",
          between(0.01, 100));
    visit("beam_groups", &DecodeConfig::beam_groups,
          "beams of equal size, together beam_size, that avoid each other's pieces (diverse beam search); 1: one beam",
          between(1, 1000));
    visit("diversity_penalty", &DecodeConfig::diversity_penalty,
          "what a piece loses for each hypothesis of the groups before that chose it at the same place",
          between(0, 1000));
    visit("sampling", &DecodeConfig::sampling,
          "draw n_best translations from the model's distribution instead of searching for the most probable");
    visit("temperature", &DecodeConfig::temperature, "of sampling: below 1 the probable become more so",
          between(0.001, 1000));
    visit("top_k", &DecodeConfig::top_k, "draw among so many most probable pieces; 0: among all", between(0, 1 << 30));
    visit("top_p", &DecodeConfig::top_p, "draw among the fewest pieces that have this probability together",
          between(0.0001, 1));
    visit("sampling_seed", &DecodeConfig::sampling_seed,
          "of the draws, which depend on it and on the line's own pieces alone", at_least(0));
    visit("mbr", &DecodeConfig::mbr,
          "minimum Bayes risk: the translation that is by this metric most like mbr_candidates of them; none: the most "
          "probable one");
    visit(
        "mbr_candidates", &DecodeConfig::mbr_candidates,
        "draws, with decode.sampling, or hypotheses of the beam that mbr chooses among, each beside each; 0: 32 draws, "
        "or the whole beam",
        between(0, 1000));
    visit("replace_unknown", &DecodeConfig::replace_unknown,
          "put the source word that attention, of several models the first one's, points to in the place of an unknown "
          "piece");
    visit("precision", &DecodeConfig::precision,
          "of the matrix products of translating; auto: fp32 on a CPU, on a GPU as trained; int8 on a CPU only");
  }
};

}  // namespace heed
