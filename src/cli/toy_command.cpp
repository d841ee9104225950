#include <limits>
#include <memory>

#include "cli/commands.h"
#include "core/logging.h"
#include "toy/corpus.h"

namespace heed {
namespace {

struct ToyOptions {
  CommonOptions common;
  std::string task, directory;
  int64_t lines = 0;  // 0: the task's default
  int64_t seed = 1;
};

void write_corpus(const ToyOptions& options) {
  set_quiet(options.common.quiet);
  const ToyTask task = *toy_task_named(options.task);
  const int64_t lines = options.lines > 0 ? options.lines : default_toy_lines(task);
  for (const auto& path : write_toy_corpus(task, options.directory, lines, static_cast<uint64_t>(options.seed))) {
    log_info("wrote " + path.string());
  }
  const std::string held_out = std::to_string(kHeldOutLines);
  log_info(options.task + ": " + std::to_string(lines) + " training, " + held_out + " validation and " + held_out +
           " test lines, seed " + std::to_string(options.seed));
}

}  // namespace

void add_toy_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("toy", "write a toy corpus: something to train on at once");
  auto options = std::make_shared<ToyOptions>();
  command
      ->add_option("TASK", options->task,
                   "translation  English to German from a grammar    (train.en train.de train.align ...)\n"
                   "summary      business e-mails to subject lines   (train.body train.subject ...)\n"
                   "copy         number sequences, as they are       (train.source train.target ...)\n"
                   "reverse      ... backwards\n"
                   "sort         ... in ascending order")
      ->required()
      ->check(CLI::IsMember(toy_task_names()));
  command
      ->add_option("DIR", options->directory,
                   "directory to write to; made if it is not there, an earlier toy corpus is replaced")
      ->required();
  command
      ->add_option("--lines", options->lines,
                   "training lines (default: translation 40000, summary 20000, others 30000)")
      ->check(CLI::Range(int64_t{1}, int64_t{10'000'000}));
  command->add_option("--seed", options->seed, "another seed gives another corpus; the same one the same bytes")
      ->check(CLI::Range(int64_t{0}, std::numeric_limits<int64_t>::max()))
      ->capture_default_str();
  command->footer(
      "validation.* and test.* have 1000 lines each, none of which occurs in train.*.\n"
      "Example: heed toy translation data/toy/translation");
  add_common_options(*command, options->common);
  command->callback([options] { write_corpus(*options); });
}

}  // namespace heed
