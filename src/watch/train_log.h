#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "train/train_observer.h"
#include "watch/append_file.h"
#include "watch/time_left.h"

namespace heed {

// train.log of a run, for people: "2026-11-20 23:14:25 <line>", local time. Every line that is logged while this object
// lives, and what training reports: updates, validations with their samples, checkpoints, start and end.
// Errors as AppendFile's.
class TrainLog : public TrainObserver {
 public:
  TrainLog(const std::filesystem::path& path, const TrainLimits& limits,
           const std::vector<std::string>& earlier = {});  // lines that were logged before
  ~TrainLog() override;
  TrainLog(const TrainLog&) = delete;
  TrainLog& operator=(const TrainLog&) = delete;

  void on_start(int64_t step, bool resumed) override;
  void on_update(const UpdateReport& report) override;
  void on_validation(const ValidationReport& report) override;
  void on_checkpoint(int64_t step, const std::string& directory) override;
  void on_end(int64_t step, const std::string& why) override;

 private:
  void write(const std::string& line);  // also from other threads, under the log's lock

  AppendFile file_;
  TrainLimits limits_;
  int sink_;
};

}  // namespace heed
