#include "cli/audit_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/audit_findings.h"
#include "core/count_text.h"
#include "watch/report_text.h"

namespace heed {
namespace {

constexpr int64_t kBins = 50;  // of a histogram of lengths, at most

std::string files_text(const std::vector<std::string>& files) {
  return files.front() + (files.size() > 1 ? " and " + std::to_string(files.size() - 1) + " more" : "");
}

std::string lengths_text(const LengthHistogram& pieces) {
  return fmt::format("{:.1f} / {} / {} / {} / {}", pieces.mean(), pieces.quantile(0.5), pieces.quantile(0.95),
                     pieces.quantile(0.99), std::max<int64_t>(pieces.longest(), 0));
}

std::string odd_text(const SideAudit& side) {
  const std::string unknown = percent_text(side.odd.unknown, side.pieces.total());
  return side.odd.bytes == 0 ? unknown : unknown + ", and bytes: " + percent_text(side.odd.bytes, side.pieces.total());
}

// What becomes of the pairs of a corpus, in training's own counts.
std::string pairs_text(const AuditResult::Split& split) {
  std::string text = counted_text(split.audit.pairs, "pair");
  if (!split.counts) return text;
  const CorpusCounts& counts = *split.counts;
  const auto add = [&](int64_t count, const std::string& what) {
    if (count > 0) text += ", " + count_text(count) + " " + what;
  };
  if (counts.dropped() > 0) text += ", " + count_text(counts.kept()) + " kept";
  add(counts.empty, "dropped for an empty side");
  add(counts.too_long, "dropped as too long");
  add(counts.invalid, "dropped as not UTF-8");
  add(counts.truncated, "cut");
  add(counts.emptied, "read as empty");
  return counts.dropped() + counts.truncated + counts.emptied == 0 ? text + ", all kept whole" : text;
}

std::vector<double> edges_of(int64_t width, int64_t count) {
  std::vector<double> edges;
  for (int64_t i = 0; i <= count; ++i) edges.push_back(static_cast<double>(i * width));
  return edges;
}

Histogram lengths_picture(const std::string& title, const SideAudit& side, int64_t limit) {
  const int64_t shown =
      std::max<int64_t>(side.pieces.quantile(0.995), 1) + 1;  // a few long ones would squeeze the rest
  const int64_t width = (shown + kBins - 1) / kBins, count = (shown + width - 1) / width;
  Histogram histogram{title,
                      "pieces a line",
                      "lines",
                      ScaleKind::kLinear,
                      edges_of(width, count),
                      side.pieces.bins(width, count),
                      side.pieces.longest() >= width * count,
                      {}};
  histogram.marks.push_back({"limit", static_cast<double>(limit)});
  return histogram;
}

Histogram ratio_picture(const std::string& name, const LengthRatio& ratio) {
  Histogram histogram{
      name + ": target / source in characters", "times", "pairs", ScaleKind::kLogarithmic, {}, {}, false, {}};
  const auto filled = [](int64_t pairs) { return pairs > 0; };
  const auto begin = std::find_if(ratio.bins.begin(), ratio.bins.end(), filled);
  const auto end = std::find_if(ratio.bins.rbegin(), ratio.bins.rend(), filled).base();
  for (auto bin = begin; bin < end; ++bin) {
    histogram.edges.push_back(LengthRatio::bin_edge(static_cast<size_t>(bin - ratio.bins.begin())));
    histogram.counts.push_back(*bin);
  }
  histogram.edges.push_back(LengthRatio::bin_edge(static_cast<size_t>(end - ratio.bins.begin())));
  histogram.marks = {{"low", ratio.low}, {"high", ratio.high}};
  return histogram;
}

Sheet::Section split_section(const AuditResult::Split& split, const DataConfig& data) {
  const CorpusAudit& audit = split.audit;
  const auto row = [&](const std::string& name, auto value) {
    return Sheet::Row{name, {value(audit.source), value(audit.target)}};
  };
  Sheet::Section section{split.name + ": " + pairs_text(split), {"source", "target"}, {}, {}};
  section.rows = {
      {"files", {files_text(audit.files.source), files_text(audit.files.target)}},
      row("words", [](const SideAudit& side) { return count_text(side.words); }),
      row("pieces", [](const SideAudit& side) { return count_text(side.pieces.total()); }),
      row("pieces a line: mean / median / 95 % / 99 % / longest",
          [](const SideAudit& side) { return lengths_text(side.pieces); }),
      row("pieces a word", [](const SideAudit& side) { return fmt::format("{:.2f}", side.pieces_a_word()); }),
      row("pieces a character", [](const SideAudit& side) { return fmt::format("{:.2f}", side.pieces_a_character()); }),
      row("unknown pieces", odd_text),
      row("characters outside the tokenizer",
          [](const SideAudit& side) { return count_text(std::ssize(side.outside)); }),
      {"target / source in characters: median, bounds",
       {fmt::format("{:.3g}, {:.3g} to {:.3g}", audit.ratio.median, audit.ratio.low, audit.ratio.high)}},
  };
  section.histograms = {lengths_picture(split.name + ": source lengths", audit.source, data.max_source_length),
                        lengths_picture(split.name + ": target lengths", audit.target, data.max_target_length)};
  if (std::any_of(audit.ratio.bins.begin(), audit.ratio.bins.end(), [](int64_t pairs) { return pairs > 0; }))
    section.histograms.push_back(ratio_picture(split.name, audit.ratio));
  return section;
}

Sheet::Section tokenizer_section(const Tokenizers& tokenizers) {
  const std::string source = count_text(tokenizers.source->vocabulary().size());
  const std::string pieces =
      tokenizers.shared()
          ? source + " pieces for both sides"
          : source + " source and " + count_text(tokenizers.target->vocabulary().size()) + " target pieces";
  return {fmt::format("tokenizer: {}, {}", name_of(tokenizers.source->type()), pieces), {}, {}, {}};
}

std::string limit_text(const AuditResult& result) {
  const int64_t steps = result.config.train.max_steps;
  if (steps == 0) return "none";
  const double epochs =
      static_cast<double>(steps) / static_cast<double>(std::max<int64_t>(result.timing->updates_per_epoch, 1));
  return fmt::format("{} updates, {:.1f} epochs, about {}", count_text(steps), epochs,
                     duration_text(60 * epochs * result.timing->minutes_per_epoch));
}

Sheet::Section timing_section(const AuditResult& result) {
  const UpdateTiming& timing = *result.timing;
  const RunConfig& run = result.config.run;
  Sheet::Section section{fmt::format("an epoch on {}, {}, {}", run.device, counted_text(run.threads, "thread"),
                                     std::string(name_of(run.precision))),
                         {},
                         {{"parameters", {count_text(timing.parameters)}},
                          {"updates", {count_text(timing.updates_per_epoch)}},
                          {"time, without validation", {duration_text(60 * timing.minutes_per_epoch)}},
                          {"seconds an update", {fmt::format("{:.3g}", timing.seconds_per_update)}},
                          {"target pieces a second", {rate_text(timing.target_tokens_per_second)}},
                          {"train.max_steps", {limit_text(result)}}},
                         {}};
  if (timing.peak_memory > 0)
    section.rows.push_back(
        {"memory of the process", {fmt::format("{:.2f} GB", static_cast<double>(timing.peak_memory) / 1e9)}});
  return section;
}

}  // namespace

Sheet audit_sheet(const AuditResult& result) {
  Sheet sheet{"audit of " + result.config_name, audit_findings(result), {}};
  for (const AuditResult::Split& split : result.splits)
    sheet.sections.push_back(split_section(split, result.config.data));
  sheet.sections.push_back(tokenizer_section(result.tokenizers));
  if (result.timing) sheet.sections.push_back(timing_section(result));
  return sheet;
}

}  // namespace heed
