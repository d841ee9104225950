#include "nn/parameter_module.h"

namespace heed {

torch::Tensor& ParameterModule::register_parameter(const std::string& name, const torch::Tensor& parameter,
                                                   const InitialValues& values) {
  initial_values_.insert_or_assign(name, values);
  return Module::register_parameter(name, parameter);
}

std::map<std::string, InitialValues> initial_values(const torch::nn::Module& module) {
  std::map<std::string, InitialValues> all;
  for (const auto& item : module.named_modules()) {
    const auto* owner = dynamic_cast<const ParameterModule*>(item.value().get());
    if (!owner) continue;
    const std::string prefix = item.key().empty() ? "" : item.key() + ".";
    for (const auto& [name, values] : owner->initial_values()) all.emplace(prefix + name, values);
  }
  return all;
}

}  // namespace heed
