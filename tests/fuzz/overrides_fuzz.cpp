// Keys on the command line, one a line.
#include "config/config.h"
#include "fuzz/fuzz_input.h"

using namespace heed;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text = fuzz::text_of(data, size);
  Config config;
  if (!fuzz::accepts([&] { apply_overrides(config, fuzz::lines_of(text)); })) return 0;
  fuzz::require(parse_config(dump_config(config), "again") == config,
                "what overrides make is read back as it is dumped");
  return 0;
}
