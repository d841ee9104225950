#pragma once

#include <string>
#include <vector>

#include "config/train_config.h"
#include "core/error.h"
#include "core/line_writer.h"
#include "decode/translator.h"

namespace heed {

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
  AlignmentWriter(const std::string& path, const TrainConfig& train)
      : output_(path), head_(train.guided_alignment.empty() ? kMeanOfHeads : train.guided_alignment_head) {}

  void write(Translator& translator, const std::vector<std::string>& sources, const std::vector<std::string>& targets) {
    for (const WordAlignment& alignment : translator.align(sources, targets, head_))
      output_.write_line(pharaoh(alignment));
    output_.flush();
  }
  void close() { output_.close(); }

 private:
  LineWriter output_;
  int64_t head_;
};

}  // namespace heed
