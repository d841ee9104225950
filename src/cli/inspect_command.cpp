#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checkpoint/open_checkpoint.h"
#include "cli/commands.h"
#include "cli/model_options.h"
#include "cli/model_text.h"
#include "config/config.h"
#include "core/error.h"
#include "core/line_reader.h"
#include "core/line_writer.h"
#include "core/printable.h"
#include "decode/head_statistics.h"
#include "decode/translator.h"
#include "nn/attention/adaptive_span.h"

namespace heed {
namespace {

std::string shape_text(const at::Tensor& tensor) {
  std::string text;
  for (const int64_t size : tensor.sizes()) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text.empty() ? "scalar" : text;
}

// What is printed may be of a stranger's checkpoint: it is data to look at, never a terminal's orders.
class Report {
 public:
  Report() : output_("-") {}

  void line(const std::string& text = "") { output_.write_line(printable(text)); }
  void section(const std::string& title, const std::string& text) {  // every line of it indented
    line();
    line(title);
    for (size_t start = 0; start < text.size();) {
      const size_t end = std::min(text.find('\n', start), text.size());
      line("  " + text.substr(start, end - start));
      start = end + 1;
    }
  }
  void close() { output_.close(); }

 private:
  LineWriter output_;
};

// How far each head of an adaptive span has learned to look (nn/attention/adaptive_span.h).
void report_spans(const TensorMap& parameters, const ModelConfig& config, Report& report) {
  constexpr std::string_view kSpan = ".self_attention.span.span";
  bool is_first = true;
  for (const auto& [name, tensor] : parameters) {
    if (!name.ends_with(kSpan)) continue;
    if (std::exchange(is_first, false)) {
      report.line();
      report.line(
          "learned spans: so many pieces before it (an encoder's: and behind it) each head sees in full; beyond,");
      report.line("span_ramp more fade out");
    }
    const AttentionConfig& section = name.starts_with("encoder") ? config.encoder_attention : config.decoder_attention;
    const at::Tensor spans = learned_spans(tensor.to(at::kDouble), section);
    std::string text;
    for (int64_t head = 0; head < spans.numel(); ++head) text += fmt::format(" {:>7.1f}", spans[head].item<double>());
    report.line(fmt::format("  {:<22}{}", name.substr(0, name.size() - kSpan.size()), text));
  }
}

void inspect(const std::string& model, Report& report) {
  const OpenCheckpoint files = open_model(model);
  const Checkpoint checkpoint = files.read();
  report.line(fmt::format("checkpoint {} (every byte verified)", files.directory().string()));

  report.line();
  report.line("files (bytes, SHA-256)");
  for (const auto& [name, digest] : files.manifest())
    report.line(fmt::format("  {:<22} {:>12}  {}", name, digest.size, digest.sha256));

  int64_t count = 0;
  for (const auto& [name, tensor] : checkpoint.model) count += tensor.numel();
  report.line();
  report.line(fmt::format("parameters: {} in {} tensors", count, checkpoint.model.size()));
  for (const auto& [name, tensor] : checkpoint.model)
    report.line(fmt::format("  {:<56} {:>14}  {}", name, shape_text(tensor), c10::toString(tensor.scalar_type())));

  report_spans(checkpoint.model, parse_config(checkpoint.config, (files.directory() / "config.yaml").string()).model,
               report);
  report.section("training state", checkpoint.state);
  report.section("config", checkpoint.config);
}

std::string_view name_of(AttentionRole role) {
  constexpr std::string_view kNames[] = {"encoder self", "decoder self", "cross"};
  return kNames[static_cast<size_t>(role)];
}

// How the heads behave while the model translates the lines of a file.
void inspect_attention(const TranslationModel& model, const std::string& file, Report& report) {
  const std::vector<std::string> sources = read_lines({file}, reading_of(model.config.data));
  if (sources.empty()) throw DataError(file + " has no lines: nothing to look at");
  Translator translator(model.model, model.tokenizers, model.config.decode, reading_limits(model.config.data));
  std::vector<std::string> targets;
  for (Translation& translation : translator.translate(sources)) targets.push_back(std::move(translation.text));
  translator.warn_of_losses();
  HeadMeter meter;
  translator.attend_each(sources, targets, [&](size_t, SentenceAttention&& attention) { meter.add(attention); });
  if (meter.statistics().empty()) throw DataError(file + " has blank lines only: nothing to look at");
  report.line(fmt::format("attention heads over the {} lines of {}, means over all rows", sources.size(), file));
  report.line("  entropy: in nats, 0 looks at one piece; confidence: the largest weight; distance: pieces off the");
  report.line("  diagonal; diagonal: weight within one piece of it");
  const ModelConfig& shape = model.config.model;
  if (shape.cross_attention.reach == ReachType::kLocalPredictive)
    report.line("  local_predictive: of weights that its Gaussian leaves, which sum to less than 1: no distributions");
  if (shape.encoder_attention.reach == ReachType::kLowRank || shape.cross_attention.reach == ReachType::kLowRank)
    report.line("  low_rank: of what each piece has in the mixtures looked at, which may be below 0: no distributions");
  report.line();
  report.line(fmt::format("  {:<14} {:>5} {:>5} {:>9} {:>11} {:>9} {:>9}", "attention", "layer", "head", "entropy",
                          "confidence", "distance", "diagonal"));
  for (const HeadStatistics& head : meter.statistics())
    report.line(fmt::format("  {:<14} {:>5} {:>5} {:>9.3f} {:>11.3f} {:>9.2f} {:>9.3f}", name_of(head.role),
                            head.layer + 1, head.head + 1, head.entropy, head.confidence, head.distance,
                            head.diagonal));
}

}  // namespace

void add_inspect_command(CLI::App& app) {
  struct InspectOptions {
    CommonOptions common;
    std::string model, attention;
  };
  CLI::App* command =
      app.add_subcommand("inspect", "what a checkpoint holds: parameters, config, sums, training state");
  auto options = std::make_shared<InspectOptions>();
  add_common_options(*command, options->common);
  command->add_option("model", options->model, "a run directory (its best checkpoint, else the latest) or a checkpoint")
      ->required();
  command->add_option("--attention", options->attention,
                      "instead: how its attention heads behave on the source lines of this file");
  command->allow_extras();
  command->callback([command, options] {
    Report report;
    if (options->attention.empty()) {
      refuse_overrides(*command, "need --attention");
      inspect(options->model, report);
    } else {
      inspect_attention(load_model(options->model, options->common, *command), options->attention, report);
    }
    report.close();
  });
}

}  // namespace heed
