#include "cli/validations_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
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

}  // namespace

void ValidationsFile::on_start(int64_t step, bool /*resumed*/) {
  try {
    read();
  } catch (const Error& error) {
    warn(error.what());
  }
  const size_t before = rows_.size();
  std::erase_if(rows_, [step](const Row& row) { return row.step > step; });
  if (rows_.size() != before) write();
}

void ValidationsFile::on_validation(const ValidationReport& report) {
  Row row{report.step,
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
  rows_.push_back(std::move(row));
  write();
}

size_t ValidationsFile::column(const std::string& metric) {
  const auto found = std::find(metrics_.begin(), metrics_.end(), metric);
  const auto at = static_cast<size_t>(found - metrics_.begin());
  if (found == metrics_.end()) metrics_.push_back(metric);
  return at;
}

void ValidationsFile::read() {
  rows_.clear();
  metrics_.clear();
  if (!std::filesystem::exists(path_)) return;
  const std::vector<std::string> lines = split(read_file_bytes(path_), '\n');
  const std::vector<std::string> header = split(lines.front(), '\t');
  if (header.size() < kOtherColumns || header.front() != "step" || header.back() != "best")
    throw DataError(fmt::format("{}:1: expected the header of validations (step ... best), found '{}'; it is replaced",
                                path_.string(), lines.front()));
  metrics_.assign(header.begin() + kColumnsBeforeMetrics, header.end() - 1);
  for (size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    const std::vector<std::string> cells = split(lines[i], '\t');
    const auto step = integer(cells.front());
    if (!step || cells.size() != header.size()) {
      warn(fmt::format("{}:{}: expected a step and {} columns, found '{}'; the line is dropped", path_.string(), i + 1,
                       header.size(), lines[i]));
      continue;
    }
    rows_.push_back(
        {*step, cells[1], cells[2], cells[3], cells.back(), {cells.begin() + kColumnsBeforeMetrics, cells.end() - 1}});
  }
}

void ValidationsFile::write() {
  std::string text = "step\tepoch\tloss\tperplexity\t";
  for (const std::string& metric : metrics_) text += metric + "\t";
  text += "best\n";
  for (Row& row : rows_) {
    row.scores.resize(metrics_.size());
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
