#include "watch/tensorboard_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <vector>

#include "core/file_operations.h"
#include "watch/tensorboard_record.h"

namespace heed {

namespace {

namespace fs = std::filesystem;

const std::string kPrefix = "events.out.tfevents.";

double wall_time() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  std::string text = name.data();
  std::replace(text.begin(), text.end(), '/', '-');
  return text;
}

// TensorBoard reads the files of a directory in the order of their names: the new one must come last, even where the
// last is of this very second or the clock was set back.
int64_t seconds_after_all_in(const fs::path& directory) {
  auto seconds = static_cast<int64_t>(wall_time());
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(kPrefix)) continue;
    int64_t other = 0;
    std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), other);
    seconds = std::max(seconds, other + 1);
  }
  return seconds;
}

// Text that Markdown and HTML leave as it is.
std::string plain_cell(const std::string& text) {
  std::string cell;
  for (const char c : text) {
    if (c == '<') {
      cell += "&lt;";
    } else if (c == '&') {
      cell += "&amp;";
    } else {
      if (std::string_view(R"(\`*_{}[]()>#+-.!)").find(c) != std::string_view::npos) cell += '\\';
      cell += c;
    }
  }
  return cell;
}

}  // namespace

void TensorBoardFile::on_start(int64_t step, bool resumed) {
  make_directories(directory_);
  file_ = std::make_unique<AppendFile>(directory_ /
                                       fmt::format("{}{}.{}", kPrefix, seconds_after_all_in(directory_), host_name()));
  write(version_event(wall_time()));
  write(session_start_event(wall_time(), resumed ? step + 1 : 0));
}

void TensorBoardFile::on_update(const UpdateReport& report) {
  write(scalars_event(wall_time(), report.step,
                      {{"train/loss", report.loss},
                       {"train/perplexity", report.perplexity},
                       {"train/learning_rate", report.learning_rate},
                       {"train/gradient_norm", report.gradient_norm},
                       {"train/tokens_per_second", report.tokens_per_second}}));
}

void TensorBoardFile::on_validation(const ValidationReport& report) {
  std::vector<std::pair<std::string, double>> scalars = {{"validation/loss", report.loss},
                                                         {"validation/perplexity", report.perplexity}};
  for (const auto& [name, score] : report.scores) scalars.emplace_back("validation/" + name, score);
  write(scalars_event(wall_time(), report.step, scalars));
  if (report.samples.empty()) return;
  std::vector<std::vector<std::string>> rows = {{"**source**", "**reference**", "**hypothesis**"}};
  for (const auto& sample : report.samples)
    rows.push_back({plain_cell(sample.source), plain_cell(sample.reference), plain_cell(sample.hypothesis)});
  write(text_event(wall_time(), report.step, "validation/samples", rows));
}

void TensorBoardFile::write(const std::string& event) {
  file_->append(tensorboard_record(event));
  file_->warn_of_failure();
}

}  // namespace heed
