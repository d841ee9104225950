#include <fmt/format.h>

#include <memory>
#include <string>

#include "checkpoint/checkpoint.h"
#include "checkpoint/tensor_check.h"
#include "cli/commands.h"
#include "cli/new_directory.h"
#include "core/logging.h"
#include "export/huggingface.h"

namespace heed {
namespace {

struct ImportOptions {
  CommonOptions common;
  std::string directory, output;
  bool force = false;
};

void import_model(const ImportOptions& options) {
  set_quiet(options.common.quiet);
  const auto output = new_model_directory(options.output, options.force, {options.directory});
  const TranslationModel model = import_huggingface(options.directory);
  Checkpoint checkpoint;
  checkpoint.model = weights_of(*model.model);
  checkpoint.config = dump_config(model.config);
  checkpoint.tokenizer_files = model.tokenizers.files();
  checkpoint.vocabulary = checkpoint.tokenizer_files.extract("vocabulary.json").mapped();
  checkpoint.state = "{\n  \"imported\": true\n}\n";
  write_checkpoint(output, checkpoint);
  int64_t parameters = 0;
  for (const auto& [name, tensor] : checkpoint.model) parameters += tensor.numel();
  log_info(fmt::format("{}: {} parameters, vocabulary {} / {}; it translates, and train.initialize_from starts from it",
                       options.output, parameters, model.tokenizers.source->vocabulary().size(),
                       model.tokenizers.target->vocabulary().size()));
}

}  // namespace

void add_import_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "import", "make a checkpoint of a Hugging Face Marian directory (or of one that Heed exported)");
  auto options = std::make_shared<ImportOptions>();
  add_common_options(*command, options->common);
  command
      ->add_option("directory", options->directory,
                   "config.json, model.safetensors, vocab.json, source.spm, target.spm")
      ->required();
  command->add_option("-o,--output", options->output, "where the checkpoint goes")->required();
  command->add_flag("--force", options->force, "replace the model that is there");
  command->footer("Training goes on from it with train.initialize_from and its config.yaml's model section.");
  command->callback([options] { import_model(*options); });
}

}  // namespace heed
