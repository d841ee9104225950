#include "decode/target_score.h"

#include <algorithm>

#include "tensor/id_tensor.h"

namespace heed {

std::vector<double> log_probabilities(EncoderDecoder& model, const Batch& batch) {
  const torch::NoGradGuard no_grad;
  Pass none;
  const Memory memory = model->encode(batch, none);
  const torch::Tensor hidden = model->decode(memory, batch.target_input_ids, batch.target_segments, none);
  const torch::Tensor values =
      model->output
          ->label_log_probs({hidden, batch.target_segments, memory}, id_tensor(batch.label_ids, hidden.device()))
          .cpu();
  const double* const of_labels = values.const_data_ptr<double>();

  std::vector<double> sums;
  for (int64_t b = 0; b < batch.size(); ++b) {
    const double* const begin = of_labels + batch.target_segments.starts()[static_cast<size_t>(b)];
    const double* const end = begin + batch.target_segments.lengths()[static_cast<size_t>(b)];
    double sum = 0;
    std::for_each(begin, end, [&](double value) { sum += value; });
    sums.push_back(sum);
  }
  return sums;
}

}  // namespace heed
