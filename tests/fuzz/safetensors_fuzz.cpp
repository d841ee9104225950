// A file of weights.
#include "fuzz/fuzz_input.h"
#include "tensor/safetensors.h"

using namespace heed;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text = fuzz::text_of(data, size);
  Safetensors file;
  if (!fuzz::accepts([&] { file = parse_safetensors(text, "model.safetensors"); })) return 0;
  const std::string written = serialize_safetensors(file.tensors, file.metadata);
  fuzz::require(written.size() == safetensors_size(file.tensors, file.metadata), "the size is known before writing");
  const Safetensors again = parse_safetensors(written, "again");
  fuzz::require(again.metadata == file.metadata && serialize_safetensors(again.tensors, again.metadata) == written,
                "accepted weights are read back as they are written");
  return 0;
}
