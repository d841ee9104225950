#include "core/logging.h"

#include <cstdio>
#include <map>
#include <mutex>
#include <utility>

#include "core/printable.h"

namespace heed {
namespace {

struct Log {
  std::mutex mutex;
  bool quiet = false;
  int next_sink = 0;
  std::map<int, LogSink> sinks;
  std::function<void(const std::string&)> writer = [](const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
  };
};

Log& log() {
  static Log instance;
  return instance;
}

void emit(LogLevel level, const std::string& text) {
  const std::string line = printable(text);
  Log& state = log();
  const std::lock_guard lock(state.mutex);
  if (!state.quiet || level == LogLevel::kWarning) state.writer(line + "\n");
  for (const auto& [number, sink] : state.sinks) sink(level, line);
}

}  // namespace

void log_info(const std::string& line) { emit(LogLevel::kInfo, line); }
void log_warning(const std::string& line) { emit(LogLevel::kWarning, "warning: " + line); }

void set_quiet(bool quiet) {
  const std::lock_guard lock(log().mutex);
  log().quiet = quiet;
}

int add_log_sink(LogSink sink) {
  const std::lock_guard lock(log().mutex);
  log().sinks.emplace(log().next_sink, std::move(sink));
  return log().next_sink++;
}

void remove_log_sink(int number) {
  const std::lock_guard lock(log().mutex);
  log().sinks.erase(number);
}

void set_log_writer(std::function<void(const std::string&)> writer) {
  const std::lock_guard lock(log().mutex);
  log().writer = std::move(writer);
}

}  // namespace heed
