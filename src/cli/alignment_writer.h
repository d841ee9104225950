#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "config/train_config.h"
#include "core/error.h"
#include "core/line_writer.h"
#include "decode/translator.h"

namespace heed {

// What is asked of an alignments' file; none where the path is empty.
struct AlignmentOptions {
  std::string path;
  double share = 1;
};

// --alignments and --alignment-share.
inline void add_alignment_options(CLI::App& command, AlignmentOptions& options, const std::string& what) {
  CLI::Option* const file = command.add_option("--alignments", options.path, what);
  command
      .add_option("--alignment-share", options.share,
                  "with --alignments: a word also comes from those that get at least this share of the weight of the "
                  "one that gets most; 1: from that one alone")
      ->needs(file)
      ->check(CLI::Range(0.0, 1.0));
}

// Does `work`, whose answers may go to standard output, and which writes an alignments' file (or none: ""). Where the
// reader of the answers goes away, that is an Error once a file is asked for, which is then not written.
template <class Work>
void with_alignments(const std::string& path, Work work) {
  try {
    work();
  } catch (const ReaderGone& gone) {
    if (path.empty()) throw;
    throw Error(std::string(gone.what()) + " before the end: " + path + " was not written");
  }
}

// The file of `--alignments`: a line in Pharaoh's form for each pair, read off the model's attention, where it was
// taught alignments off the head that was.
class AlignmentWriter {
 public:
  AlignmentWriter(const AlignmentOptions& options, const TrainConfig& train)
      : output_(options.path),
        reading_{train.guided_alignment.empty() ? kMeanOfHeads : train.guided_alignment_head, options.share} {}

  void write(Translator& translator, const std::vector<std::string>& sources, const std::vector<std::string>& targets) {
    for (const WordAlignment& alignment : translator.align(sources, targets, reading_))
      output_.write_line(pharaoh(alignment));
    output_.flush();
  }
  void close() { output_.close(); }

 private:
  LineWriter output_;
  AlignmentReading reading_;
};

}  // namespace heed
