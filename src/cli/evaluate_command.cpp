#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/scores.h"
#include "core/error.h"
#include "core/line_reader.h"
#include "core/logging.h"
#include "eval/metrics.h"

namespace heed {
namespace {

struct EvaluateOptions {
  CommonOptions common;
  std::string hypothesis;
  std::vector<std::string> references;
  std::vector<std::string> metrics = {"bleu"};
  MetricOptions metric_options;
  bool json = false;
};

std::vector<std::string> read_lines(const std::string& file) {
  LineReader reader(file);
  std::vector<std::string> lines;
  for (std::string line; reader.next(line);) lines.push_back(line);
  if (lines.empty()) throw DataError(reader.name() + " has no lines: nothing to score");
  return lines;
}

void warn_of_tokenized_text(const std::vector<std::string>& hypotheses, const std::string& file) {
  constexpr int64_t kMany = 100;  // as sacreBLEU
  const auto tokenized = std::count_if(hypotheses.begin(), hypotheses.end(), [](const std::string& line) {
    return line.size() >= 2 && line.compare(line.size() - 2, 2, " .") == 0;
  });
  if (tokenized < kMany) return;
  log_warning(file + ": " + std::to_string(tokenized) +
              " lines end in ' .': BLEU expects plain text; detokenize it, or its scores compare with nobody's");
}

std::vector<Score> score_files(const EvaluateOptions& options) {
  if (options.hypothesis.empty() || options.references.empty())
    throw ConfigError("evaluate needs --hypothesis FILE and at least one --reference FILE; see heed evaluate --help");
  const auto hypotheses = read_lines(options.hypothesis);
  References references;
  for (const auto& file : options.references) {
    references.push_back(read_lines(file));
    if (references.back().size() == hypotheses.size()) continue;
    throw DataError(options.hypothesis + " has " + std::to_string(hypotheses.size()) + " lines but " + file + " has " +
                    std::to_string(references.back().size()) + ": one line for each is expected");
  }
  std::vector<Score> scores;
  for (const auto& metric : options.metrics) {
    if (metric == "bleu" && options.metric_options.tokenizer != "none")
      warn_of_tokenized_text(hypotheses, options.hypothesis);
    scores.push_back(score(metric, hypotheses, references, options.metric_options));
  }
  return scores;
}

void evaluate(const EvaluateOptions& options) {
  set_quiet(options.common.quiet);
  for (const auto& metric : options.metrics) check_metric(metric);
  check_metric_options(options.metric_options);
  print_scores(score_files(options), options.json ? ScoreFormat::kJson : ScoreFormat::kText);
}

}  // namespace

void add_evaluate_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("evaluate", "score translations against references");
  auto options = std::make_shared<EvaluateOptions>();
  add_common_options(*command, options->common);
  command->add_option("--hypothesis", options->hypothesis, "the translations, one a line ('-': standard input)");
  command->add_option("--reference", options->references, "what they should be; repeat it for several references")
      ->allow_extra_args(false);
  command->add_option("--metrics", options->metrics, "scores wanted, in this order: bleu, chrf (default: bleu)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--tokenize", options->metric_options.tokenizer,
                      "BLEU's tokens: 13a, intl, zh, char or none (default: 13a)");
  command
      ->add_option("--chrf-word-order", options->metric_options.chrf_word_order,
                   "word n-grams in chrF; 2 makes it chrF++ (default: 0)")
      ->check(CLI::Range(0, 6));
  command->add_flag("--json", options->json, "print JSON, numbers in full");
  command->callback([options] { evaluate(*options); });
}

}  // namespace heed
