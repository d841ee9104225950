#pragma once

#include <string>
#include <vector>

#include "core/line_writer.h"
#include "decode/translator.h"

namespace heed {

// The file of `--alignments`: a line in Pharaoh's form for each pair, read off the model's attention.
class AlignmentWriter {
 public:
  explicit AlignmentWriter(const std::string& path) : output_(path) {}

  void write(Translator& translator, const std::vector<std::string>& sources, const std::vector<std::string>& targets) {
    for (const WordAlignment& alignment : translator.align(sources, targets)) output_.write_line(pharaoh(alignment));
    output_.flush();
  }
  void close() { output_.close(); }

 private:
  LineWriter output_;
};

}  // namespace heed
