#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/alignment_writer.h"
#include "cli/commands.h"
#include "cli/distinct_files.h"
#include "cli/model_options.h"
#include "cli/model_text.h"
#include "core/error.h"
#include "core/line_reader.h"
#include "core/line_writer.h"
#include "core/work.h"
#include "decode/translator.h"
#include "watch/report_text.h"
#include "watch/work_display.h"

namespace heed {
namespace {

constexpr size_t kWindow = 2000;  // pairs that are scored together, at most

struct ScoreOptions {
  CommonOptions common;
  std::string model, source, target, output = "-";
  AlignmentOptions alignments;
};

// Two files, read side by side.
class PairedLines {
 public:
  PairedLines(const ScoreOptions& options, const LineReaderOptions& reading)
      : source_(options.source, reading), target_(options.target, reading) {}

  bool ready() { return source_.ready() && target_.ready(); }

  // DataError with both counts where one file ends before the other.
  bool next(std::string& source, std::string& target) {
    const bool has_source = source_.next(source), has_target = target_.next(target);
    if (has_source && has_target) return true;
    if (has_source == has_target) return false;
    while (source_.next(source)) {
    }
    while (target_.next(target)) {
    }
    throw DataError(fmt::format("{} has {} lines but {} has {}: one target for each source is expected", source_.name(),
                                count_text(source_.line_number()), target_.name(), count_text(target_.line_number())));
  }

 private:
  LineReader source_, target_;
};

void score_files(const ScoreOptions& options, const CLI::App& command) {
  if (options.source == "-" && options.target == "-")
    throw ConfigError("--source and --target cannot both be standard input");
  require_distinct({{"--source", options.source}, {"--target", options.target}},
                   {{"-o", options.output}, {"--alignments", options.alignments.path}});
  const TranslationModel model = load_model(options.model, options.common, command);
  PairedLines pairs(options, reading_of(model.config.data));
  Translator translator(model.model, model.tokenizers, model.config.decode, reading_limits(model.config.data));
  LineWriter output(options.output);
  std::optional<AlignmentWriter> alignments;
  if (!options.alignments.path.empty()) alignments.emplace(options.alignments, model.config.train);
  const CommandDisplay display(options.common.quiet);
  Work work("scoring", "lines");
  for (bool more = true; more;) {
    std::vector<std::string> sources, targets;
    const auto go_on = [&] { return sources.empty() || (sources.size() < kWindow && pairs.ready()); };
    for (std::string source, target; go_on() && (more = pairs.next(source, target));) {
      sources.push_back(source);
      targets.push_back(target);
    }
    for (const double log_probability : translator.score(sources, targets))
      output.write_line(fmt::format("{}", log_probability));  // the shortest form that reads back as the same number
    output.flush();
    if (alignments) alignments->write(translator, sources, targets);
    work.advance(static_cast<int64_t>(sources.size()));
  }
  output.close();
  if (alignments) alignments->close();
  translator.warn_of_losses();
  log_finished(work.report());
}

}  // namespace

void add_score_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("score", "the log probability of given translations, one number a line");
  auto options = std::make_shared<ScoreOptions>();
  add_common_options(*command, options->common);
  command->add_option("model", options->model, "a run directory (its best checkpoint, else the latest) or a checkpoint")
      ->required();
  command->add_option("--source", options->source, "the source lines, plain or .gz ('-': standard input)")->required();
  command->add_option("--target", options->target, "their translations, line for line")->required();
  command->add_option("-o,--output", options->output,
                      "where the numbers go, compressed where the name ends in .gz (default: standard output)");
  add_alignment_options(
      *command, options->alignments,
      "also write which words each target word comes from: SOURCE-TARGET ..., from 0; words are what white "
      "space separates, and each piece where a language puts none");
  command->allow_extras();
  command->footer(
      "The number is the sum of the log probabilities of the target's pieces and its end; natural logarithm.\n"
      "-o FILE is there, whole, when all is scored; a command that fails or is killed leaves what was there before.");
  command->callback(
      [command, options] { with_alignments(options->alignments.path, [&] { score_files(*options, *command); }); });
}

}  // namespace heed
