#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace heed {

// The tokens of a sentence's hypotheses, of which many begin alike: a node is a token and the node before it.
class HypothesisTree {
 public:
  static constexpr int32_t kRoot = -1;  // bos

  // log_prob: the model's, of the token.
  int32_t add(int32_t parent, int32_t token, double log_prob) {
    nodes_.push_back({parent, token, log_prob});
    return static_cast<int32_t>(nodes_.size()) - 1;
  }

  // From the first to that of `node`.
  std::vector<int64_t> tokens(int32_t node) const { return path<int64_t>(node, &Node::token); }
  std::vector<double> log_probs(int32_t node) const { return path<double>(node, &Node::log_prob); }

 private:
  struct Node {
    int32_t parent, token;
    double log_prob;
  };

  template <class Value, class Field>
  std::vector<Value> path(int32_t node, Field Node::*field) const {
    std::vector<Value> result;
    for (; node != kRoot; node = nodes_[static_cast<size_t>(node)].parent)
      result.push_back(nodes_[static_cast<size_t>(node)].*field);
    std::reverse(result.begin(), result.end());
    return result;
  }

  std::vector<Node> nodes_;
};

}  // namespace heed
