#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "kernels/attention.h"
#include "support/random_tensor.h"
#include "tensor/arithmetic_type.h"

namespace heed::testing {

// A problem of attention to compare implementations on, and its rows.
struct AttentionCase {
  const char* name;
  std::vector<int32_t> query_lengths, key_lengths;
  int64_t num_heads = 1, head_size = 4;
  Reach reach = kGlobalReach;
  double rate = 0;
  int64_t num_key_heads = num_heads;
  QueryPositions positions = {};
  bool key_bias = false, distance_bias = false;

  int64_t width() const { return num_heads * head_size; }
  int64_t key_width() const { return num_key_heads * head_size; }
  Segments queries() const { return Segments::packed(query_lengths); }
  Segments keys() const { return Segments::packed(key_lengths); }

  at::Tensor query(at::ScalarType type) const { return random_tensor({queries().num_rows(), width()}, 1, type, 2); }
  at::Tensor key_value(at::ScalarType type) const {
    return random_tensor({keys().num_rows(), 2 * key_width()}, 2, type, 2);
  }
  at::Tensor upstream(at::ScalarType type) const { return random_tensor({queries().num_rows(), width()}, 3, type); }
  QueryKeyValue rows(const at::Tensor& query, const at::Tensor& key_value) const {
    return {query, key_value.narrow(1, 0, key_width()), key_value.narrow(1, key_width(), key_width())};
  }

  // Biases for rows of `type`; the table of distances is longer than it must be.
  AttentionProblem problem(at::ScalarType type, c10::Device device = at::kCPU) const {
    AttentionProblem problem{.queries = queries(),
                             .keys = keys(),
                             .num_heads = num_heads,
                             .reach = reach,
                             .dropout = {rate, 99},
                             .num_key_heads = num_key_heads,
                             .positions = positions};
    const at::ScalarType arithmetic = arithmetic_type(type);
    if (key_bias) problem.key_bias = random_tensor({keys().num_rows(), num_key_heads}, 4, arithmetic).to(device);
    if (distance_bias)
      problem.distance_bias = random_tensor({num_heads, 2 * keys().max_length() + 3}, 5, arithmetic).to(device);
    return problem;
  }
};

inline void PrintTo(const AttentionCase& c, std::ostream* stream) { *stream << c.name; }
inline std::string name_of_case(const ::testing::TestParamInfo<AttentionCase>& info) { return info.param.name; }

// Lengths below, at and above vectors of 8 and 16 and tiles of 32; single words, empty sides.
inline std::vector<AttentionCase> attention_cases() {
  constexpr Reach kWindow{.behind = 3, .ahead = 2}, kBehind{.behind = 20, .ahead = 0};
  constexpr Reach kStrided{.stride = 4}, kStridedCausal{.behind = 30, .ahead = 0, .stride = 3};
  return {
      {"Single", {1}, {1}, 1, 4},
      {"Cross", {3, 1, 7}, {5, 33, 1}, 3, 8},
      {"Causal", {4, 70, 2}, {4, 70, 2}, 2, 12, kCausalReach},
      {"CausalFromTheMiddle", {2, 3}, {9, 10}, 1, 10, kCausalReach, 0, 1, {.first = 7}},
      {"Empty", {5, 0, 2, 0}, {3, 0, 7, 4}, 2, 16},
      {"Dropout", {5, 34}, {5, 34}, 2, 8, kCausalReach, 0.4},
      {"CrossDropout", {5, 6}, {65, 3}, 4, 3, kGlobalReach, 0.2},
      {"Window", {40, 1, 5}, {40, 1, 5}, 2, 8, kWindow},
      {"WindowBehind", {70, 3}, {70, 3}, 1, 5, kBehind, 0.3},
      {"WindowAcross", {30, 2, 9}, {12, 7, 40}, 2, 8, kWindow},
      {"WindowOfOneWord", {3, 1}, {20, 6}, 2, 8, kWindow, 0, 2, {.first = 11, .step = 0}},
      {"Strided", {45, 2}, {45, 2}, 2, 8, kStrided, 0.1},
      {"StridedCausal", {50, 1}, {50, 1}, 1, 6, kStridedCausal},
      {"FarStride", {140}, {140}, 1, 4, {.behind = 139, .ahead = 0, .stride = 70}},
      {"WideStrides", {200, 5}, {200, 5}, 4, 8, {.stride = 20}, 0.2, 2, {}, true, true},
      {"WideStridesCausal", {200, 5}, {200, 5}, 2, 8, {.ahead = 0, .stride = 33}, 0.1, 2, {}, true, true},
      {"SharedKeys", {7, 34, 1}, {7, 34, 1}, 6, 4, kCausalReach, 0.1, 2},
      {"OneKeyHead", {3, 5}, {33, 2}, 4, 8, kGlobalReach, 0, 1},
      {"KeyBias", {5, 34}, {40, 3}, 2, 8, kGlobalReach, 0.2, 2, {}, true},
      {"DistanceBias", {5, 34, 1}, {5, 34, 1}, 2, 8, kCausalReach, 0, 2, {}, false, true},
      {"DistanceBiasAcross", {30, 2, 9}, {12, 7, 40}, 2, 8, kGlobalReach, 0, 2, {}, false, true},
      {"Everything", {37, 0, 4}, {37, 0, 4}, 6, 8, {.behind = 9, .ahead = 5, .stride = 3}, 0.2, 3, {}, true, true},
  };
}

}  // namespace heed::testing
