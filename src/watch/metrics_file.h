#pragma once

#include <filesystem>
#include <string>

#include "train/train_observer.h"
#include "watch/append_file.h"

namespace heed {

// metrics.jsonl of a run: everything training reports, for programs. Append-only, one JSON object a line:
//   {"event": "start" | "resume", "time", "step"}      what stands above with a larger step is superseded
//   {"event": "change", "time", "step", "key", "before", "after"}      a key of the config, values in YAML
//   {"event": "update", "time", "step", "epoch", "loss", "perplexity", "learning_rate", "gradient_norm",
//    "tokens_per_second", "target_tokens", "bad_updates", "seconds"}
//   {"event": "validation", "time", "step", "epoch", "loss", "perplexity", "scores": {"bleu": ...}, "unfinished",
//   "best",
//    "seconds", "samples": [{"source", "reference", "hypothesis"}]}
//   {"event": "checkpoint", "time", "step", "directory"}
//   {"event": "end", "time", "step", "why"}
// Units as in train/train_observer.h; "time" is UTC (ISO 8601); a number that is not finite is null; text that is not
// UTF-8 is mended with U+FFFD. Errors as AppendFile's.
class MetricsFile : public TrainObserver {
 public:
  explicit MetricsFile(const std::filesystem::path& path) : file_(path) {}

  void on_start(int64_t step, bool resumed) override;
  void on_change(int64_t step, const ConfigChange& change) override;
  void on_update(const UpdateReport& report) override;
  void on_validation(const ValidationReport& report) override;
  void on_checkpoint(int64_t step, const std::string& directory) override;
  void on_end(int64_t step, const std::string& why) override;

 private:
  void write(const std::string& line);

  AppendFile file_;
};

}  // namespace heed
