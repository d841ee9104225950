#include "nn/initial_values.h"

#include <cmath>

namespace heed {
namespace {

using Kind = Distribution::Kind;

constexpr Distribution kZero{Kind::kConstant, 0};

Distribution xavier_uniform(int64_t in, int64_t out) {
  return {Kind::kUniform, std::sqrt(6.0 / static_cast<double>(in + out))};
}

double inverse_root(int64_t size) { return 1 / std::sqrt(static_cast<double>(size)); }

}  // namespace

InitialValues InitialValues::constant(double value) { return {{Kind::kConstant, value}, {Kind::kConstant, value}}; }

InitialValues InitialValues::linear_weight(int64_t in, int64_t out) {
  return {xavier_uniform(in, out), {Kind::kUniform, inverse_root(in)}};
}

InitialValues InitialValues::linear_bias(int64_t in) { return {kZero, {Kind::kUniform, inverse_root(in)}}; }

InitialValues InitialValues::attention_weight(int64_t in, int64_t out) {
  return {xavier_uniform(in, out), xavier_uniform(in, out)};
}

InitialValues InitialValues::recurrent_weight(int64_t in, int64_t out, int64_t hidden) {
  return {xavier_uniform(in, out), {Kind::kUniform, inverse_root(hidden)}};
}

InitialValues InitialValues::recurrent_bias(int64_t hidden) { return {kZero, {Kind::kUniform, inverse_root(hidden)}}; }

InitialValues InitialValues::gated_weight(int64_t in, int64_t out, double keep) {
  return {{Kind::kNormal, std::sqrt(4 * keep) * inverse_root(in)}, linear_weight(in, out).pytorch};
}

InitialValues InitialValues::embedding(int64_t width) {
  return {{Kind::kNormal, inverse_root(width)}, {Kind::kNormal, 1}};
}

}  // namespace heed
