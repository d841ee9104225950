#include "export/huggingface.h"

#include <gmock/gmock.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "checkpoint/tensor_check.h"
#include "core/error.h"
#include "support/piece_tokenizers.h"
#include "support/scratch_directory.h"
#include "support/tiny_model.h"
#include "tensor/safetensors.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

TranslationModel model_of(NormPlace norm, TieEmbeddings tie, bool shared, bool bias) {
  const Tokenizers tokenizers = testing::piece_tokenizers(shared);
  Config config;
  config.model = testing::tiny_config();
  config.model.norm = norm;
  config.model.tie_embeddings = tie;
  config.model.output_bias = bias;
  config.model.activation = bias ? Activation::kSwish : Activation::kGelu;
  config.tokenizer.shared = shared;
  config.decode.beam_size = 3;
  config.decode.allow_unk = bias;
  EncoderDecoder model(config.model, tokenizers.source->vocabulary().size(), tokenizers.target->vocabulary().size());
  initialize(model, 7);
  const torch::NoGradGuard no_grad;
  if (bias) model->output->bias.normal_();
  return {config, tokenizers, model};
}

class HuggingFace : public ::testing::Test {
 protected:
  fs::path exported(NormPlace norm = NormPlace::kPost, TieEmbeddings tie = TieEmbeddings::kAll) {
    export_huggingface(model_of(norm, tie, tie == TieEmbeddings::kAll, false), scratch_ / "out", "report");
    return scratch_ / "out";
  }

  ScratchDirectory scratch_;
};

TEST_F(HuggingFace, ComesBackBitForBitWhateverIsTied) {
  for (const NormPlace norm : {NormPlace::kPre, NormPlace::kPost})
    for (const TieEmbeddings tie : {TieEmbeddings::kAll, TieEmbeddings::kDecoder, TieEmbeddings::kNone})
      for (const bool bias : {false, true}) {
        const TranslationModel model = model_of(norm, tie, tie == TieEmbeddings::kAll, bias);
        export_huggingface(model, scratch_ / "out", "");
        const TranslationModel back = import_huggingface(scratch_ / "out");
        EXPECT_EQ(back.config.model, model.config.model);
        EXPECT_EQ(back.config.decode.beam_size, 3);
        EXPECT_EQ(back.config.decode.allow_unk, bias);
        EXPECT_EQ(back.tokenizers.fingerprint(), model.tokenizers.fingerprint());
        const TensorMap expected = weights_of(*model.model);
        for (const auto& [name, tensor] : weights_of(*back.model)) EXPECT_TRUE(tensor.equal(expected.at(name))) << name;
      }
}

TEST_F(HuggingFace, RefusesWhatTransformersLacks) {
  TranslationModel model = model_of(NormPlace::kPre, TieEmbeddings::kAll, true, false);
  model.config.model.positions = Positions::kLearned;
  EXPECT_THROW(export_huggingface(model, scratch_ / "out", ""), ConfigError);
  model.config.model.positions = Positions::kSinusoidal;
  model.config.model.encoder = EncoderType::kRecurrent;
  EXPECT_THROW(export_huggingface(model, scratch_ / "out", ""), ConfigError);
  model.config.model.encoder = EncoderType::kTransformer;
  model.config.model.encoder_attention.reach = ReachType::kStrided;
  EXPECT_THROW(export_huggingface(model, scratch_ / "out", ""), ConfigError);
  model.config.model.encoder_attention.reach = ReachType::kGlobal;
  EXPECT_NO_THROW(export_huggingface(model, scratch_ / "out", ""));
  const Tokenizer& plain = *model.tokenizers.source;
  const Vocabulary other(plain.vocabulary().pieces(), {0, 1, 3, 2}, "test");  // bos and eos the other way round
  model.tokenizers.source =
      std::make_shared<Tokenizer>(Tokenizer::from_model(plain.model_bytes(), other, "other.model"));
  EXPECT_THROW(export_huggingface(model, scratch_ / "out", ""), ConfigError);
}

struct BadDirectory {
  std::string name;
  std::function<void(const fs::path&)> spoil;
  std::string message;
};

void edit(const fs::path& file, const std::function<void(json&)>& change) {
  json object = json::parse(contents(file));
  change(object);
  put(file, object.dump());
}

std::function<void(const fs::path&)> with_key(const std::string& key, const json& value) {
  return
      [=](const fs::path& directory) { edit(directory / "config.json", [&](json& config) { config[key] = value; }); };
}

std::function<void(const fs::path&)> with_tensors(const std::function<void(TensorMap&)>& change) {
  return [=](const fs::path& directory) {
    Safetensors file = read_safetensors(directory / "model.safetensors");
    change(file.tensors);
    put(directory / "model.safetensors", serialize_safetensors(file.tensors));
  };
}

std::vector<BadDirectory> bad_directories() {
  const std::string norm = "model.encoder.layers.0.self_attn_layer_norm.weight",
                    fc1 = "model.decoder.layers.1.fc1.weight";
  return {
      {"NoConfig", [](const fs::path& d) { fs::remove(d / "config.json"); }, "config.json"},
      {"ConfigIsNoJson", [](const fs::path& d) { put(d / "config.json", "{\"d_model\": "); }, "config.json: not JSON"},
      {"UnknownArchitecture", with_key("model_type", "t5"), "key 'model_type' is \"t5\""},
      {"NoScale", with_key("scale_embedding", false), "key 'scale_embedding' is false"},
      {"EmbeddingNorm", with_key("normalize_embedding", true), "key 'normalize_embedding' is true"},
      {"Heads", with_key("decoder_attention_heads", 1), "key 'decoder_attention_heads' is 1"},
      {"Width", with_key("d_model", "wide"), "key 'd_model' is \"wide\", expected a whole number"},
      {"WidthAndAHalf", with_key("d_model", 24.5), "key 'd_model' is 24.5, expected a whole number"},
      {"WidthBeyondAll", with_key("d_model", 1e30), "key 'd_model' is 1e+30, expected a whole number"},
      {"LongNonsense", with_key("d_model", std::string(100000, 'x')), "xxx..., expected a whole number"},
      {"DeepNonsense",
       [](const fs::path& d) {
         put(d / "config.json", "{\"d_model\": " + std::string(100000, '[') + std::string(100000, ']') + "}");
       },
       "config.json: JSON of more than 32 levels"},
      {"PadIsEos", with_key("pad_token_id", 3), "vocab.json: pad, unk, bos and eos must be different"},
      {"BeamOfNone",
       [](const fs::path& d) { edit(d / "generation_config.json", [](json& all) { all["num_beams"] = 0; }); },
       "key 'num_beams' is 0, expected 1 to 1000"},
      {"DanglingGenerationConfig",
       [](const fs::path& d) {
         fs::remove(d / "generation_config.json");
         fs::create_symlink("nowhere", d / "generation_config.json");
       },
       "generation_config.json"},
      {"NegativeWidth", with_key("d_model", -4), "key 'd_model' is -4"},
      {"Activation", with_key("activation_function", "mish"), "key 'activation_function' is \"mish\""},
      {"Dropout", with_key("dropout", 1.5), "key 'dropout' is 1.5"},
      {"AnotherWidth", with_key("d_model", 48), "tensor '"},
      {"AnotherVocabulary", with_key("vocab_size", 81), "key 'vocab_size' is 81, but the vocabulary has 80 pieces"},
      {"MoreLayers", with_key("encoder_layers", 3), "tensor 'model.encoder.layers.2."},
      {"FewerLayers", with_key("decoder_layers", 1), "tensor 'model.decoder.layers.1."},
      {"NoWeights", [](const fs::path& d) { fs::remove(d / "model.safetensors"); }, "save_pretrained"},
      {"TruncatedWeights", [](const fs::path& d) { fs::resize_file(d / "model.safetensors", 5000); },
       "model.safetensors"},
      {"MissingTensor", with_tensors([=](TensorMap& all) { all.erase(norm); }), "tensor '" + norm + "' is missing"},
      {"RenamedTensor", with_tensors([=](TensorMap& all) {
         all["x"] = all.at(norm);
         all.erase(norm);
       }),
       "tensor '" + norm + "' is missing"},
      {"UnknownTensor", with_tensors([=](TensorMap& all) { all["x"] = all.at(norm); }), "tensor 'x' is unknown"},
      {"WrongShape", with_tensors([=](TensorMap& all) { all[fc1] = all.at(fc1).t().contiguous(); }),
       "tensor '" + fc1 + "' has shape [24, 40], expected [40, 24]"},
      {"NotFinite", with_tensors([=](TensorMap& all) { all[fc1][0][0] = std::numeric_limits<float>::infinity(); }),
       "not finite"},
      {"NoSourceModel", [](const fs::path& d) { fs::remove(d / "source.spm"); }, "source.spm"},
      {"TargetModelIsNone", [](const fs::path& d) { put(d / "target.spm", "nothing"); }, "target.spm"},
      {"UnkIsNoText",
       [](const fs::path& d) {
         edit(d / "tokenizer_config.json", [](json& all) { all["unk_token"] = {{"content", 5}}; });
       },
       "key 'unk_token' is {\"content\":5}, expected text"},
      {"IdsWithAHole", [](const fs::path& d) { edit(d / "vocab.json", [](json& all) { all["<s>"] = 4000; }); },
       "piece '<s>' has id 4000"},
      {"NoUnk",
       [](const fs::path& d) {
         edit(d / "vocab.json", [](json& all) {
           all["other"] = all["<unk>"];
           all.erase("<unk>");
         });
       },
       "no piece '<unk>'"},
  };
}

TEST_F(HuggingFace, OnlyPegasusRowsOfTheSmallerSideMayBeMoreThanItsPieces) {
  const fs::path directory = exported(NormPlace::kPre, TieEmbeddings::kAll);
  with_key("vocab_size", 81)(directory);
  EXPECT_THROW(import_huggingface(directory), DataError);
}

TEST_F(HuggingFace, TheModelCardNamesLanguagesWhereFilesDo) {
  TranslationModel model = model_of(NormPlace::kPre, TieEmbeddings::kAll, true, false);
  export_huggingface(model, scratch_ / "out", "");
  EXPECT_THAT(contents(scratch_ / "out" / "README.md"), Not(HasSubstr("language:")));
  model.config.data.train.source = {"data/train.en.gz"};
  model.config.data.train.target = {"data/train.de"};
  export_huggingface(model, scratch_ / "out", "");
  EXPECT_THAT(contents(scratch_ / "out" / "README.md"), HasSubstr("language: [en, de]\n"));
}

// tokenizer_config.json says that the vocabularies are separate; without it the second one's being there does.
TEST_F(HuggingFace, ASecondVocabularyIsUsedEvenIfOnlyItsFileSaysSo) {
  const fs::path directory = exported(NormPlace::kPost, TieEmbeddings::kNone);
  ASSERT_TRUE(fs::exists(directory / "target_vocab.json"));
  const TranslationModel whole = import_huggingface(directory);
  fs::remove(directory / "tokenizer_config.json");
  EXPECT_EQ(import_huggingface(directory).tokenizers.fingerprint(), whole.tokenizers.fingerprint());
}

TEST_F(HuggingFace, EveryBadDirectoryIsRefusedNamingTheFileAndTheKeyOrTensor) {
  for (const BadDirectory& bad : bad_directories()) {
    const fs::path directory = exported();
    bad.spoil(directory);
    try {
      import_huggingface(directory);
      ADD_FAILURE() << bad.name << " was accepted";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(bad.message)) << bad.name;
      EXPECT_THAT(error.what(), HasSubstr((scratch_ / "out").string())) << bad.name;
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << bad.name;
    }
  }
}

}  // namespace
}  // namespace heed
