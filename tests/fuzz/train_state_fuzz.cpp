// state.json of a checkpoint.
#include "fuzz/fuzz_input.h"
#include "train/train_state.h"

using namespace heed;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text = fuzz::text_of(data, size);
  TrainState state;
  if (!fuzz::accepts([&] { state = TrainState::from_json(text, "state.json"); })) return 0;
  fuzz::require(TrainState::from_json(state.to_json(), "again") == state,
                "an accepted state is read back as it is written");
  return 0;
}
