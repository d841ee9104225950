#include "watch/validations_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/file_bytes.h"
#include "core/logging.h"

namespace heed {

namespace {

constexpr size_t kColumnsBeforeMetrics = 4, kOtherColumns = 5;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<int64_t> integer(const std::string& text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A line that is none of the table's goes to `drop`. DataError where the header is not that of validations.
ValidationsTable read_table(const std::filesystem::path& path, const std::function<void(std::string)>& drop) {
  ValidationsTable table;
  const std::vector<std::string> lines = split(read_file_bytes(path), '\n');
  const std::vector<std::string> header = split(lines.front(), '\t');
  if (header.size() < kOtherColumns || header.front() != "step" || header.back() != "best")
    throw DataError(fmt::format("{}:1: expected the header of validations (step ... best), found '{}'", path.string(),
                                lines.front()));
  table.metrics.assign(header.begin() + kColumnsBeforeMetrics, header.end() - 1);
  for (size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    const std::vector<std::string> cells = split(lines[i], '\t');
    const auto step = integer(cells.front());
    if (!step || cells.size() != header.size()) {
      drop(fmt::format("{}:{}: expected a step and {} columns, found '{}'", path.string(), i + 1, header.size(),
                       lines[i]));
      continue;
    }
    table.rows.push_back(
        {*step, cells[1], cells[2], cells[3], cells.back(), {cells.begin() + kColumnsBeforeMetrics, cells.end() - 1}});
  }
  return table;
}

const std::string& cell(const ValidationsTable::Row& row, const std::string& column, size_t metric) {
  return column == "loss" ? row.loss : column == "perplexity" ? row.perplexity : row.scores.at(metric);
}

}  // namespace

std::map<int64_t, double> validation_scores(const std::filesystem::path& path, const std::string& column) {
  const ValidationsTable table = read_table(path, [](const std::string& line) { throw DataError(line); });
  const auto metric = std::find(table.metrics.begin(), table.metrics.end(), column);
  if (metric == table.metrics.end() && column != "loss" && column != "perplexity")
    throw DataError(fmt::format("{} has no column '{}': it has loss, perplexity, {}", path.string(), column,
                                fmt::join(table.metrics, ", ")));
  std::map<int64_t, double> scores;
  for (const auto& row : table.rows) {
    const std::string& text = cell(row, column, static_cast<size_t>(metric - table.metrics.begin()));
    if (text.empty()) continue;
    char* end = nullptr;
    const double score = std::strtod(text.c_str(), &end);
    if (*end != '\0' || std::isnan(score))
      throw DataError(
          fmt::format("{}: step {}: expected a number as '{}', found '{}'", path.string(), row.step, column, text));
    scores[row.step] = score;
  }
  return scores;
}

std::string scores_text(const std::filesystem::path& path, int64_t step) {
  ValidationsTable table;
  try {
    table = read_table(path, [](const std::string&) {});
  } catch (const Error&) {
    return "";
  }
  const auto row =
      std::find_if(table.rows.begin(), table.rows.end(), [&](const auto& one) { return one.step == step; });
  if (row == table.rows.end()) return "";
  std::string text;
  for (size_t i = 0; i < row->scores.size(); ++i)
    if (!row->scores[i].empty())
      text += fmt::format("{} {:.2f}  ", table.metrics[i], std::strtod(row->scores[i].c_str(), nullptr));
  return text + fmt::format("loss {:.4f}", std::strtod(row->loss.c_str(), nullptr));
}

void ValidationsFile::on_start(int64_t step, bool /*resumed*/) {
  table_ = {};
  try {
    if (std::filesystem::exists(path_))
      table_ = read_table(path_, [this](const std::string& line) { warn(line + "; the line is dropped"); });
  } catch (const Error& error) {
    warn(std::string(error.what()) + "; it is replaced");
  }
  const size_t before = table_.rows.size();
  std::erase_if(table_.rows, [step](const ValidationsTable::Row& row) { return row.step > step; });
  if (table_.rows.size() != before) write();
}

void ValidationsFile::on_validation(const ValidationReport& report) {
  ValidationsTable::Row row{report.step,
                            std::to_string(report.epoch),
                            fmt::format("{:.6f}", report.loss),
                            fmt::format("{:.6g}", report.perplexity),
                            report.best ? "1" : "0",
                            {}};
  for (const auto& [name, score] : report.scores) {
    const size_t at = column(name);
    if (row.scores.size() <= at) row.scores.resize(at + 1);
    row.scores[at] = fmt::format("{:.4f}", score);
  }
  table_.rows.push_back(std::move(row));
  write();
}

size_t ValidationsFile::column(const std::string& metric) {
  const auto found = std::find(table_.metrics.begin(), table_.metrics.end(), metric);
  const auto at = static_cast<size_t>(found - table_.metrics.begin());
  if (found == table_.metrics.end()) table_.metrics.push_back(metric);
  return at;
}

void ValidationsFile::write() {
  std::string text = "step\tepoch\tloss\tperplexity\t";
  for (const std::string& metric : table_.metrics) text += metric + "\t";
  text += "best\n";
  for (ValidationsTable::Row& row : table_.rows) {
    row.scores.resize(table_.metrics.size());
    text += fmt::format("{}\t{}\t{}\t{}\t", row.step, row.epoch, row.loss, row.perplexity);
    for (const std::string& score : row.scores) text += score + "\t";
    text += row.best + "\n";
  }
  try {
    write_file_atomically(path_, text);
  } catch (const Error& error) {
    warn(std::string(error.what()) + "; training goes on, the table is not up to date");
  }
}

void ValidationsFile::warn(const std::string& message) {
  if (!std::exchange(warned_, true)) log_warning(message);
}

}  // namespace heed
