#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <map>
#include <string>

#include "nn/initial_values.h"

namespace heed {

// A module with parameters of its own, each registered together with what it starts from.
class ParameterModule : public torch::nn::Module {
 public:
  const std::map<std::string, InitialValues>& initial_values() const { return initial_values_; }

 protected:
  // Hides torch::nn::Module's, so that no subclass registers a parameter and leaves its values open.
  torch::Tensor& register_parameter(const std::string& name, const torch::Tensor& parameter,
                                    const InitialValues& values);

 private:
  std::map<std::string, InitialValues> initial_values_;
};

// Of the parameters of a module and of all modules in it, by their names in named_parameters(). A parameter that no
// ParameterModule registered is not among them. REQUIRES: a shared_ptr (a TORCH_MODULE) owns `module`.
std::map<std::string, InitialValues> initial_values(const torch::nn::Module& module);

}  // namespace heed
