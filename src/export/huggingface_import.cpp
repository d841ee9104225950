#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "checkpoint/tensor_check.h"
#include "core/error.h"
#include "core/failure_text.h"
#include "core/file_bytes.h"
#include "core/json_object.h"
#include "export/huggingface.h"
#include "export/huggingface_weights.h"
#include "text/language_code.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

Activation activation_of(const JsonObject& file) {
  const auto name = file.text_of("activation_function");
  if (name == "relu") return Activation::kRelu;
  if (name == "gelu") return Activation::kGelu;
  if (name == "swish" || name == "silu") return Activation::kSwish;
  file.refuse("activation_function", "relu, gelu or swish");
}

void require_equal(const JsonObject& file, const std::string& one, const std::string& other) {
  if (file.integer_of(one) != file.integer_of(other))
    file.refuse(other, fmt::format("{} as '{}'", file.integer_of(one), one));
}

// Without the output's bias, which the weights decide.
ModelConfig model_config(const JsonObject& file) {
  const auto type = file.text_of("model_type");
  if (type != "marian" && type != "pegasus") file.refuse("model_type", "marian or pegasus");
  if (!file.flag_of("scale_embedding", false)) file.refuse("scale_embedding", "true: Heed's are times sqrt(d_model)");
  if (file.flag_of("normalize_embedding", false)) file.refuse("normalize_embedding", "false: Heed has no such norm");
  if (!file.flag_of("static_position_embeddings", true)) file.refuse("static_position_embeddings", "true");
  if (file.flag_of("normalize_before", type == "pegasus") != (type == "pegasus"))
    file.refuse("normalize_before", type == "marian" ? "false, as of every marian" : "true, as of every pegasus");
  require_equal(file, "encoder_attention_heads", "decoder_attention_heads");
  require_equal(file, "encoder_ffn_dim", "decoder_ffn_dim");
  ModelConfig model;
  model.d_model = file.size_of("d_model", 1 << 16);
  model.d_ff = file.size_of("encoder_ffn_dim", 1 << 18);
  model.num_heads = file.size_of("encoder_attention_heads", 1 << 10);
  if (model.d_model % 2 != 0 || model.d_model % model.num_heads != 0)
    file.refuse("d_model", "an even number that its heads divide");
  model.num_encoder_layers = file.size_of("encoder_layers", 1000);
  model.num_decoder_layers = file.size_of("decoder_layers", 1000);
  model.dropout = file.fraction_of("dropout", 0.1);
  model.attention_dropout = file.fraction_of("attention_dropout", 0.0);
  model.activation_dropout = file.fraction_of("activation_dropout", 0.0);
  model.activation = activation_of(file);
  model.norm = type == "marian" ? NormPlace::kPost : NormPlace::kPre;
  const bool tied_output = file.flag_of("tie_word_embeddings", true);
  const bool shared = type == "marian" ? file.flag_of("share_encoder_decoder_embeddings", true) : tied_output;
  if (shared && !tied_output) file.refuse("tie_word_embeddings", "true where embeddings are shared");
  model.tie_embeddings = shared ? TieEmbeddings::kAll : tied_output ? TieEmbeddings::kDecoder : TieEmbeddings::kNone;
  return model;
}

// A language code that stands there twice, with one id: as it is, and as the piece that Heed made of it.
bool is_second_name(const std::string& piece, const Json& id, const JsonObject& file) {
  const auto& names = file.object();
  const auto marked = names.find("\u2581" + piece);
  return marked != names.end() && *marked == id && language_code_length(piece) == piece.size();
}

// Pieces in id order. Every id from 0 on must be there exactly once.
std::vector<std::string> pieces_of(const JsonObject& file) {
  size_t second_names = 0;
  for (const auto& [piece, id] : file.object().items()) second_names += is_second_name(piece, id, file) ? 1 : 0;
  std::vector<std::string> pieces(file.object().size() - second_names);
  for (const auto& [piece, id] : file.object().items()) {
    if (is_second_name(piece, id, file)) continue;
    if (!id.is_number_unsigned() || id.get<uint64_t>() >= pieces.size() || !pieces[id.get<size_t>()].empty())
      throw DataError(fmt::format("{}: piece '{}' has id {}: expected each of 0 to {} once", file.name(), piece,
                                  quoted(id), pieces.size() - 1));
    pieces[id.get<size_t>()] = piece;
  }
  return pieces;
}

int64_t id_of(const JsonObject& vocabulary, const std::string& piece) {
  if (!vocabulary.has(piece)) throw DataError(fmt::format("{}: no piece '{}'", vocabulary.name(), piece));
  return vocabulary.integer_of(piece);
}

// A special token stands there as text or, as some versions write it, as an object with that text.
std::string token_of(const JsonObject& tokenizer, const std::string& key, const std::string& otherwise) {
  if (!tokenizer.has(key)) return otherwise;
  const Json& token = tokenizer.object().at(key);
  const bool inside = token.is_object() && token.contains("content") && token.at("content").is_string();
  return inside ? token.at("content").get<std::string>() : tokenizer.text_of(key);
}

Vocabulary vocabulary_of(const JsonObject& file, const JsonObject& config, const JsonObject& tokenizer) {
  SpecialIds special;
  special.unk = id_of(file, token_of(tokenizer, "unk_token", "<unk>"));
  special.eos = config.integer_of("eos_token_id");
  special.bos = config.integer_of("decoder_start_token_id");
  special.pad = config.integer_of("pad_token_id");
  if (special.pad == special.bos) special.pad = -1;  // Marian's: the start is what pads
  return Vocabulary(pieces_of(file), special, file.name());
}

std::shared_ptr<const Tokenizer> tokenizer_of(const fs::path& model, Vocabulary vocabulary) {
  std::string bytes = read_file_bytes(model);
  // A vocabulary that is the model's own needs no mapping; that of a model written by Heed is.
  try {
    Tokenizer plain = Tokenizer::from_model(bytes, model.string());
    if (plain.vocabulary() == vocabulary) return std::make_shared<Tokenizer>(std::move(plain));
  } catch (const DataError&) {  // special pieces that only the vocabulary has
  }
  return std::make_shared<Tokenizer>(Tokenizer::from_model(std::move(bytes), std::move(vocabulary), model.string()));
}

Tokenizers tokenizers_in(const fs::path& directory, const JsonObject& config) {
  const JsonObject tokenizer = JsonObject::read_if_there(directory / "tokenizer_config.json");
  const JsonObject source_pieces = JsonObject::read(directory / "vocab.json");
  const bool separate = tokenizer.flag_of("separate_vocabs", fs::exists(directory / "target_vocab.json"));
  const JsonObject target_pieces = JsonObject::read(directory / (separate ? "target_vocab.json" : "vocab.json"));
  Tokenizers tokenizers{tokenizer_of(directory / "source.spm", vocabulary_of(source_pieces, config, tokenizer)),
                        tokenizer_of(directory / "target.spm", vocabulary_of(target_pieces, config, tokenizer))};
  // One file format keeps both sides' ids: mapped both, or neither.
  if (tokenizers.source->has_own_ids() != tokenizers.target->has_own_ids())
    for (auto* side : {&tokenizers.source, &tokenizers.target})
      *side = std::make_shared<Tokenizer>(
          Tokenizer::from_model((*side)->model_bytes(), (*side)->vocabulary(), directory.string()));
  if (tokenizers.source->fingerprint() == tokenizers.target->fingerprint()) tokenizers.target = tokenizers.source;
  return tokenizers;
}

void require_rows(const JsonObject& config, const std::string& key, int64_t rows, int64_t pieces, bool may_be_more) {
  if (rows == pieces || (may_be_more && rows > pieces)) return;
  throw DataError(
      fmt::format("{}: key '{}' is {}, but the vocabulary has {} pieces", config.name(), key, rows, pieces));
}

VocabularyRows rows_of(const JsonObject& config, const Tokenizers& tokenizers, const ModelConfig& model) {
  VocabularyRows rows;
  rows.source = config.size_of("vocab_size", 1 << 24);
  rows.target = model.tie_embeddings == TieEmbeddings::kAll || !config.has("decoder_vocab_size")
                    ? rows.source
                    : config.size_of("decoder_vocab_size", 1 << 24);
  const int64_t source = tokenizers.source->vocabulary().size(), target = tokenizers.target->vocabulary().size();
  // Pegasus has one number for both sides: that of the larger.
  const bool common = model.norm == NormPlace::kPre && rows.source == std::max(source, target);
  require_rows(config, "vocab_size", rows.source, source, common);
  require_rows(config, "decoder_vocab_size", rows.target, target, common);
  return rows;
}

bool generates(const JsonObject& generation, int64_t id) {
  if (!generation.has("bad_words_ids")) return true;
  const Json& never = generation.object().at("bad_words_ids");
  if (!never.is_array()) generation.refuse("bad_words_ids", "a list of lists of ids");
  for (const auto& words : never)
    if (words == Json::array({id})) return false;
  return true;
}

DecodeConfig decode_config(const JsonObject& generation, const SpecialIds& special) {
  DecodeConfig decode;
  decode.beam_size = generation.size_of("num_beams", 1000, 1);
  decode.length_penalty = generation.number_of("length_penalty", 1.0);
  if (!(std::abs(decode.length_penalty) <= 10)) generation.refuse("length_penalty", "-10 to 10");
  decode.max_length = std::max<int64_t>(generation.size_of("max_length", 1 << 20, 512) - 2, 1);
  decode.allow_unk = generates(generation, special.unk);
  return decode;
}

}  // namespace

TranslationModel import_huggingface(const fs::path& directory) {
  if (!fs::exists(directory))
    throw DataError(directory.string() + ": there is no such directory" + relative_note(directory));
  if (!fs::is_directory(directory)) throw DataError(directory.string() + ": expected a directory");
  const fs::path weights_file = directory / "model.safetensors";
  const JsonObject file = JsonObject::read(directory / "config.json");
  Config config;
  config.model = model_config(file);
  if (!fs::exists(weights_file))
    throw DataError(weights_file.string() +
                    ": there is no such file; transformers writes it, in one piece unless max_shard_size is small: "
                    "from_pretrained(...).save_pretrained(...)");
  Tokenizers tokenizers = tokenizers_in(directory, file);
  const VocabularyRows rows = rows_of(file, tokenizers, config.model);
  const int64_t source = tokenizers.source->vocabulary().size(), target = tokenizers.target->vocabulary().size();
  Safetensors weights = read_safetensors(weights_file);
  config.model.output_bias = has_output_bias(weights.tensors, target);
  const bool untied = config.model.tie_embeddings == TieEmbeddings::kNone;  // Pegasus ties all three or none
  if (untied && has_tied_output(weights.tensors)) config.model.tie_embeddings = TieEmbeddings::kDecoder;

  config.tokenizer.shared = tokenizers.source->vocabulary() == tokenizers.target->vocabulary();
  config.tokenizer.vocab_size = target;
  const int64_t positions = file.size_of("max_position_embeddings", 1 << 20, 512);
  config.data.max_source_length = config.data.max_target_length = std::max<int64_t>(positions - 1, 1);
  // Older directories keep in config.json how to generate.
  const JsonObject generation = JsonObject::read_if_there(directory / "generation_config.json");
  config.decode =
      decode_config(generation.object().empty() ? file : generation, tokenizers.target->vocabulary().special());
  EncoderDecoder model(config.model, source, target);
  load_weights(
      *model,
      from_huggingface(std::move(weights.tensors), config.model, rows, weights_of(*model), weights_file.string()),
      weights_file.string());
  return {std::move(config), std::move(tokenizers), std::move(model)};
}

}  // namespace heed
