#include "cli/system_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "cli/line_statistics.h"
#include "cli/scored_text.h"
#include "core/line_writer.h"
#include "core/work.h"

namespace heed {
namespace {

// One system by one metric.
struct SystemScore {
  Score score;
  std::optional<Interval> interval;
  std::optional<double> p_value;
};

class Comparison {
 public:
  explicit Comparison(const ComparisonOptions& options)
      : options_(options),
        metrics_(make_metrics(options.scoring.metrics, options.references.size(), options.scoring.with({}))),
        lines_(options.systems.size(), std::vector<LineStatistics>(metrics_.size())) {
    MetricOptions of_sentences = options.scoring.with({});
    of_sentences.bleu.effective_order = true;
    sentence_metrics_ = make_metrics(options.scoring.metrics, options.references.size(), of_sentences);
    read();
  }

  size_t num_systems() const { return options_.systems.size(); }
  size_t num_metrics() const { return metrics_.size(); }
  size_t num_lines() const { return lines_.front().front().size(); }

  SystemScore of(size_t system, size_t metric) const {
    const TextMetric& by = *metrics_[metric];
    const LineStatistics &ours = lines_[system][metric], &theirs = lines_.front()[metric];
    SystemScore result{by.score(ours.sums()), {}, {}};
    if (options_.test == PairedTest::kNone) return result;
    const bool randomizes = options_.test == PairedTest::kRandomization;
    const Resampling how{options_.samples > 0 ? options_.samples : randomizes ? 10000 : 1000, options_.seed};
    if (randomizes) {
      if (system > 0) result.p_value = paired_randomization(by, theirs, ours, how);
    } else if (system == 0) {
      result.interval = bootstrap_interval(by, ours, how);
    } else {
      const PairedScore paired = paired_bootstrap(by, theirs, ours, how);
      result.interval = paired.interval;
      result.p_value = paired.p_value;
    }
    result.score.signature = with_test(result.score.signature, how);
    return result;
  }

  double of_line(size_t system, size_t metric, size_t line) const {
    return sentence_metrics_[metric]->value(lines_[system][metric].line(line));
  }
  bool less_is_better(size_t metric) const { return metrics_[metric]->less_is_better(); }
  // The reference, then what each system wrote. Only where lines are to be printed.
  const std::vector<std::string>& texts(size_t line) const { return texts_[line]; }

 private:
  // As sacreBLEU: what was resampled, behind the number of references.
  std::string with_test(std::string signature, const Resampling& how) const {
    const char* kind = options_.test == PairedTest::kRandomization ? "ar" : "bs";
    signature.insert(signature.find('|'), fmt::format("|{}:{}|seed:{}", kind, how.samples, how.seed));
    return signature;
  }

  void read() {
    std::vector<TextFiles> files;
    for (const std::string& file : options_.systems) files.push_back({file});
    for (const std::string& file : options_.references) files.push_back({file});
    ParallelTexts texts(files, {});
    Work work("scoring", "lines");
    std::vector<ScoredTexts> window;
    ScoredTexts lines;
    const auto add = [&] {
      add_window(window);
      work.advance(static_cast<int64_t>(window.size()));
      window.clear();
    };
    while (texts.next(lines)) {
      window.push_back(lines);
      if (window.size() == kScoredTogether) add();
    }
    add();
  }

  void add_window(const std::vector<ScoredTexts>& window) {
    const auto found = statistics_of(metrics_, window, num_systems());
    for (size_t i = 0; i < found.size(); ++i)
      lines_[i / num_metrics() % num_systems()][i % num_metrics()].add(found[i]);
    if (options_.worst == 0) return;
    for (const auto& line : window) {
      texts_.push_back({line[num_systems()]});
      texts_.back().insert(texts_.back().end(), line.begin(), line.begin() + static_cast<int64_t>(num_systems()));
    }
  }

  const ComparisonOptions& options_;
  Metrics metrics_, sentence_metrics_;
  std::vector<std::vector<LineStatistics>> lines_;  // by system and metric
  std::vector<std::vector<std::string>> texts_;
};

std::string cell(const SystemScore& one) {
  std::string text = fmt::format("{:.2f}", one.score.score);
  if (one.interval) text += fmt::format(" ({:.2f} ± {:.2f})", one.interval->mean, one.interval->half_width);
  if (one.p_value) text += fmt::format(" p = {:.4f}{}", *one.p_value, *one.p_value < 0.05 ? "*" : "");
  return text;
}

// Of characters, not bytes: ± is two.
size_t width_of(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

using Rows = std::vector<std::vector<std::string>>;

std::string aligned(const Rows& rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] - width_of(row[i]) + 2, ' ');
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

using Scores = std::vector<std::vector<SystemScore>>;  // by system and metric

std::string table(const ComparisonOptions& options, const Scores& scores) {
  Rows rows(1, {"system"});
  for (const SystemScore& one : scores.front()) rows[0].push_back(one.score.text.substr(0, one.score.text.find(" =")));
  for (size_t system = 0; system < scores.size(); ++system) {
    const bool baseline = system == 0 && scores.size() > 1;
    rows.push_back({options.systems[system] + (baseline ? " (baseline)" : "")});
    for (const SystemScore& one : scores[system]) rows.back().push_back(cell(one));
  }
  std::string text = aligned(rows);
  for (const SystemScore& one : scores.front()) text += "  " + one.score.signature + "\n";
  return text;
}

nlohmann::ordered_json json_entry(const SystemScore& one) {
  nlohmann::ordered_json entry = {
      {"name", one.score.name}, {"score", one.score.score}, {"signature", one.score.signature}};
  for (const auto& [part, value] : one.score.parts) entry[part] = value;
  if (one.interval) {
    entry["confidence_mean"] = one.interval->mean;
    entry["confidence"] = one.interval->half_width;
  }
  if (one.p_value) entry["p_value"] = *one.p_value;
  return entry;
}

std::string json(const ComparisonOptions& options, const Scores& scores) {
  auto systems = nlohmann::ordered_json::array();
  for (size_t system = 0; system < scores.size(); ++system) {
    auto list = nlohmann::ordered_json::array();
    for (const SystemScore& one : scores[system]) list.push_back(json_entry(one));
    systems.push_back({{"system", options.systems[system]}, {"scores", list}});
  }
  return nlohmann::ordered_json{{"systems", systems}}.dump(1) + "\n";
}

// A line for each line, a column for each system and metric.
void write_per_sentence(const ComparisonOptions& options, const Comparison& comparison) {
  LineWriter output(options.per_sentence);
  std::string head = "line";
  for (const std::string& system : options.systems)
    for (const std::string& metric : options.scoring.metrics) head += "\t" + metric + ":" + system;
  output.write_line(head);
  for (size_t line = 0; line < comparison.num_lines(); ++line) {
    std::string row = std::to_string(line + 1);
    for (size_t system = 0; system < comparison.num_systems(); ++system)
      for (size_t metric = 0; metric < comparison.num_metrics(); ++metric)
        row += fmt::format("\t{:.4f}", comparison.of_line(system, metric, line));
    output.write_line(row);
  }
  output.close();
}

// By the first metric: how much worse the last system is than the baseline, or how bad it is alone.
std::string worst_lines(const ComparisonOptions& options, const Comparison& comparison) {
  const size_t last = comparison.num_systems() - 1;
  const auto badness = [&](size_t line) {
    const double ours = comparison.of_line(last, 0, line);
    const double lost = last > 0 ? comparison.of_line(0, 0, line) - ours : -ours;
    return comparison.less_is_better(0) ? -lost : lost;
  };
  std::vector<std::pair<double, size_t>> lines;
  for (size_t line = 0; line < comparison.num_lines(); ++line) lines.emplace_back(-badness(line), line);
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (size_t i = 0; i < std::min(lines.size(), static_cast<size_t>(options.worst)); ++i) {
    const size_t line = lines[i].second;
    Rows rows = {{fmt::format("line {}", line + 1), "", ""}, {"  reference", "", comparison.texts(line)[0]}};
    for (size_t system = 0; system <= last; ++system)
      rows.push_back({"  " + options.systems[system], fmt::format("{:.2f}", comparison.of_line(system, 0, line)),
                      comparison.texts(line)[1 + system]});
    text += "\n" + aligned(rows);
  }
  return text;
}

}  // namespace

void compare_systems(const ComparisonOptions& options) {
  const Comparison comparison(options);
  Scores scores(comparison.num_systems());
  for (size_t system = 0; system < scores.size(); ++system)
    for (size_t metric = 0; metric < comparison.num_metrics(); ++metric)
      scores[system].push_back(comparison.of(system, metric));
  if (!options.per_sentence.empty()) write_per_sentence(options, comparison);
  print_text(options.json ? json(options, scores)
                          : table(options, scores) + (options.worst > 0 ? worst_lines(options, comparison) : ""));
}

}  // namespace heed
