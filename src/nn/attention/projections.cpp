#include "nn/attention/projections.h"

namespace heed {

Linear attention_input(int64_t in, int64_t out) {
  return Linear(in, out, InitialValues::attention_weight(in, out), InitialValues::constant(0));
}

Linear attention_output(int64_t width) {
  return Linear(width, width, InitialValues::linear_weight(width, width), InitialValues::constant(0));
}

}  // namespace heed
