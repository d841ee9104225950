#include "export/ctranslate2.h"

#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "checkpoint/tensor_check.h"
#include "config/reading_limits.h"
#include "core/durable_directory.h"
#include "core/error.h"
#include "export/ctranslate2_file.h"
#include "export/position_rows.h"
#include "export/special_setting.h"
#include "nn/attention/relative_positions.h"
#include "nn/attention/rotary.h"
#include "nn/norm.h"
#include "text/language_code.h"

namespace heed {
namespace {

using Json = nlohmann::ordered_json;

// CTranslate2's number for it (python/ctranslate2/specs/common_spec.py), of what a gated one puts the gate through.
int64_t activation_id(Activation activation) {
  switch (activation) {
    case Activation::kRelu:
      return 0;
    case Activation::kGelu:
    case Activation::kGeglu:
      return 3;  // 1 is its approximation by tanh
    case Activation::kSwish:
    case Activation::kSwiglu:
      return 2;
    case Activation::kGlu:
      return 6;
  }
  TORCH_CHECK(false, "unknown activation");
}

at::Tensor integer(int64_t value, at::ScalarType type) { return at::scalar_tensor(value, at::TensorOptions(type)); }

// The variables of CTranslate2's TransformerSpec (python/ctranslate2/specs/transformer_spec.py) out of Heed's weights.
// Both fuse query, key and value, and key and value of memory, in the same order.
class TransformerVariables {
 public:
  TransformerVariables(const TranslationModel& model, Quantization quantization)
      : config_(model.config), weights_(weights_of(*model.model)), quantization_(quantization) {
    file_.specification = "TransformerSpec";
    file_.revision = 7;
    embeddings();
    side("encoder", config_.model.num_encoder_layers);
    side("decoder", config_.model.num_decoder_layers);
    file_.variables["encoder/embeddings_merge"] = integer(0, at::kChar);
    file_.variables["decoder/alignment_layer"] = integer(-1, at::kShort);
    file_.variables["decoder/alignment_heads"] = integer(1, at::kShort);
  }

  const Ctranslate2File& file() const { return file_; }

 private:
  const at::Tensor& weight(const std::string& name) const { return weights_.at(name); }

  void matrix(const std::string& name, const at::Tensor& weight) {
    const QuantizedMatrix quantized = quantize_matrix(weight, quantization_);
    file_.variables[name] = quantized.values;
    if (quantized.scale) file_.variables[name + "_scale"] = *quantized.scale;
  }

  void rest(const std::string& name, const at::Tensor& tensor) {
    file_.variables[name] = quantize_rest(tensor, quantization_);
  }

  void alias(const std::string& name, const std::string& original) {
    file_.aliases[name] = original;
    if (file_.variables.count(original + "_scale") != 0) file_.aliases[name + "_scale"] = original + "_scale";
  }

  void linear(const std::string& name, const std::string& heed_name) {
    matrix(name + "/weight", weight(heed_name + ".weight"));
    rest(name + "/bias", weight(heed_name + ".bias"));
  }

  // The inner layer of a feed-forward network: a gated one's gate and what that multiplies are layers of their own.
  void inner_linear(const std::string& name, const std::string& heed_name) {
    const at::Tensor &rows = weight(heed_name + ".weight"), &bias = weight(heed_name + ".bias");
    if (rows.size(0) == config_.model.d_ff) return linear(name, heed_name);
    const auto halves = rows.chunk(2), biases = bias.chunk(2);
    for (const size_t half : {0, 1}) {
      const std::string half_name = half == 0 ? name : name + "_noact";
      matrix(half_name + "/weight", halves[half].contiguous());
      rest(half_name + "/bias", biases[half].contiguous());
    }
  }

  void norm(const std::string& name, const std::string& heed_name) {
    rest(name + "/gamma", weight(heed_name + ".weight"));
    if (config_.model.norm_type == NormType::kLayer) rest(name + "/beta", weight(heed_name + ".bias"));
  }

  // Always written where positions are added: CTranslate2's own sinusoids begin at position 1 and are spaced otherwise.
  void position_rows(const std::string& name) {
    const Positions positions = config_.model.positions;
    if (positions == Positions::kRotary || positions == Positions::kRelative) return;
    const at::Tensor sinusoids = sinusoid_rows(config_);
    rest(name + "/position_encodings/encodings", positions == Positions::kLearned ? weight(name + ".positions.weight")
                                                 : positions == Positions::kNone  ? at::zeros_like(sinusoids)
                                                                                  : sinusoids);
  }

  // What a layer's self-attention is told of positions.
  void attention_positions(const std::string& name, const std::string& side, int64_t layer) {
    if (config_.model.positions == Positions::kRotary) {
      file_.variables[name + "/rotary_dim"] = integer(0, at::kInt);  // all
      file_.variables[name + "/rotary_interleave"] = integer(0, at::kChar);
      file_.variables[name + "/rotary_base"] = at::scalar_tensor(kRotaryBase, at::kFloat);
    }
    if (config_.model.positions != Positions::kRelative) return;
    const std::string bias = name + "/relative_attention_bias", first = side + "/layer_0/self_attention";
    if (layer == 0)
      rest(bias, weight(side + ".positions.weight").t().contiguous());
    else
      alias(bias, first + "/relative_attention_bias");
    file_.variables[name + "/relative_attention_max_distance"] = integer(kFarthestBucket, at::kInt);
  }

  void embeddings() {
    const std::string source = "encoder/embeddings_0/weight", target = "decoder/embeddings/weight",
                      output = "decoder/projection/weight";
    if (config_.model.tie_embeddings == TieEmbeddings::kAll) {
      matrix(target, weight("embedding.weight"));
      alias(source, target);
    } else {
      matrix(source, weight("source_embedding.weight"));
      matrix(target, weight("target_embedding.weight"));
    }
    if (config_.model.tie_embeddings == TieEmbeddings::kNone)
      matrix(output, weight("output.weight"));
    else
      alias(output, target);
    if (config_.model.output_bias) rest("decoder/projection/bias", weight("output.bias"));
  }

  void side(const std::string& name, int64_t layers) {
    const ModelConfig& shape = config_.model;
    const bool pre_norm = shape.norm == NormPlace::kPre;
    file_.variables[name + "/scale_embeddings"] = at::scalar_tensor(std::sqrt(static_cast<double>(shape.d_model)));
    file_.variables[name + "/num_heads"] = integer(shape.num_heads, at::kShort);
    file_.variables[name + "/pre_norm"] = integer(pre_norm ? 1 : 0, at::kChar);
    file_.variables[name + "/activation"] = integer(activation_id(shape.activation), at::kChar);
    position_rows(name);
    if (pre_norm) norm(name + "/layer_norm", name + ".norm");
    for (int64_t i = 0; i < layers; ++i) {
      const std::string here = fmt::format("{}/layer_{}", name, i);
      attention_positions(here + "/self_attention", name, i);
      layer(here, fmt::format("{}.layers.{}", name, i), name == "decoder");
    }
  }

  void layer(const std::string& name, const std::string& heed_name, bool attends_memory) {
    norm(name + "/self_attention/layer_norm", heed_name + ".self_attention_norm");
    linear(name + "/self_attention/linear_0", heed_name + ".self_attention.query_key_value");
    linear(name + "/self_attention/linear_1", heed_name + ".self_attention.output");
    if (attends_memory) {
      norm(name + "/attention/layer_norm", heed_name + ".cross_attention_norm");
      linear(name + "/attention/linear_0", heed_name + ".cross_attention.query");
      linear(name + "/attention/linear_1", heed_name + ".cross_attention.key_value");
      linear(name + "/attention/linear_2", heed_name + ".cross_attention.output");
    }
    norm(name + "/ffn/layer_norm", heed_name + ".feed_forward_norm");
    inner_linear(name + "/ffn/linear_0", heed_name + ".feed_forward.inner");
    linear(name + "/ffn/linear_1", heed_name + ".feed_forward.outer");
  }

  const Config& config_;
  TensorMap weights_;
  Quantization quantization_;
  Ctranslate2File file_;
};

std::string config_json(const Vocabulary& target) {
  const auto piece = [&](int64_t id) { return target.piece(id); };
  return Json{{"add_source_bos", false},
              {"add_source_eos", true},
              {"bos_token", piece(target.special().bos)},
              {"decoder_start_token", piece(target.special().bos)},
              {"eos_token", piece(target.special().eos)},
              {"unk_token", piece(target.special().unk)},
              {"layer_norm_epsilon", kNormEpsilon}}
             .dump(2) +
         "\n";
}

std::string pieces_json(const Vocabulary& vocabulary) { return Json(vocabulary.pieces()).dump(1) + "\n"; }

// The arguments of translate_batch that search as Heed does.
std::string search_arguments(const Config& config, const Vocabulary& target) {
  const DecodeConfig& decode = config.decode;
  const double penalty = decode.length_penalty_type == LengthPenaltyType::kExponent ? decode.length_penalty : 1.0;
  Json suppressed = Json::array();
  for (const std::string& piece : suppressed_pieces(target)) suppressed.push_back({piece});
  std::string rules;
  if (decode.min_length > 1) rules += fmt::format(" min_decoding_length={},", decode.min_length);
  if (decode.patience != 1) rules += fmt::format(" patience={},", decode.patience);
  if (decode.no_repeat_ngram_size > 0) rules += fmt::format(" no_repeat_ngram_size={},", decode.no_repeat_ngram_size);
  return fmt::format(
      "beam_size={}, length_penalty={}, max_decoding_length={},{}{}\n        max_input_length={}, "
      "suppress_sequences={}",
      decode.beam_size, penalty, decode.max_length, decode.allow_unk ? "" : " disable_unk=True,", rules,
      within(config.model, reading_limits(config.data)).source_pieces, suppressed.dump());
}

// In Python: `lines`, the pieces of `texts`. Whoever feeds CTranslate2 cuts language codes off.
std::string cutting(const std::map<std::string, std::string>& codes) {
  if (codes.empty()) return "    lines = [source.encode(text, out_type=str) for text in texts]";
  return "    codes = " + Json(codes).dump() +
         "  # at the start of a text\n"
         "    def cut(text):\n"
         "        code = text[:text.find(\"<<\") + 2]\n"
         "        if code not in codes: return source.encode(text, out_type=str)\n"
         "        return [codes[code]] + source.encode(text[len(code):], out_type=str)\n"
         "    lines = [cut(text) for text in texts]";
}

std::string readme(const Tokenizers& tokenizers, const Config& config) {
  const bool plain = tokenizers.source->model_bytes().empty();
  const std::string load = plain ? "lines = [line.split() for line in texts]"
                                 : fmt::format(
                                       "source = sentencepiece.SentencePieceProcessor(\"{}\"); target = "
                                       "sentencepiece.SentencePieceProcessor(\"{}\")\n{}",
                                       tokenizers.shared() ? "tokenizer.model" : "source.model",
                                       tokenizers.shared() ? "tokenizer.model" : "target.model",
                                       cutting(language_codes(tokenizers.source->vocabulary())));
  const std::string decoded = plain ? "\" \".join(r.hypotheses[0])" : "target.decode(r.hypotheses[0])";
  return fmt::format(
      "A translation model for CTranslate2 (pip install ctranslate2{}), written by Heed. In Python, in this folder:\n\n"
      "    {}\n"
      "    results = ctranslate2.Translator(\".\").translate_batch(lines, {})\n"
      "    print([{} for r in results])\n",
      plain ? "" : " sentencepiece", load, search_arguments(config, tokenizers.target->vocabulary()), decoded);
}

void require_transformer(const ModelConfig& model) {
  if (model.encoder != EncoderType::kTransformer || model.decoder != DecoderType::kTransformer)
    throw ConfigError(fmt::format(
        "--format ctranslate2: CTranslate2 runs Transformers only, and this model has a {} encoder and a {} decoder; "
        "--format safetensors takes every model",
        name_of(model.encoder), name_of(model.decoder)));
  using enum Positions;
  const TransformerExtras extras{{kSinusoidal, kLearned, kNone, kRotary, kRelative}, true, true};
  if (const std::string special = special_setting(model, extras); !special.empty())
    throw ConfigError("--format ctranslate2: CTranslate2 runs no such model with " + special +
                      "; --format safetensors takes every model");
}

}  // namespace

std::vector<std::string> suppressed_pieces(const Vocabulary& target) {
  std::vector<std::string> pieces;
  for (const int64_t id : {target.special().pad, target.special().bos})
    if (id >= 0) pieces.push_back(target.piece(id));
  return pieces;
}

void export_ctranslate2(const TranslationModel& model, const std::filesystem::path& directory,
                        Quantization quantization) {
  require_transformer(model.config.model);
  const TransformerVariables variables(model, quantization);
  const Tokenizers& tokenizers = model.tokenizers;
  make_directories(parent_directory(directory));
  PendingDirectory pending(directory);
  FileWriter file = pending.create("model.bin");
  write_ctranslate2_file(variables.file(), [&](std::string_view bytes) { file.write(bytes); });
  file.sync_and_close();
  pending.write("config.json", config_json(tokenizers.target->vocabulary()));
  const Vocabulary &source = tokenizers.source->vocabulary(), &target = tokenizers.target->vocabulary();
  if (source.pieces() == target.pieces()) {
    pending.write("shared_vocabulary.json", pieces_json(source));
  } else {
    pending.write("source_vocabulary.json", pieces_json(source));
    pending.write("target_vocabulary.json", pieces_json(target));
  }
  for (const auto& [name, bytes] : tokenizers.files())
    if (name != "vocabulary.json") pending.write(name, bytes);
  pending.write("README.md", readme(tokenizers, model.config));
  pending.commit();
}

}  // namespace heed
