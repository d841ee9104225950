#include <filesystem>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "config/config.h"
#include "core/durable_directory.h"
#include "core/error.h"
#include "core/logging.h"
#include "data/parallel_corpus.h"
#include "text/tokenizer_training.h"
#include "watch/work_display.h"

namespace heed {
namespace {

struct VocabOptions {
  CommonOptions common;
  std::string config;
};

// What a vocabulary does not replace would be lost with the directory that it replaces.
void require_own_files(const std::filesystem::path& directory) {
  if (!std::filesystem::is_directory(directory)) return;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string name = entry.path().filename();
    if (!Tokenizers::is_file_name(name))
      throw ConfigError(entry.path().string() +
                        ": no part of a vocabulary: move it elsewhere, or choose another run.directory");
  }
}

// All files or none: a killed process leaves what was there before.
void write_tokenizers(const Tokenizers& tokenizers, const std::filesystem::path& directory) {
  PendingDirectory pending(directory);
  for (const auto& [name, bytes] : tokenizers.files()) pending.write(name, bytes);
  pending.commit();
}

void train_vocabularies(const VocabOptions& options, const std::vector<std::string>& overrides) {
  set_quiet(options.common.quiet);
  const Config config = load_config(options.config, overrides);
  if (config.run.directory.empty()) {
    throw ConfigError(options.config + ": run.directory is not set: expected where to put the vocabularies");
  }
  const std::filesystem::path run = config.run.directory;
  require_own_files(run / "tokenizer");
  const CommandDisplay display(options.common.quiet);
  const Tokenizers tokenizers =
      make_tokenizers(config.tokenizer, training_texts(config.data), static_cast<uint64_t>(config.run.seed));

  make_directories(run);
  write_tokenizers(tokenizers, run / "tokenizer");
  const auto pieces = [](const Tokenizer& tokenizer) { return std::to_string(tokenizer.vocabulary().size()); };
  const std::string sizes =
      tokenizers.shared() ? pieces(*tokenizers.source) + " pieces for both sides"
                          : pieces(*tokenizers.source) + " source and " + pieces(*tokenizers.target) + " target pieces";
  log_info((run / "tokenizer").string() + ": " + std::string(name_of(config.tokenizer.type)) + " vocabulary, " + sizes);
}

}  // namespace

void add_vocab_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("vocab", "train the tokenizer only, into the run directory's tokenizer/");
  auto options = std::make_shared<VocabOptions>();
  add_common_options(*command, options->common);
  command->add_option("config", options->config, "the run's YAML file; --section.key=value changes a key")->required();
  command->allow_extras();
  command->callback([command, options] { train_vocabularies(*options, config_overrides(*command)); });
}

}  // namespace heed
