#include "export/huggingface.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "checkpoint/tensor_check.h"
#include "core/durable_directory.h"
#include "core/error.h"
#include "export/huggingface_weights.h"
#include "export/position_rows.h"
#include "export/special_setting.h"
#include "text/language_code.h"

namespace heed {
namespace {

using Json = nlohmann::ordered_json;

void require_exportable(const TranslationModel& model) {
  const ModelConfig& shape = model.config.model;
  const auto refuse = [](const std::string& why) {
    throw ConfigError("--format huggingface: " + why + "; --format safetensors takes every model");
  };
  if (shape.encoder != EncoderType::kTransformer || shape.decoder != DecoderType::kTransformer)
    refuse(fmt::format("transformers has no model of a {} encoder and a {} decoder", name_of(shape.encoder),
                       name_of(shape.decoder)));
  if (shape.positions == Positions::kLearned)
    refuse("transformers has no such model with learned positions (--format ctranslate2 takes them)");
  if (const std::string special = special_setting(shape); !special.empty())
    refuse("transformers has no such model with " + special);
  if (model.tokenizers.source->model_bytes().empty())
    refuse("a MarianTokenizer needs sentencepiece models, and this model reads text that is already in tokens");
  if (!(model.tokenizers.source->vocabulary().special() == model.tokenizers.target->vocabulary().special()))
    refuse("transformers has one set of special ids for both sides, and this model's source and target have their own");
}

// A language's code, where the training files end in one: train.en -> en.
std::string language_of(const std::vector<std::string>& files, const std::string& otherwise) {
  if (files.empty()) return otherwise;
  std::filesystem::path file = files.front();
  if (file.extension() == ".gz") file = file.stem();
  const std::string ending = file.extension().string();
  return ending.size() == 3 || ending.size() == 4 ? ending.substr(1) : otherwise;
}

// A model whose vocabulary has no pad needs an id there all the same: its start, which is never generated either.
int64_t pad_of(const SpecialIds& special) { return special.pad >= 0 ? special.pad : special.bos; }

VocabularyRows rows_of(const TranslationModel& model) {
  VocabularyRows rows{model.tokenizers.source->vocabulary().size(), model.tokenizers.target->vocabulary().size()};
  if (model.config.model.norm == NormPlace::kPre) rows.source = rows.target = std::max(rows.source, rows.target);
  return rows;
}

Json config_json(const TranslationModel& model) {
  const ModelConfig& shape = model.config.model;
  const SpecialIds& special = model.tokenizers.target->vocabulary().special();
  const VocabularyRows rows = rows_of(model);
  const bool post = shape.norm == NormPlace::kPost, tied = shape.tie_embeddings == TieEmbeddings::kAll;
  Json json{{"architectures", {post ? "MarianMTModel" : "PegasusForConditionalGeneration"}},
            {"model_type", post ? "marian" : "pegasus"},
            {"is_encoder_decoder", true},
            {"d_model", shape.d_model},
            {"encoder_layers", shape.num_encoder_layers},
            {"decoder_layers", shape.num_decoder_layers},
            {"encoder_attention_heads", shape.num_heads},
            {"decoder_attention_heads", shape.num_heads},
            {"encoder_ffn_dim", shape.d_ff},
            {"decoder_ffn_dim", shape.d_ff},
            {"activation_function", name_of(shape.activation)},
            {"dropout", shape.dropout},
            {"attention_dropout", shape.attention_dropout},
            {"activation_dropout", shape.activation_dropout},
            {"max_position_embeddings", exported_positions(model.config)},
            {"static_position_embeddings", true},
            {"scale_embedding", true},
            {"normalize_before", !post},
            {"normalize_embedding", false},
            {"vocab_size", rows.source},
            {"decoder_vocab_size", rows.target},
            {"pad_token_id", pad_of(special)},
            {"bos_token_id", special.bos},
            {"eos_token_id", special.eos},
            {"decoder_start_token_id", special.bos},
            {"forced_eos_token_id", special.eos},
            {"dtype", "float32"}};
  json["share_encoder_decoder_embeddings"] = tied;
  json["tie_word_embeddings"] = post ? shape.tie_embeddings != TieEmbeddings::kNone : tied;
  return json;
}

// As Heed decodes: pad and bos are never generated, unk only where asked for, the search ends with beam_size
// hypotheses.
Json generation_json(const TranslationModel& model) {
  const SpecialIds& special = model.tokenizers.target->vocabulary().special();
  const DecodeConfig& decode = model.config.decode;
  Json never = Json::array();
  if (special.pad >= 0 && special.pad != special.bos) never.push_back({special.pad});
  never.push_back({special.bos});
  if (!decode.allow_unk) never.push_back({special.unk});
  const double penalty =
      decode.length_penalty_type == LengthPenaltyType::kExponent ? decode.length_penalty : 1.0;  // wu is not there
  Json json = {{"bos_token_id", special.bos},
               {"eos_token_id", special.eos},
               {"pad_token_id", pad_of(special)},
               {"decoder_start_token_id", special.bos},
               {"forced_eos_token_id", special.eos},
               {"bad_words_ids", never},
               {"num_beams", decode.beam_size},
               {"length_penalty", penalty},
               {"early_stopping", decode.beam_size > 1},
               {"min_length", std::max<int64_t>(decode.min_length, 1) + 1},  // with the start
               {"max_length", decode.max_length + 2}};
  if (decode.no_repeat_ngram_size > 0) json["no_repeat_ngram_size"] = decode.no_repeat_ngram_size;
  if (decode.repetition_penalty != 1 && decode.beam_size > 1)  // without a beam it is another rule there
    json["repetition_penalty"] = decode.repetition_penalty;
  return json;
}

Json tokenizer_json(const TranslationModel& model) {
  const Vocabulary& target = model.tokenizers.target->vocabulary();
  const SpecialIds& special = target.special();
  return {{"tokenizer_class", "MarianTokenizer"},
          {"source_lang", language_of(model.config.data.train.source, "source")},
          {"target_lang", language_of(model.config.data.train.target, "target")},
          {"separate_vocabs", !(model.tokenizers.source->vocabulary() == target)},
          {"unk_token", target.piece(special.unk)},
          {"eos_token", target.piece(special.eos)},
          {"pad_token", target.piece(pad_of(special))},
          {"model_max_length", exported_positions(model.config)},
          {"clean_up_tokenization_spaces", false}};
}

// A MarianTokenizer looks up a language code as it is, behind no mark of a space. The pieces' own names come last: ids
// are written with those.
Json pieces_json(const Vocabulary& vocabulary) {
  Json json = Json::object();
  for (const auto& [code, piece] : language_codes(vocabulary))
    if (code != piece) json[code] = vocabulary.find(piece).value();
  for (int64_t id = 0; id < vocabulary.size(); ++id) json[vocabulary.piece(id)] = id;
  return json;
}

std::string readme(const TranslationModel& model, const std::string& report) {
  const CorpusConfig& corpus = model.config.data.train;
  const std::string source = language_of(corpus.source, ""), target = language_of(corpus.target, "");
  const std::string languages =
      source.empty() || target.empty() ? "" : fmt::format("language: [{}, {}]\n", source, target);
  return fmt::format(
      "---\nlibrary_name: transformers\npipeline_tag: translation\n{}---\n\n"
      "A {} Transformer for sequence-to-sequence tasks, trained with Heed. In Python:\n\n"
      "    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer\n"
      "    tokenizer, model = AutoTokenizer.from_pretrained(DIR), AutoModelForSeq2SeqLM.from_pretrained(DIR)\n"
      "    output = model.generate(**tokenizer(texts, return_tensors=\"pt\", padding=True))\n"
      "    print(tokenizer.batch_decode(output, skip_special_tokens=True))\n\n"
      "Where the package sacremoses is installed, MarianTokenizer normalises punctuation first, which the model has "
      "not seen\nin training: leave it out for the translations that Heed gives. A text that begins with >> and has << "
      "somewhere: what is\nin between is a language code to MarianTokenizer, unknown where the vocabulary has none "
      "such; "
      "{}\n\n{}",
      languages, model.config.model.norm == NormPlace::kPost ? "post-norm" : "pre-norm",
      model.tokenizers.source->has_own_ids() ? "so it is to Heed." : "to Heed that is text.", report);
}

}  // namespace

void export_huggingface(const TranslationModel& model, const std::filesystem::path& directory,
                        const std::string& report) {
  require_exportable(model);
  const TensorMap weights = to_huggingface(weights_of(*model.model), model.config.model, rows_of(model));
  const Tokenizers& tokenizers = model.tokenizers;
  make_directories(parent_directory(directory));
  PendingDirectory pending(directory);
  FileWriter file = pending.create("model.safetensors");
  write_safetensors(weights, [&](std::string_view bytes) { file.write(bytes); });
  file.sync_and_close();
  const auto write_json = [&](const std::string& name, const Json& json) { pending.write(name, json.dump(2) + "\n"); };
  write_json("config.json", config_json(model));
  write_json("generation_config.json", generation_json(model));
  write_json("tokenizer_config.json", tokenizer_json(model));
  write_json("vocab.json", pieces_json(tokenizers.source->vocabulary()));
  if (!(tokenizers.source->vocabulary() == tokenizers.target->vocabulary()))
    write_json("target_vocab.json", pieces_json(tokenizers.target->vocabulary()));
  pending.write("source.spm", tokenizers.source->model_bytes());
  pending.write("target.spm", tokenizers.target->model_bytes());
  pending.write("README.md", readme(model, report));
  pending.commit();
}

}  // namespace heed
