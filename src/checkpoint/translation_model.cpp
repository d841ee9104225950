#include "checkpoint/translation_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "checkpoint/open_checkpoint.h"
#include "checkpoint/tensor_check.h"
#include "core/error.h"
#include "tensor/device.h"

namespace heed {
namespace {

// "--decode.*, --data.invalid_utf8": a beginning that ends in a dot stands for a section.
std::string listed(const OpenKeys& keys) {
  std::string text;
  for (const std::string& key : keys) text += (text.empty() ? "--" : ", --") + key + (key.ends_with('.') ? "*" : "");
  return text;
}

void require_open_keys(const std::vector<std::string>& overrides, const OpenKeys& open_keys) {
  for (const std::string& one : overrides) {
    const std::string key = one.substr(0, one.find('='));
    const bool open = std::any_of(open_keys.begin(), open_keys.end(), [&](const std::string& beginning) {
      return beginning.ends_with('.') ? key.starts_with(beginning) : key == beginning;
    });
    if (!open)
      throw ConfigError(fmt::format("command line: --{}: a trained model's config is fixed; only {} can be given here",
                                    key, listed(open_keys)));
  }
}

// Uninitialised, of the shapes that config and vocabularies ask for.
EncoderDecoder empty_model(const ModelConfig& config, const Tokenizers& tokenizers, const std::string& origin) {
  const int64_t source = tokenizers.source->vocabulary().size(), target = tokenizers.target->vocabulary().size();
  if (config.tie_embeddings == TieEmbeddings::kAll && source != target)
    throw CheckpointError(
        fmt::format("{}: model.tie_embeddings all needs one vocabulary for both sides, found {} source "
                    "and {} target pieces",
                    origin, source, target));
  return EncoderDecoder(config, source, target);
}

}  // namespace

Tokenizers tokenizers_of(const Checkpoint& checkpoint, const ModelConfig& model, const std::string& origin) {
  auto files = checkpoint.tokenizer_files;
  files["vocabulary.json"] = checkpoint.vocabulary;
  return tokenizers_for(model, Tokenizers::from_files(files, origin));
}

TranslationModel load_translation_model(const std::filesystem::path& path, const std::string& device,
                                        const std::vector<std::string>& overrides, const OpenKeys& open_keys) {
  require_open_keys(overrides, open_keys);
  const OpenCheckpoint files = open_model(path);
  const std::filesystem::path& directory = files.directory();
  const Checkpoint checkpoint = files.read(CheckpointParts::kTranslation);
  Config config = parse_config(checkpoint.config, (directory / "config.yaml").string());
  apply_overrides(config, overrides);
  const c10::Device place = device.empty() ? resolve_device(config.run.device == "cpu" ? "cpu" : "auto", "run.device")
                                           : resolve_device(device, "--device");
  Tokenizers tokenizers = tokenizers_of(checkpoint, config.model, directory.string());
  EncoderDecoder model = empty_model(config.model, tokenizers, directory.string());
  load_weights(*model, checkpoint.model, (directory / "model.safetensors").string());
  model->to(place);
  const bool bf16 = place.is_cuda() && config.run.precision != Precision::kFp32;
  model->set_compute_type(bf16 ? torch::kBFloat16 : torch::kFloat);
  return {std::move(config), std::move(tokenizers), std::move(model), directory, checkpoint.state};
}

}  // namespace heed
