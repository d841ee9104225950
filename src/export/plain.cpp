#include "export/plain.h"

#include <string>

#include "checkpoint/tensor_check.h"
#include "core/durable_directory.h"

namespace heed {
namespace {

constexpr const char* kReadme =
    "Weights of a model trained with Heed.\n\n"
    "    from safetensors.torch import load_file; weights = load_file(\"model.safetensors\")\n\n"
    "Names say where a tensor belongs; linear weights are (out, in). query_key_value and key_value are those matrices "
    "one\n"
    "below the other. config.yaml has the model's shape, vocabulary.json the pieces in id order with their special "
    "ids.\n";

}  // namespace

void export_safetensors(const TranslationModel& model, const std::filesystem::path& directory, at::ScalarType type) {
  TensorMap weights = weights_of(*model.model);
  for (auto& [name, tensor] : weights) tensor = tensor.to(type);
  check_finite(weights, directory.string());  // float16 ends at 65504
  make_directories(parent_directory(directory));
  PendingDirectory pending(directory);
  FileWriter file = pending.create("model.safetensors");
  write_safetensors(weights, [&](std::string_view bytes) { file.write(bytes); });
  file.sync_and_close();
  pending.write("config.yaml", dump_config(model.config));
  for (const auto& [name, bytes] : model.tokenizers.files()) pending.write(name, bytes);
  pending.write("README.md", kReadme);
  pending.commit();
}

}  // namespace heed
