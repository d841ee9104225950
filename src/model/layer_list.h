#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>

#include <cstdint>
#include <string>
#include <vector>

namespace heed {

// `count` layers that make() returns, registered with `parent` as `name`.0, `name`.1, ...
template <class Make>
auto register_layers(torch::nn::Module& parent, const std::string& name, int64_t count, Make make) {
  std::vector<decltype(make())> layers;
  torch::nn::ModuleList list;
  for (int64_t i = 0; i < count; ++i) {
    layers.push_back(make());
    list->push_back(layers.back());
  }
  parent.register_module(name, list);
  return layers;
}

}  // namespace heed
