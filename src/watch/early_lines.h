#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/logging.h"

namespace heed {

// Keeps what is logged before a run's train.log may be opened, and opened anew, so that it can begin with it.
class EarlyLines {
 public:
  EarlyLines() : sink_(add_log_sink([this](LogLevel, const std::string& line) { lines_.push_back(line); })) {}
  ~EarlyLines() { stop(); }
  EarlyLines(const EarlyLines&) = delete;
  EarlyLines& operator=(const EarlyLines&) = delete;

  std::vector<std::string> take() {  // nothing is kept after it
    stop();
    return std::move(lines_);
  }

 private:
  void stop() {
    if (sink_ >= 0) remove_log_sink(std::exchange(sink_, -1));
  }

  std::vector<std::string> lines_;
  int sink_;
};

}  // namespace heed
