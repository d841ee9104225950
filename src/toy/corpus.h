#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heed {

// The toy corpora: every line is a pure function of (task, seed, split, line number), so a longer corpus begins with
// the shorter one. A hash of the source text alone says which split it may be in: no validation or test source occurs
// in training, whatever the seeds.

enum class ToyTask { kTranslation, kSummary, kCopy, kReverse, kSort };
enum class ToySplit : uint64_t { kTrain = 0, kValidation = 1, kTest = 2 };

struct ToyLine {
  std::string source, target;
  std::vector<std::pair<int, int>> alignment;  // (source word, target word) from 0; translation only
};

const std::vector<std::string>& toy_task_names();  // as on the command line, in the order of ToyTask
std::optional<ToyTask> toy_task_named(std::string_view name);

struct ToySuffixes {
  const char *source, *target;
};
ToySuffixes toy_suffixes(ToyTask task);   // "en", "de"; "body", "subject"; "source", "target"
int64_t default_toy_lines(ToyTask task);  // of the training split
constexpr int64_t kHeldOutLines = 1000;   // of validation and of test

ToyLine toy_line(ToyTask task, uint64_t seed, ToySplit split, int64_t line);

// Writes {train,validation,test}.{source suffix,target suffix}, for translation also {...}.align ("0-0 1-2":
// source-target words from 0), and README.md into `directory`, which is made if it is not there. An earlier toy corpus
// is replaced, each file atomically. Returns the paths written. ConfigError: files of these names are there without a
// toy corpus' README.md. DataError: a file cannot be written.
std::vector<std::filesystem::path> write_toy_corpus(ToyTask task, const std::filesystem::path& directory, int64_t lines,
                                                    uint64_t seed);

}  // namespace heed
