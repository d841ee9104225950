#include "cli/system_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/line_writer.h"
#include "report/systems_page.h"

namespace heed {
namespace {

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

std::string metric_title(const Score& score) { return score.text.substr(0, score.text.find(" =")); }

std::string table(const ComparisonOptions& options, const Scores& scores) {
  Rows rows(1, {"system"});
  for (const SystemScore& one : scores.front()) rows[0].push_back(metric_title(one.score));
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
void write_per_sentence(const ComparisonOptions& options, const ComparedSystems& comparison) {
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
std::string worst_lines(const ComparisonOptions& options, const ComparedSystems& comparison) {
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
    Rows rows = {{fmt::format("line {}", line + 1), "", ""}, {"  reference", "", comparison.texts(line)[last + 1]}};
    for (size_t system = 0; system <= last; ++system)
      rows.push_back({"  " + options.systems[system], fmt::format("{:.2f}", comparison.of_line(system, 0, line)),
                      comparison.texts(line)[system]});
    text += "\n" + aligned(rows);
  }
  return text;
}

std::string page(const ComparisonOptions& options, const ComparedSystems& comparison, const Scores& scores) {
  SystemsView view;
  view.references = options.references;
  for (size_t metric = 0; metric < comparison.num_metrics(); ++metric) {
    const Score& score = scores.front()[metric].score;
    view.metrics.push_back({metric_title(score), score.signature, comparison.less_is_better(metric)});
  }
  for (size_t system = 0; system < scores.size(); ++system) {
    view.systems.push_back({options.systems[system], {}});
    for (const SystemScore& one : scores[system])
      view.systems.back().results.push_back({one.score.score, one.interval, one.p_value});
  }
  for (size_t line = 0; line < comparison.num_lines(); ++line) {
    const auto references = comparison.texts(line).begin() + static_cast<int64_t>(scores.size());
    view.lines.push_back(
        {{references, comparison.texts(line).end()}, {comparison.texts(line).begin(), references}, {}});
    for (size_t system = 0; system < scores.size(); ++system)
      for (size_t metric = 0; metric < comparison.num_metrics(); ++metric)
        view.lines.back().scores.push_back(comparison.of_line(system, metric, line));
  }
  return systems_page(view, "Translations beside " + options.references.front());
}

// A file that is to be written. Opened first: what cannot be written shows before the work is done.
std::optional<LineWriter> writer_of(const std::string& path) {
  if (path.empty()) return std::nullopt;
  return std::optional<LineWriter>(std::in_place, path);
}

}  // namespace

void compare_systems(const ComparisonOptions& options) {
  std::optional<LineWriter> html = writer_of(options.html);
  const ComparedSystems comparison(options);
  Scores scores(comparison.num_systems());
  for (size_t system = 0; system < scores.size(); ++system)
    for (size_t metric = 0; metric < comparison.num_metrics(); ++metric)
      scores[system].push_back(comparison.of(system, metric));
  if (!options.per_sentence.empty()) write_per_sentence(options, comparison);
  if (html) {
    html->write(page(options, comparison, scores));
    html->close();
  }
  print_text(options.json ? json(options, scores)
                          : table(options, scores) + (options.worst > 0 ? worst_lines(options, comparison) : ""));
}

}  // namespace heed
