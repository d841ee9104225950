#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace heed {

// Parts of a matrix (N, D), each some of its columns, from the left: views of it. One product makes query, key and
// value that way, and one gradient goes back: parts whose gradients lie beside each other in one matrix are not copied.
std::vector<torch::Tensor> split_columns(const torch::Tensor& matrix, const std::vector<int64_t>& widths);

// New matrices shaped and strided like the given ones. Neighbours that are columns beside each other in one matrix are
// so again.
std::vector<torch::Tensor> empty_beside(const std::vector<torch::Tensor>& parts);

}  // namespace heed
