#include "export/ctranslate2.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "export/ctranslate2_file.h"
#include "support/piece_tokenizers.h"
#include "support/scratch_directory.h"
#include "support/tiny_translator.h"

namespace heed {
namespace {

using ::testing::HasSubstr;

std::string bytes_of(const Ctranslate2File& file) {
  std::string bytes;
  write_ctranslate2_file(file, [&](std::string_view piece) { bytes += piece; });
  return bytes;
}

std::string raw(std::initializer_list<int> bytes) {
  std::string text;
  for (const int byte : bytes) text += static_cast<char>(byte);
  return text;
}

// By hand, from the format in the header.
TEST(Ctranslate2File, HasTheBytesOfTheFormat) {
  const Ctranslate2File file{
      "AB", 7, {{"x", at::arange(2, at::kShort).reshape({1, 2})}, {"s", at::scalar_tensor(1.0f)}}, {{"y", "x"}}};
  EXPECT_EQ(bytes_of(file),
            raw({6, 0, 0, 0, 3, 0, 'A', 'B', 0, 7, 0, 0, 0, 2, 0, 0, 0}) +                   // head
                raw({2, 0, 's', 0, 0, 0, 4, 0, 0, 0, 0, 0, 0x80, 0x3F}) +                    // s: rank 0, float
                raw({2, 0, 'x', 0, 2, 1, 0, 0, 0, 2, 0, 0, 0, 2, 4, 0, 0, 0, 0, 0, 1, 0}) +  // x: (1, 2), int16
                raw({1, 0, 0, 0, 2, 0, 'y', 0, 2, 0, 'x', 0}));                              // y is x
}

TEST(Ctranslate2File, RefusesTypesThatTheFormatLacks) {
  EXPECT_THROW(bytes_of({"A", 1, {{"x", at::zeros({1}, at::kDouble)}}, {}}), Error);
}

TEST(ExportCtranslate2, WritesAWholeDirectoryAndReplacesIt) {
  const ScratchDirectory scratch;
  const Tokenizers tokenizers = testing::piece_tokenizers(true);
  const TranslationModel model{{}, tokenizers, testing::tiny_model(testing::tiny_config(), 80)};
  TranslationModel configured = model;
  configured.config.model = testing::tiny_config();
  for (int i = 0; i < 2; ++i) export_ctranslate2(configured, scratch / "out", Quantization::kInt8);
  EXPECT_EQ(names_in(scratch / "out"), (std::set<std::string>{"README.md", "config.json", "model.bin",
                                                              "shared_vocabulary.json", "tokenizer.model"}));
  EXPECT_EQ(names_in(scratch.path()), (std::set<std::string>{"out"}));
  const auto pieces = nlohmann::json::parse(contents(scratch / "out" / "shared_vocabulary.json"));
  EXPECT_EQ(pieces.get<std::vector<std::string>>(), tokenizers.target->vocabulary().pieces());
  const auto config = nlohmann::json::parse(contents(scratch / "out" / "config.json"));
  EXPECT_EQ(config.at("decoder_start_token"), "<s>");
  EXPECT_EQ(config.at("add_source_eos"), true);
  EXPECT_THAT(contents(scratch / "out" / "README.md"), HasSubstr("suppress_sequences=[[\"<pad>\"],[\"<s>\"]])"));
}

TEST(ExportCtranslate2, RefusesModelsThatItCannotRunAndSaysWhatCan) {
  const ScratchDirectory scratch;
  TranslationModel model{{}, testing::shared_tokenizers(), testing::tiny_model(testing::tiny_config())};
  model.config.model.decoder = DecoderType::kRecurrent;
  try {
    export_ctranslate2(model, scratch / "out", Quantization::kFloat32);
    FAIL() << "a recurrent decoder was accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("transformer encoder and a recurrent decoder"));
    EXPECT_THAT(error.what(), HasSubstr("--format safetensors"));
  }
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

TEST(ExportCtranslate2, RefusesAttentionsThatItDoesNotKnowByTheirKey) {
  const ScratchDirectory scratch;
  const auto refusal_of = [&](const std::vector<std::string>& changes) {
    TranslationModel model{{}, testing::shared_tokenizers(), testing::tiny_model(testing::tiny_config())};
    apply_overrides(model.config, changes);
    try {
      export_ctranslate2(model, scratch / "out", Quantization::kFloat32);
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_THAT(refusal_of({"model.positions=alibi"}), HasSubstr("with model.positions alibi; --format safetensors"));
  EXPECT_THAT(refusal_of({"model.num_key_heads=1"}), HasSubstr("with model.num_key_heads 1;"));
  EXPECT_THAT(refusal_of({"model.decoder_attention.reach=window"}),
              HasSubstr("with model.decoder_attention.reach window;"));
  EXPECT_THAT(refusal_of({"model.cross_attention.num_heads=1"}), HasSubstr("with model.cross_attention.num_heads 1;"));
}

}  // namespace
}  // namespace heed
