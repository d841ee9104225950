// Word alignments in Pharaoh's form, a sentence a line.
#include "eval/alignment_error.h"
#include "fuzz/fuzz_input.h"

using namespace heed;

namespace {

std::string pharaoh(const AlignmentLinks& links) {
  std::string text;
  for (const auto& [source, target] : links) text += std::to_string(source) + "-" + std::to_string(target) + " ";
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<AlignmentLinks> all;
  size_t links = 0;
  for (const std::string& line : fuzz::lines_of(fuzz::text_of(data, size))) {
    if (!fuzz::accepts([&] { all.push_back(parse_pharaoh(line, "links:1")); })) return 0;
    fuzz::require(parse_pharaoh(pharaoh(all.back()), "again") == all.back(), "accepted links are read back as written");
    links += all.back().size();
  }
  if (links > 0) fuzz::require(alignment_error_rate(all, all) == 0, "links are no error to themselves");
  return 0;
}
