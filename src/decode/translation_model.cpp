#include "checkpoint/checkpoint.h"
#include "checkpoint/run_directory.h"
#include "checkpoint/tensor_check.h"
#include "decode/translator.h"
#include "tensor/device.h"

namespace heed {

TranslationModel load_translation_model(const std::filesystem::path& path, const std::string& device) {
  const std::filesystem::path directory = resolve_model(path);
  Checkpoint checkpoint = read_checkpoint(directory, CheckpointParts::kTranslation);
  Config config = parse_config(checkpoint.config, (directory / "config.yaml").string());
  auto files = checkpoint.tokenizer_files;
  files["vocabulary.json"] = checkpoint.vocabulary;
  Tokenizers tokenizers = Tokenizers::from_files(files, directory.string());
  Transformer model(config.model, tokenizers.source->vocabulary().size(), tokenizers.target->vocabulary().size());
  load_weights(*model, checkpoint.model, (directory / "model.safetensors").string());
  model->to(device.empty() ? resolve_device(config.run.device == "cpu" ? "cpu" : "auto", "run.device")
                           : resolve_device(device, "--device"));
  model->set_compute_type(model->device().is_cuda() && config.run.precision == Precision::kBf16 ? torch::kBFloat16
                                                                                                : torch::kFloat);
  return {std::move(config), std::move(tokenizers), std::move(model)};
}

}  // namespace heed
