#include "watch/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace heed {

namespace {

constexpr int kNarrowestBar = 10, kWidestBar = 30;

std::string out_of(int64_t value, int64_t limit) {
  return limit > 0 ? count_text(value) + "/" + count_text(limit) : count_text(value);
}

std::string bar(double fraction, int width) {
  const int filled = static_cast<int>(fraction * width);
  std::string text(static_cast<size_t>(filled), '=');
  if (filled < width) text += '>';
  text.resize(static_cast<size_t>(width), ' ');
  return "[" + text + "]";
}

std::string calendar_text(const char* format, const std::tm* fields) {
  std::array<char, 32> text{};
  if (fields == nullptr) return "";
  return {text.data(), std::strftime(text.data(), text.size(), format, fields)};
}

}  // namespace

std::string rate_text(double per_second) {
  if (per_second < 999.5) return fmt::format("{:.0f}", per_second);
  if (per_second < 999.95e3) return fmt::format("{:.1f}k", per_second / 1e3);
  return fmt::format("{:.1f}M", per_second / 1e6);
}

std::string duration_text(double seconds) {
  if (!(seconds < 1e9)) return "forever";
  const int64_t whole = std::llround(std::max(0.0, seconds));
  const int64_t minutes = whole / 60, hours = minutes / 60, days = hours / 24;
  if (minutes == 0) return fmt::format("{}s", whole);
  if (hours == 0) return fmt::format("{}m{:02}s", minutes, whole % 60);
  if (days == 0) return fmt::format("{}h{:02}m", hours, minutes % 60);
  return fmt::format("{}d{:02}h", days, hours % 24);
}

std::string perplexity_text(double value) {
  return value < 1e5 ? fmt::format("{:.2f}", value) : fmt::format("{:.1e}", value);
}

std::string learning_rate_text(double rate) { return fmt::format("{:.2e}", rate); }

std::string local_time_text(std::time_t time) {
  std::tm fields{};
  return calendar_text("%Y-%m-%d %H:%M:%S", localtime_r(&time, &fields));
}

std::string utc_time_text(std::time_t time) {
  std::tm fields{};
  return calendar_text("%Y-%m-%dT%H:%M:%SZ", gmtime_r(&time, &fields));
}

std::string update_text(const UpdateReport& report, const TrainLimits& limits, std::optional<double> seconds_left) {
  std::string text =
      fmt::format("step {}  epoch {}  loss {:.4f}  perplexity {}  {} tokens/s  learning rate {}  gradient norm {:.3g}",
                  out_of(report.step, limits.max_steps), out_of(report.epoch, limits.max_epochs), report.loss,
                  perplexity_text(report.perplexity), rate_text(report.tokens_per_second),
                  learning_rate_text(report.learning_rate), report.gradient_norm);
  if (report.bad_updates > 0) text += fmt::format("  bad updates {}", count_text(report.bad_updates));
  if (seconds_left) text += fmt::format("  {} left", duration_text(*seconds_left));
  return text;
}

std::string validation_text(const ValidationReport& report) {
  std::string text = fmt::format("validation at step {}  epoch {}  loss {:.4f}  perplexity {}", count_text(report.step),
                                 count_text(report.epoch), report.loss, perplexity_text(report.perplexity));
  for (const auto& [name, score] : report.scores) text += fmt::format("  {} {:.2f}", name, score);
  if (report.unfinished > 0) text += fmt::format("  {} translations cut", count_text(report.unfinished));
  text += fmt::format("  in {}", duration_text(report.seconds));
  return report.best ? text + "  (best so far)" : text;
}

std::string live_text(const UpdateReport& report, const TrainLimits& limits, const TimeLeft& time_left, int columns) {
  const auto share = time_left.share();
  const auto seconds = time_left.seconds();
  std::vector<std::string> fields;  // the last ones go first where the line is too short
  if (seconds) fields.push_back(duration_text(*seconds) + " left");
  fields.push_back(fmt::format("loss {:.3f}", report.loss));
  fields.push_back("ppl " + perplexity_text(report.perplexity));
  fields.push_back(rate_text(report.tokens_per_second) + " tok/s");
  fields.push_back("lr " + learning_rate_text(report.learning_rate));
  fields.push_back("epoch " + out_of(report.epoch, limits.max_epochs));

  const std::string step = "step " + out_of(report.step, limits.max_steps);
  const std::string percent = share ? fmt::format(" {:3.0f}% of {}", std::floor(share->done * 100), share->of) : "";
  int room = columns - static_cast<int>(step.size() + percent.size());
  if (share) room -= kNarrowestBar + 3;  // a space and the brackets
  std::string rest;
  for (const std::string& field : fields) {
    room -= static_cast<int>(field.size()) + 2;
    if (room < 0) break;
    rest += "  " + field;
  }
  const int bar_width = std::min(kNarrowestBar + std::max(0, room), kWidestBar);
  std::string text = step;
  if (share) text.append(1, ' ').append(bar(share->done, bar_width));
  text += percent + rest;
  return text.substr(0, static_cast<size_t>(std::max(0, columns)));
}

}  // namespace heed
