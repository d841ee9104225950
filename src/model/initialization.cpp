#include "model/initialization.h"

#include <cmath>
#include <numbers>

#include "core/random.h"
#include "nn/parameter_module.h"

namespace heed {
namespace {

template <class Draw>
void fill(torch::Tensor& parameter, Draw draw) {
  torch::Tensor values = torch::empty(parameter.sizes(), torch::kDouble);
  double* data = values.mutable_data_ptr<double>();
  for (int64_t i = 0; i < values.numel(); ++i) data[i] = draw();
  parameter.copy_(values);
}

void fill_from(const Distribution& distribution, torch::Tensor& parameter, RandomStream stream) {
  const double value = distribution.value;
  switch (distribution.kind) {
    case Distribution::Kind::kConstant:
      parameter.fill_(value);
      return;
    case Distribution::Kind::kUniform:
      fill(parameter, [&] { return value * (2 * stream.uniform() - 1); });
      return;
    case Distribution::Kind::kNormal:
      fill(parameter, [&] {  // Box and Muller 1958
        const double radius = std::sqrt(-2 * std::log(1 - stream.uniform()));
        return value * radius * std::cos(2 * std::numbers::pi * stream.uniform());
      });
      return;
  }
  TORCH_CHECK(false, "unknown distribution");
}

}  // namespace

void initialize(EncoderDecoder& model, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  const auto values = initial_values(*model);
  uint64_t number = 0;
  for (auto& item : model->named_parameters()) {
    const auto found = values.find(item.key());
    TORCH_CHECK(found != values.end(), item.key(), ": registered without initial values");
    const RandomStream stream(random_key(seed, Purpose::kInitialization, {number++}));
    fill_from(found->second.under(model->config().initialization), item.value(), stream);
  }
}

}  // namespace heed
