#include "model/initialization.h"

#include <cmath>
#include <numbers>
#include <string>

#include "core/random.h"

namespace heed {
namespace {

enum class Role { kNorm, kBias, kEmbedding, kProjectionIn, kMatrix };

bool contains(const std::string& name, const char* part) { return name.find(part) != std::string::npos; }

Role role_of(const std::string& name) {
  if (contains(name, "norm.")) return Role::kNorm;
  if (name.ends_with("bias")) return Role::kBias;
  if (contains(name, "embedding") || contains(name, "positions")) return Role::kEmbedding;
  if (contains(name, "query") || contains(name, "key_value")) return Role::kProjectionIn;
  return Role::kMatrix;
}

template <class Draw>
void fill(torch::Tensor& parameter, Draw draw) {
  torch::Tensor values = torch::empty(parameter.sizes(), torch::kDouble);
  double* data = values.mutable_data_ptr<double>();
  for (int64_t i = 0; i < values.numel(); ++i) data[i] = draw();
  parameter.copy_(values);
}

void fill_uniform(torch::Tensor& parameter, double bound, RandomStream stream) {
  fill(parameter, [&] { return bound * (2 * stream.uniform() - 1); });
}

// Box and Muller 1958.
void fill_normal(torch::Tensor& parameter, double deviation, RandomStream stream) {
  fill(parameter, [&] {
    const double radius = std::sqrt(-2 * std::log(1 - stream.uniform()));
    return deviation * radius * std::cos(2 * std::numbers::pi * stream.uniform());
  });
}

// A vector is a matrix with one output.
double xavier_bound(const torch::Tensor& matrix) {
  const int64_t out = matrix.dim() > 1 ? matrix.size(0) : 1;
  return std::sqrt(6.0 / static_cast<double>(out + matrix.size(-1)));
}

void initialize_xavier(torch::Tensor& parameter, Role role, RandomStream stream) {
  if (role == Role::kBias) {
    parameter.zero_();
  } else if (role == Role::kEmbedding) {
    fill_normal(parameter, 1 / std::sqrt(static_cast<double>(parameter.size(1))), stream);
  } else {
    fill_uniform(parameter, xavier_bound(parameter), stream);
  }
}

// torch.nn.Linear draws weight and bias from U(-1/sqrt(in), 1/sqrt(in)); MultiheadAttention's in-projection is xavier
// with bias 0, and so is the bias of its out-projection; Embedding is N(0, 1).
void initialize_pytorch(torch::Tensor& parameter, Role role, const std::string& name, int64_t in, RandomStream stream) {
  const bool attention_bias = role == Role::kBias && contains(name, "attention.");
  if (attention_bias) {
    parameter.zero_();
  } else if (role == Role::kEmbedding) {
    fill_normal(parameter, 1, stream);
  } else if (role == Role::kProjectionIn) {
    fill_uniform(parameter, xavier_bound(parameter), stream);
  } else {
    fill_uniform(parameter, 1 / std::sqrt(static_cast<double>(in)), stream);
  }
}

}  // namespace

void initialize(EncoderDecoder& model, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  const ModelConfig& config = model->config();
  uint64_t number = 0;
  for (auto& item : model->named_parameters()) {
    const std::string& name = item.key();
    torch::Tensor& parameter = item.value();
    const Role role = role_of(name);
    const RandomStream stream(random_key(seed, Purpose::kInitialization, {number++}));
    if (role == Role::kNorm) {
      parameter.fill_(name.ends_with("weight") ? 1 : 0);
    } else if (config.initialization == Initialization::kXavier) {
      initialize_xavier(parameter, role, stream);
    } else {
      initialize_pytorch(parameter, role, name, contains(name, "outer") ? config.d_ff : config.d_model, stream);
    }
  }
}

}  // namespace heed
