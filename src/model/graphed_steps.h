#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "kernels/cuda/graph.h"
#include "model/decoder_state.h"
#include "model/transformer.h"

namespace heed {

// The steps of a Transformer decoder as CUDA graphs. A step is some sixty small kernels, which takes longer to launch
// one by one than to run; a graph launches them at once, over the same memory each time. So everything that a step
// reads or writes lies in one place for good: what the decoder attends to, its caches, and, copied there in one go,
// what differs from step to step. Steps are made for a few numbers of rows; rows that fill up to one of them see no
// keys, and nobody looks at them. The first step of a size is launched one by one, and so are all of them on the CPU.
//
// For one decoding at a time, and one after another; borrows the decoder, whose weights must stay as they are.
class GraphedSteps {
 public:
  // most_positions: that the model has.
  GraphedSteps(TransformerDecoderImpl& decoder, int64_t most_positions);

  // Whether all that changes in a step of such a model is in device memory.
  static bool hold(const ModelConfig& config);

  // A new decoding. projections: what each layer's cross-attention attends to.
  void start(const std::vector<ProjectedMemory>& projections);

  // (R, D), valid until the next step. Row i goes on as row origins[i] of the step before and attends to memory
  // segment i.
  torch::Tensor step(const Tokens& tokens, const std::vector<int64_t>& origins, const Segments& memory);

 private:
  // Steps of one number of rows.
  struct Slot {
    torch::Tensor block;                                // int64, with what differs from step to step; views of it:
    torch::Tensor positions, origins, cache_rows, ids;  // (rows); the last apart
    Segments queries, keys, memory;                     // one for each row; the host knows but a bound of them
    torch::Tensor output;
    cuda::Graph graph;
    bool is_warm = false;
  };

  void make_room(int64_t rows);  // for one more position of so many rows
  void forget_slots();
  Slot make_slot(int64_t rows) const;
  void put(Slot& slot, const std::vector<int64_t>& origins, const Segments& memory) const;
  void run(Slot& slot, const std::function<void()>& work);
  torch::Tensor hidden(const Slot& slot, const Tokens& tokens);

  TransformerDecoderImpl& decoder_;
  int64_t most_positions_;
  std::vector<ProjectedMemory> memories_;  // per layer; their segments are a slot's
  std::vector<SelfAttentionCache> caches_;
  torch::Tensor key_rows_;  // (most rows, most positions) int32: of each row the cache row of each of its tokens
  int64_t length_ = 0, next_cache_row_ = 0;
  std::map<int64_t, Slot> slots_;
  std::unique_ptr<cuda::GraphPool> pool_;
  bool captures_ = true;  // as long as it can be done
};

// A decoding by GraphedSteps.
class GraphedState : public DecoderState {
 public:
  GraphedState(std::shared_ptr<GraphedSteps> steps, const std::vector<ProjectedMemory>& projections);
  torch::Tensor step(const Tokens& tokens) override;

 private:
  void select_rows(const std::vector<int64_t>& indices) override { origins_ = indices; }

  std::shared_ptr<GraphedSteps> steps_;
  std::vector<int64_t> origins_;
};

}  // namespace heed
