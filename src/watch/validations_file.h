#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "train/train_observer.h"

namespace heed {

struct ValidationsTable {
  struct Row {
    int64_t step = 0;
    std::string epoch, loss, perplexity, best;
    std::vector<std::string> scores;  // by metric; may be shorter than metrics
  };
  std::vector<std::string> metrics;
  std::vector<Row> rows;
};

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
  void write();
  size_t column(const std::string& metric);  // adds it where it is new
  void warn(const std::string& message);

  std::filesystem::path path_;
  ValidationsTable table_;
  bool warned_ = false;
};

// What the run's table says of a step, "bleu 39.35  chrf 63.10  loss 1.4321", or "" where there is no such row or
// no such table.
std::string scores_text(const std::filesystem::path& table, int64_t step);

// A column (loss, perplexity or a metric) of a run's table, by step. DataError where there is no table or no such
// column.
std::map<int64_t, double> validation_scores(const std::filesystem::path& table, const std::string& column);

}  // namespace heed
