#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tensor/batch.h"

namespace heed {

// The tokens of packed sentences where a model computes.
struct TokenIds {
  at::Tensor ids;        // int64 (N)
  at::Tensor positions;  // int64 (N): of each within its sentence
  // The ids in ascending order and the row each came from, int64 (N): gradients are summed by id on a GPU. Undefined
  // where nobody has sorted them yet.
  at::Tensor sorted_ids, order;
};

// A batch where a model computes. The segments know their own copies there.
struct DeviceBatch {
  TokenIds source, target_input;
  Segments source_segments, target_segments;
  at::Tensor copied_ids;          // int64 (N_source); undefined: the source's ids
  at::Tensor label_ids;           // int64 (N_target); kPaddingLabel: a row without loss
  int64_t num_target_tokens = 0;  // rows with a loss
};

// Device memory for batches of one shape (tensor/batch_shape.h), and a key for their dropout, filled by one transfer.
class BatchMemory {
 public:
  // Of the shape of `like`: as many rows and sentences, the same longest ones.
  BatchMemory(const Batch& like, c10::Device device);

  // Does not wait for the device. REQUIRES: `batch` is of this shape; the same thread and stream each time.
  void put(const Batch& batch, uint64_t dropout_key);

  const DeviceBatch& batch() const { return batch_; }
  const uint64_t* dropout_key() const;  // in device memory

 private:
  at::Tensor block_;  // int64, on the device; batch_ is views into it
  DeviceBatch batch_;
};

// Rows in the order of their ids, rows of one id in their own.
std::vector<int64_t> order_by_id(const std::vector<int64_t>& ids);

}  // namespace heed
