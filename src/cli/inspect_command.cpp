#include <fmt/format.h>

#include <memory>
#include <string>

#include "checkpoint/checkpoint.h"
#include "checkpoint/manifest.h"
#include "checkpoint/run_directory.h"
#include "cli/commands.h"
#include "cli/text_output.h"
#include "core/file_bytes.h"

namespace heed {
namespace {

std::string shape_text(const at::Tensor& tensor) {
  std::string text;
  for (const int64_t size : tensor.sizes()) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text.empty() ? "scalar" : text;
}

// Indents every line of a file's text.
std::string indented(const std::string& text) {
  std::string result;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    result += "  " + text.substr(start, end - start) + "\n";
    start = end + 1;
  }
  return result;
}

void inspect(const std::string& model, TextOutput& output) {
  const auto directory = resolve_model(model);
  const Checkpoint checkpoint = read_checkpoint(directory);
  output.write_line(fmt::format("checkpoint {} (every byte verified)", directory.string()));

  output.write_line("\nfiles (bytes, SHA-256)");
  const auto manifest_path = directory / kManifestName;
  for (const auto& [name, digest] : parse_manifest(read_file_bytes(manifest_path), manifest_path.string()))
    output.write_line(fmt::format("  {:<22} {:>12}  {}", name, digest.size, digest.sha256));

  int64_t count = 0;
  for (const auto& [name, tensor] : checkpoint.model) count += tensor.numel();
  output.write_line(fmt::format("\nparameters: {} in {} tensors", count, checkpoint.model.size()));
  for (const auto& [name, tensor] : checkpoint.model)
    output.write_line(
        fmt::format("  {:<56} {:>14}  {}", name, shape_text(tensor), c10::toString(tensor.scalar_type())));

  output.write_line("\ntraining state\n" + indented(checkpoint.state) + "\nconfig\n" + indented(checkpoint.config));
}

}  // namespace

void add_inspect_command(CLI::App& app) {
  struct InspectOptions {
    CommonOptions common;
    std::string model;
  };
  CLI::App* command =
      app.add_subcommand("inspect", "what a checkpoint holds: parameters, config, sums, training state");
  auto options = std::make_shared<InspectOptions>();
  add_common_options(*command, options->common);
  command->add_option("model", options->model, "a run directory (its best checkpoint, else the latest) or a checkpoint")
      ->required();
  command->callback([options] {
    TextOutput output("-");
    inspect(options->model, output);
    output.close();
  });
}

}  // namespace heed
