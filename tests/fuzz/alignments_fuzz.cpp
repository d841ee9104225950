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
  AlignmentErrorRate errors;
  size_t links = 0;
  for (const std::string& line : fuzz::lines_of(fuzz::text_of(data, size))) {
    AlignmentLinks found;
    if (!fuzz::accepts([&] { found = parse_pharaoh(line, "links:1"); })) return 0;
    fuzz::require(parse_pharaoh(pharaoh(found), "again") == found, "accepted links are read back as written");
    errors.add(found, found);
    links += found.size();
  }
  if (links > 0) fuzz::require(errors.value() == 0, "links are no error to themselves");
  return 0;
}
