#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "train/train_observer.h"

namespace heed {

// validations.tsv of a run: a header and one row per validation, for people and spreadsheets.
//   step  epoch  loss  perplexity  <one column per metric>  best          best: 1 where it was the best so far, else 0
// The table is replaced as a whole each time (core/atomic_file.h): a reader never sees half of it. On start the rows
// after the step that training continues from are dropped. Where the metrics change on a resume, the columns of both
// stay and what was not measured is empty.
// A table that cannot be read or written gives one warning and training goes on.
class ValidationsFile : public TrainObserver {
 public:
  explicit ValidationsFile(std::filesystem::path path) : path_(std::move(path)) {}

  void on_start(int64_t step, bool resumed) override;
  void on_validation(const ValidationReport& report) override;

 private:
  struct Row {
    int64_t step = 0;
    std::string epoch, loss, perplexity, best;
    std::vector<std::string> scores;  // by metric; may be shorter than metrics_
  };

  void read();
  void write();
  size_t column(const std::string& metric);  // adds it where it is new
  void warn(const std::string& message);

  std::filesystem::path path_;
  std::vector<std::string> metrics_;
  std::vector<Row> rows_;
  bool warned_ = false;
};

}  // namespace heed
