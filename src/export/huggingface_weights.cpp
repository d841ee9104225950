#include "export/huggingface_weights.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <utility>
#include <vector>

#include "core/error.h"

namespace heed {
namespace {

constexpr double kNever = -1e9;

// Heed's name -> the tensors there that, one below the other, are the same.
using Correspondence = std::map<std::string, std::vector<std::string>>;

void add_linear(Correspondence& names, const std::string& heed, const std::vector<std::string>& there) {
  for (const char* part : {".weight", ".bias"})
    for (const std::string& name : there) names[heed + part].push_back(name + part);
}

void add_layer(Correspondence& names, const std::string& heed, const std::string& there, bool attends_memory) {
  const auto one = [&](const std::string& ours, const std::string& theirs) {
    add_linear(names, heed + ours, {there + theirs});
  };
  add_linear(names, heed + "self_attention.query_key_value",
             {there + "self_attn.q_proj", there + "self_attn.k_proj", there + "self_attn.v_proj"});
  one("self_attention.output", "self_attn.out_proj");
  one("self_attention_norm", "self_attn_layer_norm");
  if (attends_memory) {
    one("cross_attention.query", "encoder_attn.q_proj");
    add_linear(names, heed + "cross_attention.key_value",
               {there + "encoder_attn.k_proj", there + "encoder_attn.v_proj"});
    one("cross_attention.output", "encoder_attn.out_proj");
    one("cross_attention_norm", "encoder_attn_layer_norm");
  }
  one("feed_forward.inner", "fc1");
  one("feed_forward.outer", "fc2");
  one("feed_forward_norm", "final_layer_norm");
}

// All but the embeddings and the output.
Correspondence layer_names(const ModelConfig& model) {
  Correspondence names;
  for (int64_t i = 0; i < model.num_encoder_layers; ++i)
    add_layer(names, fmt::format("encoder.layers.{}.", i), fmt::format("model.encoder.layers.{}.", i), false);
  for (int64_t i = 0; i < model.num_decoder_layers; ++i)
    add_layer(names, fmt::format("decoder.layers.{}.", i), fmt::format("model.decoder.layers.{}.", i), true);
  if (model.norm == NormPlace::kPre) {
    add_linear(names, "encoder.norm", {"model.encoder.layer_norm"});
    add_linear(names, "decoder.norm", {"model.decoder.layer_norm"});
  }
  return names;
}

const std::string kShared = "model.shared.weight", kSource = "model.encoder.embed_tokens.weight",
                  kTarget = "model.decoder.embed_tokens.weight", kOutput = "lm_head.weight",
                  kBias = "final_logits_bias", kSourcePositions = "model.encoder.embed_positions.weight",
                  kTargetPositions = "model.decoder.embed_positions.weight";

at::Tensor with_rows(const at::Tensor& matrix, int64_t rows) {
  const int64_t more = rows - matrix.size(0);
  return more == 0 ? matrix : at::cat({matrix, at::zeros({more, matrix.size(1)}, matrix.options())});
}

[[noreturn]] void fail(const std::string& origin, const std::string& name, const std::string& what) {
  throw CheckpointError(fmt::format("{}: tensor '{}' {}", origin, name, what));
}

// The reader of a foreign file: what was taken, and what is left over.
class ForeignTensors {
 public:
  ForeignTensors(TensorMap found, const std::string& origin) : found_(std::move(found)), origin_(origin) {}

  at::Tensor take(const std::string& name, const std::vector<int64_t>& shape) {
    const auto place = found_.find(name);
    if (place == found_.end())
      fail(origin_, name, fmt::format("is missing (expected shape [{}])", fmt::join(shape, ", ")));
    if (place->second.sizes() != at::IntArrayRef(shape))
      fail(
          origin_, name,
          fmt::format("has shape [{}], expected [{}]", fmt::join(place->second.sizes(), ", "), fmt::join(shape, ", ")));
    at::Tensor tensor = place->second;
    found_.erase(place);
    return tensor;
  }

  void drop(const std::string& name) { found_.erase(name); }

  void require_empty() const {
    if (!found_.empty())
      fail(origin_, found_.begin()->first, "is unknown to this model: its config.json describes no place for it");
  }

 private:
  TensorMap found_;
  const std::string& origin_;
};

}  // namespace

TensorMap to_huggingface(const TensorMap& weights, const ModelConfig& model, const VocabularyRows& rows) {
  TensorMap result;
  for (const auto& [heed, there] : layer_names(model)) {
    const auto parts = weights.at(heed).chunk(static_cast<int64_t>(there.size()));
    for (size_t i = 0; i < there.size(); ++i) result[there[i]] = parts[i];
  }
  const bool tied = model.tie_embeddings == TieEmbeddings::kAll;
  const at::Tensor& target = weights.at(tied ? "embedding.weight" : "target_embedding.weight");
  if (tied) {
    result[kShared] = target;
  } else {
    result[kSource] = with_rows(weights.at("source_embedding.weight"), rows.source);
    result[kTarget] = with_rows(target, rows.target);
    // Pegasus ties all three or none, and has `shared` in any case.
    if (model.norm == NormPlace::kPre) result[kShared] = result[kSource].clone();
    if (model.norm == NormPlace::kPre || model.tie_embeddings == TieEmbeddings::kNone)
      result[kOutput] =
          with_rows(model.tie_embeddings == TieEmbeddings::kNone ? weights.at("output.weight") : target, rows.target);
  }
  const at::Tensor bias = at::full({1, rows.target}, kNever, target.options());
  const int64_t pieces = target.size(0);
  if (model.output_bias)
    bias.narrow(1, 0, pieces).copy_(weights.at("output.bias"));
  else
    bias.narrow(1, 0, pieces).zero_();
  result[kBias] = bias;
  for (auto& [name, tensor] : result) tensor = tensor.to(at::kFloat);
  return result;
}

bool has_output_bias(const TensorMap& found, int64_t target_pieces) {
  const auto bias = found.find(kBias);
  if (bias == found.end() || bias->second.dim() != 2 || bias->second.size(1) < target_pieces) return false;
  return bias->second.narrow(1, 0, target_pieces).ne(0).any().item<bool>();
}

bool has_tied_output(const TensorMap& found) {
  const auto output = found.find(kOutput), target = found.find(kTarget);
  return output != found.end() && target != found.end() && at::equal(output->second, target->second);
}

TensorMap from_huggingface(TensorMap found, const ModelConfig& model, const VocabularyRows& rows,
                           const TensorMap& expected, const std::string& origin) {
  ForeignTensors foreign(std::move(found), origin);
  TensorMap result;
  for (const auto& [heed, there] : layer_names(model)) {
    std::vector<int64_t> shape = expected.at(heed).sizes().vec();
    shape[0] /= static_cast<int64_t>(there.size());
    std::vector<at::Tensor> parts;
    for (const std::string& name : there) parts.push_back(foreign.take(name, shape));
    result[heed] = at::cat(parts);
  }
  const auto matrix = [&](const std::string& heed, const std::string& there, int64_t there_rows) {
    result[heed] = foreign.take(there, {there_rows, model.d_model}).narrow(0, 0, expected.at(heed).size(0));
  };
  if (model.tie_embeddings == TieEmbeddings::kAll) {
    matrix("embedding.weight", kShared, rows.target);
  } else {
    matrix("source_embedding.weight", kSource, rows.source);
    matrix("target_embedding.weight", kTarget, rows.target);
    if (model.tie_embeddings == TieEmbeddings::kNone) matrix("output.weight", kOutput, rows.target);
  }
  if (model.output_bias)
    result["output.bias"] = foreign.take(kBias, {1, rows.target})[0].narrow(0, 0, expected.at("output.bias").size(0));
  // Copies of tied weights that some writers keep, a bias of zeros, and tables that are computed.
  for (const std::string& name : {kShared, kSource, kTarget, kOutput, kBias, kSourcePositions, kTargetPositions})
    foreign.drop(name);
  foreign.require_empty();
  for (auto& [name, tensor] : result) tensor = tensor.to(expected.at(name).scalar_type()).contiguous().clone();
  return result;
}

}  // namespace heed
