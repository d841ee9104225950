// A manifest of a checkpoint: only its canonical text is accepted.
#include "checkpoint/manifest.h"
#include "fuzz/fuzz_input.h"

using namespace heed;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text = fuzz::text_of(data, size);
  Manifest manifest;
  if (fuzz::accepts([&] { manifest = parse_manifest(text, "manifest.json"); }))
    fuzz::require(serialize_manifest(manifest) == text, "an accepted manifest is written with the same bytes");
  return 0;
}
