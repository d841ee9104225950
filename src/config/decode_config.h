#pragma once

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

struct DecodeConfig {
  int64_t beam_size = 5;
  int64_t n_best = 1;
  double length_penalty = 1.0;
  LengthPenaltyType length_penalty_type = LengthPenaltyType::kExponent;
  int64_t max_length = 256;
  double max_length_ratio = 3;
  int64_t batch_tokens = 4096;
  bool allow_unk = false;
  DecodePrecision precision = DecodePrecision::kAuto;

  bool operator==(const DecodeConfig&) const = default;

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit("beam_size", &DecodeConfig::beam_size, "hypotheses kept per sentence; 1: greedy", between(1, 1000));
    visit("n_best", &DecodeConfig::n_best, "hypotheses returned per sentence, at most beam_size", between(1, 1000));
    visit("length_penalty", &DecodeConfig::length_penalty, "the p of length_penalty_type; 0: raw scores",
          between(-10, 10));
    visit("length_penalty_type", &DecodeConfig::length_penalty_type,
          "exponent: score / length^p; wu: score / ((5 + length) / 6)^p");
    visit("max_length", &DecodeConfig::max_length, "pieces of a translation", between(1, 1 << 20));
    visit("max_length_ratio", &DecodeConfig::max_length_ratio,
          "pieces of a translation per piece of its source, beside 10 that it may always have; 0: max_length alone",
          at_least(0));
    visit("batch_tokens", &DecodeConfig::batch_tokens, "source pieces decoded together", between(1, 1 << 30));
    visit("allow_unk", &DecodeConfig::allow_unk, "let the model write the unknown piece");
    visit("precision", &DecodeConfig::precision,
          "of the matrix products of translating; auto: fp32 on a CPU, on a GPU as trained; int8 on a CPU only");
  }
};

}  // namespace heed
