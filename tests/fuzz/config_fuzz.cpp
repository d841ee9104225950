// A configuration in YAML.
#include "config/config.h"
#include "fuzz/fuzz_input.h"

using namespace heed;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text = fuzz::text_of(data, size);
  Config config;
  if (!fuzz::accepts([&] { config = parse_config(text, "config.yaml"); })) return 0;
  const std::string dumped = dump_config(config);
  fuzz::require(parse_config(dumped, "again") == config, "an accepted config is read back as it is dumped");
  return 0;
}
