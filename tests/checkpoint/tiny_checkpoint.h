#pragma once

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>

#include <string>

#include "checkpoint/checkpoint.h"

namespace heed {

// A checkpoint of about 2 KB, different for every step.
inline Checkpoint tiny_checkpoint(int64_t step = 1) {
  Checkpoint checkpoint;
  checkpoint.model = {{"encoder.weight", at::arange(6, at::kFloat).add(step).reshape({2, 3})},
                      {"encoder.bias", at::full({3}, 0.5, at::kFloat)}};
  checkpoint.config = "model: {d_model: 3}\n";
  checkpoint.vocabulary = R"({"pieces": ["<pad>", "<unk>", "<s>", "</s>"]})";
  checkpoint.tokenizer_files = {{"tokenizer.model", std::string("\0\xff tokenizer", 12)}};
  checkpoint.training = {{{"moment.encoder.weight", at::full({2, 3}, 0.25 * step, at::kFloat)}}};
  checkpoint.state = "{\"step\": " + std::to_string(step) + "}\n";
  return checkpoint;
}

}  // namespace heed
