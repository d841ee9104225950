#pragma once

#include <functional>
#include <string>

namespace heed {

// Messages to the person at the terminal: stderr, never stdout (which carries translations). Whatever they quote is
// made printable (core/printable.h) on its way, once for all. Thread safe.
enum class LogLevel { kInfo, kWarning };

using LogSink = std::function<void(LogLevel, const std::string& line)>;

void log_info(const std::string& line);     // silenced on stderr by set_quiet(true); sinks still get it
void log_warning(const std::string& line);  // prefixed "warning: "; never silenced

void set_quiet(bool quiet);

// Sinks get every line too (a run's train.log). The returned number removes the sink again.
int add_log_sink(LogSink sink);
void remove_log_sink(int number);

// What writes to stderr; replaced by a progress bar, which must clear its line first.
void set_log_writer(std::function<void(const std::string& text)> writer);

}  // namespace heed
