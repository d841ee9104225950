#include "export/average.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <string>

#include "checkpoint/tensor_check.h"
#include "config/config.h"
#include "core/error.h"

namespace heed {
namespace {

void require_one_model(const Checkpoint& one, const std::filesystem::path& directory, const Checkpoint& first,
                       const std::filesystem::path& first_directory) {
  const auto differs = [&](const std::string& what) {
    throw CheckpointError(fmt::format("{}: {} differs from that of {}: only checkpoints of one model can be averaged",
                                      directory.string(), what, first_directory.string()));
  };
  const Config config = parse_config(one.config, (directory / "config.yaml").string());
  const Config first_config = parse_config(first.config, (first_directory / "config.yaml").string());
  for (const std::string& key : differing_keys(first_config, config))
    if (key.starts_with("model.")) differs(key);
  if (one.vocabulary != first.vocabulary) differs("vocabulary.json");
  if (one.tokenizer_files != first.tokenizer_files) differs("the tokenizer");
  check_tensors_match(one.model, first.model, (directory / "model.safetensors").string());
}

}  // namespace

Checkpoint average_checkpoints(const std::vector<OpenCheckpoint>& checkpoints) {
  TORCH_CHECK(!checkpoints.empty(), "an average needs a checkpoint");
  const Checkpoint first = checkpoints.front().read(CheckpointParts::kTranslation);
  Checkpoint last = first;
  TensorMap sums;
  std::vector<std::string> names;
  for (const OpenCheckpoint& files : checkpoints) {
    if (!names.empty()) last = files.read(CheckpointParts::kTranslation);
    require_one_model(last, files.directory(), first, checkpoints.front().directory());
    for (const auto& [name, tensor] : last.model) {
      const at::Tensor value = tensor.to(at::kDouble);
      sums[name] = names.empty() ? value : sums[name].add_(value);
    }
    names.push_back(fmt::format("\"{}\"", files.directory().filename().string()));
  }
  const auto count = static_cast<double>(checkpoints.size());
  for (auto& [name, tensor] : last.model) tensor = sums.at(name).div_(count).to(tensor.scalar_type());
  last.state = fmt::format("{{\n  \"average_of\": [{}]\n}}\n", fmt::join(names, ", "));
  return last;
}

}  // namespace heed
