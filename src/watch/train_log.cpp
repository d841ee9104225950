#include "watch/train_log.h"

#include <fmt/format.h>

#include <ctime>

#include "core/logging.h"
#include "core/printable.h"
#include "watch/report_text.h"

namespace heed {

TrainLog::TrainLog(const std::filesystem::path& path, const TrainLimits& limits,
                   const std::vector<std::string>& earlier)
    : file_(path), limits_(limits), sink_(-1) {
  for (const std::string& line : earlier) write(line);
  sink_ = add_log_sink([this](LogLevel, const std::string& line) { write(line); });
}

TrainLog::~TrainLog() { remove_log_sink(sink_); }

void TrainLog::write(const std::string& line) {
  file_.append(fmt::format("{} {}\n", local_time_text(std::time(nullptr)), printable(line)));
}

void TrainLog::on_start(int64_t step, bool resumed) {
  write(resumed ? fmt::format("training goes on after step {}", count_text(step)) : "training starts");
  file_.warn_of_failure();
}

void TrainLog::on_update(const UpdateReport& report) {
  write(update_text(report, limits_));
  file_.warn_of_failure();
}

void TrainLog::on_validation(const ValidationReport& report) {
  write(validation_text(report));
  for (const auto& sample : report.samples) {
    write("  source      " + sample.source);
    write("  reference   " + sample.reference);
    write("  hypothesis  " + sample.hypothesis);
  }
  file_.warn_of_failure();
}

void TrainLog::on_checkpoint(int64_t step, const std::string& directory) {
  write(fmt::format("checkpoint of step {} in {}", count_text(step), directory));
  file_.warn_of_failure();
}

void TrainLog::on_end(int64_t step, const std::string& why) {
  write(fmt::format("training ends at step {}: {}", count_text(step), why));
  file_.warn_of_failure();
}

}  // namespace heed
